"""Mappings as their page draws them: by whose they are, over time as a chart and a table, two occasions beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from coordination.cases.reading import OpenRecord
from coordination.planning import mapping
from coordination.reports import charts
from coordination.reports.charts import Point
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView
from policies.planning import Direction, areas, factors

TO_COMPARE = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """An occasion in numbers."""

    when: str
    risk: int
    protective: int


@dataclass(frozen=True, slots=True)
class Change:
    """A factor at two occasions, in words."""

    label: str
    kind: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An occasion to choose from."""

    value: str
    label: str
    first: bool
    second: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two occasions beside each other, and which others there are."""

    choices: Sequence[Choice]
    first: str
    second: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Owned:
    """One agency's mappings as far as the reader can read them: ``wide`` and ``narrow`` are one chart, drawn for two widths."""

    agency: AgencyView
    counted: Sequence[Counted]
    said: str
    wide: Markup
    narrow: Markup
    comparison: Comparison | None
    occasions: Sequence[OpenRecord]


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A factor in the form: its fields, what it means and where it is known from."""

    form: Any
    label: str
    hint: str
    saved: str


@dataclass(frozen=True, slots=True)
class RatingGroup:
    """The factors of an area of life in the form."""

    label: str
    lines: Sequence[RatingLine]


def by_owner(opened: Sequence[OpenRecord], reader: Reader, chosen: tuple[UUID | None, UUID | None]) -> list[Owned]:
    """Return the mappings by whose they are, the reader's own first. Two agencies' factors are never added up."""
    found: dict[UUID, list[OpenRecord]] = {}
    for record in mapping.occasions(opened):
        found.setdefault(record.owner_agency_id, []).append(record)
    order = sorted(found, key=lambda agency_id: (agency_id != reader.agency_id, reader.agencies[agency_id].name))
    return [_owned(reader.agencies[agency_id], found[agency_id], reader, chosen) for agency_id in order]


def groups(form: Any, saved: OpenRecord | None) -> list[RatingGroup]:
    """Return the factors of a form by area of life; ``saved`` is what somebody else has saved meanwhile."""
    values = {one.factor: one for one in mapping.rated(saved)} if saved else {}
    lines: dict[str, list[RatingLine]] = {}
    for entry in form.ratings.entries:
        factor = factors().get(entry.form.factor.data)
        if factor is not None:
            kind = _kind(factor.direction)
            hint = f"{kind}. {phrases.said(factor.means)} ({factor.source})"
            there = values.get(factor.id)
            told = _("Det sparade: %(value)s", value=_value(there)) if saved and there else ""
            lines.setdefault(factor.area, []).append(RatingLine(entry.form, phrases.said(factor.label), hint, told))
    return [RatingGroup(phrases.said(areas()[area].label), lines[area]) for area in areas() if area in lines]


def _owned(
    agency: AgencyView, records: Sequence[OpenRecord], reader: Reader, chosen: tuple[UUID | None, UUID | None]
) -> Owned:
    counted = _counted([record for record in records if mapping.rated(record)], reader)
    points = [Point(*(one.when, one.risk, one.protective)) for one in counted]
    names = (str(_("Riskfaktorer")), str(_("Skyddsfaktorer")))
    wide, narrow = (
        Markup(charts.two_lines(points, names, size) if points else "")  # noqa: S704 - drawn from numbers and dates only
        for size in (charts.WIDE, charts.NARROW)
    )
    return Owned(agency, counted, _said(counted), wide, narrow, _comparison(records, reader, chosen), records[::-1])


def _counted(records: Sequence[OpenRecord], reader: Reader) -> list[Counted]:
    found: list[Counted] = []
    for record, when in zip(records, _days(records, reader), strict=True):
        clear = mapping.clear_ones(record)
        found.append(Counted(when, clear[Direction.RISK], clear[Direction.PROTECTIVE]))
    return found


def _days(records: Sequence[OpenRecord], reader: Reader) -> list[str]:
    """Return the days of occasions, told apart where two are on one day."""
    found: list[str] = []
    for record in records:
        day = phrases.day(record.occurred_on, reader.today)
        again = sum(one == day or one.startswith(f"{day} (") for one in found)
        found.append(f"{day} ({again + 1})" if again else day)
    return found


def _said(counted: Sequence[Counted]) -> str:
    """Return what the chart says, for whoever cannot see it."""
    if not counted:
        return ""
    first, last = counted[0], counted[-1]
    if len(counted) == 1:
        return str(
            _(
                "%(when)s: %(risk)s tydliga riskfaktorer och %(protective)s tydliga skyddsfaktorer.",
                when=first.when,
                risk=first.risk,
                protective=first.protective,
            )
        )
    return str(
        _(
            "Tydliga riskfaktorer gick från %(risk)s (%(first)s) till %(risk_now)s (%(last)s). "
            "Tydliga skyddsfaktorer gick från %(protective)s till %(protective_now)s.",
            risk=first.risk,
            risk_now=last.risk,
            protective=first.protective,
            protective_now=last.protective,
            first=first.when,
            last=last.when,
        )
    )


def _comparison(
    records: Sequence[OpenRecord], reader: Reader, chosen: tuple[UUID | None, UUID | None]
) -> Comparison | None:
    rated = [record for record in records if mapping.rated(record)]
    if len(rated) < TO_COMPARE:
        return None
    by_id = {record.id: record for record in rated}
    first, second = (by_id.get(one) if one else None for one in chosen)
    first, second = first or rated[-2], second or rated[-1]
    days = dict(zip(by_id, _days(rated, reader), strict=True))
    options = [Choice(str(one), day, one == first.id, one == second.id) for one, day in days.items()]
    return Comparison(options, days[first.id], days[second.id], _changes(first, second))


def _changes(first: OpenRecord, second: OpenRecord) -> list[Change]:
    before, after = ({one.factor: one for one in mapping.rated(record)} for record in (first, second))
    return [_change(before.get(factor), after.get(factor)) for factor in dict.fromkeys([*before, *after])]


def _change(before: mapping.Rated | None, after: mapping.Rated | None) -> Change:
    known = after or before
    if known is None:
        raise LookupError("a factor that neither occasion holds")
    label = factors().get(known.factor)
    return Change(
        phrases.said(label.label) if label else Written(known.label),
        _kind(known.direction),
        _value(before),
        _value(after),
        _moved(before, after),
    )


def _moved(before: mapping.Rated | None, after: mapping.Rated | None) -> str:
    if before is None or after is None or before.of != after.of:
        return str(_("kan inte jämföras"))
    steps = after.value - before.value
    if not steps:
        return str(_("oförändrat"))
    words = ngettext("%(num)s steg", "%(num)s steg", abs(steps))
    return str(_("upp %(steps)s", steps=words) if steps > 0 else _("ner %(steps)s", steps=words))


def _value(one: mapping.Rated | None) -> str:
    return str(_("%(value)s av %(most)s", value=one.value, most=one.of)) if one else str(_("inte bedömd"))


def _kind(direction: Direction) -> str:
    kinds: Mapping[Direction, str] = {Direction.RISK: _("Riskfaktor"), Direction.PROTECTIVE: _("Skyddsfaktor")}
    return str(kinds[direction])
