"""Log review: an agency lets a named reviewer read its access log for a period. Never content, never several agencies at once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Id, InMunicipality, Moment
from coordination.core.db import Base


class ReviewAssignment(InMunicipality, Base):
    """A written assignment: this reviewer, this agency's log, this period, until this day."""

    __tablename__ = "review_assignment"
    __table_args__ = (Index("ix_review_assignment_reviewer", "reviewer_id"),)

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    valid_until: Mapped[date]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    given_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
