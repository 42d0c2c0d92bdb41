"""The ledger: who was given what, when, on which legal basis and until when, and what was refused. Insert-only but for an end."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coordination.core.columns import Code, Id, InMunicipality, Moment, Sealed
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


class MatchRequest(InMunicipality, Base):
    """One question to one agency: do you work with this person? ``digest`` is the number as the asked agency's own index writes
    it, so that the asking finds out nothing. The reason lies sealed for the asker under ``reason_ref``.
    """

    __tablename__ = "match_request"
    __table_args__ = (
        Index("ix_match_request_case", "case_id"),
        Index("ix_match_request_from", "from_agency_id", "id"),
        Index("ix_match_request_to", "to_agency_id", "closes_at"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("case_person.id"))
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    purpose: Mapped[Code]
    basis_id: Mapped[Code]
    basis_in_force_from: Mapped[date]
    digest: Mapped[Sealed]
    reason_ref: Mapped[UUID]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[Moment]
    closes_at: Mapped[Moment]


class MatchHit(InMunicipality, Base):
    """A question that met a case of the asked agency, and what that agency decided. The asker meets an answer, never the row.

    Sealed notes: ``question_ref`` and ``weighed_ref`` (harm test, or why not) for the asked agency, ``answer_ref`` for the asker.
    """

    __tablename__ = "match_hit"
    __table_args__ = (
        UniqueConstraint("request_id", "case_id"),
        Index("ix_match_hit_agency", "agency_id", "id"),
        Index("ix_match_hit_case", "case_id"),
    )

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("match_request.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("case_person.id"))
    question_ref: Mapped[UUID]
    found_at: Mapped[Moment]
    outcome: Mapped[Code | None]
    basis_id: Mapped[Code | None]
    basis_in_force_from: Mapped[date | None]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    weighed_ref: Mapped[UUID | None]
    answer_ref: Mapped[UUID | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]


class OnCall(InMunicipality, Base):
    """Somebody of an agency takes what is urgent, from a moment to another, at the telephone of the function.

    What was taken back ends at ``ended_at``. A row counts from when it was added: nobody becomes the one who was on call.
    """

    __tablename__ = "on_call"
    __table_args__ = (Index("ix_on_call_agency", "agency_id", "ends_at"),)

    id: Mapped[Id]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    telephone: Mapped[str] = mapped_column(String(40))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    added_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class UrgentRequest(InMunicipality, Base):
    """One urgent request to one agency, and what that agency decided. The sender meets an answer or one sentence, never the row.

    Sealed notes: ``sent_ref`` and ``answer_ref`` for the sender; ``received_ref``, ``answer_own_ref`` and ``weighed_ref`` (harm test,
    or why not) for the agency asked, which never learns of ``case_id``.
    """

    __tablename__ = "urgent_request"
    __table_args__ = (
        Index("ix_urgent_request_from", "from_agency_id", "id"),
        Index("ix_urgent_request_to", "to_agency_id", "closes_at"),
        Index("ix_urgent_request_case", "case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    purpose: Mapped[Code]
    basis_id: Mapped[Code]
    basis_in_force_from: Mapped[date]
    sent_ref: Mapped[UUID]
    received_ref: Mapped[UUID]
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    sent_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    outcome: Mapped[Code | None]
    answer_basis_id: Mapped[Code | None]
    answer_in_force_from: Mapped[date | None]
    weighed_ref: Mapped[UUID | None]
    answer_ref: Mapped[UUID | None]
    answer_own_ref: Mapped[UUID | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
