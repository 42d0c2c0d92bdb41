"""The numbers of the ledger in words: with whom, on which basis, how often; a small number stays small."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from coordination.core import clock
from coordination.disclosure.counting import SMALL, Count, Counted, Quarter
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.words import AgencyView
from policies.bases import basis_table


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
        number=_("färre än %(small)s", small=SMALL) if one.number is None else str(one.number),
    )
