"""The page where what was received is taken into the own file: the grounds, and the parts there are to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coordination.cases.reading import IDENTITY, OpenPart, OpenRecord
from coordination.disclosure.taking import Takeable
from coordination.web.forms.taking import TakeForm
from coordination.web.presenting import phrases, previewing, visibility
from coordination.web.presenting.reader import Reader
from coordination.web.words import AgencyView
from policies.documentation import Ground
from policies.vocabulary import Status


@dataclass(frozen=True, slots=True)
class GroundChoice:
    """A ground, and its test."""

    id: str
    name: str
    source: str
    test: str
    unconfirmed: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class PartChoice:
    """A part that can be taken in, or that is in the own file already."""

    id: UUID
    label: str
    text: str
    chosen: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """A record that parts can be taken in from."""

    id: UUID
    title: str
    meta: str
    parts: Sequence[PartChoice]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything there is to choose. ``shown``: the text is open; before that only why is asked for."""

    sender: AgencyView
    received: date
    closed: bool
    until: date
    due: date | None
    grounds: Sequence[GroundChoice]
    shown: bool
    records: Sequence[RecordChoice]


def page(found: Takeable, opened: Sequence[OpenRecord], form: TakeForm, reader: Reader) -> Page:
    """Return what there is to choose; parts only once they have been opened."""
    first = form.parts.data is None
    return Page(
        sender=reader.agencies[found.from_agency_id],
        received=found.received_on,
        closed=found.closed,
        until=found.until,
        due=found.due,
        grounds=[_ground(ground, form) for ground in found.grounds],
        shown=bool(opened),
        records=[_record(record, found, set(form.parts.data or []), reader, every=first) for record in opened],
    )


def _ground(ground: Ground, form: TakeForm) -> GroundChoice:
    return GroundChoice(
        id=ground.id,
        name=phrases.said(ground.title),
        source=phrases.provision(ground.source),
        test=phrases.said(ground.test),
        unconfirmed=ground.status is not Status.READ,
        chosen=form.ground.data == ground.id,
    )


def _record(record: OpenRecord, found: Takeable, chosen: set[str], reader: Reader, *, every: bool) -> RecordChoice:
    when = phrases.day(record.occurred_on, reader.today)
    return RecordChoice(
        id=record.id,
        title=visibility.title_of(record),
        meta=when if record.kind == IDENTITY else f"{when} · {phrases.kind(record.kind)}",
        parts=[_part(part, record, found, chosen=every or str(part.id) in chosen) for part in record.parts],
    )


def _part(part: OpenPart, record: OpenRecord, found: Takeable, *, chosen: bool) -> PartChoice:
    label = previewing.part_label(part, record)
    taken = part.version_id in found.taken
    veiled = record.kind == IDENTITY and record.about_person_id in found.veiled
    text = "" if veiled else previewing.said(part)
    return PartChoice(part.id, label, "" if text == label else text, chosen and not taken, taken)
