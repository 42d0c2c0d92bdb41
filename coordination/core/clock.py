"""The one source of time. Stored in UTC, shown in Swedish time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """Return this moment in UTC, aware, with microseconds."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """Return the date in Sweden: what a deadline or an end date is held against."""
    return now().astimezone(STOCKHOLM).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold time still at an earlier moment. For the demo alone, whose year must be there at once; a test sees to that.

    Raises ValueError for a moment that is naive or has not been.
    """
    if moment.tzinfo is None or moment > datetime.now(UTC):
        raise ValueError("not a moment that has been")
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
