"""One worker leads: it holds a lock in the database for as long as its connection lives, so a killed leader is followed at once."""

import time
from collections.abc import Callable

import psycopg
from sqlalchemy.engine import make_url

_LOCK = 7_241_330_519
_WAIT_SECONDS = 2.0


class Leadership:
    """The lock of the leading worker, on a connection of its own."""

    def __init__(self, database_url: str) -> None:
        """Connect; nothing is held yet."""
        url = make_url(database_url).set(drivername="postgresql")
        self._connection = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def wait(self, stopped: Callable[[], bool]) -> bool:
        """Wait until this worker leads; False if it was stopped first."""
        while not stopped():
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
            if row and row[0]:
                return True
            time.sleep(_WAIT_SECONDS)
        return False

    def held(self) -> bool:
        """Tell whether the connection that holds the lock still lives."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        """Give the lock back."""
        self._connection.close()
