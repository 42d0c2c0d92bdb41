"""The four answers above every text (owner, who sees it, on what basis, until when) and the table of who sees what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from coordination.cases.content import PartKind, Text
from coordination.cases.reading import OpenPart, OpenRecord
from coordination.disclosure.overview import SOON_DAYS, Sight, Sights
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView


@dataclass(frozen=True, slots=True)
class Share:
    """Agencies that see (or saw) something on the same basis until the same day. State: valid, soon or ended."""

    seen_by: Sequence[AgencyView]
    basis: str
    provision: str
    until: date
    state: str
    days_left: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Visibility:
    """Whose it is and who sees it; no shares: only the owner."""

    owner: AgencyView
    shares: Sequence[Share]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A record, or one of its parts, with a cell for each agency."""

    label: str
    url: str | None
    is_part: bool
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who owns and sees what, as far as the reader may know."""

    agencies: Sequence[AgencyView]
    rows: Sequence[MatrixRow]


def state(sight: Sight, today: date) -> str:
    """Return where a sight is in its life: valid, soon (30 days or fewer left) or ended."""
    if not sight.active(today):
        return "ended"
    return "soon" if (sight.until - today).days <= SOON_DAYS else "valid"


def view(owner_id: UUID, sights: Iterable[Sight], reader: Reader, version_id: UUID | None = None) -> Visibility:
    """Return the four answers; ``version_id`` is the newest version, so that who was given an older one is told apart."""
    groups: dict[tuple[object, ...], list[Sight]] = {}
    for sight in sights:
        groups.setdefault(_terms(sight, version_id, reader), []).append(sight)
    return Visibility(reader.agencies[owner_id], [_share(group, reader, version_id) for group in groups.values()])


def alike(part: OpenPart, sights: Sights, reader: Reader, *, versions: bool = True) -> frozenset[object]:
    """Return what two parts share when the same agencies see both on the same terms, and (``versions``) both as they are now."""
    newest = part.version_id if versions else None
    return frozenset((sight.agency_id, *_terms(sight, newest, reader)) for sight in sights.get(part.id, ()))


def matrix(
    records: Sequence[OpenRecord], sights: Sights, agency_ids: Sequence[UUID], reader: Reader, base: str = ""
) -> Matrix:
    """Return the table of who sees what: only records the reader can open, with a row for each part where parts differ."""
    seen = {sight.agency_id for record in records for part in record.parts for sight in sights.get(part.id, ())}
    columns = [*agency_ids, *sorted(seen - set(agency_ids))]
    rows: list[MatrixRow] = []
    for record in records:
        cells = [_cell(record, record.parts, sights, column, reader) for column in columns]
        rows.append(MatrixRow(title_of(record), f"{base}#record-{record.id}", is_part=False, cells=cells))
        if "some" in cells:
            rows.extend(_part_row(record, part, sights, columns, reader) for part in record.parts)
    return Matrix(reader.drawn(columns), rows)


def title_of(record: OpenRecord) -> str:
    """Return a record's title, or its neutral kind where the title was not given."""
    part = record.part(PartKind.TITLE)
    return Written(part.content.body) if part and isinstance(part.content, Text) else phrases.kind(record.kind)


def part_label(part: OpenPart) -> str:
    """Return what a part is called among the parts of its record."""
    if not isinstance(part.content, Text):
        return Written(part.content.name)
    fixed = {
        PartKind.TITLE: _("Rubriken"),
        PartKind.OWN_VIEW: _("Den unges egen syn"),
        PartKind.DISAGREEMENT: _("Det den unge inte håller med om"),
    }
    return fixed.get(part.kind) or Written(part.content.heading or _beginning(part.content.body))


def _beginning(text: str) -> str:
    words = text.split()
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")


def _part_row(record: OpenRecord, part: OpenPart, sights: Sights, columns: Sequence[UUID], reader: Reader) -> MatrixRow:
    cells = [_cell(record, [part], sights, column, reader) for column in columns]
    return MatrixRow(part_label(part), None, is_part=True, cells=cells)


def _cell(record: OpenRecord, parts: Sequence[OpenPart], sights: Sights, agency_id: UUID, reader: Reader) -> str:
    if record.owner_agency_id == agency_id:
        return "owns"
    states = [
        next((state(sight, reader.today) for sight in sights.get(part.id, ()) if sight.agency_id == agency_id), "none")
        for part in parts
    ]
    if "valid" not in states and "soon" not in states:
        return "ended" if "ended" in states else "none"
    if "none" in states or "ended" in states:
        return "some"
    return "soon" if "soon" in states else "sees"


def _terms(sight: Sight, version_id: UUID | None, reader: Reader) -> tuple[object, ...]:
    older = version_id is not None and sight.version_id != version_id
    end = sight.until if sight.active(reader.today) else sight.ended_on or sight.until
    return (sight.basis_id, sight.basis_in_force_from, end, state(sight, reader.today), older)


def _share(group: Sequence[Sight], reader: Reader, version_id: UUID | None) -> Share:
    first = group[0]
    basis, provision = phrases.basis_words(first.basis_id, first.basis_in_force_from)
    now = state(first, reader.today)
    older = version_id is not None and first.version_id != version_id and now != "ended"
    left = (first.until - reader.today).days
    return Share(
        seen_by=reader.drawn(sight.agency_id for sight in group),
        basis=basis,
        provision=provision,
        until=first.until if now != "ended" else min(first.ended_on or first.until, first.until),
        state=now,
        days_left=left if now == "soon" else None,
        note=_("en äldre version") if older and now == "valid" else "",
    )
