"""Codes from an app and recovery codes: each works once, and the database does not show them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.db import Tenant, db, transaction
from coordination.identity import second_factor
from coordination.identity.models import User
from coordination.identity.secrets import Secrets
from tests.factories.identity import Account, code_now, given_user

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def _secrets(app: Flask) -> Secrets:
    return Secrets.of(app.extensions["settings"].secret_key)


def _use_totp(app: Flask, account: Account, code: str) -> bool:
    with app.app_context(), transaction(Tenant(account.municipality_id, account.id)):
        return second_factor.use_totp(_secrets(app), db.session.get_one(User, account.id), code)


def _use_recovery_code(app: Flask, account: Account, code: str) -> bool:
    with app.app_context(), transaction(Tenant(account.municipality_id, account.id)):
        return second_factor.use_recovery_code(_secrets(app), db.session.get_one(User, account.id), code)


def test_a_code_works_once(app: Flask, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    code = code_now(app, account)

    assert _use_totp(app, account, code)
    assert not _use_totp(app, account, code)


def test_a_code_may_be_written_with_a_space(app: Flask, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    code = code_now(app, account)

    assert _use_totp(app, account, f" {code[:3]} {code[3:]} ")


def test_an_earlier_code_does_not_work_after_a_later_one(app: Flask, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    earlier = code_now(app, account)
    clock.shift(30)

    assert _use_totp(app, account, code_now(app, account))
    assert not _use_totp(app, account, earlier)


def test_a_code_works_one_step_late_and_no_more(app: Flask, clock: time_machine.Traveller) -> None:
    account, other = given_user(app), given_user(app)
    code = code_now(app, account)
    clock.shift(30)

    assert _use_totp(app, account, code)

    clock.shift(31)
    assert not _use_totp(app, other, code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "000000", "１２３４５６"])
def test_what_is_no_code_is_refused(app: Flask, clock: time_machine.Traveller, code: str) -> None:
    assert not _use_totp(app, given_user(app), code)


def test_a_user_without_an_app_has_no_codes(app: Flask) -> None:
    with_app, without = given_user(app), given_user(app, second=False)

    assert not _use_totp(app, without, code_now(app, with_app))


def test_the_apps_secret_is_sealed_in_the_database(app: Flask, owner_engine: Engine) -> None:
    account = given_user(app)
    with owner_engine.connect() as connection:
        stored = connection.scalar(text("SELECT totp_secret FROM app_user WHERE id = :id"), {"id": account.id})

    plain = second_factor.totp_key(_secrets(app), stored).replace("-", "")
    assert len(plain) == 32
    assert plain not in stored


def test_a_new_app_counts_only_once_its_code_has_been_shown(app: Flask, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    sealed = second_factor.new_totp_secret(_secrets(app))
    right = second_factor._totp(_secrets(app)).generate_totp_password(sealed)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    with app.app_context(), transaction(Tenant(account.municipality_id, account.id)):
        user = db.session.get_one(User, account.id)
        assert not second_factor.set_totp(_secrets(app), user, sealed, wrong)
        assert user.totp_secret == account.app_secret
        assert second_factor.set_totp(_secrets(app), user, sealed, right)
        assert user.totp_secret == sealed
    assert not _use_totp(app, account, right)


def test_each_of_ten_recovery_codes_works_once(app: Flask) -> None:
    account = given_user(app)

    assert len(set(account.recovery_codes)) == second_factor.RECOVERY_CODES == 10
    for code in account.recovery_codes:
        assert _use_recovery_code(app, account, code.upper().replace("-", " "))
        assert not _use_recovery_code(app, account, code)


def test_a_recovery_code_is_its_owners_only(app: Flask) -> None:
    one, other = given_user(app), given_user(app)

    assert not _use_recovery_code(app, other, one.recovery_codes[0])


def test_new_recovery_codes_replace_the_old(app: Flask) -> None:
    account = given_user(app)
    with app.app_context(), transaction(Tenant(account.municipality_id, account.id)):
        user = db.session.get_one(User, account.id)
        renewed = second_factor.new_recovery_codes(_secrets(app), user)

    assert not _use_recovery_code(app, account, account.recovery_codes[0])
    assert _use_recovery_code(app, account, renewed[0])


def test_recovery_codes_are_stored_as_digests(app: Flask, owner_engine: Engine) -> None:
    account = given_user(app)
    with owner_engine.connect() as connection:
        stored = connection.scalar(text("SELECT recovery_digests FROM app_user WHERE id = :id"), {"id": account.id})

    assert {len(digest) for digest in stored} == {32}
    assert account.recovery_codes[0].encode() not in b"".join(bytes(digest) for digest in stored)
