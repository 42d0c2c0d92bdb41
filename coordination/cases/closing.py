"""How a case ends: why, how it went afterwards, and what becomes of a consultation that went nowhere.

How it went is a code that names no case (``CaseOutcome``); of a consultation a count is left and nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from dateutil.relativedelta import relativedelta
from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import (
    Case,
    CaseCheck,
    CaseOutcome,
    CasePerson,
    ConflictOfInterest,
    ConsultationCount,
    Copy,
    Draft,
    FileChunk,
    Part,
    PartVersion,
    ProtectedReader,
    Record,
)
from coordination.cases.phases import anonymous
from coordination.cases.queries import authorize, case_for, participating_agencies, visible_to
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.keys import service as keys
from policies.access import NO_CASE, Actor
from policies.methods import METHODS, Filter, Limit, method, phases
from policies.permissions import GRANTS, Permission

DISPOSED = "consultation"
"""Why a copy is gone whose consultation went nowhere."""
FOLLOW_UPS = ("follow_up_first", "follow_up_last")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A closed case whose outcome is to be asked for: how many months after it closed, and since which day."""

    case_id: UUID
    reference: str
    method: str
    months: int
    due: date


def give_exit(actor: Actor, case_id: UUID, code: str) -> None:
    """State why a case ends, as one of the method's codes. Raises Invalid for any other, Conflict in the consultation."""
    case = _led(actor, case_id, Permission.CASE_CLOSE)
    if anonymous(case):
        raise Conflict("consultation_ends_otherwise")
    if code not in method(case.method).exits:
        raise Invalid("exit_unknown", exit_code="exit_unknown")
    case.exit_code = code
    audit.record(actor, Event.EXIT_GIVEN, case_id=case.id)


def end_consultation(actor: Actor, case_id: UUID, reason: str, *, at_once: bool = False) -> None:
    """Close a consultation that goes nowhere, for one of the method's reasons; it is disposed of when it has been kept as long as
    the method says, or ``at_once``. Raises Invalid for any other reason, and Conflict once somebody may be named, and where
    another agency has something of its own in it, which cannot be disposed of for it.
    """
    case = _led(actor, case_id, Permission.CASE_CLOSE)
    if not anonymous(case):
        raise Conflict("not_a_consultation")
    if reason not in method(case.method).consultation_ends:
        raise Invalid("consultation_end_unknown", reason="consultation_end_unknown")
    case.exit_code, case.closed_at = reason, clock.now()
    audit.record(actor, Event.CONSULTATION_ENDED, case_id=case.id)
    if at_once:
        others = exists().where(Record.case_id == case.id, Record.owner_agency_id != case.lead_agency_id)
        if db.session.scalar(select(others)):
            raise Conflict("consultation_has_others")
        _dispose(case)


def kept_until(name: str, closed_at: datetime) -> date:
    """Return the last day that an ended consultation is kept."""
    days = method(name).limits["consultation_kept"].number
    return closed_at.astimezone(clock.STOCKHOLM).date() + timedelta(days=days)


def dispose_of_consultations(limit: int = 100) -> int:
    """Dispose of consultations that ended as long ago as the method keeps them; return how many. Safe to run again.

    One in which another agency has something of its own is left: what is another's is not disposed of for it.
    """
    now = clock.now()
    over = [
        and_(
            Case.method == name,
            Case.phase.in_([phase.id for phase in phases(name).values() if phase.filter is Filter.ANONYMOUS]),
            Case.closed_at < now - timedelta(days=method(name).limits["consultation_kept"].number),
        )
        for name in METHODS
    ]
    others = exists().where(Record.case_id == Case.id, Record.owner_agency_id != Case.lead_agency_id)
    wanted = select(Case).where(Case.disposed_at.is_(None), or_(*over), ~others).order_by(Case.id).limit(limit)
    ended = db.session.scalars(wanted.with_for_update(skip_locked=True)).all()
    for case in ended:
        _dispose(case)
    return len(ended)


def follow_ups(actor: Actor) -> list[FollowUp]:
    """Return the closed cases that the actor's agency led and may know of, whose outcome is to be asked for; the oldest first."""
    if GRANTS[Permission.CASE_FOLLOW_UP].isdisjoint(actor.roles):
        return []
    authorize(actor, Permission.CASE_LIST_READ, NO_CASE)
    rows = db.session.scalars(
        visible_to(actor).where(
            Case.lead_agency_id == actor.agency_id, Case.closed_at.is_not(None), Case.followed_up_last.is_(None)
        )
    ).all()
    found = [due for case in rows if not anonymous(case) for due in [_due(case)] if due is not None]
    if found:
        audit.record(actor, Event.CASE_LISTED, count=len(found))
    return sorted(found, key=lambda one: one.due)


def follow_up_of(actor: Actor, case_id: UUID) -> FollowUp:
    """Return what is to be followed up of one case. Raises NotFound where nothing is, Forbidden."""
    case = _led(actor, case_id, Permission.CASE_FOLLOW_UP)
    due = None if anonymous(case) else _due(case)
    if due is None:
        raise NotFound
    return due


def record_outcome(actor: Actor, case_id: UUID, outcome: str) -> None:
    """Write down how it went, as a code that names no case; and of the case only that it was asked. Raises Invalid, NotFound."""
    due = follow_up_of(actor, case_id)
    case = db.session.get_one(Case, case_id)
    if outcome not in method(case.method).outcomes:
        raise Invalid("outcome_unknown", outcome="outcome_unknown")
    db.session.add(
        CaseOutcome(
            id=uuid4(),  # random: an id with the time in it would lead back to the case
            municipality_id=case.municipality_id,
            agency_id=actor.agency_id,
            method=case.method,
            exit_code=case.exit_code or "other",
            months=due.months,
            year=clock.today().year,
            outcome=outcome,
        )
    )
    if due.months == _months(case.method, FOLLOW_UPS[0]).number and case.followed_up_first is None:
        case.followed_up_first = clock.now()
    else:
        case.followed_up_last = clock.now()
    audit.record(actor, Event.FOLLOWED_UP, case_id=case.id, months=due.months)


def _led(actor: Actor, case_id: UUID, permission: Permission) -> Case:
    case = case_for(actor, case_id, permission)
    if case.lead_agency_id != actor.agency_id:
        raise NotFound
    db.session.refresh(case, with_for_update=True)
    return case


def _due(case: Case) -> FollowUp | None:
    """Return the follow-up that is due in a closed case. When the last one is due the first is no longer asked for."""
    if case.closed_at is None:
        return None
    closed, today = case.closed_at.astimezone(clock.STOCKHOLM).date(), clock.today()
    for name, done in ((FOLLOW_UPS[1], case.followed_up_last), (FOLLOW_UPS[0], case.followed_up_first)):
        months = _months(case.method, name).number
        due = closed + relativedelta(months=months)
        if done is None and due <= today:
            return FollowUp(case.id, case.reference, case.method, months, due)
        if done is not None:
            return None
    return None


def _months(name: str, limit: str) -> Limit:
    return method(name).limits[limit]


def _dispose(case: Case) -> None:
    """Dispose of a consultation down to a count: what was sealed in it and every key to it. What the log says of it stays."""
    records = select(Record.id).where(Record.case_id == case.id)
    versions = db.session.scalars(
        select(PartVersion.id).join(Part, Part.id == PartVersion.part_id).where(Part.record_id.in_(records))
    ).all()
    keys.forget(versions)
    db.session.execute(delete(FileChunk).where(FileChunk.part_version_id.in_(versions)))
    db.session.execute(update(PartVersion).where(PartVersion.id.in_(versions)).values(sealed=None))
    gone = clock.now()
    db.session.execute(
        update(Copy)
        .where(Copy.case_id == case.id, Copy.disposed_at.is_(None))
        .values(disposed_at=gone, disposed_why=DISPOSED, closed_at=gone, decision_due=None)
    )
    _forget_the_rest(case)
    _count(case)
    case.disposed_at = gone
    for agency_id in participating_agencies(case.id):
        audit.record_unattended(case.municipality_id, agency_id, Event.CONSULTATION_DISPOSED, case_id=case.id)


def _forget_the_rest(case: Case) -> None:
    """Take away what else was sealed about the case, how old the young person is and who was named to know."""
    drafts: Sequence[UUID] = db.session.scalars(select(Draft.id).where(Draft.case_id == case.id)).all()
    keys.forget_drafts(drafts)
    db.session.execute(delete(Draft).where(Draft.case_id == case.id))
    notes = [
        *db.session.scalars(select(CaseCheck.note_ref).where(CaseCheck.case_id == case.id)),
        *db.session.scalars(select(ConflictOfInterest.reason_ref).where(ConflictOfInterest.case_id == case.id)),
    ]
    keys.forget_notes(notes)
    people = select(CasePerson.id).where(CasePerson.case_id == case.id)
    db.session.execute(delete(ProtectedReader).where(ProtectedReader.person_id.in_(people)))
    db.session.execute(update(CasePerson).where(CasePerson.case_id == case.id).values(age_years=None))


def _count(case: Case) -> None:
    closed = (case.closed_at or clock.now()).astimezone(clock.STOCKHOLM).date()
    added = insert(ConsultationCount).values(
        id=new_id(),
        municipality_id=case.municipality_id,
        agency_id=case.lead_agency_id,
        method=case.method,
        month=closed.replace(day=1),
        reason=case.exit_code or "no_need",
        number=1,
    )
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=["agency_id", "method", "month", "reason"], set_={"number": ConsultationCount.number + 1}
        )
    )
