"""One's own account: sessions, password, second factor, language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.db import db
from coordination.identity.models import User, UserSession
from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.authenticator import Authenticator, options_of
from tests.factories.identity import Account, given_user, signed_in

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NEW = "fyra ord utan samband"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(app: Flask) -> Account:
    return given_user(app)


def _is_signed_in(browser: Browser) -> bool:
    return browser.get("/konto").status_code == 200


def _change_password(browser: Browser, current: str, new: str = NEW) -> int:
    fields = {"current": current, "password": new, "again": new}
    return browser.post("/konto/losenord", fields).status_code


def test_one_sees_ones_own_sessions_only(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)
    signed_in(Browser(app), account)
    signed_in(Browser(app), given_user(app))

    page = client.get("/konto").text

    assert page.count("Firefox, Linux") == 2
    assert page.count("Den här") == 1


def test_one_ends_another_session_of_ones_own(
    app: Flask, client: Browser, account: Account, owner_engine: Engine
) -> None:
    lost = signed_in(Browser(app), account)
    signed_in(client, account)
    action = re.findall(r'action="(/konto/sessioner/[0-9a-f-]{36}/avsluta)"', client.get("/konto").text)

    assert len(action) == 1
    assert client.post(action[0]).status_code == 302
    assert not _is_signed_in(lost)
    assert _is_signed_in(client)
    with owner_engine.connect() as connection:
        assert connection.scalars(text("SELECT action FROM audit.entry")).all() == ["session.ended"]


def test_nobody_ends_somebody_elses_session(app: Flask, client: Browser, account: Account) -> None:
    victim = signed_in(Browser(app), given_user(app))
    with app.app_context():
        session_id = db.session.query(UserSession).one().id
    signed_in(client, account)

    client.post(f"/konto/sessioner/{session_id}/avsluta")

    assert _is_signed_in(victim)


def test_one_ends_all_other_sessions_at_once(app: Flask, client: Browser, account: Account) -> None:
    others = [signed_in(Browser(app), account) for _ in range(3)]
    signed_in(client, account)

    client.post("/konto/sessioner/avsluta-andra")

    assert [_is_signed_in(other) for other in others] == [False] * 3
    assert _is_signed_in(client)


def test_a_new_password_ends_the_other_sessions(app: Flask, client: Browser, account: Account) -> None:
    other = signed_in(Browser(app), account)
    signed_in(client, account)
    before = client.cookie("session")

    assert _change_password(client, account.password) == 302

    assert not _is_signed_in(other)
    assert _is_signed_in(client)
    assert client.cookie("session") != before
    fields = {"email": account.email, "password": NEW}
    assert Browser(app).post("/logga-in", fields, token_from="/logga-in").status_code == 302


def test_the_password_is_changed_by_whoever_knows_it(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)

    assert _change_password(client, "fel lösenord") == 400
    assert _change_password(client, account.password, "kort") == 400
    with app.app_context():
        assert db.session.query(User).filter_by(id=account.id).one().password_hash is not None
    assert (
        Browser(app)
        .post("/logga-in", {"email": account.email, "password": account.password}, token_from="/logga-in")
        .status_code
        == 302
    )


def test_guessing_the_current_password_locks(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)
    for _ in range(5):
        assert _change_password(client, "fel lösenord") == 400

    assert _change_password(client, account.password) == 400


def test_a_new_app_asks_for_a_fresh_sign_in_and_ends_the_other_sessions(
    app: Flask, client: Browser, account: Account, clock: time_machine.Traveller
) -> None:
    signed_in(client, account)
    clock.shift(timedelta(minutes=11))

    assert "Bekräfta att det är du" in client.get("/konto/andra-faktorn").text
    assert "QR-kod" not in client.get("/konto/andra-faktorn").text


def test_the_last_second_factor_cannot_be_removed(app: Flask, client: Browser) -> None:
    account = given_user(app, second=False)
    signed_in(client, account)
    _add_passkey(client)
    remove = re.findall(r'action="(/konto/passnycklar/[0-9a-f-]{36}/ta-bort)"', client.get("/konto").text)

    client.post(remove[0])

    assert "Det är ditt enda sätt" in client.get("/konto").text
    with app.app_context():
        assert db.session.get_one(User, account.id).has_second_factor


def test_a_passkey_can_be_removed_while_there_is_an_app(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)
    _add_passkey(client)
    remove = re.findall(r'action="(/konto/passnycklar/[0-9a-f-]{36}/ta-bort)"', client.get("/konto").text)

    client.post(remove[0])

    assert "Jobbmobil" not in client.get("/konto").text


def test_a_passkey_made_for_another_challenge_is_refused(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)
    page = client.get("/konto/andra-faktorn").text
    options = options_of(page, "create")
    client.get("/konto/andra-faktorn")

    fields = dict(client.fields(page)) | {"answer": Authenticator().create(options), "name": "x"}
    answer = client._open("POST", "/konto/andra-faktorn", data=fields)

    assert answer.status_code == 400
    assert "kunde inte läggas till" in answer.text


def test_new_recovery_codes_replace_the_old(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)

    shown = client.post("/konto/aterstallningskoder")

    codes = re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", shown.text)
    assert len(codes) == 10
    assert shown.headers["Cache-Control"] == "no-store"
    assert not set(codes) & set(account.recovery_codes)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_language_is_remembered_for_user_and_visitor(
    app: Flask, client: Browser, account: Account, language: str
) -> None:
    client.post("/konto/sprak", {"language": language, "next": "/logga-in"})
    assert f'<html lang="{language}"' in client.get("/logga-in").text

    signed_in(client, account)
    client.post("/konto/sprak", {"language": language})
    elsewhere = signed_in(Browser(app), account)
    assert f'<html lang="{language}"' in elsewhere.get("/konto").text


def test_an_unknown_language_changes_nothing(app: Flask, client: Browser) -> None:
    answer = client.post("/konto/sprak", {"language": "xx", "next": "//evil.example"})

    assert answer.location == "/"
    assert '<html lang="sv"' in client.get("/logga-in").text


def test_names_are_hidden_without_a_script_too(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)

    client.post("/konto/dolj-namn", {"next": "/konto"})
    assert "data-hide-names>" in client.get("/konto").text.split("\n")[1] + client.get("/konto").text

    client.post("/konto/dolj-namn")
    assert client.cookie("hide_names") in (None, "0")


def test_staying_signed_in_is_a_request_without_a_page(app: Flask, client: Browser, account: Account) -> None:
    signed_in(client, account)

    assert client.get("/konto/kvar").status_code == 204
    assert 'data-session-idle-seconds="1740"' in client.get("/konto").text


@pytest.mark.parametrize(
    ("role", "kind", "sees", "not_sees"),
    [
        (Role.ADMINISTRATOR, AgencyKind.SOCIAL_SERVICES, "Administration", "/arenden"),
        (Role.CASE_WORKER, AgencyKind.SOCIAL_SERVICES, "Mina inloggningar", "Administration"),
        (Role.POLICE_LIAISON, AgencyKind.POLICE, "police 1783", "Administration"),
    ],
)
def test_the_menu_is_that_of_the_role(
    app: Flask, client: Browser, role: Role, kind: AgencyKind, sees: str, not_sees: str
) -> None:
    page = signed_in(client, given_user(app, role, kind)).get("/konto").text

    assert sees in page
    assert not_sees not in page


def _add_passkey(browser: Browser) -> None:
    page = browser.get("/konto/andra-faktorn").text
    fields = dict(browser.fields(page)) | {
        "answer": Authenticator().create(options_of(page, "create")),
        "name": "Jobbmobil",
    }
    assert browser._open("POST", "/konto/andra-faktorn", data=fields).status_code == 302
