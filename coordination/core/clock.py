"""The one source of time. Stored in UTC, shown in Swedish time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """Return this moment in UTC, aware, with microseconds."""
    return datetime.now(UTC)


def today() -> date:
    """Return the date in Sweden: what a deadline or an end date is held against."""
    return datetime.now(STOCKHOLM).date()
