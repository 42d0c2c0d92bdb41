"""The numbers of the ledger in words: with whom, on which basis, how often; a small number stays small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.core import clock
from coordination.disclosure.counting import IN_TIME, LATE, NOT_YET, SMALL, Count, Counted, Quarter
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.words import AgencyView
from policies.bases import basis_table
from policies.methods import Choice, method


@dataclass(frozen=True, slots=True)
class CountLine:
    """How often, with one agency and on one basis."""

    agency: AgencyView
    basis: str
    provision: str
    number: str


@dataclass(frozen=True, slots=True)
class CountTable:
    """One side of the ledger in numbers."""

    id: str
    title: str
    party: str
    lines: Sequence[CountLine]


@dataclass(frozen=True, slots=True)
class PlainTable:
    """How often something was so, in words and numbers."""

    id: str
    title: str
    what: str
    lines: Sequence[tuple[str, str]]


ACTIONS: Mapping[str, LazyString] = {
    IN_TIME: _l("I tid"),
    LATE: _l("Senare än målet"),
    NOT_YET: _l("Ingen gemensam åtgärd än"),
}


def plain(counted: Counted) -> list[PlainTable]:
    """Return how soon something was done together, and which consultations went nowhere."""
    reasons = [
        (choice(method(one.method).consultation_ends.get(one.code), one.code), one) for one in counted.consultations
    ]
    return [
        PlainTable(
            "actions",
            _("Från att frågan togs upp till första gemensamma åtgärd"),
            _("Hur det gick"),
            [(str(ACTIONS[one.code]), _number(one.number)) for one in counted.actions],
        ),
        PlainTable(
            "consultations",
            _("Samråd som inte gick vidare"),
            _("Skäl"),
            [(words, _number(one.number)) for words, one in reasons],
        ),
    ]


def choice(row: Choice | None, code: str) -> str:
    """Return the words of a code; the code itself where the table has it no longer."""
    return phrases.in_language(row.label_sv, row.label_en) if row else code


def quarter(one: Quarter) -> str:
    """Return what a quarter is called."""
    return str(_("Kvartal %(number)s, %(year)s", number=one.number, year=one.year))


def tables(counted: Counted, reader: Reader) -> list[CountTable]:
    """Return the three sides of the ledger in numbers."""
    return [
        CountTable("given", _("Utlämnat"), _("Till"), _lines(counted.given, reader)),
        CountTable("received", _("Mottaget"), _("Från"), _lines(counted.received, reader)),
        CountTable("refused", _("Avböjt"), _("Part"), _lines(counted.refused, reader)),
    ]


def _lines(counts: Sequence[Count], reader: Reader) -> list[CountLine]:
    lines = [_line(one, reader) for one in counts]
    return sorted(lines, key=lambda line: (line.agency.name, line.basis))


def _line(one: Count, reader: Reader) -> CountLine:
    row = next((row for row in basis_table().versions_for(clock.today()) if row.id == one.basis_id), None)
    return CountLine(
        agency=reader.agencies[one.agency_id],
        basis=phrases.said(row.title) if row else _("Inget stöd gick att pröva"),
        provision=phrases.provision(row.source) if row else "",
        number=_number(one.number),
    )


def _number(number: int | None) -> str:
    return str(_("färre än %(small)s", small=SMALL)) if number is None else str(number)
