"""How long what has failed waits before it is tried again: seldomer and seldomer, and never seldomer than once an hour."""

from datetime import timedelta

_WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800))
_LONGEST = timedelta(hours=1)
RETRIES = len(_WAITS)
"""So often a job is tried again besides its own times."""
SHOWN_AFTER = 3
"""So many failures in a row, and it is shown as failed and no longer as being tried."""


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after ``tries`` failures in a row."""
    return _WAITS[tries - 1] if 0 < tries <= len(_WAITS) else _LONGEST
