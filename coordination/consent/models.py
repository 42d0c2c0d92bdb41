"""Consent as facts: who said yes, to which agencies, kinds and purposes, between which dates, and when it was taken back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment
from coordination.core.db import Base


class Consent(InMunicipality, Base):
    """One consent (OSL 10:1, 12:2, 12:3). What was said in words lies sealed in ``record_id``.

    ``rule_id`` is the rule for the age at which it was given, ``information`` the version of the text it was given on. What has been
    taken back of it stands in ``ConsentNarrowing``: the row itself is as it was given.
    """

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
    rule_id: Mapped[Code]
    custody_ground: Mapped[Code | None]
    against_guardians: Mapped[bool]
    language: Mapped[Code]
    interpreter: Mapped[bool]
    information: Mapped[Code | None]
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


class ConsentNarrowing(InMunicipality, Base):
    """A part of a consent taken back: these agencies, kinds and purposes stand in it no more (OSL 12:2, "helt eller delvis")."""

    __tablename__ = "consent_narrowing"

    id: Mapped[Id]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"), index=True)
    agency_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(80)))
    purposes: Mapped[list[str]] = mapped_column(ARRAY(String(80)))
    withdrawn_by: Mapped[Code]
    withdrawn_at: Mapped[Moment]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))


class ConsentReservation(InMunicipality, Base):
    """What a consent is given on condition of, in words sealed for one agency that is bound by it (OSL 12:2 second paragraph)."""

    __tablename__ = "consent_reservation"
    __table_args__ = (UniqueConstraint("consent_id", "agency_id"),)

    id: Mapped[Id]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    note_ref: Mapped[UUID]
