"""Column types and mixins shared by the tables of all areas."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.ids import new_id

Id = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Ref = Annotated[UUID, mapped_column(Uuid)]
Code = Annotated[str, mapped_column(String(80))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
Count = Annotated[int, mapped_column(BigInteger)]


class InMunicipality:
    """A row that row-level security shows only to a transaction that has named its municipality."""

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
