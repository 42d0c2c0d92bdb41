"""Blind match requests in words: what an agency has asked, and what others have asked it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.disclosure.exchanges import Exchange
from coordination.disclosure.matched import HitRow
from coordination.disclosure.matching import ANSWERED, DECLINED, MatchAnswer, MatchRow
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView
from policies.bases import LegalBasis


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question one's own agency has asked. Without an answer there is one state, whatever the reason."""

    url: str
    case_url: str
    reference: str
    agency: AgencyView
    purpose: str
    basis: str
    provision: str
    when: date
    by: str
    closes: date
    closed: bool
    answered: date | None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A yes: whom to talk to, and what was said besides."""

    contact: str
    words: str
    basis: str
    provision: str
    when: date


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """A question that met a case of one's own agency. ``assign_url`` is there for the manager where nobody works in it."""

    url: str
    assign_url: str
    reference: str
    agency: AgencyView
    purpose: str
    basis: str
    provision: str
    when: date
    closes: date
    state: str
    tone: str
    decided: date | None
    by: str


def asked_lines(rows: Sequence[MatchRow], reader: Reader) -> list[AskedLine]:
    """Return the questions one's own agency has asked."""
    return [_asked(row, reader) for row in rows]


def answer_lines(answers: Sequence[MatchAnswer], reader: Reader) -> list[AnswerLine]:
    """Return the answers to a question."""
    return [
        AnswerLine(
            reader.signed(one.contact_id),
            one.words,
            *phrases.basis_words(one.basis_id, one.basis_in_force_from),
            _day(one.answered_at),
        )
        for one in answers
    ]


def received_lines(rows: Sequence[HitRow], reader: Reader) -> list[ReceivedLine]:
    """Return the questions that met cases of one's own agency."""
    return [_received(row, reader) for row in rows]


@dataclass(frozen=True, slots=True)
class ExchangeLine:
    """A question or an answer in the ledger."""

    what: str
    reference: str
    agency: AgencyView
    basis: str
    provision: str
    when: date
    by: str


def exchange_lines(rows: Sequence[Exchange], reader: Reader) -> list[ExchangeLine]:
    """Return questions and answers as the ledger lists them."""
    return [
        ExchangeLine(
            str(phrases.EXCHANGED[row.what]),
            row.reference,
            reader.agencies[row.agency_id],
            *phrases.basis_if_any(row.basis_id, row.basis_in_force_from),
            _day(row.at),
            reader.signed(row.by) if row.by else Written(""),
        )
        for row in rows
    ]


def basis_choices(rows: Sequence[LegalBasis]) -> list[tuple[str, str]]:
    """Return legal bases as they are chosen from: what each is called, and its provision."""
    return [(row.id, f"{phrases.said(row.title)}, {phrases.provision(row.source)}") for row in rows]


def _asked(row: MatchRow, reader: Reader) -> AskedLine:
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    return AskedLine(
        url=url_for("matches.show", request_id=row.id),
        case_url=url_for("matches.of_case", case_id=row.case_id),
        reference=row.reference,
        agency=reader.agencies[row.to_agency_id],
        purpose=str(phrases.PURPOSES[row.purpose]),
        basis=basis,
        provision=provision,
        when=_day(row.asked_at),
        by=reader.signed(row.asked_by),
        closes=_day(row.closes_at),
        closed=row.closes_at <= clock.now(),
        answered=_day(row.answer.at) if row.answer else None,
    )


def _received(row: HitRow, reader: Reader) -> ReceivedLine:
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    state, tone = _state(row)
    return ReceivedLine(
        url=url_for("matches.answer", hit_id=row.id) if row.mine and _waits(row) else "",
        assign_url="" if row.mine else url_for("participants.handlers", case_id=row.case_id),
        reference=row.reference,
        agency=reader.agencies[row.from_agency_id],
        purpose=str(phrases.PURPOSES[row.purpose]),
        basis=basis,
        provision=provision,
        when=_day(row.found_at),
        closes=_day(row.closes_at),
        state=state,
        tone=tone,
        decided=_day(row.decided_at) if row.decided_at else None,
        by=reader.signed(row.decided_by) if row.decided_by else Written(""),
    )


def _state(row: HitRow) -> tuple[str, str]:
    if row.outcome == ANSWERED:
        return _("Besvarad"), "good"
    if row.outcome == DECLINED:
        return _("Inte besvarad"), ""
    return (_("Väntar på svar"), "warn") if _waits(row) else (_("Stängd utan svar"), "")


def _waits(row: HitRow) -> bool:
    return row.outcome is None and row.closes_at > clock.now()


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()
