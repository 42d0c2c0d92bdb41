"""Consent as facts: who said yes, to which agencies, kinds and purposes, between which dates, and when it was taken back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment
from coordination.core.db import Base


class Consent(InMunicipality, Base):
    """One consent (OSL 10:1, 12:2, 12:3). What was said in words lies sealed in ``record_id``."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_case", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    owner_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("case_person.id"))
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("record.id"))
    agency_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(80)))
    purposes: Mapped[list[str]] = mapped_column(ARRAY(String(80)))
    form: Mapped[Code]
    signed_age: Mapped[int] = mapped_column(SmallInteger)
    without_guardian: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[Code | None]
    withdrawal_recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class ConsentSignature(InMunicipality, Base):
    """One person's yes: the youth or a guardian, on a date."""

    __tablename__ = "consent_signature"

    id: Mapped[Id]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"), index=True)
    capacity: Mapped[Code]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("case_person.id"))
    signed_on: Mapped[date]
