"""Opening what an agency may open in a case: its own newest versions and the copies it was given, nothing else.

Plain rows and one pass of the vault: this is the path of every case page, so it makes no objects it does not show.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    exists,
    null,
    or_,
    select,
    union_all,
)

from coordination.cases.content import FileInfo, Nature, PartKind, Text
from coordination.cases.copies import readable
from coordination.cases.models import Copy, Part, PartVersion, Record
from coordination.core import clock
from coordination.core.db import db
from coordination.core.prepared import Prepared, asked
from coordination.keys import service as keys
from coordination.keys.models import KeyGrant

IDENTITY = "identity"
DECISION = "disclosure_decision"
CONSENT_NOTE = "consent_note"
HIDDEN_KINDS = frozenset({IDENTITY, DECISION, CONSENT_NOTE})
"""Records that have a place of their own on the case page and are no items of the timeline."""


class OpenPart(NamedTuple):
    """A part the reader's agency could open, with its content."""

    id: UUID
    version_id: UUID
    version: int
    kind: PartKind
    nature: Nature
    written_at: datetime
    written_by: UUID
    content: Text | FileInfo
    copy_id: UUID | None
    readable_until: date | None
    disclosure_id: UUID | None


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record with the parts of it that the reader's agency could open, in order."""

    id: UUID
    case_id: UUID
    kind: str
    owner_agency_id: UUID
    about_person_id: UUID | None
    occurred_on: date
    source_agency_id: UUID | None
    source_disclosure_id: UUID | None
    source_on: date | None
    version: int
    created_by: UUID
    created_at: datetime
    parts: tuple[OpenPart, ...]

    def part(self, kind: PartKind) -> OpenPart | None:
        """Return the first part of a kind, if it could be opened."""
        return next((part for part in self.parts if part.kind is kind), None)


_COLUMNS = (
    Record.id.label("record_id"),
    Record.version.label("record_version"),
    Part.id.label("part_id"),
    Part.kind,
    Part.nature,
    Part.ordinal,
    PartVersion.id.label("part_version_id"),
    PartVersion.version,
    PartVersion.sealed,
    PartVersion.created_at,
    PartVersion.created_by,
    KeyGrant.key_version,
    KeyGrant.wrapped,
)


Id = UUID | BindParameter[UUID]
Day = date | BindParameter[date]


def every_version(agency_id: Id) -> Select[*tuple[Any, ...]]:
    """Select every version of parts that the agency holds a grant to, whatever its state; the caller narrows it down."""
    return (
        select(*_COLUMNS, null().label("copy_id"), null().label("readable_until"), null().label("disclosure_id"))
        .join(Part, Part.record_id == Record.id)
        .join(PartVersion, PartVersion.part_id == Part.id)
        .join(KeyGrant, and_(KeyGrant.part_version_id == PartVersion.id, KeyGrant.agency_id == agency_id))
        .where(PartVersion.sealed.is_not(None))
    )


def own(agency_id: Id) -> Select[*tuple[Any, ...]]:
    """Select the newest version of every part the agency owns, with the agency's grant."""
    return every_version(agency_id).where(
        Record.owner_agency_id == agency_id, Part.removed_at.is_(None), PartVersion.id == Part.latest_version_id
    )


def received(agency_id: Id, on: Day) -> Select[*tuple[Any, ...]]:
    """Select every part version the agency holds a readable copy of on this day, with the agency's grant."""
    return (
        select(*_COLUMNS, Copy.id.label("copy_id"), Copy.readable_until, Copy.disclosure_id)
        .select_from(Copy)
        .join(PartVersion, PartVersion.id == Copy.part_version_id)
        .join(Part, Part.id == PartVersion.part_id)
        .join(Record, Record.id == Part.record_id)
        .join(KeyGrant, and_(KeyGrant.part_version_id == PartVersion.id, KeyGrant.agency_id == agency_id))
        .where(Copy.agency_id == agency_id, readable(on), PartVersion.sealed.is_not(None))
    )


def readable_versions(agency_id: UUID, version_ids: Collection[UUID], on: date) -> set[UUID]:
    """Return those of the part versions that are the agency's own, or that it holds a readable copy of on this day."""
    given = exists().where(Copy.part_version_id == PartVersion.id, Copy.agency_id == agency_id, readable(on))
    return set(
        db.session.scalars(
            select(PartVersion.id)
            .join(Part, Part.id == PartVersion.part_id)
            .join(Record, Record.id == Part.record_id)
            .where(PartVersion.id.in_(version_ids), or_(Record.owner_agency_id == agency_id, given))
        )
    )


def opens_to(agency_id: UUID, on: date) -> ColumnElement[bool]:
    """Tell whether a record is the agency's own, or the agency holds a readable copy of some part of it on this day."""
    given = (
        exists()
        .where(Copy.agency_id == agency_id, readable(on), PartVersion.id == Copy.part_version_id)
        .where(Part.id == PartVersion.part_id, Part.record_id == Record.id)
    )
    return or_(Record.owner_agency_id == agency_id, given)


def records_in_case(agency_id: UUID, case_id: UUID) -> list[OpenRecord]:
    """Open the records and identities in a case that the agency may open, newest event first.

    Raises CannotOpen if any of it is not whole.
    """
    return _gather(agency_id, Which.CASE, case_id)


def identities(agency_id: UUID, case_id: UUID) -> list[OpenRecord]:
    """Open the identities in a case that the agency may know."""
    return _gather(agency_id, Which.IDENTITIES, case_id)


def mapping(agency_id: UUID, case_id: UUID) -> list[OpenRecord]:
    """Open the mappings in a case that the agency may open, and the identities, newest event first."""
    return _gather(agency_id, Which.MAPPING, case_id)


def plan(agency_id: UUID, case_id: UUID) -> list[OpenRecord]:
    """Open what a case's plan says that the agency may open, and the identities, newest event first."""
    return _gather(agency_id, Which.PLAN, case_id)


def one_record(agency_id: UUID, record_id: UUID) -> OpenRecord | None:
    """Open what the agency may open of one record; None when that is nothing."""
    return next(iter(_gather(agency_id, Which.RECORD, record_id)), None)


def open_version(agency_id: UUID, version_id: UUID) -> Text | FileInfo:
    """Open one part version the agency holds a grant to. Raises CannotOpen, NoResultFound."""
    opener = keys.Opener(agency_id)
    row = db.session.execute(every_version(agency_id).where(PartVersion.id == version_id)).one()
    return open_rows(opener, [row])[0].content


def versions_of(agency_id: UUID, record_id: UUID) -> list[OpenPart]:
    """Open every version of an own record's parts, removed ones too, part by part, oldest first."""
    opener = keys.Opener(agency_id)
    rows = db.session.execute(
        every_version(agency_id)
        .where(Record.id == record_id, Record.owner_agency_id == agency_id)
        .order_by(Part.ordinal, PartVersion.version)
    ).all()
    return open_rows(opener, rows)


def as_given(agency_id: UUID, version_ids: Collection[UUID]) -> list[OpenRecord]:
    """Open these versions of own parts, as they were when they were given away."""
    opener = keys.Opener(agency_id)
    rows = db.session.execute(
        every_version(agency_id).where(PartVersion.id.in_(version_ids), Record.owner_agency_id == agency_id)
    ).all()
    return _records(opener, rows)


def as_received(agency_id: UUID, disclosure_id: UUID) -> list[OpenRecord]:
    """Open the copies that one disclosure carried and that can still be read."""
    opener = keys.Opener(agency_id)
    rows = db.session.execute(received(agency_id, clock.today()).where(Copy.disclosure_id == disclosure_id)).all()
    return _records(opener, rows)


def as_held(agency_id: UUID, version_ids: Collection[UUID]) -> list[OpenRecord]:
    """Open what copies of these versions say, readable or not: whether they may be opened is for the caller to have asked."""
    opener = keys.Opener(agency_id)
    rows = db.session.execute(every_version(agency_id).where(PartVersion.id.in_(version_ids))).all()
    return _records(opener, rows)


def not_about(hidden: Collection[UUID], version_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the part versions that stand in no record about one of these people."""
    open_to = or_(Record.about_person_id.is_(None), Record.about_person_id.not_in(hidden))
    return set(
        db.session.scalars(
            select(PartVersion.id)
            .join(Part, Part.id == PartVersion.part_id)
            .join(Record, Record.id == Part.record_id)
            .where(PartVersion.id.in_(version_ids), open_to)
        )
    )


def names_of(agency_id: UUID, person_ids: Sequence[UUID]) -> dict[UUID, Text]:
    """Open the names of people the agency knows the names of, by person id: given name, family name.

    A name that was given is known once somebody has opened it: a list does not open anything, and so shows nothing new.
    """
    opened = _gather(agency_id, Which.NAMES, list(person_ids))
    found = {record.about_person_id: record.part(PartKind.NAME) for record in opened}
    return {
        person_id: part.content
        for person_id, part in found.items()
        if person_id is not None and part is not None and isinstance(part.content, Text)
    }


def open_rows(opener: keys.Opener, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[OpenPart]:
    """Open rows in one pass, in their order."""
    opened = opener.open(rows)
    return [_part(row, content) for row, content in zip(rows, opened, strict=True)]


class Which(StrEnum):
    """Which of what an agency may open is wanted: everything in a case, the identities in it (alone, or with its mapping or its
    plan), one record, some names.
    """

    CASE = "case"
    IDENTITIES = "identities"
    MAPPING = "mapping"
    PLAN = "plan"
    RECORD = "record"
    NAMES = "names"


def _statement(which: Which) -> CompoundSelect[*tuple[Any, ...]]:
    agency, wanted = asked("agency", Uuid()), asked("wanted", Uuid())
    shown = Record.kind.not_in((DECISION, CONSENT_NOTE))
    about = Record.kind == IDENTITY
    named = and_(
        about,
        Part.kind == PartKind.NAME,
        Record.about_person_id == any_(asked("wanted", ARRAY(Uuid()))),
    )
    mine, given = {
        Which.CASE: (and_(Record.case_id == wanted, shown), and_(Copy.case_id == wanted, shown)),
        Which.MAPPING: _with_identities(Which.MAPPING, wanted),
        Which.PLAN: _with_identities(Which.PLAN, wanted),
        Which.IDENTITIES: (and_(Record.case_id == wanted, about), and_(Copy.case_id == wanted, about)),
        Which.RECORD: (Record.id == wanted, Record.id == wanted),
        Which.NAMES: (named, and_(named, Copy.first_opened_at.is_not(None))),
    }[which]
    return union_all(
        own(agency).where(mine),
        received(agency, asked("today", Date())).where(given),
    )


def _with_identities(kind: Which, case: BindParameter[UUID]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    shown = Record.kind.in_((IDENTITY, kind.value))
    return and_(Record.case_id == case, shown), and_(Copy.case_id == case, shown)


_STATEMENTS = {which: Prepared(partial(_statement, which)) for which in Which}


def _gather(agency_id: UUID, which: Which, wanted: UUID | list[UUID]) -> list[OpenRecord]:
    """Open the own parts and the readable copies that are wanted, and gather them into records."""
    opener = keys.Opener(agency_id)
    rows = _STATEMENTS[which].rows(agency=agency_id, today=clock.today(), wanted=wanted)
    return _records(opener, _newest(rows))


_HEADS = Prepared(
    lambda: select(
        Record.id,
        Record.case_id,
        Record.kind,
        Record.owner_agency_id,
        Record.about_person_id,
        Record.occurred_on,
        Record.source_agency_id,
        Record.source_disclosure_id,
        Record.source_on,
        Record.created_by,
        Record.created_at,
    ).where(Record.id == any_(asked("records", ARRAY(Uuid()))))
)
"""What a record never changes. Its version is read with its parts: a save in between must not make old text look new."""


def _records(opener: keys.Opener, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[OpenRecord]:
    parts: dict[UUID, list[tuple[int, OpenPart]]] = {}
    versions: dict[UUID, int] = {}
    for row, part in zip(rows, open_rows(opener, rows), strict=True):
        versions[row.record_id] = row.record_version
        parts.setdefault(row.record_id, []).append((row.ordinal, part))
    heads = _HEADS.rows(records=list(parts)) if parts else []
    records = [_record(head, versions[head.id], parts[head.id]) for head in heads]
    return sorted(records, key=lambda record: (record.occurred_on, record.created_at, record.id), reverse=True)


def _newest(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
    """Keep one row for each part: its newest version, and of that the copy that is readable longest."""
    best: dict[UUID, Row[*tuple[Any, ...]]] = {}
    for row in rows:
        kept = best.get(row.part_id)
        if kept is None or (row.version, row.readable_until) > (kept.version, kept.readable_until):
            best[row.part_id] = row
    return list(best.values())


_KINDS = {kind.value: kind for kind in PartKind}
_NATURES = {nature.value: nature for nature in Nature}


def _part(row: Row[*tuple[Any, ...]], content: bytes) -> OpenPart:
    kind = _KINDS[row.kind]
    return OpenPart(
        id=row.part_id,
        version_id=row.part_version_id,
        version=row.version,
        kind=kind,
        nature=_NATURES[row.nature],
        written_at=row.created_at,
        written_by=row.created_by,
        content=FileInfo.decode(content) if kind is PartKind.FILE else Text.decode(content),
        copy_id=row.copy_id,
        readable_until=row.readable_until,
        disclosure_id=row.disclosure_id,
    )


def _record(head: Any, version: int, parts: list[tuple[int, OpenPart]]) -> OpenRecord:
    return OpenRecord(
        id=head.id,
        case_id=head.case_id,
        kind=head.kind,
        owner_agency_id=head.owner_agency_id,
        about_person_id=head.about_person_id,
        occurred_on=head.occurred_on,
        source_agency_id=head.source_agency_id,
        source_disclosure_id=head.source_disclosure_id,
        source_on=head.source_on,
        version=version,
        created_by=head.created_by,
        created_at=head.created_at,
        parts=tuple(part for _, part in sorted(parts, key=lambda pair: pair[0])),
    )
