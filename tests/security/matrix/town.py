"""The town: everybody and everything the matrix asks about, and its database, which can be put back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core import embedded_postgres
from coordination.core.db import db
from coordination.core.embedded_postgres import Server
from coordination.core.ids import new_id
from tests.security.matrix.people import Person
from tests.security.matrix.seeds import Seeds
from tests.security.matrix.things import Thing, What

NOW = datetime.fromisoformat("2026-11-22T10:00:00+01:00")
"""The moment of every question: time stands still, so that two answers that differ do so for another reason."""

NOT_CONTENT = ("user_session", "sign_in_attempt")
"""Tables that a refused request may write to, besides the log: that somebody was there."""


@dataclass
class Town:
    """Who and what there is, with the service that is asked and its database."""

    app: Flask
    server: Server
    database: str
    owner: Engine
    people: list[Person] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    seeds: Seeds = field(default_factory=Seeds)
    absent: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, dict[Person, Any]] = field(default_factory=dict)
    """What everybody meets at an address that is not there, by method."""
    asked: int = 0
    """How many requests people who have signed in have sent."""
    _fingerprint: str = ""

    @property
    def signed_in(self) -> list[Person]:
        """Everybody but the visitor."""
        return [person for person in self.people if person.actor is not None]

    def of(self, what: What) -> list[Thing]:
        """Return every thing of a kind."""
        return [thing for thing in self.things if thing.what is what]

    def one(self, what: What, name: str) -> Thing:
        """Return the thing of this name."""
        return next(thing for thing in self.of(what) if thing.name == name)

    def absent_id(self, argument: str) -> str:
        """Return an id of the right form that nothing has; the same each time."""
        return self.absent.setdefault(argument, str(new_id()))

    def keep(self) -> None:
        """Remember the database as it is now."""
        self._disconnect()
        embedded_postgres.ensure_database(self.server, self._kept, template=self.database)
        self._fingerprint = self.fingerprint(everything=True)

    def restore(self, *, log: bool = False) -> None:
        """Put the database back as it was kept, if anything but the log has changed, and every browser with it.

        ``log``: put it back though only the log has changed.
        """
        for person in self.people:
            person.return_to_session()
        if not log and self.fingerprint(everything=True) == self._fingerprint:
            return
        self._disconnect()
        embedded_postgres.drop_database(self.server, self.database)
        embedded_postgres.ensure_database(self.server, self.database, template=self._kept)

    def forget(self) -> None:
        """Remove both databases."""
        self._disconnect()
        for name in (self.database, self._kept):
            embedded_postgres.drop_database(self.server, name)

    def fingerprint(self, *, everything: bool = False) -> str:
        """Return a digest of every row there is, but for the log and (unless asked) who was there."""
        skipped = () if everything else NOT_CONTENT
        with self.owner.connect() as connection:
            tables = connection.execute(
                text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'keys') ORDER BY 1, 2")
            ).all()
            parts = [
                f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{schema}\".\"{table}\" t"
                for schema, table in tables
                if table not in skipped
            ]
            return str(connection.execute(text(" UNION ALL ".join(parts))).all())

    def denials(self) -> int:
        """Return how many refusals the logs hold."""
        with self.owner.connect() as connection:
            counted = text("SELECT count(*) FROM audit.entry WHERE action = 'access.denied'")
            return int(connection.execute(counted).scalar_one())

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Hold the clock at the moment of every question."""
        with time_machine.travel(NOW, tick=False):
            yield

    @property
    def _kept(self) -> str:
        return f"{self.database}_kept"

    def _disconnect(self) -> None:
        self.owner.dispose()
        with self.app.app_context():
            db.engine.dispose()
