"""Sessions in the database: how long they last, and what is kept of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from coordination.core.db import db, transaction
from coordination.core.ids import new_id
from coordination.identity import sessions
from coordination.identity.models import UserSession
from tests.factories.identity import Account, given_user

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def _given_session(app: Flask, account: Account) -> tuple[UUID, str]:
    session_id, token = new_id(), sessions.new_token()
    with app.app_context(), transaction():
        sessions.create(session_id, token, account.id, {}, "Firefox, Linux")
    return session_id, token


def _found(app: Flask, token: str) -> sessions.Found | None:
    with app.app_context():
        return sessions.find(token)


def test_a_session_is_found_by_its_token_alone(app: Flask) -> None:
    account = given_user(app)
    session_id, token = _given_session(app, account)

    found = _found(app, token)

    assert found is not None
    assert (found.id, found.user_id) == (session_id, account.id)
    assert _found(app, sessions.new_token()) is None


def test_the_token_itself_is_not_stored(app: Flask) -> None:
    _, token = _given_session(app, given_user(app))

    with app.app_context():
        stored = db.session.query(UserSession).one()
    assert token.encode() not in stored.token_digest
    assert len(token) == 43


def test_a_session_ends_after_half_an_hour_without_use(app: Flask, clock: time_machine.Traveller) -> None:
    _, token = _given_session(app, given_user(app))
    clock.shift(sessions.IDLE - timedelta(seconds=1))
    assert _found(app, token) is not None

    clock.shift(1)

    assert _found(app, token) is None


def test_a_session_in_use_ends_after_twelve_hours(app: Flask, clock: time_machine.Traveller) -> None:
    session_id, token = _given_session(app, given_user(app))
    for _ in range(35):
        clock.shift(timedelta(minutes=20))
        with app.app_context(), transaction():
            sessions.save(session_id, token, {})
    assert _found(app, token) is not None

    clock.shift(timedelta(minutes=20))

    assert _found(app, token) is None


def test_use_is_written_down_at_most_once_a_minute(app: Flask, clock: time_machine.Traveller) -> None:
    _, token = _given_session(app, given_user(app))
    clock.shift(59)
    early = _found(app, token)
    clock.shift(1)
    late = _found(app, token)

    assert early is not None
    assert late is not None
    assert (early.stale, late.stale) == (False, True)


def test_one_ends_ones_own_sessions_and_nobody_elses(app: Flask) -> None:
    account, other = given_user(app), given_user(app)
    session_id, token = _given_session(app, account)

    with app.app_context(), transaction():
        assert not sessions.end_own(other.id, session_id)
    assert _found(app, token) is not None
    with app.app_context(), transaction():
        assert sessions.end_own(account.id, session_id)
    assert _found(app, token) is None


def test_a_session_that_was_ended_is_not_written_back(app: Flask) -> None:
    session_id, token = _given_session(app, given_user(app))
    with app.app_context(), transaction():
        sessions.end(session_id)
        sessions.save(session_id, token, {"confirmed_at": 1})

    assert _found(app, token) is None


def test_sessions_that_ended_by_themselves_are_purged(app: Flask, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    _given_session(app, account)
    clock.shift(sessions.ENDED_KNOWN)
    _, token = _given_session(app, account)

    with app.app_context(), transaction():
        assert sessions.purge() == 1
    assert _found(app, token) is not None


def test_whose_a_session_was_is_known_for_a_while_after_it_ended_by_itself_and_never_otherwise(
    app: Flask, clock: time_machine.Traveller
) -> None:
    account = given_user(app)
    _, token = _given_session(app, account)
    ended, gone = _given_session(app, account)
    with app.app_context(), transaction():
        sessions.end(ended)

    def whose() -> tuple[object, object]:
        with app.app_context(), transaction():
            sessions.purge()
            return sessions.ended_by_itself(token), sessions.ended_by_itself(gone)

    assert whose() == (None, None)
    clock.shift(sessions.IDLE)
    assert whose() == (account.id, None)
    with app.app_context(), transaction():
        sessions.create(new_id(), token, None, {}, None)
    assert whose() == (None, None)
