"""One worker works, the others stand by: whoever holds an advisory lock in the database leads, as long as its connection lives."""

import logging
from threading import Event

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0

_LEAD = text("SELECT pg_try_advisory_lock(hashtextextended('worker', 0))")
_STILL_THERE = text("SELECT 1")


def lead(engine: Engine, stopping: Event) -> Connection | None:
    """Wait until this worker leads and return the connection that holds the lock; None if the process is to stop first.

    A database that does not answer is waited for as well.
    """
    while not stopping.is_set():
        try:
            connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.scalar(_LEAD):
                return connection
            connection.close()
        except DBAPIError:
            log.warning("the database does not answer")
        stopping.wait(BEAT_SECONDS)
    return None


def holds(connection: Connection) -> bool:
    """Tell whether the connection that holds the lock still lives."""
    try:
        return bool(connection.scalar(_STILL_THERE))
    except DBAPIError:
        return False


def step_down(connection: Connection) -> None:
    """Let another worker lead. The connection is ended: back in the pool it would go on holding the lock."""
    connection.invalidate()
    connection.close()
