"""A use case and its log lines are committed together, or neither is there, whatever fails and when."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import db as core
from coordination.core.db import Tenant, db, queue, to_driver, transaction
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.world import SharedCase, World, shared_case


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    """A case to change."""
    return shared_case(World(app), AgencyKind.POLICE)


def _refused(session: Session) -> None:
    to_driver(session, "INSERT INTO municipality (id, code, name) VALUES (%s, %s, %s)", (None, "x", "x"))


def _lines(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM audit.entry")) or 0)


def _phase(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text('SELECT phase FROM "case"')))


def _close(shared: SharedCase, actor: Actor) -> None:
    with shared.world.acting(actor):
        db.session.execute(text("UPDATE \"case\" SET phase = 'follow_up'"))
        audit.record(actor, Event.CASE_VIEWED, case_id=shared.id, parts=0)


def test_a_change_and_its_line_are_there_together(shared: SharedCase, owner_engine: Engine) -> None:
    before = _lines(owner_engine)

    _close(shared, shared.social)

    assert (_phase(owner_engine), _lines(owner_engine)) == ("follow_up", before + 1)


def test_when_the_last_statement_fails_neither_the_change_nor_the_line_is_there(
    shared: SharedCase, owner_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    phase, lines = _phase(owner_engine), _lines(owner_engine)
    monkeypatch.setattr(core, "_before_commit", [*core._before_commit, _refused])

    with pytest.raises(psycopg.errors.NotNullViolation):
        _close(shared, shared.social)

    assert (_phase(owner_engine), _lines(owner_engine)) == (phase, lines)


def test_after_a_failed_commit_the_next_use_case_is_whole(
    shared: SharedCase, owner_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _lines(owner_engine)
    with monkeypatch.context() as patch:
        patch.setattr(core, "_before_commit", [lambda session: to_driver(session, "SELECT 1/0", ())])
        with pytest.raises(psycopg.errors.DivisionByZero):
            _close(shared, shared.social)

    _close(shared, shared.social)

    assert (_phase(owner_engine), _lines(owner_engine)) == ("follow_up", before + 1)


def test_a_value_with_quotes_and_statements_in_it_stays_a_value(
    app: Flask, owner_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes with the COMMIT is written out by the driver, not bound: it must not be able to end its own statement."""
    said = "'; DELETE FROM municipality; COMMIT; -- \\"

    def write(session: Session) -> None:
        to_driver(session, "INSERT INTO municipality (id, code, name) VALUES (gen_random_uuid(), '0001', %s)", (said,))

    town = World(app)
    monkeypatch.setattr(core, "_before_commit", [write])
    with app.app_context(), transaction(Tenant(town.municipality_id)):
        queue().append("something to write")

    with owner_engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM municipality WHERE code = '0001'")) == said
