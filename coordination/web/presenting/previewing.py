"""The preview: what each recipient will get, drawn by the same code as the recipient's own page, and in a sentence what is decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from coordination.cases.content import PartKind, Text
from coordination.cases.people import PersonView
from coordination.cases.reading import IDENTITY, OpenPart, OpenRecord
from coordination.disclosure.deciding import Carried, DecisionDraft, Prepared
from coordination.disclosure.overview import Overview, Sight, Sights
from coordination.web.presenting import phrases, records, visibility
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.records import NOTHING, PartView, RecordView, Section
from coordination.web.presenting.written import within
from coordination.web.words import AgencyView


@dataclass(frozen=True, slots=True)
class Preview:
    """What one recipient gets, exactly, and on what it stands there."""

    recipient: AgencyView
    records: Sequence[RecordView]
    basis: str
    provision: str


@dataclass(frozen=True, slots=True)
class Previews:
    """What every recipient gets, and in one sentence what is about to be decided."""

    each: Sequence[Preview]
    names: str
    not_seen: Sequence[str]
    parts: int
    until: date
    basis: str
    provision: str

    @property
    def recipients(self) -> list[AgencyView]:
        """Who gets it."""
        return [one.recipient for one in self.each]


def previews(
    overview: Overview, reader: Reader, draft: DecisionDraft | None, ready: Prepared | None
) -> Previews | None:
    """Return the records as each recipient will see them; nothing before everything holds."""
    if draft is None or ready is None:
        return None
    wanted = set(draft.part_ids)
    given = [record for record in (_only(one, wanted) for one in own(overview, reader)) if record.parts]
    each = [_preview(to, given, overview, reader, (draft, ready.carried)) for to in ready.carried]
    return Previews(
        each=each,
        names=phrases.together(one.recipient.name for one in each),
        not_seen=_not_seen(own(overview, reader), wanted),
        parts=len(wanted),
        until=draft.until,
        basis=each[0].basis,
        provision=each[0].provision,
    )


def given_records(
    given: Iterable[OpenRecord], sights: Sights, reader: Reader, people: Mapping[UUID, PersonView] | None = None
) -> list[RecordView]:
    """Return records as they are drawn in a disclosure: notes as in the timeline, an identity without a protected name."""
    return [
        _identity(record, sights, reader, people)
        if record.kind == IDENTITY
        else records.record_view(record, sights, reader, NOTHING)
        for record in given
    ]


def own(overview: Overview, reader: Reader) -> list[OpenRecord]:
    """Return what the reader's agency owns in the case: records in their order, then who people are."""
    found = [*overview.records, *sorted(overview.identities, key=lambda record: record.created_at)]
    return [record for record in found if record.owner_agency_id == reader.agency_id]


def said(part: OpenPart) -> str:
    """Return what a part says, on a line of its own."""
    if not isinstance(part.content, Text):
        return part.content.name
    if part.kind is PartKind.NAME:
        return f"{part.content.heading} {part.content.body}"
    if part.kind is PartKind.CUSTODY:
        return phrases.custody(part.content.heading)
    return part.content.heading if part.kind is PartKind.NUMBER else part.content.body


def part_label(part: OpenPart, record: OpenRecord) -> str:
    """Return what a part is called."""
    return str(phrases.PARTS_OF_IDENTITY[part.kind]) if record.kind == IDENTITY else visibility.part_label(part)


def _preview(
    to: UUID,
    given: Sequence[OpenRecord],
    overview: Overview,
    reader: Reader,
    decided: tuple[DecisionDraft, Mapping[UUID, Carried]],
) -> Preview:
    there, named = reader.seen_from(to), decided[1][to].named
    sights = {part.id: _sights(part, overview.sights, reader, decided) for record in given for part in record.parts}
    return Preview(
        recipient=there.own,
        records=given_records(given, sights, there, {person.id: person for person in overview.people}),
        basis=phrases.lower_first(phrases.said(named.title)),
        provision=phrases.provision(named.source),
    )


def _only(record: OpenRecord, wanted: set[UUID]) -> OpenRecord:
    return replace(record, parts=tuple(part for part in record.parts if part.id in wanted))


def _sights(
    part: OpenPart, sights: Sights, reader: Reader, decided: tuple[DecisionDraft, Mapping[UUID, Carried]]
) -> list[Sight]:
    """Return who will see a part: those who see it now, and the recipients."""
    draft, carried = decided
    others = [
        sight for sight in sights.get(part.id, ()) if sight.active(reader.today) and sight.agency_id not in carried
    ]
    new = [
        Sight(part.id, to, part.version_id, one.named.id, one.named.in_force_from, draft.until, None, None)
        for to, one in carried.items()
    ]
    return [*others, *new]


def _identity(
    record: OpenRecord, sights: Sights, reader: Reader, people: Mapping[UUID, PersonView] | None
) -> RecordView:
    """Draw an identity. A protected one is drawn without what it says: that has a door of its own."""
    person = people.get(record.about_person_id) if people and record.about_person_id else None
    open_name = person is not None and not person.protected
    view = visibility.view(record.owner_agency_id, sights.get(record.parts[0].id, ()), reader)
    parts = [
        PartView(heading=str(phrases.PARTS_OF_IDENTITY[part.kind]), text=said(part) if open_name else "")
        for part in record.parts
    ]
    drawn = records.record_view(record, sights, reader, NOTHING)
    name = phrases.role(person.role) if person else phrases.kind(record.kind)
    return replace(drawn, title=name, sections=[Section(view, parts)])


def _not_seen(own: Sequence[OpenRecord], wanted: set[UUID]) -> list[str]:
    """Return what the recipient does not get, of the records something was chosen from; and what is never given."""
    touched = [record for record in own if any(part.id in wanted for part in record.parts)]
    left = [
        within(_("%(part)s i ”%(title)s”"), part=part_label(part, record), title=visibility.title_of(record))
        for record in touched
        for part in record.parts
        if part.id not in wanted
    ]
    return [*left, _("Er menprövning"), _("Allt annat som ni har skrivit i ärendet")]
