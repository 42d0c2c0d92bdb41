"""The life of a copy at the agency that received it: readable until its date, then closed, then disposed.

A copy is what the law sees as a received document: it belongs to the recipient, and only the recipient disposes of it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Date, Uuid, and_, delete, func, or_, select, update

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Copy, FileChunk, PartVersion
from coordination.cases.queries import authorize, find_case
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, NotFound
from coordination.core.prepared import asked
from coordination.identity import queries as identity
from coordination.keys import service as keys
from policies.access import Actor, CopyState
from policies.permissions import Permission

DECIDE_WITHIN = timedelta(days=14)
"""How long a recipient has to decide what to do with a copy whose consent was withdrawn (the house's rule)."""


DECIDED, BY_SCHEDULE = "decided", "schedule"
"""Why a copy was disposed of: somebody at the recipient decided it, or its disposal schedule did."""
CONSENT_ENDED = ("consent_withdrawn", "consent_narrowed")
"""Why a copy closed whose recipient is to decide what becomes of it."""


def readable(on: date | BindParameter[date]) -> ColumnElement[bool]:
    """Tell whether a copy opens on this day. The date itself decides, so a late job never leaves a copy open."""
    return and_(Copy.closed_at.is_(None), Copy.disposed_at.is_(None), Copy.readable_until >= on)


def state_of(copy: Copy, on: date) -> CopyState:
    """Return where in its life a copy is on this day."""
    if copy.disposed_at is not None:
        return CopyState.DISPOSED
    return CopyState.CLOSED if copy.closed_at is not None or copy.readable_until < on else CopyState.READABLE


def give(actor: Actor, recipient_id: UUID, case_id: UUID, disclosure_id: UUID, place: keys.Place, until: date) -> None:
    """Give an agency a copy of one part version: the key grant and its end date."""
    keys.grant(place, actor.agency_id, recipient_id)
    db.session.add(
        Copy(
            municipality_id=place.municipality_id,
            case_id=case_id,
            agency_id=recipient_id,
            part_version_id=place.part_version_id,
            disclosure_id=disclosure_id,
            readable_until=until,
            created_at=clock.now(),
        )
    )


def close_for_disclosures(actor: Actor, disclosure_ids: Iterable[UUID], why: str, *, decide: bool = False) -> int:
    """Close the copies these disclosures carried; with ``decide`` each recipient gets a date to decide by. Return how many."""
    return _close(actor, why, Copy.disclosure_id.in_(set(disclosure_ids)), decide=decide)


def close_for_agency(actor: Actor, case_id: UUID, agency_id: UUID, why: str) -> int:
    """Close everything an agency was given in a case; return how many copies."""
    return _close(actor, why, Copy.case_id == case_id, Copy.agency_id == agency_id)


def note_opened(actor: Actor, copy_ids: Iterable[UUID]) -> None:
    """Write down who at the recipient opened each copy first, and when.

    Raises Conflict if the sender has undone the disclosure since the copy was read: then nobody gets to see it.
    """
    wanted = set(copy_ids)
    if not wanted:
        return
    # Held in the order that ``take_back`` holds them in. A copy that was taken back meanwhile shows only once the lock is there.
    held = db.session.execute(
        select(Copy.id, Copy.disposed_at)
        .where(Copy.id.in_(wanted), or_(Copy.first_opened_at.is_(None), Copy.disposed_at.is_not(None)))
        .order_by(Copy.id)
        .with_for_update()
    ).all()
    if any(row.disposed_at is not None for row in held):
        raise Conflict("copy_taken_back")
    if held:
        db.session.execute(
            update(Copy)
            .where(Copy.id.in_([row.id for row in held]))
            .values(first_opened_at=clock.now(), first_opened_by=actor.user_id)
        )


def note_found(actor: Actor, part_version_ids: Iterable[UUID]) -> None:
    """Write down that somebody was found by what these copies say: that is to have opened them. Raises as ``note_opened``."""
    found = select(Copy.id).where(
        Copy.part_version_id.in_(set(part_version_ids)),
        Copy.agency_id == actor.agency_id,
        Copy.first_opened_at.is_(None),
        readable(clock.today()),
    )
    note_opened(actor, db.session.scalars(found))


def take_back(disclosure_id: UUID) -> int:
    """Take away the copies of a disclosure that nobody has opened: keys and search words go at once. Return how many.

    Raises Conflict as soon as one copy has been opened.
    """
    held = db.session.scalars(
        select(Copy)
        .where(Copy.disclosure_id == disclosure_id)
        .order_by(Copy.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if any(copy.first_opened_at is not None for copy in held):
        raise Conflict("copy_already_opened")
    kept = [copy for copy in held if copy.disposed_at is None]
    for copy in kept:
        copy.closed_why = "undone"
        _dispose(copy, "undone")
        _unindex_unless_readable(copy)
    return len(kept)


def takeable(actor: Actor, disclosure_id: UUID, *, lock: bool = False) -> list[Copy]:
    """Return what the actor's agency holds of a disclosure and may take into its own file: what it can read, and what closed
    because the consent was taken back, as long as it has not decided what becomes of it.
    """
    waiting = and_(Copy.closed_why.in_(CONSENT_ENDED), Copy.decision_due.is_not(None))
    wanted = (
        select(Copy)
        .where(Copy.disclosure_id == disclosure_id, Copy.agency_id == actor.agency_id, Copy.disposed_at.is_(None))
        .where(or_(readable(clock.today()), waiting))
        .order_by(Copy.id)
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(wanted))


def dispose(actor: Actor, copy_id: UUID) -> None:
    """Dispose of a copy the actor's agency holds: its key is deleted and cannot be made again. The sender's own stays."""
    copy = db.session.scalars(
        select(Copy).where(Copy.id == copy_id, Copy.agency_id == actor.agency_id).with_for_update()
    ).one_or_none()
    if copy is None:
        raise NotFound
    door = find_case(actor, copy.case_id)
    authorize(actor, Permission.DISCLOSURE_COPY_DECIDE, door.facts, copy=state_of(copy, clock.today()), owns=False)
    _dispose(copy, DECIDED)
    audit.record(actor, Event.COPY_DISPOSED, case_id=copy.case_id, copy_id=copy.id)


def dispose_closed(actor: Actor, disclosure_id: UUID) -> int:
    """Dispose of what the actor's agency holds closed of a disclosure; return how many copies.

    Whether the actor may is for the caller to ask: there need not be anybody left in the agency whom the case is visible to.
    """
    held = db.session.scalars(
        select(Copy)
        .where(Copy.disclosure_id == disclosure_id, Copy.agency_id == actor.agency_id)
        .where(Copy.disposed_at.is_(None), ~readable(clock.today()))
        .with_for_update()
    ).all()
    for copy in held:
        _dispose(copy, DECIDED)
        audit.record(actor, Event.CLOSED_COPY_DISPOSED, case_id=copy.case_id, copy_id=copy.id)
    return len(held)


def closed_copies(actor: Actor, case_id: UUID) -> list[Copy]:
    """Return what the actor's agency holds closed in a case: that it is there and since when, never its content."""
    held = select(Copy).where(Copy.case_id == case_id, Copy.agency_id == actor.agency_id, Copy.disposed_at.is_(None))
    return list(db.session.scalars(held.where(~readable(clock.today())).order_by(Copy.created_at)))


CLOSED_COUNT = select(func.count()).where(
    Copy.case_id == asked("case", Uuid()),
    Copy.agency_id == asked("agency", Uuid()),
    Copy.disposed_at.is_(None),
    ~readable(asked("today", Date())),
)
"""How many copies the agency asked for holds closed in the case asked for."""


def due(actor: Actor, case_ids: Iterable[UUID]) -> list[Copy]:
    """Return the copies in these cases that wait for the actor's agency to decide, the earliest date first."""
    return list(
        db.session.scalars(
            select(Copy)
            .where(
                Copy.agency_id == actor.agency_id,
                Copy.case_id.in_(set(case_ids)),
                Copy.decision_due.is_not(None),
                Copy.disposed_at.is_(None),
            )
            .order_by(Copy.decision_due)
        )
    )


def held_from(actor: Actor, disclosure_id: UUID) -> list[Copy]:
    """Return what the actor's agency still holds of a disclosure, readable or closed. Raises NotFound when that is nothing."""
    held = select(Copy).where(
        Copy.disclosure_id == disclosure_id, Copy.agency_id == actor.agency_id, Copy.disposed_at.is_(None)
    )
    found = list(db.session.scalars(held.order_by(Copy.created_at, Copy.id)))
    door = find_case(actor, found[0].case_id if found else None)
    if not found:
        raise NotFound
    authorize(actor, Permission.DISCLOSURE_COPY_DECIDE, door.facts, copy=state_of(found[0], clock.today()), owns=False)
    return found


class Gone(NamedTuple):
    """That an agency's own schedule has disposed of what it was given: when, and by which decision."""

    on: date
    decision: str


def gone_by_schedule(actor: Actor, disclosure_id: UUID) -> Gone | None:
    """Return how what the actor's agency was given in a disclosure was disposed of by its own schedule; None if it was not.

    Raises NotFound where it was given nothing, or the case is hidden.
    """
    rows = db.session.execute(
        select(Copy.case_id, Copy.disposed_at, Copy.disposed_why).where(
            Copy.disclosure_id == disclosure_id, Copy.agency_id == actor.agency_id
        )
    ).all()
    door = find_case(actor, rows[0].case_id if rows else None)
    if not rows:
        raise NotFound
    authorize(actor, Permission.CASE_READ, door.facts)
    scheduled = [row.disposed_at for row in rows if row.disposed_why == BY_SCHEDULE]
    if not scheduled:
        return None
    own = identity.agencies_named([actor.agency_id])[actor.agency_id]
    return Gone(max(scheduled).astimezone(clock.STOCKHOLM).date(), own.copies_decision or "")


def dispose_all(actor: Actor, disclosure_id: UUID) -> int:
    """Dispose of everything the actor's agency holds of a disclosure; return how many copies. Raises as ``dispose``."""
    held = held_from(actor, disclosure_id)
    for copy in held:
        dispose(actor, copy.id)
    return len(held)


def close_expired(limit: int = 500) -> int:
    """Mark copies whose date has passed as closed, and take their search words away; return how many. Safe to run again.

    Where the agency's schedule says so they are disposed of at once.
    """
    today = clock.today()
    expired = db.session.scalars(
        select(Copy)
        .where(Copy.closed_at.is_(None), Copy.disposed_at.is_(None), Copy.readable_until < today)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for copy in expired:
        copy.closed_at, copy.closed_why = clock.now(), "expired"
        _unindex_unless_readable(copy)
    db.session.flush()
    _dispose_by_schedule(expired)
    return len(expired)


def _close(actor: Actor, why: str, *which: ColumnElement[bool], decide: bool = False) -> int:
    closing = db.session.scalars(
        select(Copy).where(*which, Copy.disposed_at.is_(None), Copy.closed_at.is_(None)).with_for_update()
    ).all()
    for copy in closing:
        copy.closed_at, copy.closed_why = clock.now(), why
        copy.decision_due = clock.today() + DECIDE_WITHIN if decide else None
    db.session.flush()
    for copy in closing:
        _unindex_unless_readable(copy)
        audit.record(actor, Event.COPY_CLOSED, agency_id=copy.agency_id, case_id=copy.case_id, copy_id=copy.id, why=why)
    _dispose_by_schedule(closing)
    return len(closing)


def _dispose_by_schedule(closed: Sequence[Copy]) -> None:
    """Dispose at once of what has just closed at an agency whose schedule says that it is of temporary significance.

    Nobody decides it there and then, so nobody's name stands at it in the agency's log.
    """
    temporary = identity.keeps_no_copies({copy.agency_id for copy in closed})
    for copy in closed:
        if copy.agency_id in temporary:
            _dispose(copy, BY_SCHEDULE)
            audit.record_unattended(
                copy.municipality_id,
                copy.agency_id,
                Event.COPY_DISPOSED_BY_SCHEDULE,
                case_id=copy.case_id,
                copy_id=copy.id,
            )


def _dispose(copy: Copy, why: str) -> None:
    copy.disposed_at, copy.disposed_why = clock.now(), why
    copy.closed_at = copy.closed_at or copy.disposed_at
    copy.decision_due = None
    db.session.flush()
    _drop_key_unless_held(copy.part_version_id, copy.agency_id)


def _unindex_unless_readable(copy: Copy) -> None:
    still = db.session.scalar(
        select(func.count()).where(
            Copy.part_version_id == copy.part_version_id,
            Copy.agency_id == copy.agency_id,
            readable(clock.today()),
        )
    )
    if not still:
        keys.unindex(copy.part_version_id, copy.agency_id)


def _drop_key_unless_held(part_version_id: UUID, agency_id: UUID) -> None:
    held = db.session.scalar(
        select(func.count()).where(
            Copy.part_version_id == part_version_id, Copy.agency_id == agency_id, Copy.disposed_at.is_(None)
        )
    )
    if not held and not keys.withdraw_grant(part_version_id, agency_id):
        shred(part_version_id)


def shred(part_version_id: UUID) -> None:
    """Delete the ciphertext of a part version whose last grant is gone."""
    db.session.execute(delete(FileChunk).where(FileChunk.part_version_id == part_version_id))
    db.session.execute(update(PartVersion).where(PartVersion.id == part_version_id).values(sealed=None))
