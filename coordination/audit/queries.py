"""Reading an agency's log: its lines page by page, and where its tree stands. Whoever calls has decided who may read.

A line is what the tree has hashed, not the columns beside it, which are only there to find it by.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, select, text

from coordination.audit import canonical
from coordination.audit.models import Checkpoint, LogEntry, Verification
from coordination.audit.service import head
from coordination.core.db import db

PAGE = 50

# One probe of the index for each user, instead of a walk through every line they have in the log.
_USERS = text(
    """
    WITH RECURSIVE found AS (
        (SELECT user_id FROM audit.entry WHERE agency_id = :agency AND user_id IS NOT NULL ORDER BY user_id LIMIT 1)
        UNION ALL
        SELECT (SELECT user_id FROM audit.entry WHERE agency_id = :agency AND user_id > found.user_id
                ORDER BY user_id LIMIT 1)
        FROM found WHERE found.user_id IS NOT NULL
    )
    SELECT user_id FROM found
    WHERE user_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM audit.entry AS line
        WHERE line.agency_id = :agency AND line.user_id = found.user_id AND line.at >= :since AND line.at < :until
    )
    """
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log. ``fields`` is empty for a line that is not what was once written."""

    seq: int
    at: datetime
    user_id: UUID | None
    action: str
    outcome: str
    fields: Mapping[str, str | int]


class Period(NamedTuple):
    """From a moment until, but not including, another."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to look for in a log; what is None is not asked about."""

    user_id: UUID | None = None
    case_id: UUID | None = None
    actions: Collection[str] | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What the last verification of a log found."""

    at: datetime
    size: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A checkpoint that has been made."""

    made_at: datetime
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class LogState:
    """Where a log stands: its tree as it is now, the last verification, the checkpoints since a moment, newest first."""

    size: int
    root: bytes
    last_check: Check | None
    checkpoints: tuple[SignedHead, ...]


EVERYTHING = Filters()


def case_log(agency_id: UUID, case_id: UUID, before_seq: int | None = None, limit: int = PAGE) -> list[LogLine]:
    """Return an agency's own lines about one case, newest first, from ``before_seq`` on."""
    return _lines(
        select(LogEntry).where(LogEntry.agency_id == agency_id, LogEntry.case_id == case_id), before_seq, limit
    )


def agency_log(
    agency_id: UUID, period: Period, filters: Filters = EVERYTHING, before_seq: int | None = None, limit: int = PAGE
) -> list[LogLine]:
    """Return the lines of an agency's log within a period that match the filters, newest first."""
    lines = select(LogEntry).where(
        LogEntry.agency_id == agency_id,
        LogEntry.seq >= _first_since(agency_id, period.since),
        LogEntry.at >= period.since,
        LogEntry.at < period.until,
        *_wanted(filters),
    )
    return _lines(lines, before_seq, limit)


def users_in(agency_id: UUID, period: Period) -> set[UUID]:
    """Return the ids of those who have a line in the agency's log within a period."""
    found = db.session.execute(_USERS, {"agency": agency_id, "since": period.since, "until": period.until})
    return {row.user_id for row in found}


def state(agency_id: UUID, since: datetime) -> LogState:
    """Return where an agency's log stands, with the checkpoints made since a moment."""
    frontier = head(db.session(), agency_id).frontier
    check = db.session.scalars(
        select(Verification).where(Verification.agency_id == agency_id).order_by(Verification.at.desc()).limit(1)
    ).one_or_none()
    heads = db.session.execute(
        select(Checkpoint.made_at, Checkpoint.size, Checkpoint.root)
        .where(Checkpoint.agency_id == agency_id, Checkpoint.made_at >= since)
        .order_by(Checkpoint.size.desc())
    )
    return LogState(
        size=frontier.size,
        root=frontier.root(),
        last_check=Check(check.at, check.size, check.fault) if check else None,
        checkpoints=tuple(SignedHead(row.made_at, row.size, row.root) for row in heads),
    )


def _first_since(agency_id: UUID, since: datetime) -> ScalarSelect[int]:
    # Time never goes backwards within a log, so a period is a range of the key and a page of it is found at once.
    return (
        select(func.min(LogEntry.seq))
        .where(
            LogEntry.agency_id == agency_id,
            LogEntry.at
            == select(func.min(LogEntry.at))
            .where(LogEntry.agency_id == agency_id, LogEntry.at >= since)
            .scalar_subquery(),
        )
        .scalar_subquery()
    )


def _wanted(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.user_id is not None:
        found.append(LogEntry.user_id == filters.user_id)
    if filters.case_id is not None:
        found.append(LogEntry.case_id == filters.case_id)
    if filters.actions is not None:
        found.append(LogEntry.action.in_(filters.actions))
    if filters.outcome is not None:
        found.append(LogEntry.outcome == filters.outcome)
    return found


def _lines(wanted: Select[LogEntry], before_seq: int | None, limit: int) -> list[LogLine]:
    if before_seq is not None:
        wanted = wanted.where(LogEntry.seq < before_seq)
    columns = wanted.with_only_columns(LogEntry.seq, LogEntry.at, LogEntry.action, LogEntry.outcome, LogEntry.canonical)
    return [_line(row) for row in db.session.execute(columns.order_by(LogEntry.seq.desc()).limit(limit))]


def _line(row: Row[*tuple[Any, ...]]) -> LogLine:
    try:
        entry = canonical.decode(row.canonical.encode())
    except canonical.NotCanonical:
        return LogLine(row.seq, row.at, None, row.action, row.outcome, MappingProxyType({}))
    user = str(entry.fields.get("by_user", ""))
    outcome = str(entry.fields.get("outcome", ""))
    return LogLine(entry.sequence, entry.at, UUID(user) if user else None, entry.event, outcome, entry.fields)
