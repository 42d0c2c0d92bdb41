"""An agency with a log of some length, and ways to look at and tamper with what is stored, as the database's owner."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, text

from coordination.audit import service as audit
from coordination.audit.checkpoints import Checkpoint
from coordination.audit.events import Event
from coordination.audit.verification import Result
from coordination.core.db import Tenant, transaction
from coordination.core.ids import new_id
from coordination.oversight import integrity, queries
from coordination.oversight.queries import AgencyRef
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.world import World


@dataclass
class GivenLog:
    """One agency's log. ``store`` runs SQL as the owner of the tables, past every barrier of the application role."""

    app: Flask
    engine: Engine
    world: World
    actor: Actor

    @property
    def agency_id(self) -> UUID:
        return self.actor.agency_id

    @property
    def agency(self) -> AgencyRef:
        with self.app.app_context(), transaction():
            return queries.agencies(self.agency_id)[0]

    def grows(self, count: int) -> None:
        """Append so many lines, each in a transaction of its own."""
        case_id = new_id()
        for number in range(count):
            with self.world.acting(self.actor):
                audit.record(self.actor, Event.CASE_VIEWED, case_id=case_id, parts=number)

    def is_signed(self) -> Checkpoint:
        """Make a checkpoint."""
        agency = self.agency
        with self.app.app_context(), transaction(Tenant(agency.municipality_id)):
            return integrity.make_checkpoint(agency)

    def verified(self, *kept: str) -> Result:
        """Verify the whole log."""
        agency = self.agency
        with self.app.app_context():
            return integrity.verify(agency, kept)

    def exported(self) -> bytes:
        """Return the log as a file."""
        agency = self.agency
        with self.app.app_context():
            return b"".join(integrity.export(agency))

    def size(self) -> int:
        """Return how many entries are stored."""
        return len(self.store("SELECT 1 FROM audit.entry WHERE agency_id = :agency"))

    def store(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Run a statement past all barriers; ``:agency`` is the agency."""
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), {"agency": self.agency_id, **values})
            return [tuple(row) for row in result] if result.returns_rows else []


def given_log(app: Flask, engine: Engine, lines: int = 0, kind: AgencyKind = AgencyKind.POLICE) -> GivenLog:
    """Make an agency with a log of some lines."""
    world = World(app)
    log = GivenLog(app, engine, world, world.actor(kind))
    log.grows(lines)
    return log
