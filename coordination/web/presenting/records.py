"""Records as the timeline draws them: parts that the same agencies see on the same terms stand under one band."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from coordination.cases.content import FileInfo, PartKind, Text
from coordination.cases.reading import OpenPart, OpenRecord
from coordination.core.clock import STOCKHOLM
from coordination.disclosure.overview import Sights
from coordination.planning.mapping import chosen_from_tables
from coordination.web.presenting import phrases, visibility
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.visibility import Visibility
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment: its name leads to it."""

    name: str
    url: str
    size: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part: text with heading and mark, the person's own words, or a file."""

    heading: str = ""
    nature: str = ""
    text: str = ""
    own_view: str = ""
    own_view_title: str = ""
    file: FileView | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Parts under one band."""

    view: Visibility
    parts: Sequence[PartView]


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as the reader sees it."""

    anchor: str
    kind: str
    title: str
    occurred: date
    author: str
    notice: str
    sections: Sequence[Section]
    source: "SourceView | None" = None
    links: Sequence[Link] = field(default_factory=tuple)
    disclose_url: str | None = None


@dataclass(frozen=True, slots=True)
class SourceView:
    """From whom an own record was taken in, when it was given, and where that can be read."""

    agency: AgencyView
    on: date
    url: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What a page offers to do with the reader's own records."""

    open: bool = True
    write: bool = False
    disclose: bool = False
    versions: bool = True
    """Tell the owner who was given an older version. A recipient is not told what others were given."""


NOTHING = Offers(open=False, versions=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the timeline down."""

    label: str
    url: str
    current: bool
    agency: AgencyView | None


def filters(case_id: UUID, owner_ids: Sequence[UUID], part: UUID | None, reader: Reader) -> list[Filter]:
    """Return the ways to narrow the timeline: everything, or one owner; only owners whose records the reader sees."""
    everything = Filter(_("Alla"), url_for("cases.show", case_id=case_id), part is None, None)
    return [
        everything,
        *(
            Filter(
                reader.agencies[one].name,
                url_for("cases.show", case_id=case_id, part=one),
                one == part,
                reader.agencies[one],
            )
            for one in owner_ids
        ),
    ]


def timeline(records: Iterable[OpenRecord], sights: Sights, reader: Reader, offers: Offers) -> list[RecordView]:
    """Return the records as the reader sees them, in the order given."""
    return [record_view(record, sights, reader, offers) for record in records]


def record_view(record: OpenRecord, sights: Sights, reader: Reader, offers: Offers) -> RecordView:
    """Return one record as the reader sees it."""
    own = record.owner_agency_id == reader.agency_id
    return RecordView(
        anchor=f"record-{record.id}",
        kind=phrases.kind(record.kind) + _nature_of_all(record),
        title=visibility.title_of(record),
        occurred=record.occurred_on,
        author=reader.signed(record.created_by),
        notice=_changed(record, reader) if own else "",
        sections=_sections(record, sights, reader, versions=own and offers.versions),
        source=_source(record, reader) if own else None,
        links=_links(record, own=own, offers=offers),
        disclose_url=_disclose_url(record) if own and offers.disclose else None,
    )


def part_view(part: OpenPart) -> PartView:
    """Return one part as it is drawn."""
    if isinstance(part.content, FileInfo):
        url = url_for("records.download", part_id=part.id)
        return PartView(file=FileView(part.content.name, url, phrases.size(part.content.size)))
    if part.kind in (PartKind.OWN_VIEW, PartKind.DISAGREEMENT):
        return PartView(own_view=part.content.body, own_view_title=visibility.part_label(part))
    nature = phrases.NATURES.get(part.nature) if part.content.heading else None
    return PartView(Written(part.content.heading), str(nature) if nature else "", part.content.body)


def edit_url(record: OpenRecord) -> str:
    """Return where an own record is changed: a mapping has a form of its own."""
    page = "mapping.edit" if chosen_from_tables(record) else "records.edit"
    return url_for(page, record_id=record.id)


def _nature_of_all(record: OpenRecord) -> str:
    """Return the mark of a record whose parts have no headings to carry it: a fact, an assessment, or both."""
    texts = [part for part in record.parts if part.kind is PartKind.TEXT and isinstance(part.content, Text)]
    bare = [part for part in texts if isinstance(part.content, Text) and not part.content.heading]
    marks = dict.fromkeys(str(phrases.NATURES[part.nature]) for part in bare if part.nature in phrases.NATURES)
    marks.pop(phrases.kind(record.kind), None)
    return f" · {phrases.listed(marks)}" if marks else ""


def _sections(record: OpenRecord, sights: Sights, reader: Reader, *, versions: bool) -> list[Section]:
    """Group the parts. The title stands with the first group, unless others see it than see that."""
    title = record.part(PartKind.TITLE)
    rest = [part for part in record.parts if part is not title]
    groups = [
        list(group)
        for _, group in groupby(rest, lambda part: visibility.alike(part, sights, reader, versions=versions))
    ]
    sections = [_section(record, group, sights, reader, versions=versions) for group in groups]
    if title is not None and (not rest or _seen_by(title, sights, reader) != _seen_by(rest[0], sights, reader)):
        view = visibility.view(
            record.owner_agency_id, sights.get(title.id, ()), reader, title.version_id if versions else None
        )
        sections.insert(0, Section(view, ()))
    return sections


def _seen_by(part: OpenPart, sights: Sights, reader: Reader) -> frozenset[object]:
    return visibility.alike(part, sights, reader, versions=False)


def _section(
    record: OpenRecord, group: Sequence[OpenPart], sights: Sights, reader: Reader, *, versions: bool
) -> Section:
    first = group[0]
    newest = first.version_id if versions else None
    view = visibility.view(record.owner_agency_id, sights.get(first.id, ()), reader, newest)
    return Section(view, [part_view(part) for part in group])


def _changed(record: OpenRecord, reader: Reader) -> str:
    changed = [part.written_at for part in record.parts if part.version > 1]
    if not changed:
        return ""
    return str(_("Ändrad %(day)s", day=phrases.day(max(changed).astimezone(STOCKHOLM).date(), reader.today)))


def _source(record: OpenRecord, reader: Reader) -> SourceView | None:
    """Return where an own record comes from. Nobody else is told: it would say that somebody had given something."""
    if record.source_agency_id is None or record.source_disclosure_id is None or record.source_on is None:
        return None
    url = url_for("disclosures.show", disclosure_id=record.source_disclosure_id)
    return SourceView(reader.agencies[record.source_agency_id], record.source_on, url)


def _links(record: OpenRecord, *, own: bool, offers: Offers) -> list[Link]:
    if not offers.open:
        return []
    links = [Link(_("Öppna"), url_for("records.show", record_id=record.id))]
    if own and offers.write:
        links.append(Link(_("Ändra"), edit_url(record)))
    if own:
        links.append(Link(_("Visa historik"), url_for("records.history", record_id=record.id)))
    return links


def _disclose_url(record: OpenRecord) -> str:
    return url_for("disclosures.new", case_id=record.case_id, uppgift=record.id)
