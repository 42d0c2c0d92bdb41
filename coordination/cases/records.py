"""Writing and editing an agency's own records, and reading one with its history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import CasePerson, Part
from coordination.cases.models import Record as Record
from coordination.cases.queries import authorize, case_for, find_case
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from policies.access import Actor
from policies.permissions import Permission
from policies.record_kinds import record_kinds

LONGEST_TEXT = 50_000
LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A part as it was typed: ``part_id`` is the part it changes, None for a new one."""

    kind: PartKind
    nature: Nature
    heading: str
    body: str
    part_id: UUID | None = None
    code: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not self.heading.strip() and not self.body.strip()


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record as it was typed."""

    kind: str
    occurred_on: date
    about_person_id: UUID | None
    title: str
    parts: Sequence[PartDraft] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Beside:
    """An own record as it is saved, to be held against what somebody typed: with every version of it, who saved it and when."""

    saved: reading.OpenRecord
    versions: Sequence[reading.OpenPart]
    saved_by: UUID
    saved_at: datetime


def write(actor: Actor, case_id: UUID, draft: RecordDraft) -> Record:
    """Add a record to the case, owned by the actor's agency; every part sealed with a key of its own."""
    case = case_for(actor, case_id, Permission.CASE_RECORD_WRITE)
    _check(actor, case.id, draft)
    record = writing.new_record(actor, case.id, draft.kind, draft.occurred_on, draft.about_person_id)
    title = PartDraft(PartKind.TITLE, Nature.NONE, "", draft.title)
    places = [
        writing.add_part(actor, record, ordinal, part.kind, part.nature, _text(part))
        for ordinal, part in enumerate([title, *(part for part in draft.parts if not part.empty)])
    ]
    audit.record(
        actor, Event.RECORD_WRITTEN, case_id=case.id, record_id=record.id, parts=[place.part_id for place in places]
    )
    return record


def edit(actor: Actor, record_id: UUID, read_version: int, draft: RecordDraft) -> Record:
    """Save changed parts as new versions. What was disclosed before stays what it was.

    Raises Conflict when somebody saved after ``read_version``; nothing of either text is lost.
    """
    record = own_record(actor, record_id, Permission.CASE_RECORD_WRITE, lock=True)
    if record.version != read_version:
        raise Conflict("record_changed_meanwhile")
    _check(actor, record.case_id, draft)
    opened = reading.one_record(actor.agency_id, record.id)
    before = {part.id: part for part in opened.parts} if opened else {}
    record.occurred_on, record.about_person_id = draft.occurred_on, draft.about_person_id
    record.version += 1
    record.edited_by, record.edited_at = actor.user_id, clock.now()
    title = next((part for part in before.values() if part.kind is PartKind.TITLE), None)
    drafts = [PartDraft(PartKind.TITLE, Nature.NONE, "", draft.title, title.id if title else None), *draft.parts]
    saved = [changed for part in drafts if (changed := _save_part(actor, record, before, part))]
    audit.record(
        actor, Event.RECORD_EDITED, case_id=record.case_id, record_id=record.id, parts=saved, version=record.version
    )
    return record


def beside(actor: Actor, record_id: UUID) -> Beside:
    """Open an own record and what it was before, for somebody who edits it, and log it. Raises NotFound, Forbidden."""
    record = own_record(actor, record_id, Permission.CASE_RECORD_WRITE)
    saved = reading.one_record(actor.agency_id, record.id)
    if saved is None:
        raise NotFound
    versions = reading.versions_of(actor.agency_id, record.id)
    audit.record(actor, Event.RECORD_VIEWED, case_id=record.case_id, record_id=record.id, parts=len(versions))
    return Beside(saved, versions, record.edited_by or record.created_by, record.edited_at or record.created_at)


def own_record(actor: Actor, record_id: UUID, permission: Permission, *, lock: bool = False) -> Record:
    """Return a record of the actor's own agency in a case they may act in. Raises NotFound, Forbidden."""
    wanted = select(Record).where(
        Record.id == record_id,
        Record.owner_agency_id == actor.agency_id,
        Record.kind.not_in(reading.HIDDEN_KINDS),
    )
    record = db.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    door = find_case(actor, record.case_id if record else None)
    if record is None:
        raise NotFound
    authorize(actor, permission, door.facts, owns=True)
    return record


def open_record(actor: Actor, record_id: UUID) -> reading.OpenRecord:
    """Open what the actor's agency may open of a record, and log it. Raises NotFound when that is nothing."""
    case_id = db.session.scalar(
        select(Record.case_id).where(
            Record.id == record_id,
            Record.kind.not_in(reading.HIDDEN_KINDS),
            reading.opens_to(actor.agency_id, clock.today()),
        )
    )
    case = case_for(actor, case_id, Permission.CASE_READ)
    opened = reading.one_record(actor.agency_id, record_id)
    if opened is None:
        raise NotFound
    copies.note_opened(actor, [part.copy_id for part in opened.parts if part.copy_id])
    audit.record(actor, Event.RECORD_VIEWED, case_id=case.id, record_id=record_id, parts=len(opened.parts))
    return opened


def print_record(actor: Actor, record_id: UUID) -> reading.OpenRecord:
    """Open a record for paper, and log that it was printed: paper carries no end date. Raises NotFound, Forbidden."""
    opened = open_record(actor, record_id)
    case_id = db.session.scalars(select(Record.case_id).where(Record.id == record_id)).one()
    audit.record(
        actor,
        Event.PRINTED,
        case_id=case_id,
        parts=[part.id for part in opened.parts],
        reason_code=None,
        reason_ref=None,
    )
    return opened


def history(actor: Actor, record_id: UUID) -> list[reading.OpenPart]:
    """Open every version of an own record's parts, removed ones too, oldest first, and log it."""
    record = own_record(actor, record_id, Permission.CASE_READ)
    opened = reading.versions_of(actor.agency_id, record.id)
    audit.record(actor, Event.RECORD_VIEWED, case_id=record.case_id, record_id=record.id, parts=len(opened))
    return opened


def _was_part_of(record_id: UUID, part_id: UUID) -> bool:
    return db.session.scalar(select(Part.id).where(Part.id == part_id, Part.record_id == record_id)) is not None


def _save_part(actor: Actor, record: Record, before: dict[UUID, reading.OpenPart], draft: PartDraft) -> UUID | None:
    """Save one part; return its id when something about it changed."""
    text = _text(draft)
    if draft.part_id is None:
        if draft.empty:
            return None
        return writing.add_part(actor, record, _next_ordinal(record.id), draft.kind, draft.nature, text).part_id
    old = before.get(draft.part_id)
    if old is None and _was_part_of(record.id, draft.part_id):  # whoever typed is told, and loses nothing
        raise Conflict("record_changed_meanwhile")
    if old is None or old.kind is PartKind.FILE:
        raise NotFound
    if (old.content, old.nature) == (text, draft.nature):
        return None
    part = db.session.get_one(Part, draft.part_id)
    part.nature = draft.nature
    if draft.empty:
        part.removed_at = clock.now()
    elif old.content != text:
        writing.add_version(actor, part, old.version + 1, text)
    return part.id


def tidy(typed: str) -> str:
    """Return a text as it is stored: browsers send other ends of lines than they were given."""
    return typed.replace("\r\n", "\n").strip()


def _text(part: PartDraft) -> Text:
    return Text(tidy(part.heading), tidy(part.body), "" if part.empty else part.code)


def _next_ordinal(record_id: UUID) -> int:
    highest = db.session.scalar(select(func.max(Part.ordinal)).where(Part.record_id == record_id))
    return (highest or 0) + 1


def _check(actor: Actor, case_id: UUID, draft: RecordDraft) -> None:
    kind = record_kinds().get(draft.kind)
    if kind is None or not kind.written_by(actor.agency_kind):
        raise Invalid("record_kind_not_yours", kind="record_kind_not_yours")
    if not draft.title.strip():
        raise Invalid("title_missing", title="title_missing")
    if all(part.empty for part in draft.parts):
        raise Invalid("text_missing", parts="text_missing")
    if draft.occurred_on > clock.today():
        raise Invalid("occurred_in_future", occurred_on="occurred_in_future")
    if any(len(part.body) > LONGEST_TEXT or len(part.heading) > LONGEST_HEADING for part in draft.parts):
        raise Invalid("text_too_long", parts="text_too_long")
    if draft.about_person_id is not None and not _in_case(case_id, draft.about_person_id):
        raise Invalid("person_unknown", about_person_id="person_unknown")


def _in_case(case_id: UUID, person_id: UUID) -> bool:
    return db.session.scalar(select(CasePerson.case_id).where(CasePerson.id == person_id)) == case_id
