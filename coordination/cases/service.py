"""Opening a case, moving its phase, and who takes part in it: agencies by participation, people by assignment."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, phases
from coordination.cases.models import (
    Assignment,
    Case,
    CasePerson,
    Participation,
    ProtectedReader,
    ReferenceCounter,
)
from coordination.cases.queries import UNPROTECTED, authorize, case_for, disqualified, has_handler
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.core.prepared import asked
from coordination.identity import queries as identity
from policies.access import NO_CASE, Actor
from policies.methods import METHODS
from policies.methods import method as method_table
from policies.permissions import HANDLERS, Permission

ASSIGNMENT_DAYS = 90
"""How long an assignment lasts before it must be renewed (the house's rule; a review may renew it sooner)."""


def open_case(actor: Actor, method: str, raised_at: datetime | None = None) -> Case:
    """Open a case with the next reference of the municipality; the actor's agency leads it and the actor works in it.

    ``raised_at`` is when the matter was raised, now if nothing else is said. Raises Invalid for a method there is no table for, and
    for a moment ahead in time.
    """
    authorize(actor, Permission.CASE_OPEN, NO_CASE, same_municipality=True)
    now, today = clock.now(), clock.today()
    if method not in METHODS:
        raise Invalid("method_unknown", method="method_unknown")
    if raised_at is not None and raised_at > now:
        raise Invalid("raised_in_future", raised_at="raised_in_future")
    first = method_table(method).first
    case = Case(
        id=new_id(),
        municipality_id=actor.municipality_id,
        reference=_next_reference(actor.municipality_id, method, today.year),
        method=method,
        phase=first.id,
        phase_since=today,
        lead_agency_id=actor.agency_id,
        opened_by=actor.user_id,
        opened_at=now,
        raised_at=raised_at or now,
        closed_at=None,
    )
    db.session.add(case)
    db.session.flush()
    phases.enter(actor, case)
    _add_participation(actor, case.id, actor.agency_id, now)
    _add_assignment(actor, case.id, actor.user_id, now)
    audit.record(actor, Event.CASE_OPENED, case_id=case.id)
    return case


def continue_references(municipality_id: UUID, method: str, year: int, last: int) -> None:
    """Let the next reference of the year be at least ``last`` + 1: for a series that has begun elsewhere."""
    given = insert(ReferenceCounter).values(
        id=new_id(), municipality_id=municipality_id, method=method, year=year, last=last
    )
    db.session.execute(
        given.on_conflict_do_update(
            index_elements=["municipality_id", "method", "year"],
            set_={"last": func.greatest(ReferenceCounter.last, last)},
        )
    )


def invite_agency(actor: Actor, case_id: UUID, agency_id: UUID) -> None:
    """Let an agency of the same municipality take part. Raises Conflict if it already does, and before the leading agency has
    considered what it can do alone: that is the first of the four filters.
    """
    case = case_for(actor, case_id, Permission.CASE_PARTICIPANTS_MANAGE)
    if not phases.screened(case):
        raise Conflict("own_screening_missing")
    agency = identity.open_agency(case.municipality_id, agency_id)
    if agency is None:
        raise Invalid("agency_unknown", agency="agency_unknown")
    if _participation(case.id, agency_id) is not None:
        raise Conflict("agency_already_in_case")
    _add_participation(actor, case.id, agency_id, clock.now())
    audit.record(actor, Event.PARTICIPATION_CHANGED, case_id=case.id, agency=agency_id, change="started")
    audit.record(
        actor, Event.PARTICIPATION_CHANGED, agency_id=agency_id, case_id=case.id, agency=agency_id, change="started"
    )


def ask_for_handler(actor: Actor, case_id: UUID, agency_id: UUID) -> None:
    """Ask an agency in the case that has nobody working in it to name somebody; its manager meets the question in the list.

    Raises NotFound for an agency that does not take part, Conflict for one that has somebody.
    """
    case = case_for(actor, case_id, Permission.CASE_DISCLOSE)
    row = _participation(case.id, agency_id)
    if row is None:
        raise NotFound
    if has_handler(case.id, agency_id):
        raise Conflict("agency_has_handler")
    row.handler_asked_at, row.handler_asked_by = clock.now(), actor.user_id
    db.session.flush()
    for told in (actor.agency_id, agency_id):
        audit.record(actor, Event.HANDLER_ASKED, agency_id=told, case_id=case.id, agency=agency_id)


def end_participation(actor: Actor, case_id: UUID, agency_id: UUID) -> None:
    """End an agency's part in a case: its assignments end and what it was given closes. The lead agency cannot leave."""
    case = case_for(actor, case_id, Permission.CASE_PARTICIPANTS_MANAGE)
    row = _participation(case.id, agency_id)
    if row is None:
        raise NotFound
    if agency_id == case.lead_agency_id:
        raise Conflict("lead_agency_cannot_leave")
    row.ended_at, row.ended_by = clock.now(), actor.user_id
    db.session.execute(
        update(Assignment)
        .where(Assignment.case_id == case.id, Assignment.agency_id == agency_id, Assignment.ends_at > row.ended_at)
        .values(ends_at=row.ended_at)
    )
    copies.close_for_agency(actor, case.id, agency_id, "participation_ended")
    audit.record(actor, Event.PARTICIPATION_CHANGED, case_id=case.id, agency=agency_id, change="ended")
    audit.record(
        actor, Event.PARTICIPATION_CHANGED, agency_id=agency_id, case_id=case.id, agency=agency_id, change="ended"
    )


def assign(actor: Actor, case_id: UUID, user_id: UUID, *, named_for_protected: bool = False) -> None:
    """Let a colleague of the own agency work in the case for 90 days, or renew it; name them for a protected identity if asked."""
    case = case_for(actor, case_id, Permission.CASE_ASSIGN)
    colleague = identity.colleague(actor.agency_id, user_id)
    if colleague is None or not colleague.roles & HANDLERS:
        raise Invalid("cannot_be_handler", user="cannot_be_handler")
    if db.session.scalar(select(Case.id).where(Case.id == case.id, disqualified(user_id))) is not None:
        raise Invalid("user_has_conflict", user="user_has_conflict")
    now = clock.now()
    _end_assignments(Assignment.case_id == case.id, Assignment.user_id == user_id, at=now)
    _add_assignment(actor, case.id, user_id, now)
    _answer_question(case.id, actor.agency_id)
    if named_for_protected:
        _name_for_subject(actor, case.id, user_id)
    audit.record(actor, Event.ASSIGNMENT_CHANGED, case_id=case.id, user=user_id, change="started")


def end_assignment(actor: Actor, case_id: UUID, user_id: UUID) -> None:
    """End a colleague's work in the case now."""
    case = case_for(actor, case_id, Permission.CASE_ASSIGN)
    ended = _end_assignments(
        Assignment.case_id == case.id,
        Assignment.user_id == user_id,
        Assignment.agency_id == actor.agency_id,
        at=clock.now(),
    )
    if not ended:
        raise NotFound
    _unname(case.id, user_id)
    audit.record(actor, Event.ASSIGNMENT_CHANGED, case_id=case.id, user=user_id, change="ended")


def end_assignments_of(actor: Actor, user_id: UUID) -> int:
    """End every assignment of a user who leaves, at once; return how many. Belongs to the same use case as the leaving."""
    authorize(actor, Permission.ADMIN_USER_MANAGE, NO_CASE, same_municipality=True)
    db.session.execute(delete(ProtectedReader).where(ProtectedReader.user_id == user_id))
    return _end_assignments(Assignment.user_id == user_id, at=clock.now())


_HANDLERS = (
    select(Assignment)
    .where(
        Assignment.case_id == asked("case", Uuid()),
        Assignment.agency_id == asked("agency", Uuid()),
        Assignment.starts_at <= asked("now", DateTime()),
        Assignment.ends_at > asked("now", DateTime()),
        Assignment.emergency_reason.is_(None),
    )
    .order_by(Assignment.starts_at)
)
HANDLER_IDS = _HANDLERS.with_only_columns(Assignment.user_id)
"""The users that the agency asked for has assigned now in the case asked for."""


def handlers(case_id: UUID, agency_id: UUID) -> list[Assignment]:
    """Return the agency's assignments in the case that run now; who broke the glass is not among those who work in it."""
    return list(db.session.scalars(_HANDLERS, {"case": case_id, "agency": agency_id, "now": clock.now()}))


def record_view(actor: Actor, case_id: UUID, parts: int) -> None:
    """Log that the actor opened the case and how many parts were shown."""
    audit.record(actor, Event.CASE_VIEWED, case_id=case_id, parts=parts)


def _next_reference(municipality_id: UUID, method: str, year: int) -> str:
    given = insert(ReferenceCounter).values(
        id=new_id(), municipality_id=municipality_id, method=method, year=year, last=1
    )
    number = db.session.scalar(
        given.on_conflict_do_update(
            index_elements=["municipality_id", "method", "year"], set_={"last": ReferenceCounter.last + 1}
        ).returning(ReferenceCounter.last)
    )
    return f"{method.upper()} {year}-{number:04d}"


def _participation(case_id: UUID, agency_id: UUID) -> Participation | None:
    return db.session.scalars(
        select(Participation).where(
            Participation.case_id == case_id, Participation.agency_id == agency_id, Participation.ended_at.is_(None)
        )
    ).one_or_none()


def _add_participation(actor: Actor, case_id: UUID, agency_id: UUID, at: datetime) -> None:
    db.session.add(
        Participation(
            municipality_id=actor.municipality_id,
            case_id=case_id,
            agency_id=agency_id,
            started_at=at,
            started_by=actor.user_id,
        )
    )
    db.session.flush()


def _add_assignment(actor: Actor, case_id: UUID, user_id: UUID, at: datetime) -> None:
    db.session.add(
        Assignment(
            municipality_id=actor.municipality_id,
            case_id=case_id,
            agency_id=actor.agency_id,
            user_id=user_id,
            starts_at=at,
            ends_at=at + timedelta(days=ASSIGNMENT_DAYS),
            assigned_by=actor.user_id,
        )
    )
    db.session.flush()


def _answer_question(case_id: UUID, agency_id: UUID) -> None:
    db.session.execute(
        update(Participation)
        .where(Participation.case_id == case_id, Participation.agency_id == agency_id)
        .values(handler_asked_at=None, handler_asked_by=None)
    )


def _end_assignments(*which: ColumnElement[bool], at: datetime) -> int:
    ended = db.session.execute(
        update(Assignment).where(*which, Assignment.ends_at > at).values(ends_at=at).returning(Assignment.id)
    )
    return len(ended.all())


def _name_for_subject(actor: Actor, case_id: UUID, user_id: UUID) -> None:
    people = db.session.scalars(
        select(CasePerson.id).where(CasePerson.case_id == case_id, CasePerson.protection != UNPROTECTED)
    )
    for person_id in people:
        db.session.execute(
            insert(ProtectedReader)
            .values(
                id=new_id(),
                municipality_id=actor.municipality_id,
                person_id=person_id,
                user_id=user_id,
                named_by=actor.user_id,
                named_at=clock.now(),
            )
            .on_conflict_do_nothing()
        )


def _unname(case_id: UUID, user_id: UUID) -> None:
    people = select(CasePerson.id).where(CasePerson.case_id == case_id)
    db.session.execute(
        delete(ProtectedReader).where(ProtectedReader.user_id == user_id, ProtectedReader.person_id.in_(people))
    )
