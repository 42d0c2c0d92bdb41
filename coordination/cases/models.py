"""The case shell, who takes part, and the sealed records of each agency behind it.

The shell holds references, dates, codes and neutral states only; everything said about a person is sealed in a part version.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment, Sealed
from coordination.core.db import Base


class Case(InMunicipality, Base):
    """One young person's matter, as all participating agencies see it: a reference, a phase, dates.

    From ``raised_at`` to ``first_action_at``, the first thing done together, is held against the method's 48 hours. A consultation
    that went nowhere is disposed of: then only the log's lines still point at the row, and nobody finds it.
    """

    __tablename__ = "case"
    __table_args__ = (UniqueConstraint("municipality_id", "reference"), Index("ix_case_list", "municipality_id", "id"))

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20))
    method: Mapped[Code]
    phase: Mapped[Code]
    phase_since: Mapped[date]
    lead_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    opened_at: Mapped[Moment]
    raised_at: Mapped[Moment]
    first_action_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    exit_code: Mapped[Code | None]
    followed_up_first: Mapped[datetime | None]
    followed_up_last: Mapped[datetime | None]
    disposed_at: Mapped[datetime | None]


class CasePhase(InMunicipality, Base):
    """When a case entered a phase; the stepper is drawn from these."""

    __tablename__ = "case_phase"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    phase: Mapped[Code]
    entered_on: Mapped[date]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))


class CaseCheck(InMunicipality, Base):
    """That the leading agency has considered what a method asks before a case goes on; what it found lies sealed."""

    __tablename__ = "case_check"
    __table_args__ = (UniqueConstraint("case_id", "condition"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    condition: Mapped[Code]
    note_ref: Mapped[UUID]
    done_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    done_at: Mapped[Moment]


class ConflictOfInterest(InMunicipality, Base):
    """A user is close to somebody in a case (jäv): while it runs the case is not there for them. Why lies sealed."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        Index("uq_conflict_running", "case_id", "user_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    set_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    set_at: Mapped[Moment]
    reason_ref: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    ended_reason_ref: Mapped[UUID | None]


class CaseOutcome(InMunicipality, Base):
    """How things were some months after a case had closed, as codes and a year. It names no case, and so no person."""

    __tablename__ = "case_outcome"

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    method: Mapped[Code]
    exit_code: Mapped[Code]
    months: Mapped[int] = mapped_column(SmallInteger)
    year: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[Code]


class ConsultationCount(InMunicipality, Base):
    """How many consultations went nowhere, by the agency that raised them, the month and why: all that is left of them."""

    __tablename__ = "consultation_count"
    __table_args__ = (UniqueConstraint("agency_id", "method", "month", "reason"),)

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    method: Mapped[Code]
    month: Mapped[date]
    reason: Mapped[Code]
    number: Mapped[int]


class ReferenceCounter(InMunicipality, Base):
    """The last running number given per municipality, method and year."""

    __tablename__ = "reference_counter"
    __table_args__ = (UniqueConstraint("municipality_id", "method", "year"),)

    id: Mapped[Id]
    method: Mapped[Code]
    year: Mapped[int]
    last: Mapped[int]


class CasePerson(InMunicipality, Base):
    """A person with a typed part in the case. Who it is lies sealed in the identity record.

    ``age_years`` is the age told to agencies that have no grant to the identity ("Ungdom, 15 år").
    """

    __tablename__ = "case_person"

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    owner_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[Code]
    protection: Mapped[Code]
    number_kind: Mapped[Code]
    age_years: Mapped[int | None] = mapped_column(SmallInteger)
    added_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    added_at: Mapped[Moment]


class ProtectedReader(InMunicipality, Base):
    """A user named to open a person whose identity is protected: as few as possible, by decision."""

    __tablename__ = "protected_reader"
    __table_args__ = (UniqueConstraint("person_id", "user_id"),)

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("case_person.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    named_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    named_at: Mapped[Moment]


class Participation(InMunicipality, Base):
    """An agency takes part in a case, from a moment and until it ends; ``acts_since`` is when it said that it will do something."""

    __tablename__ = "participation"
    __table_args__ = (
        Index(
            "uq_participation_active", "case_id", "agency_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_participation_agency", "agency_id", "case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    started_at: Mapped[Moment]
    started_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    handler_asked_at: Mapped[datetime | None]
    handler_asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    acts_since: Mapped[datetime | None]
    acts_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class Assignment(InMunicipality, Base):
    """A person works in a case for their agency, between two moments; it falls off unless renewed.

    With ``emergency_reason``, a sealed note, nobody gave it: the person opened the case themself, for three hours.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_user", "user_id", "case_id"),
        Index("ix_assignment_case", "case_id", "agency_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    emergency_reason: Mapped[UUID | None]


class EmergencyNotice(InMunicipality, Base):
    """What tells somebody who works in a case that a colleague opened it in an emergency, until they have seen it."""

    __tablename__ = "emergency_notice"
    __table_args__ = (
        UniqueConstraint("assignment_id", "user_id"),
        Index("ix_emergency_notice_user", "user_id", "seen_at"),
    )

    id: Mapped[Id]
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    seen_at: Mapped[datetime | None]


class Record(InMunicipality, Base):
    """A note, document or identity that one agency owns. ``version`` counts its saves and guards against overwriting.

    What was taken in from a disclosure says from whom, which one and of which day: the owner alone is told. Who saved it last,
    and when, is told to whoever saves at the same time.
    """

    __tablename__ = "record"
    __table_args__ = (Index("ix_record_case", "case_id", "owner_agency_id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    owner_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[Code]
    about_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_person.id"), index=True)
    occurred_on: Mapped[date]
    source_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    source_disclosure_id: Mapped[UUID | None]
    source_on: Mapped[date | None]
    version: Mapped[int]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Moment]
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    edited_at: Mapped[datetime | None]


class Draft(InMunicipality, Base):
    """What somebody has typed and not saved: theirs alone, sealed with a key of its own, for thirty days at most.

    ``page_id`` is the opened form that it comes from, so that two open forms never write over each other. ``target_id`` is the
    record that is edited; of something new it is the case.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_user", "user_id", "case_id"), Index("ix_draft_saved", "saved_at"))

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    form: Mapped[Code]
    target_id: Mapped[UUID]
    page_id: Mapped[UUID]
    sealed: Mapped[Sealed]
    saved_at: Mapped[Moment]


class Part(InMunicipality, Base):
    """The smallest disclosable piece of a record: a title, a paragraph, a view of the person's own, a file."""

    __tablename__ = "part"

    id: Mapped[Id]
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), index=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[Code]
    nature: Mapped[Code]
    latest_version_id: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]


class PartVersion(InMunicipality, Base):
    """What a part said at one save, sealed with a key of its own. Never changed."""

    __tablename__ = "part_version"
    __table_args__ = (UniqueConstraint("part_id", "version"),)

    id: Mapped[Id]
    part_id: Mapped[UUID] = mapped_column(ForeignKey("part.id"))
    version: Mapped[int]
    sealed: Mapped[Sealed | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Moment]


class FileChunk(InMunicipality, Base):
    """One sealed piece of an attachment, in order; the pieces open only as a whole stream."""

    __tablename__ = "file_chunk"

    part_version_id: Mapped[UUID] = mapped_column(ForeignKey("part_version.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[Sealed]


class Copy(InMunicipality, Base):
    """A disclosed part version at the recipient: readable until its date, then closed, then disposed by the recipient."""

    __tablename__ = "copy"
    __table_args__ = (
        Index("ix_copy_agency_case", "agency_id", "case_id"),
        Index("ix_copy_version", "part_version_id", "agency_id"),
        Index("ix_copy_disclosure", "disclosure_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    part_version_id: Mapped[UUID] = mapped_column(ForeignKey("part_version.id"))
    disclosure_id: Mapped[UUID]
    readable_until: Mapped[date]
    created_at: Mapped[Moment]
    first_opened_at: Mapped[datetime | None]
    first_opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[Code | None]
    decision_due: Mapped[date | None]
    taken_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("record.id"))
    disposed_at: Mapped[datetime | None]
    disposed_why: Mapped[Code | None]
