"""Guessing is slowed by account and by address, and cannot be used to keep a colleague out for long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from coordination.core.db import db, transaction
from coordination.identity import lockout
from coordination.identity.lockout import FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS, LONGEST_WAIT, Attempt, Buckets, Caller
from coordination.identity.models import SignInAttempt
from coordination.identity.secrets import Secrets

SECRETS = Secrets.of("a secret key for these tests only")
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def _try(app: Flask, email: str = "alva@example.se", address: str = HERE, device: str | None = None) -> Attempt:
    with app.app_context(), transaction():
        return lockout.count(Buckets.of(SECRETS, Caller(email, address, device)))


def _fail_until_locked(app: Flask, address: str = ELSEWHERE) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        _try(app, address=address)


def test_the_waits_grow_and_end_at_fifteen_minutes() -> None:
    waits = [lockout.wait_after(failures, 5).total_seconds() / 60 for failures in range(4, 12)]

    assert waits == [0, 1, 2, 4, 8, 15, 15, 15]


def test_failures_begin_a_wait_for_the_account(app: Flask, clock: time_machine.Traveller) -> None:
    attempts = [_try(app) for _ in range(FREE_FOR_ACCOUNT + 1)]

    assert [attempt.allowed for attempt in attempts] == [True] * FREE_FOR_ACCOUNT + [False]
    assert attempts[FREE_FOR_ACCOUNT - 1].starts is not None
    assert attempts[FREE_FOR_ACCOUNT - 2].starts is None


def test_an_account_is_the_same_however_its_address_is_written(app: Flask, clock: time_machine.Traveller) -> None:
    _fail_until_locked(app)

    assert not _try(app, email="  ALVA@example.SE ").allowed


def test_the_wait_ends_by_itself_and_what_is_tried_meanwhile_does_not_prolong_it(
    app: Flask, clock: time_machine.Traveller
) -> None:
    _fail_until_locked(app)
    for _ in range(20):
        clock.shift(timedelta(seconds=2))
        assert not _try(app).allowed

    clock.shift(timedelta(seconds=21))

    assert _try(app).allowed


def test_no_account_waits_longer_than_fifteen_minutes(app: Flask, clock: time_machine.Traveller) -> None:
    for _ in range(40):
        _try(app, address=ELSEWHERE)
        clock.shift(timedelta(minutes=2))

    clock.shift(LONGEST_WAIT)

    assert _try(app).allowed


def test_a_device_that_has_signed_in_before_is_not_held_up_by_failures_elsewhere(
    app: Flask, clock: time_machine.Traveller
) -> None:
    _fail_until_locked(app, ELSEWHERE)

    assert not _try(app, address=HERE).allowed
    assert _try(app, address=HERE, device="the usual desk").allowed
    assert _try(app, address=ELSEWHERE, device="the usual desk").allowed


def test_a_known_device_is_held_up_by_its_own_failures(app: Flask, clock: time_machine.Traveller) -> None:
    for _ in range(FREE_FOR_ACCOUNT):
        assert _try(app, device="the usual desk").allowed

    assert not _try(app, device="the usual desk").allowed
    assert _try(app, device="another desk").allowed


def test_an_address_that_tries_many_accounts_waits(app: Flask, clock: time_machine.Traveller) -> None:
    for number in range(FREE_FOR_ADDRESS):
        assert _try(app, email=f"user{number}@example.se", address=ELSEWHERE).allowed

    assert not _try(app, email="one.more@example.se", address=ELSEWHERE).allowed
    assert _try(app, email="one.more@example.se", address=HERE).allowed
    assert _try(app, email="one.more@example.se", address=ELSEWHERE, device="the usual desk").allowed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "not an address", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one: str, other: str, *, same: bool) -> None:
    buckets = [Buckets.of(SECRETS, Caller("a@example.se", address)) for address in (one, other)]

    assert (buckets[0].address == buckets[1].address) is same


def test_a_right_attempt_is_taken_back(app: Flask, clock: time_machine.Traveller) -> None:
    for _ in range(20):
        attempt = _try(app)
        with app.app_context(), transaction():
            lockout.forgive(attempt)

    assert _try(app).allowed


def test_signing_in_forgets_the_failures_from_there_and_none_from_elsewhere(
    app: Flask, clock: time_machine.Traveller
) -> None:
    _try(app, address=HERE)
    _try(app, address=ELSEWHERE)
    with app.app_context(), transaction():
        lockout.forgive_all(Buckets.of(SECRETS, Caller("alva@example.se", HERE)))

    with app.app_context():
        assert db.session.query(SignInAttempt).count() == 1


def test_parallel_guesses_are_all_counted(app: Flask) -> None:
    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(lambda _: _try(app), range(16)))

    assert sum(attempt.allowed for attempt in attempts) == FREE_FOR_ACCOUNT


def test_failures_are_forgotten_after_an_hour_and_can_be_purged(app: Flask, clock: time_machine.Traveller) -> None:
    _fail_until_locked(app)
    clock.shift(lockout.MEMORY)

    with app.app_context(), transaction():
        assert lockout.purge() == 0
    clock.shift(timedelta(seconds=1))
    with app.app_context(), transaction():
        assert lockout.purge() == FREE_FOR_ACCOUNT


def test_neither_account_nor_address_is_stored(app: Flask) -> None:
    _try(app)

    with app.app_context():
        row = db.session.query(SignInAttempt).one()
    assert b"alva" not in row.account_digest
    assert HERE.encode() not in row.address_digest
    assert len(row.account_digest) == len(row.address_digest) == 32
