"""One worker works, the others stand by: whoever holds an advisory lock in the database leads, as long as its connection lives.

PostgreSQL gives the lock back when its holder's connection ends, as it does when a process is killed; whoever stands by asks each
second. A machine that has fallen silent is found out by keep-alives, within some ten seconds.
"""

import logging
from threading import Event

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from coordination.core import job_runs

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0

_INTRODUCE = text(
    """
    SELECT set_config('application_name', :name, false), set_config('tcp_keepalives_idle', '5', false),
           set_config('tcp_keepalives_interval', '2', false), set_config('tcp_keepalives_count', '3', false)
    """
)
_STILL_THERE = text("SELECT 1")


def lead(engine: Engine, stopping: Event, name: str = "") -> Connection | None:
    """Wait until this worker leads and return the connection that holds the lock; None if the process is to stop first.

    A database that does not answer is waited for as well.
    """
    while not stopping.is_set():
        try:
            connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                if _wait(connection, stopping, name):
                    return connection
            except BaseException:
                step_down(connection)
                raise
            step_down(connection)
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


def _wait(connection: Connection, stopping: Event, name: str) -> bool:
    """Stand by on a connection of our own, so that it can be seen that we do; tell whether we lead now."""
    connection.execute(_INTRODUCE, {"name": f"{job_runs.WORKER}{name}"})
    while not job_runs.lead(connection):
        if stopping.wait(BEAT_SECONDS):
            return False
    return True
