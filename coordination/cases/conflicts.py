"""Conflict of interest (jäv): who is close to somebody in a case has nothing to do with it, and does not find it.

A user declares it, also for a case they have not seen, or a manager sets it. From then on the case is absent for that person, by the
one predicate that every question about cases starts from (``queries.visible_to``), until a manager ends it. FL 16–18 §§.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Assignment, Case, CasePerson, ConflictOfInterest, ProtectedReader
from coordination.cases.queries import authorize, case_for, find_case, participates
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.identity import queries as identity
from coordination.keys import blind_index
from coordination.keys import service as keys
from policies.access import NO_CASE, Actor
from policies.permissions import Permission

FEWEST_WORDS = 2
"""A reason of fewer words tells nobody what the tie is (the house's rule)."""


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A conflict of interest that runs, as the manager of the agency sees it; why stands in words of the one who set it."""

    id: UUID
    case_id: UUID
    user_id: UUID
    set_by: UUID
    set_at: datetime
    reason: str


def declare(actor: Actor, case_id: UUID, reason: str) -> None:
    """Declare that the actor has a conflict of interest in a case they may know of; it is absent for them from now on."""
    case = case_for(actor, case_id, Permission.CASE_CONFLICT_DECLARE)
    _set(actor, case.id, actor.user_id, _sealed(actor, reason), "declared")


def declare_unseen(actor: Actor, reference: str, reason: str) -> None:
    """Declare a conflict of interest by reference, before having seen the case. Whether there is such a case nobody is told: the
    answer, the sealing and the log line are the same. Raises Invalid for words that are no reference.
    """
    authorize(actor, Permission.CASE_CONFLICT_DECLARE, NO_CASE, same_municipality=True)
    terms = blind_index.reference_terms(reference)
    if not terms:
        raise Invalid("reference_unusable", reference="reference_unusable")
    found = db.session.scalars(
        select(Case.id).where(
            Case.municipality_id == actor.municipality_id,
            Case.reference == terms[0].value.decode(),
            participates(actor.agency_id),
        )
    ).one_or_none()
    _set(actor, found, actor.user_id, _sealed(actor, reason), "declared")


def set_for(actor: Actor, case_id: UUID, user_id: UUID, reason: str) -> None:
    """Set a colleague's conflict of interest. Raises Invalid for somebody outside the agency, Conflict where one runs already."""
    case = case_for(actor, case_id, Permission.CASE_CONFLICT_MANAGE)
    if identity.colleague(actor.agency_id, user_id) is None:
        raise Invalid("colleague_unknown", user="colleague_unknown")
    if not _set(actor, case.id, user_id, _sealed(actor, reason), "set"):
        raise Conflict("conflict_set_already")


def running(actor: Actor, case_id: UUID) -> list[ConflictRow]:
    """Return the agency's conflicts of interest that run in a case, with why, for its manager. Raises NotFound, Forbidden."""
    case = case_for(actor, case_id, Permission.CASE_CONFLICT_MANAGE)
    rows = db.session.scalars(
        select(ConflictOfInterest)
        .where(
            ConflictOfInterest.case_id == case.id,
            ConflictOfInterest.agency_id == actor.agency_id,
            ConflictOfInterest.ended_at.is_(None),
        )
        .order_by(ConflictOfInterest.set_at)
    ).all()
    audit.record(actor, Event.CONFLICTS_VIEWED, case_id=case.id, count=len(rows))
    return _rows(actor, rows)


def one(actor: Actor, conflict_id: UUID) -> ConflictRow:
    """Return one that runs, for the manager who may end it. Raises NotFound, Forbidden."""
    row = _of_agency(actor, conflict_id)
    audit.record(actor, Event.CONFLICTS_VIEWED, case_id=row.case_id, count=1)
    return _rows(actor, [row])[0]


def end(actor: Actor, conflict_id: UUID, reason: str) -> UUID:
    """End a conflict of interest, for a reason; return the case. Nobody gets back an assignment by it."""
    row = _of_agency(actor, conflict_id)
    row.ended_reason_ref = _sealed(actor, reason)
    row.ended_at, row.ended_by = clock.now(), actor.user_id
    _log(actor, row.case_id, row.user_id, "ended", row.ended_reason_ref)
    return row.case_id


def _of_agency(actor: Actor, conflict_id: UUID) -> ConflictOfInterest:
    row = db.session.scalars(
        select(ConflictOfInterest).where(
            ConflictOfInterest.id == conflict_id,
            ConflictOfInterest.agency_id == actor.agency_id,
            ConflictOfInterest.ended_at.is_(None),
        )
    ).one_or_none()
    door = find_case(actor, row.case_id if row else None)
    if row is None:
        raise NotFound
    authorize(actor, Permission.CASE_CONFLICT_MANAGE, door.facts)
    return row


def _sealed(actor: Actor, reason: str) -> UUID:
    if len(reason.split()) < FEWEST_WORDS:
        raise Invalid("conflict_reason_too_short", reason="conflict_reason_too_short")
    return keys.seal_note(actor.agency_id, actor.municipality_id, reason.strip())


def _set(actor: Actor, case_id: UUID | None, user_id: UUID, reason_ref: UUID, change: str) -> bool:
    """Set it unless it runs, and log it; tell whether it was set. Without a case the log line is all there is."""
    _log(actor, case_id, user_id, change, reason_ref)
    if case_id is None or _runs(case_id, user_id):
        return False
    db.session.add(
        ConflictOfInterest(
            id=new_id(),
            municipality_id=actor.municipality_id,
            case_id=case_id,
            agency_id=actor.agency_id,
            user_id=user_id,
            set_by=actor.user_id,
            set_at=clock.now(),
            reason_ref=reason_ref,
        )
    )
    db.session.flush()
    _let_go(case_id, user_id)
    return True


def _let_go(case_id: UUID, user_id: UUID) -> None:
    """End what the user has in the case: assignments, break-glass too, and being named for a protected identity."""
    now = clock.now()
    db.session.execute(
        update(Assignment)
        .where(Assignment.case_id == case_id, Assignment.user_id == user_id, Assignment.ends_at > now)
        .values(ends_at=now)
    )
    people = select(CasePerson.id).where(CasePerson.case_id == case_id)
    db.session.execute(
        delete(ProtectedReader).where(ProtectedReader.user_id == user_id, ProtectedReader.person_id.in_(people))
    )


def _runs(case_id: UUID, user_id: UUID) -> bool:
    found = select(ConflictOfInterest.id).where(
        ConflictOfInterest.case_id == case_id,
        ConflictOfInterest.user_id == user_id,
        ConflictOfInterest.ended_at.is_(None),
    )
    return db.session.scalar(found) is not None


def _log(actor: Actor, case_id: UUID | None, user_id: UUID, change: str, reason_ref: UUID) -> None:
    audit.record(
        actor,
        Event.CONFLICT_CHANGED,
        case_id=case_id,
        user=user_id,
        change=change,
        reason_code=None,
        reason_ref=reason_ref,
    )


def _rows(actor: Actor, rows: Sequence[ConflictOfInterest]) -> list[ConflictRow]:
    words = keys.open_notes(actor.agency_id, {row.reason_ref for row in rows})
    return [
        ConflictRow(row.id, row.case_id, row.user_id, row.set_by, row.set_at, words.get(row.reason_ref, ""))
        for row in rows
    ]
