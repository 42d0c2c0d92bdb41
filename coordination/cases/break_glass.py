"""Break-glass (nödöppning): opening a case of one's own agency without an assignment, for three hours, with a reason.

It opens what the own agency may open and nothing more, protected identities included. Every one is in the log as what it is, and
is always reviewed; everybody who works in the case is told. Between agencies there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading, service
from coordination.cases.models import Assignment, Case, EmergencyNotice
from coordination.cases.queries import (
    authorize,
    case_for,
    disqualified,
    find_case,
    find_shell,
    participates,
    visible_to,
)
from coordination.core import clock, outbox
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from coordination.core.ids import new_id
from coordination.core.outbox import Kind
from coordination.keys import blind_index
from coordination.keys import service as keys
from coordination.keys.blind_index import Term, TermKind
from policies.access import NO_CASE, Actor
from policies.permissions import Permission

LASTS = timedelta(hours=3)
FEWEST_WORDS = 3
"""A reason of fewer words tells the reviewer nothing (the house's rule)."""

_LOGGED_AS = {TermKind.IDENTITY: "number", TermKind.REFERENCE: "reference", TermKind.NAME: "name"}


class BreakGlassDraft(NamedTuple):
    """Which case, why, and that 112 and the telephone have been thought of."""

    text: str
    reason: str
    thought_of_112: bool


@dataclass(frozen=True, slots=True)
class Running:
    """An emergency opening of the actor's own that still runs."""

    case_id: UUID
    reference: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What tells that a colleague opened a case one works in."""

    id: UUID
    case_id: UUID
    reference: str
    opened_by: UUID
    opened_at: datetime
    ends_at: datetime


def open_case(actor: Actor, draft: BreakGlassDraft) -> UUID | None:
    """Open the one case of the actor's agency that the words name, for three hours; return its id.

    None where they name no case, another agency's, or several: it is one answer, and the search is logged all the same. Raises
    Forbidden, and Invalid for what can be mended in the form.
    """
    authorize(
        actor,
        Permission.CASE_EMERGENCY_OPEN,
        NO_CASE,
        same_municipality=True,
        participates=True,  # only the cases that the own agency takes part in are looked through
        conflict_of_interest=False,  # and only those in which the actor has none
    )
    readings = _checked(draft)
    found = _find(actor, readings)
    reason = keys.seal_note(actor.agency_id, actor.municipality_id, draft.reason.strip())
    _log_search(actor, readings[0], len(found), reason)
    if len(found) != 1:
        return None
    [case_id] = found
    if not _works_in(actor, case_id):
        _open(actor, case_id, reason)
    return case_id


def end(actor: Actor, case_id: UUID) -> None:
    """End the actor's own emergency opening now. Raises NotFound where none runs."""
    case = case_for(actor, case_id, Permission.CASE_EMERGENCY_CLOSE)
    ended = _end(actor, case.id)
    if not ended:
        raise NotFound


def one_running(actor: Actor, case_id: UUID) -> Running:
    """Return the actor's emergency opening of a case that runs now. Raises NotFound where none does, Forbidden."""
    case = case_for(actor, case_id, Permission.CASE_EMERGENCY_CLOSE)
    found = running(actor, case.id)
    if not found:
        raise NotFound
    return found[0]


def running(actor: Actor, case_id: UUID | None = None) -> list[Running]:
    """Return the actor's emergency openings that still run, in one case or in all. The page they stand on logs the opening."""
    now = clock.now()
    found = (
        select(Assignment.case_id, Case.reference, Assignment.ends_at)
        .join(Case, Case.id == Assignment.case_id)
        .where(
            Assignment.user_id == actor.user_id,
            Assignment.agency_id == actor.agency_id,
            Assignment.emergency_reason.is_not(None),
            Assignment.starts_at <= now,
            Assignment.ends_at > now,
        )
        .order_by(Assignment.ends_at)
    )
    rows = db.session.execute(found if case_id is None else found.where(Assignment.case_id == case_id))
    return [Running(row.case_id, row.reference, row.ends_at) for row in rows]


def notices(actor: Actor, case_id: UUID | None = None) -> list[Notice]:
    """Return what the actor has not yet confirmed to have seen, newest first, of cases they may know of."""
    visible = visible_to(actor).with_only_columns(Case.id)
    found = (
        select(EmergencyNotice.id, Assignment, Case.reference)
        .join(Assignment, Assignment.id == EmergencyNotice.assignment_id)
        .join(Case, Case.id == EmergencyNotice.case_id)
        .where(EmergencyNotice.user_id == actor.user_id, EmergencyNotice.seen_at.is_(None))
        .where(EmergencyNotice.case_id.in_(visible))
        .order_by(Assignment.starts_at.desc())
    )
    rows = db.session.execute(found if case_id is None else found.where(EmergencyNotice.case_id == case_id))
    return [_notice(row.id, row.Assignment, row.reference) for row in rows]


def seen(actor: Actor, notice_id: UUID) -> UUID:
    """Confirm that the actor has seen that a case was opened; return the case. Raises NotFound."""
    notice = db.session.get(EmergencyNotice, notice_id)
    own = notice if notice is not None and notice.user_id == actor.user_id else None
    door = find_case(actor, own.case_id if own else None)
    if own is None:
        raise NotFound
    authorize(actor, Permission.CASE_EMERGENCY_CLOSE, door.facts)
    if own.seen_at is None:
        own.seen_at = clock.now()
        audit.record(actor, Event.EMERGENCY_SEEN, case_id=own.case_id, assignment_id=own.assignment_id)
    return own.case_id


def _checked(draft: BreakGlassDraft) -> list[Sequence[Term]]:
    wrong = {
        "reason": (len(draft.reason.split()) < FEWEST_WORDS, "emergency_reason_too_short"),
        "thought_of_112": (not draft.thought_of_112, "emergency_112_not_thought_of"),
    }
    found = {field: code for field, (is_wrong, code) in wrong.items() if is_wrong}
    if found:
        raise Invalid(next(iter(found.values())), **found)
    try:
        readings = [one for one in blind_index.readings(draft.text) if one[0].kind in _LOGGED_AS]
    except Invalid as problem:
        raise Invalid(problem.code, text=problem.code) from problem
    if not readings:
        raise Invalid("search_text_unusable", text="search_text_unusable")
    return list(readings)


def _find(actor: Actor, readings: Sequence[Sequence[Term]]) -> set[UUID]:
    """Return the cases of the actor's agency that a reading names: by reference, or by somebody in it."""
    own = select(Case.id).where(
        Case.municipality_id == actor.municipality_id,
        Case.disposed_at.is_(None),
        participates(actor.agency_id),
        ~disqualified(actor.user_id),
    )
    if readings[0][0].kind is TermKind.REFERENCE:
        return set(db.session.scalars(own.where(Case.reference == readings[0][0].value.decode())))
    found = [[keys.hits(actor.agency_id, term) for term in terms] for terms in readings]
    versions = {hit.part_version_id for terms in found for hits in terms for hit in hits}
    readable = reading.readable_versions(actor.agency_id, versions, clock.today())
    cases = {
        case_id
        for terms in found
        for case_id, _person in set.intersection(
            *({(hit.case_id, hit.person_id) for hit in hits if hit.part_version_id in readable} for hits in terms)
        )
    }
    return set(db.session.scalars(own.where(Case.id.in_(cases))))


def _works_in(actor: Actor, case_id: UUID) -> bool:
    """Tell whether somebody has appointed the actor to the case already: then there is no glass to break."""
    try:
        facts = find_shell(actor, case_id).facts
    except NotFound:
        return False
    return facts.assigned and not facts.emergency


def _open(actor: Actor, case_id: UUID, reason: UUID) -> None:
    _end(actor, case_id)
    now = clock.now()
    opening = Assignment(
        id=new_id(),
        municipality_id=actor.municipality_id,
        case_id=case_id,
        agency_id=actor.agency_id,
        user_id=actor.user_id,
        starts_at=now,
        ends_at=now + LASTS,
        assigned_by=actor.user_id,
        emergency_reason=reason,
    )
    db.session.add(opening)
    db.session.flush()
    told = {row.user_id for row in service.handlers(case_id, actor.agency_id)} - {actor.user_id}
    db.session.add_all(
        EmergencyNotice(
            municipality_id=actor.municipality_id,
            assignment_id=opening.id,
            case_id=case_id,
            user_id=user_id,
            seen_at=None,
        )
        for user_id in told
    )
    outbox.queue(Kind.EMERGENCY, told, actor.municipality_id, opening.id)
    audit.record(
        actor,
        Event.EMERGENCY_OPENED,
        case_id=case_id,
        assignment_id=opening.id,
        reason_code=None,
        reason_ref=reason,
    )


def _end(actor: Actor, case_id: UUID) -> list[UUID]:
    """End what of the actor's openings of the case still runs; return which."""
    now = clock.now()
    ended = db.session.scalars(
        update(Assignment)
        .where(
            Assignment.case_id == case_id,
            Assignment.user_id == actor.user_id,
            Assignment.emergency_reason.is_not(None),
            Assignment.ends_at > now,
        )
        .values(ends_at=now)
        .returning(Assignment.id)
    ).all()
    for assignment_id in ended:
        audit.record(actor, Event.EMERGENCY_ENDED, case_id=case_id, assignment_id=assignment_id)
    return list(ended)


def _log_search(actor: Actor, terms: Sequence[Term], hits: int, reason: UUID) -> None:
    joined = Term(terms[0].kind, b"\x00".join(term.value for term in terms))
    audit.record(
        actor,
        Event.EMERGENCY_SEARCHED,
        kind=_LOGGED_AS[terms[0].kind],
        hits=hits,
        query_digest=keys.digest_for_log(actor.agency_id, joined),
        reason_code=None,
        reason_ref=reason,
    )


def _notice(notice_id: UUID, opening: Assignment, reference: str) -> Notice:
    return Notice(notice_id, opening.case_id, reference, opening.user_id, opening.starts_at, opening.ends_at)
