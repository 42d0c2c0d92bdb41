"""What is sensitive asks again who one is; and a form that was filled in meanwhile loses nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.db import db
from coordination.identity import sessions
from coordination.identity.models import User
from policies.permissions import Role
from tests.browser import Browser
from tests.factories.authenticator import Authenticator, options_of
from tests.factories.identity import Account, code_now, given_agency, given_user, signed_in

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def administrator(app: Flask) -> Account:
    return given_user(app, Role.ADMINISTRATOR)


def _stale(clock: time_machine.Traveller) -> None:
    clock.shift(sessions.FRESH + timedelta(seconds=1))


def _new_user_path(app: Flask) -> str:
    return f"/administration/parter/{given_agency(app)}/anvandare/ny"


USER = {
    "name": "Bo\n Ek",
    "title": "Socialsekreterare",
    "email": "bo@example.se",
    "roles": ["case_worker", "registrar"],
}


def test_for_ten_minutes_nothing_is_asked(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller
) -> None:
    signed_in(client, administrator)
    clock.shift(sessions.FRESH)

    assert "Bekräfta att det är du" not in client.get(_new_user_path(app)).text


def test_a_page_is_opened_after_confirming(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller, owner_engine: Engine
) -> None:
    signed_in(client, administrator)
    path = _new_user_path(app)
    _stale(clock)
    page = client.get(path)
    assert "Bekräfta att det är du" in page.text
    fields = dict(client.fields(page.text)) | {"reauth_password": administrator.password}

    answer = client._open("POST", f"/bekrafta?next={path}", data=fields)

    assert answer.location == path
    assert "Bjud in" in client.get(path).text
    with owner_engine.connect() as connection:
        assert "session.reauthenticated" in connection.scalars(text("SELECT action FROM audit.entry")).all()


def test_a_stale_form_comes_back_whole_with_the_confirmation(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller
) -> None:
    signed_in(client, administrator)
    path = _new_user_path(app)
    token = client.token(path)
    _stale(clock)
    page = client._open("POST", path, data={"csrf_token": token, **USER})
    kept = client.fields(page.text)

    assert "Det du har skrivit finns kvar" in page.text
    assert [value for name, value in kept if name == "roles"] == USER["roles"]
    assert f'action="{path}?"' in page.text
    fields: dict[str, list[str]] = {}
    for name, value in [*kept, ("reauth_code", code_now(app, administrator))]:
        fields.setdefault(name, []).append(value)
    answer = client._open("POST", path, data=fields)

    assert "Länk att lämna över" in answer.text
    with app.app_context():
        assert db.session.query(User).filter_by(email="bo@example.se").one().name == "Bo\n Ek"


def test_a_wrong_confirmation_does_nothing_and_still_loses_nothing(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller
) -> None:
    signed_in(client, administrator)
    path = _new_user_path(app)
    token = client.token(path)
    _stale(clock)

    answer = client._open("POST", path, data={"csrf_token": token, **USER, "reauth_password": "fel"})

    assert answer.status_code == 400
    assert ("email", "bo@example.se") in client.fields(answer.text)
    assert "reauth_password" not in dict(client.fields(answer.text))
    with app.app_context():
        assert db.session.query(User).filter_by(email="bo@example.se").count() == 0


def test_failed_confirmations_lock(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller
) -> None:
    signed_in(client, administrator)
    _stale(clock)
    for _ in range(5):
        client.post("/bekrafta", {"reauth_password": "fel"}, token_from="/konto")

    answer = client.post("/bekrafta", {"reauth_password": administrator.password}, token_from="/konto")

    assert answer.status_code == 400


def test_somebody_elses_code_confirms_nothing(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller
) -> None:
    other = given_user(app)
    signed_in(client, administrator)
    _stale(clock)

    answer = client.post("/bekrafta", {"reauth_code": code_now(app, other)}, token_from="/konto")

    assert answer.status_code == 400


def test_a_passkey_confirms(app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller) -> None:
    signed_in(client, administrator)
    page, device = client.get("/konto/andra-faktorn").text, Authenticator()
    fields = dict(client.fields(page)) | {"answer": device.create(options_of(page, "create")), "name": "Nyckel"}
    client._open("POST", "/konto/andra-faktorn", data=fields)
    _stale(clock)
    asked = client.get("/bekrafta").text

    fields = dict(client.fields(asked)) | {"reauth_passkey": device.get(options_of(asked, "get"))}

    assert client._open("POST", "/bekrafta", data=fields).status_code == 302


def test_the_token_is_new_after_confirming(
    app: Flask, client: Browser, administrator: Account, clock: time_machine.Traveller
) -> None:
    signed_in(client, administrator)
    _stale(clock)
    before = client.cookie("session")

    client.post("/bekrafta", {"reauth_password": administrator.password}, token_from="/konto")

    assert client.cookie("session") != before
    assert client.get("/konto").status_code == 200
    assert client.post("/konto/dolj-namn", token_from="/konto").status_code == 302
