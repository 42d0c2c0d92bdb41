"""Break-glass in words: what one has open oneself and how long, and which of one's cases a colleague has opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import format_time, ngettext
from flask_babel import gettext as _

from coordination.cases.break_glass import Notice, Running
from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.web.presenting.reader import Reader

HOUR = 60


@dataclass(frozen=True, slots=True)
class RunningLine:
    """An emergency opening of one's own: until when, and the time left in words."""

    reference: str
    case_url: str
    end_url: str
    until: str
    left: str


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A colleague's opening of a case one works in."""

    id: UUID
    reference: str
    access_url: str
    seen_url: str
    by: str
    at: datetime
    over: bool


def running_lines(rows: Sequence[Running]) -> list[RunningLine]:
    """Return what one has open oneself."""
    return [
        RunningLine(
            row.reference,
            url_for("cases.show", case_id=row.case_id),
            url_for("break_glass.end", case_id=row.case_id),
            str(format_time(row.ends_at.astimezone(STOCKHOLM), "HH:mm", rebase=False)),
            _left(row.ends_at),
        )
        for row in rows
    ]


def notice_lines(rows: Sequence[Notice], reader: Reader) -> list[NoticeLine]:
    """Return what one has not confirmed to have seen."""
    return [
        NoticeLine(
            row.id,
            row.reference,
            url_for("cases.access", case_id=row.case_id),
            url_for("break_glass.seen", notice_id=row.id),
            reader.signed(row.opened_by),
            row.opened_at.astimezone(STOCKHOLM),
            row.ends_at <= clock.now(),
        )
        for row in rows
    ]


def _left(ends_at: datetime) -> str:
    minutes = max(1, round((ends_at - clock.now()).total_seconds() / 60))
    if minutes < HOUR:
        return str(ngettext("%(num)s minut kvar", "%(num)s minuter kvar", minutes))
    return str(_("%(hours)s tim %(minutes)s min kvar", hours=minutes // HOUR, minutes=minutes % HOUR))
