"""A mapping: statements about areas of life, each with its source, and factors on a scale, at one occasion and the next.

Each is a part of a record, sealed and disclosed by itself: which factor has which value says something about a person. The words
of the table stand in the part as they were that day; beside them stands the code, which the chart reads.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from coordination.cases import reading, records
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import CasePerson
from coordination.cases.queries import SUBJECT, authorize, case_for, find_case
from coordination.cases.reading import OpenPart, OpenRecord
from coordination.cases.records import PartDraft, Record, RecordDraft
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from policies.access import Actor
from policies.permissions import Permission
from policies.planning import Direction, areas, factors, is_clear, scale

KIND = "mapping"
TITLE = "Kartläggning"
LONGEST_SOURCE = 120


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says of an area of life, and who that is."""

    area: str
    source: str
    body: str
    nature: Nature
    part_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A factor on the scale, and what that is built on; ``value`` None: not rated."""

    factor: str
    value: int | None
    why: str
    part_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MappingDraft:
    """A mapping as it was typed."""

    on: date
    statements: Sequence[Statement]
    ratings: Sequence[Rating]


class Rated(NamedTuple):
    """A factor as a part holds it: ``label`` as it was called then, ``direction`` too, for the table may change."""

    factor: str
    label: str
    direction: Direction
    value: int
    of: int
    clear: bool
    why: str
    part: OpenPart


class Stated(NamedTuple):
    """A statement as a part holds it."""

    area: str
    source: str
    body: str
    part: OpenPart


def write(actor: Actor, case_id: UUID, draft: MappingDraft) -> Record:
    """Add a mapping to the case, owned by the actor's agency. Raises NotFound, Forbidden, Invalid."""
    case = case_for(actor, case_id, Permission.PLANNING_MAPPING_WRITE, owns=True)
    return records.write(actor, case.id, _typed(draft, _subject_of(case.id)))


def edit(actor: Actor, record_id: UUID, read_version: int, draft: MappingDraft) -> Record:
    """Save a changed mapping; what was disclosed stays what it was. Raises Conflict when somebody saved after ``read_version``."""
    record = own(actor, record_id)
    return records.edit(actor, record.id, read_version, _typed(draft, record.about_person_id))


def own(actor: Actor, record_id: UUID) -> Record:
    """Return a mapping of the actor's own agency that they may change. Raises NotFound, Forbidden."""
    wanted = select(Record).where(
        Record.id == record_id, Record.owner_agency_id == actor.agency_id, Record.kind == KIND
    )
    record = db.session.scalars(wanted).one_or_none()
    door = find_case(actor, record.case_id if record else None)
    if record is None:
        raise NotFound
    authorize(actor, Permission.PLANNING_MAPPING_WRITE, door.facts, owns=True)
    return record


def chosen_from_tables(record: OpenRecord) -> bool:
    """Tell whether a record was written as a mapping: not as a note that bears the name."""
    return any(part.kind in (PartKind.STATEMENT, PartKind.FACTOR) for part in record.parts)


def occasions(opened: Iterable[OpenRecord]) -> list[OpenRecord]:
    """Return the mappings among what an agency has opened, the earliest first."""
    found = [record for record in opened if record.kind == KIND and record.kind not in reading.HIDDEN_KINDS]
    return sorted(found, key=lambda record: (record.occurred_on, record.created_at, record.id))


def rated(record: OpenRecord) -> list[Rated]:
    """Return the factors of an occasion that could be opened, in the order of the record."""
    return [found for part in record.parts if part.kind is PartKind.FACTOR and (found := _rated(part))]


def stated(record: OpenRecord) -> list[Stated]:
    """Return the statements of an occasion that could be opened, in the order of the record."""
    return [found for part in record.parts if part.kind is PartKind.STATEMENT and (found := _stated(part))]


def clear_ones(record: OpenRecord) -> dict[Direction, int]:
    """Return how many risk and how many protective factors are clear at an occasion, of those that could be opened."""
    found = rated(record)
    return {way: sum(one.clear for one in found if one.direction is way) for way in Direction}


def _subject_of(case_id: UUID) -> UUID | None:
    return db.session.scalar(
        select(CasePerson.id).where(CasePerson.case_id == case_id, CasePerson.role == SUBJECT).limit(1)
    )


def _typed(draft: MappingDraft, about: UUID | None) -> RecordDraft:
    parts = [*map(_statement, draft.statements), *map(_rating, draft.ratings)]
    if all(part.empty for part in parts):
        raise Invalid("mapping_empty", ratings="mapping_empty")
    return RecordDraft(KIND, draft.on, about, TITLE, parts)


def _statement(said: Statement) -> PartDraft:
    if not said.body.strip():
        return PartDraft(PartKind.STATEMENT, said.nature, "", "", said.part_id)
    if said.area not in areas():
        raise Invalid("area_unknown", statements="area_unknown")
    source = " ".join(said.source.split())
    if not source or len(source) > LONGEST_SOURCE:
        raise Invalid("source_missing", statements="source_missing")
    code = json.dumps({"area": said.area, "source": source}, ensure_ascii=False)
    heading = f"{areas()[said.area].label.sv}. Källa: {source}"
    return PartDraft(PartKind.STATEMENT, said.nature, heading, said.body, said.part_id, code)


def _rating(given: Rating) -> PartDraft:
    if given.value is None:
        return PartDraft(PartKind.FACTOR, Nature.ASSESSMENT, "", "", given.part_id)
    factor, steps = factors().get(given.factor), scale()
    if factor is None or not 0 <= given.value < len(steps):
        raise Invalid("factor_unknown", ratings="factor_unknown")
    most = steps[-1].value
    code = json.dumps(
        {
            "factor": factor.id,
            "label": factor.label.sv,
            "direction": factor.direction,
            "value": given.value,
            "of": most,
            "clear": is_clear(given.value),
        },
        ensure_ascii=False,
    )
    heading = f"{factor.label.sv}: {given.value} av {most}, {steps[given.value].label.sv.lower()}"
    return PartDraft(PartKind.FACTOR, Nature.ASSESSMENT, heading, given.why, given.part_id, code)


def _rated(part: OpenPart) -> Rated | None:
    if not isinstance(part.content, Text):
        return None
    code = json.loads(part.content.code)
    direction = Direction(code["direction"])
    value, most = int(code["value"]), int(code["of"])
    return Rated(code["factor"], code["label"], direction, value, most, bool(code["clear"]), part.content.body, part)


def _stated(part: OpenPart) -> Stated | None:
    if not isinstance(part.content, Text):
        return None
    code = json.loads(part.content.code)
    return Stated(code["area"], code["source"], part.content.body, part)
