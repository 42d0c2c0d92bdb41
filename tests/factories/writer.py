"""A process of its own that writes to a log until it has written so much, or is killed: ``python -m tests.factories.writer``.

Each use case seals a note and logs its id, so that what was done can be held against what the log says.
"""

import os
import sys
from dataclasses import dataclass
from uuid import UUID

from flask import Flask

import coordination.identity.models  # noqa: F401 - the tables that the keys' tables refer to
from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core.db import Tenant, before_commit, db, transaction
from coordination.core.ids import new_id
from coordination.keys import agency_keys, provider
from coordination.keys import service as keys
from policies.access import Actor
from policies.permissions import AgencyKind, Role


@dataclass(frozen=True)
class Order:
    """Whose logs to write to, and how often."""

    municipality_id: UUID
    agency_ids: tuple[UUID, ...]
    count: int

    def arguments(self) -> list[str]:
        """Return the order as the program takes it."""
        return [str(self.municipality_id), ",".join(map(str, self.agency_ids)), str(self.count)]


def main(arguments: list[str]) -> None:
    """Write as ordered; tell when it begins, so that a test can strike in the middle."""
    municipality_id, agencies, count = (
        UUID(arguments[0]),
        [UUID(one) for one in arguments[1].split(",")],
        int(arguments[2]),
    )
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    before_commit(audit.append_queued)
    agency_keys.bind(provider.from_environment(os.environ["MASTER_KEY"]))
    actor = _actor(municipality_id, agencies[0])
    with app.app_context():
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        for _ in range(count):
            with transaction(Tenant(municipality_id, actor.user_id)):
                for agency_id in agencies:
                    _do(actor, agency_id)


def _do(actor: Actor, agency_id: UUID) -> None:
    note = keys.seal_note(agency_id, actor.municipality_id, "skäl")
    audit.record(
        actor,
        Event.SEARCHED,
        agency_id=agency_id,
        kind="name",
        hits=0,
        query_digest=None,
        reason_code=None,
        reason_ref=note,
    )


def _actor(municipality_id: UUID, agency_id: UUID) -> Actor:
    return Actor(
        user_id=new_id(),
        agency_id=agency_id,
        municipality_id=municipality_id,
        agency_kind=AgencyKind.POLICE,
        roles=frozenset({Role.POLICE_LIAISON}),
        session_id=None,
        fresh=True,
        second_factor=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
