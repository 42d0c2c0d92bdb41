"""Taking what was received into the own file: a new record of the agency's own, on a ground of its own, with the disclosure as source.

The copy is the sender's text in somebody else's keeping, with an end date. What an agency must document it writes in its own
name; the sender is not told, for what an agency documents is that agency's matter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import attachments, copies, people, reading, writing
from coordination.cases.content import FileInfo
from coordination.cases.models import Copy, Part, PartVersion, Record
from coordination.cases.queries import authorize, find_case
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.disclosure import basis
from coordination.disclosure.models import Disclosure
from coordination.keys import service as keys
from policies.access import Actor, CopyState
from policies.documentation import Ground, grounds_for
from policies.permissions import Permission
from policies.record_kinds import record_kinds

SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Stated:
    """Why it is taken in: the ground, and the reason in words."""

    ground_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeDraft:
    """What is to be taken in, as what kind of own record, why, and whether the copy goes at once."""

    part_ids: Collection[UUID]
    kind: str
    stated: Stated
    dispose: bool


@dataclass(frozen=True, slots=True)
class Takeable:
    """What can be taken in of a disclosure. ``closed``: the consent was taken back, and the text opens only for a stated reason."""

    disclosure_id: UUID
    case_id: UUID
    from_agency_id: UUID
    received_on: date
    closed: bool
    until: date
    due: date | None
    grounds: Sequence[Ground]
    taken: frozenset[UUID]
    """The part versions that are in the own file already."""
    copies: Mapping[UUID, UUID]
    """The copies that can be taken in, by part version."""
    veiled: frozenset[UUID]
    """The people of the case whose identity has a door of its own."""


@dataclass(frozen=True, slots=True)
class TakenRecord:
    """An own record that came from a disclosure: its kind, and when it was taken in by whom."""

    id: UUID
    kind: str
    taken_on: date
    taken_by: UUID


def find(actor: Actor, disclosure_id: UUID) -> Takeable:
    """Return what the actor may take in of a disclosure, none of it opened. Raises NotFound where that is nothing, Forbidden."""
    return _found(actor, disclosure_id)


def open_readable(actor: Actor, found: Takeable) -> list[reading.OpenRecord]:
    """Open what can be read anyhow, so that parts can be chosen, and log it. Raises Conflict if it was taken back meanwhile."""
    if found.closed:
        return []
    opened = reading.as_held(actor.agency_id, found.copies)
    copies.note_opened(actor, found.copies.values())
    audit.record(actor, Event.CASE_VIEWED, case_id=found.case_id, parts=_count(opened))
    return opened


def open_closed(actor: Actor, found: Takeable, stated: Stated) -> list[reading.OpenRecord]:
    """Open a copy that closed when the consent was taken back, so that parts can be chosen: for the ground stated, and logged
    with the reason. Raises Invalid for a reason that is too short or a ground that does not hold.
    """
    reason_ref = _sealed_reason(actor, found, stated)
    opened = reading.as_held(actor.agency_id, found.copies)
    audit.record(
        actor,
        Event.COPY_OPENED_TO_TAKE,
        case_id=found.case_id,
        disclosure_id=found.disclosure_id,
        parts=[part.id for record in opened for part in record.parts],
        legal_basis=stated.ground_id,
        reason_code=None,
        reason_ref=reason_ref,
    )
    return opened


def take(actor: Actor, disclosure_id: UUID, draft: TakeDraft) -> list[Record]:
    """Write the chosen parts into the own file, one record for each they stand in, sealed anew with keys of their own.

    Raises NotFound for a part that cannot be taken in, Conflict for one that is in the file already, Invalid for everything
    that can be mended in the form.
    """
    found = _found(actor, disclosure_id, lock=True)
    chosen = _chosen(actor, found, draft)
    reason_ref = _sealed_reason(actor, found, draft.stated)
    opened = reading.as_held(actor.agency_id, chosen)
    if not found.closed:
        copies.note_opened(actor, [found.copies[version] for version in chosen])
    taken = []
    for source in opened:
        record = _written(actor, found, source, draft.kind)
        for part in source.parts:
            _mark(actor, found.copies[part.version_id], record, draft.stated.ground_id, reason_ref)
        taken.append(record)
    if draft.dispose:
        copies.dispose_all(actor, disclosure_id)
    return taken


def something_left(actor: Actor, case_id: UUID, disclosure_id: UUID) -> bool:
    """Tell whether there is anything in a disclosure that the actor could take in and nobody has: for what a page offers."""
    left = {copy.part_version_id for copy in copies.takeable(actor, disclosure_id) if copy.taken_record_id is None}
    return bool(left) and bool(reading.not_about(people.hidden_from(actor, case_id), left))


def taken_from(actor: Actor, disclosure_id: UUID) -> list[TakenRecord]:
    """Return what the actor's agency has taken in of a disclosure, oldest first. The page it stands on logs the opening."""
    rows = db.session.scalars(
        select(Record)
        .where(Record.source_disclosure_id == disclosure_id, Record.owner_agency_id == actor.agency_id)
        .order_by(Record.created_at, Record.id)
    )
    return [
        TakenRecord(row.id, row.kind, row.created_at.astimezone(clock.STOCKHOLM).date(), row.created_by) for row in rows
    ]


def _found(actor: Actor, disclosure_id: UUID, *, lock: bool = False) -> Takeable:
    held = copies.takeable(actor, disclosure_id, lock=lock)
    door = find_case(actor, held[0].case_id if held else None)
    if not held:
        raise NotFound
    closed = any(copies.state_of(copy, clock.today()) is CopyState.CLOSED for copy in held)
    authorize(
        actor,
        Permission.DISCLOSURE_COPY_TAKE,
        door.facts,
        copy=CopyState.CLOSED if closed else CopyState.READABLE,
        owns=False,
    )
    # Of somebody whose identity is protected nothing is taken in by whoever is not named for them.
    hidden = people.hidden_from(actor, door.case.id)
    versions = reading.not_about(hidden, {copy.part_version_id for copy in held})
    if not versions:
        raise NotFound
    disclosure = db.session.get_one(Disclosure, disclosure_id)
    return Takeable(
        disclosure_id=disclosure_id,
        case_id=door.case.id,
        from_agency_id=disclosure.from_agency_id,
        received_on=disclosure.decided_at.astimezone(clock.STOCKHOLM).date(),
        closed=closed,
        until=min(copy.readable_until for copy in held),
        due=min((copy.decision_due for copy in held if copy.decision_due), default=None),
        grounds=grounds_for(basis.party(actor.agency_id), withdrawn=closed),
        taken=frozenset(copy.part_version_id for copy in held if copy.taken_record_id is not None),
        copies={copy.part_version_id: copy.id for copy in held if copy.part_version_id in versions},
        veiled=frozenset(people.protected_in(door.case.id)),
    )


def _chosen(actor: Actor, found: Takeable, draft: TakeDraft) -> set[UUID]:
    """Return the versions of the chosen parts. Raises as ``take`` does."""
    if not draft.part_ids:
        raise Invalid("take_parts_missing", parts="take_parts_missing")
    rows = db.session.execute(
        select(PartVersion.id, Part.id.label("part_id"), Record.kind)
        .join(Part, Part.id == PartVersion.part_id)
        .join(Record, Record.id == Part.record_id)
        .where(PartVersion.id.in_(found.copies), Part.id.in_(set(draft.part_ids)))
    ).all()
    if {row.part_id for row in rows} != set(draft.part_ids):
        raise NotFound
    if any(row.id in found.taken for row in rows):
        raise Conflict("copy_already_taken")
    kind = record_kinds().get(draft.kind)
    written_by_us = kind is not None and kind.written_by(actor.agency_kind)
    if not written_by_us and any(row.kind != reading.IDENTITY for row in rows):
        raise Invalid("record_kind_not_yours", kind="record_kind_not_yours")
    return {row.id for row in rows}


def _sealed_reason(actor: Actor, found: Takeable, stated: Stated) -> UUID:
    """Seal the reason for the log once it is seen that ground and reason hold."""
    if stated.ground_id not in {ground.id for ground in found.grounds}:
        raise Invalid("ground_does_not_hold", ground="ground_does_not_hold")
    if len(stated.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason_too_short", reason="reason_too_short")
    return keys.seal_note(actor.agency_id, actor.municipality_id, stated.reason.strip())


def _written(actor: Actor, found: Takeable, source: reading.OpenRecord, kind: str) -> Record:
    identity = source.kind == reading.IDENTITY
    record = writing.new_record(
        actor,
        found.case_id,
        source.kind if identity else kind,
        source.occurred_on,
        source.about_person_id,
        writing.Source(found.from_agency_id, found.disclosure_id, found.received_on),
    )
    for ordinal, part in enumerate(source.parts):
        place = _sealed_anew(actor, record, ordinal, part)
        if identity and source.about_person_id is not None and not isinstance(part.content, FileInfo):
            terms = people.identity_terms(part.kind, part.content)
            keys.index(actor.agency_id, place, found.case_id, source.about_person_id, terms)
    return record


def _sealed_anew(actor: Actor, record: Record, ordinal: int, part: reading.OpenPart) -> keys.Place:
    if isinstance(part.content, FileInfo):
        there = keys.Place(record.municipality_id, part.id, part.version_id)
        return writing.add_file(actor, record, ordinal, part.content, attachments.content(actor.agency_id, there))
    return writing.add_part(actor, record, ordinal, part.kind, part.nature, part.content)


def _mark(actor: Actor, copy_id: UUID, record: Record, ground_id: str, reason_ref: UUID) -> None:
    db.session.get_one(Copy, copy_id).taken_record_id = record.id
    audit.record(
        actor,
        Event.COPY_TAKEN,
        case_id=record.case_id,
        copy_id=copy_id,
        record_id=record.id,
        legal_basis=ground_id,
        reason_code=None,
        reason_ref=reason_ref,
    )


def _count(opened: Sequence[reading.OpenRecord]) -> int:
    return sum(len(record.parts) for record in opened)
