"""The ledger: who was given what, when, on which legal basis and until when, and what was refused. Insert-only but for an end."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment
from coordination.core.db import Base


class Disclosure(InMunicipality, Base):
    """Parts given to one agency. The harm test lies sealed in ``decision_record_id`` for the sender only; what one decision
    gives to several agencies shares it.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        Index("ix_disclosure_case", "case_id"),
        Index("ix_disclosure_from", "from_agency_id", "id"),
        Index("ix_disclosure_to", "to_agency_id", "id"),
        Index("ix_disclosure_decision", "decision_record_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    basis_id: Mapped[Code]
    basis_in_force_from: Mapped[date]
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"), index=True)
    purpose: Mapped[Code]
    own_initiative: Mapped[bool]
    until: Mapped[date]
    decision_record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    revoked_why: Mapped[Code | None]


class DisclosureItem(InMunicipality, Base):
    """One part version carried by a disclosure."""

    __tablename__ = "disclosure_item"

    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    part_version_id: Mapped[UUID] = mapped_column(ForeignKey("part_version.id"), primary_key=True, index=True)
    part_id: Mapped[UUID] = mapped_column(ForeignKey("part.id"))


class Refusal(InMunicipality, Base):
    """One decision not to give something to an agency. What was asked and why not lies sealed in ``decision_record_id``."""

    __tablename__ = "refusal"
    __table_args__ = (
        Index("ix_refusal_case", "case_id"),
        Index("ix_refusal_from", "from_agency_id", "id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    own_initiative: Mapped[bool]
    asked_on: Mapped[date | None]
    purpose: Mapped[Code]
    basis_id: Mapped[Code | None]
    basis_in_force_from: Mapped[date | None]
    reason_code: Mapped[Code]
    decision_record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[Moment]
