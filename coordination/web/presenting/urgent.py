"""Urgent requests and the on-call list in words: where a request stands, how long it took, who is on call and when nobody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.disclosure.on_call import Shift
from coordination.disclosure.urgent import ANSWERED, REFUSED, SentRow
from coordination.disclosure.urgent_received import ReceivedRow
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView

HOUR = 60


@dataclass(frozen=True, slots=True)
class SentLine:
    """An urgent request of one's own agency. Of a refusal: one sentence, and not even when."""

    url: str
    reference: str
    agency: AgencyView
    purpose: str
    basis: str
    provision: str
    when: datetime
    by: str
    closes: datetime
    state: str
    tone: str
    opened: datetime | None
    opened_after: str
    answered: datetime | None
    answered_after: str
    answer_basis: str
    answer_provision: str
    refused: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """An urgent request to one's own agency."""

    url: str
    refuse_url: str
    agency: AgencyView
    purpose: str
    basis: str
    provision: str
    when: datetime
    by: str
    closes: datetime
    state: str
    tone: str
    waits: bool
    decided: datetime | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift on the on-call list."""

    end_url: str
    name: str
    starts: datetime
    ends: datetime
    telephone: str
    now: bool


def sent_line(row: SentRow, reader: Reader) -> SentLine:
    """Return an urgent request as its sender meets it."""
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    answer_basis, answer_provision = phrases.basis_if_any(row.answer_basis_id, row.answer_in_force_from)
    state, tone = _state(row)
    answered = row.decided_at if row.outcome == ANSWERED else None
    return SentLine(
        url=url_for("urgent.show", urgent_id=row.id),
        reference=row.reference,
        agency=reader.agencies[row.to_agency_id],
        purpose=str(phrases.PURPOSES[row.purpose]),
        basis=basis,
        provision=provision,
        when=_here(row.sent_at),
        by=reader.signed(row.sent_by),
        closes=_here(row.closes_at),
        state=state,
        tone=tone,
        opened=_here(row.opened_at) if row.opened_at else None,
        opened_after=_after(row.sent_at, row.opened_at),
        answered=_here(answered) if answered else None,
        answered_after=_after(row.sent_at, answered),
        answer_basis=answer_basis,
        answer_provision=answer_provision,
        refused=row.outcome == REFUSED,
        overdue=row.overdue,
    )


def received_line(row: ReceivedRow, reader: Reader) -> ReceivedLine:
    """Return an urgent request as whoever takes it meets it."""
    basis, provision = phrases.basis_words(row.basis_id, row.basis_in_force_from)
    words = {ANSWERED: (_("Besvarad"), "good"), REFUSED: (_("Kan inte lämnas ut"), "")}
    state, tone = words.get(row.outcome or "", (_("Väntar på svar"), "danger"))
    return ReceivedLine(
        url=url_for("urgent.answer", urgent_id=row.id),
        refuse_url=url_for("urgent.refuse", urgent_id=row.id),
        agency=reader.agencies[row.from_agency_id],
        purpose=str(phrases.PURPOSES[row.purpose]),
        basis=basis,
        provision=provision,
        when=_here(row.sent_at),
        by=reader.signed(row.sent_by),
        closes=_here(row.closes_at),
        state=state,
        tone=tone,
        waits=row.waits,
        decided=_here(row.decided_at) if row.decided_at else None,
        decided_by=reader.signed(row.decided_by) if row.decided_by else Written(""),
    )


def shift_lines(shifts: Sequence[Shift], reader: Reader) -> list[ShiftLine]:
    """Return the on-call list, the earliest first."""
    return [
        ShiftLine(
            url_for("on_call.end", shift_id=shift.id),
            reader.signed(shift.user_id),
            _here(shift.starts_at),
            _here(shift.ends_at),
            shift.telephone,
            shift.starts_at <= clock.now() < shift.ends_at,
        )
        for shift in shifts
    ]


def gap_lines(gaps: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return the hours without anybody on call, in Swedish time."""
    return [(_here(first), _here(last)) for first, last in gaps]


def _state(row: SentRow) -> tuple[str, str]:
    if row.outcome == ANSWERED:
        return _("Besvarad"), "good"
    if row.outcome == REFUSED:
        return _("Kan inte lämnas ut"), ""
    if row.closed:
        return _("Stängd utan svar"), ""
    if row.overdue:
        return _("Inget svar, ring"), "danger"
    return _("Väntar på svar"), "warn"


def _after(start: datetime, end: datetime | None) -> str:
    """Return how long something took, in words."""
    if end is None:
        return ""
    minutes = int((end - start).total_seconds() // 60)
    if minutes < 1:
        return str(_("mindre än en minut"))
    if minutes < HOUR:
        return str(ngettext("%(num)s minut", "%(num)s minuter", minutes))
    return str(_("%(hours)s tim %(minutes)s min", hours=minutes // HOUR, minutes=minutes % HOUR))


def _here(moment: datetime) -> datetime:
    return moment.astimezone(STOCKHOLM)
