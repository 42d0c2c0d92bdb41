"""The ledger as a table that leaves the service: references, agencies, bases, dates and codes; nobody in a case, no content."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from coordination.core.clock import STOCKHOLM
from coordination.disclosure.exchanges import Exchange
from coordination.disclosure.ledger import LedgerRow, Wanted
from coordination.disclosure.refusals import RefusalRow
from coordination.reports.tables import Report
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader

Rows = Sequence[LedgerRow] | Sequence[RefusalRow]


def disclosures(rows: Sequence[LedgerRow], reader: Reader) -> tuple[list[str], list[list[str]]]:
    """Return the columns and rows of what was given or received."""
    columns = [
        _("Ärende"),
        _("Från"),
        _("Till"),
        _("Stöd"),
        _("Bestämmelse"),
        _("Ändamål"),
        _("Initiativ"),
        _("Stycken"),
        _("Beslutat"),
        _("Beslutat av"),
        _("Till och med"),
        _("Avslutad"),
        _("Varför"),
        _("Först öppnad"),
    ]
    return columns, [_disclosure(row, reader) for row in rows]


def refusals(rows: Sequence[RefusalRow], reader: Reader) -> tuple[list[str], list[list[str]]]:
    """Return the columns and rows of what was refused."""
    columns = [
        _("Ärende"),
        _("Part"),
        _("De frågade"),
        _("Ändamål"),
        _("Prövat stöd"),
        _("Bestämmelse"),
        _("Skäl"),
        _("Beslutat"),
        _("Beslutat av"),
    ]
    return columns, [_refusal(row, reader) for row in rows]


def exchanges(rows: Sequence[Exchange], reader: Reader) -> tuple[list[str], list[list[str]]]:
    """Return the columns and rows of questions and answers."""
    columns = [_("Ärende"), _("Vad"), _("Part"), _("Ändamål"), _("Stöd"), _("Bestämmelse"), _("När"), _("Av")]
    return columns, [_exchange(row, reader) for row in rows]


def report(
    title: str, table: tuple[list[str], list[list[str]]], wanted: Wanted, reader: Reader, signed: tuple[str, str]
) -> Report:
    """Return the table with what it is about; ``signed``: who took it out, and which secrecy holds where it is kept."""
    who, secrecy = signed
    return Report(
        title=f"{title}, {reader.own.name}",
        lines=[_period(wanted), _("Raderna är de ärenden du får se. Inget innehåll och inga personer i ärenden.")],
        columns=table[0],
        rows=table[1],
        secrecy=secrecy,
        made=_("Hämtad %(day)s av %(who)s.", day=format_date(reader.today, "yyyy-MM-dd"), who=who),
        empty=_("Inga rader."),
        language=str(get_locale() or "sv"),
    )


def _disclosure(row: LedgerRow, reader: Reader) -> list[str]:
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    return [
        row.reference,
        reader.agencies[row.from_agency_id].name,
        reader.agencies[row.to_agency_id].name,
        basis,
        _plain(provision),
        str(phrases.PURPOSES.get(row.purpose, row.purpose)),
        _("Eget initiativ") if row.own_initiative else _("På begäran"),
        str(row.parts),
        _day(row.decided_at),
        reader.signed(row.decided_by),
        row.until.isoformat(),
        _iso(row.ended_on),
        str(phrases.ENDED.get(row.ended_why or "", "")),
        _iso(row.opened_on),
    ]


def _refusal(row: RefusalRow, reader: Reader) -> list[str]:
    considered = row.basis_id is not None and row.basis_in_force_from is not None
    basis, provision = (
        phrases.basis_words(str(row.basis_id), row.basis_in_force_from or date.min) if considered else ("", "")
    )
    return [
        row.reference,
        reader.agencies[row.to_agency_id].name,
        _iso(row.asked_on),
        str(phrases.PURPOSES.get(row.purpose, row.purpose)),
        basis,
        _plain(provision),
        str(phrases.REFUSED.get(row.reason_code, "")),
        _day(row.decided_at),
        reader.signed(row.decided_by),
    ]


def _exchange(row: Exchange, reader: Reader) -> list[str]:
    basis, provision = phrases.basis_if_any(row.basis_id, row.basis_in_force_from)
    return [
        row.reference,
        str(phrases.EXCHANGED[row.what]),
        reader.agencies[row.agency_id].name,
        str(phrases.PURPOSES.get(row.purpose, row.purpose)),
        basis,
        _plain(provision),
        _day(row.at),
        reader.signed(row.by) if row.by else "",
    ]


def _period(wanted: Wanted) -> str:
    if wanted.first and wanted.last:
        return str(_("Beslutat från %(first)s till och med %(last)s.", first=wanted.first, last=wanted.last))
    if wanted.first:
        return str(_("Beslutat från %(first)s.", first=wanted.first))
    return str(_("Beslutat till och med %(last)s.", last=wanted.last) if wanted.last else _("Alla dagar."))


def _plain(provision: str) -> str:
    return provision.replace(phrases.NO_BREAK, " ")


def _day(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).date().isoformat()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
