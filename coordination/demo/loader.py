"""Loads the demo, whole or not at all: everything happens in one transaction, so an interrupted load leaves nothing behind.

Each event is logged at its own moment in the past, as the log's hashes cover the time; hence the log is written after
each, and not only before the commit.
"""

from collections.abc import Callable
from enum import Enum

from sqlalchemy import exists, func, select, text

from coordination.core import clock
from coordination.core.db import db, transaction
from coordination.demo.cast import MAIL_DOMAIN, TOWNS
from coordination.demo.performing import perform
from coordination.demo.plan import SEED, plan
from coordination.demo.stage import Stage
from coordination.identity.queries import Agency, Municipality, User
from coordination.identity.secrets import Secrets
from coordination.oversight import integrity, queries

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('demo', 0))")

OnStep = Callable[[int, int], None]
"""Told how many of how many events have happened."""


class Found(Enum):
    """What a database holds."""

    NOTHING = "nothing"
    DEMO = "demo"
    OTHER = "other"


def found() -> Found:
    """Tell what the database holds. The demo is known by its towns and by addresses that can be nobody's (RFC 2606)."""
    with transaction():
        return _found()


def load(secrets: Secrets, on_step: OnStep, seed: str = SEED) -> Found:
    """Load the demo into a database that holds nothing; return what was found there. Then every log is verified."""
    with transaction() as session:
        session.execute(_ONE_AT_A_TIME)
        before = _found()
        if before is not Found.NOTHING:
            return before
        anchor = clock.now()
        events = plan(anchor, seed)
        stage = Stage(secrets)
        stage.set_up(anchor)
        for done, event in enumerate(events, 1):
            perform(stage, event)
            on_step(done, len(events))
    for agency in queries.agencies():
        integrity.verify(agency)
    return before


def _found() -> Found:
    codes = set(db.session.scalars(select(Municipality.code)))
    if not codes:
        return Found.NOTHING
    named = func.lower(User.email).endswith(MAIL_DOMAIN)
    ours = select(Municipality.code).where(
        exists().where(Agency.municipality_id == Municipality.id, User.agency_id == Agency.id, named)
    )
    return Found.DEMO if codes == {town.code for town in TOWNS} == set(db.session.scalars(ours)) else Found.OTHER
