"""Passkeys: both factors in one, or the second; each answer works once, here, for its owner, when the user was verified."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.browser import Browser
from tests.factories.authenticator import Authenticator, options_of
from tests.factories.identity import Account, given_user, signed_in


def _is_signed_in(browser: Browser) -> bool:
    return browser.get("/konto").status_code == 200


def _password_shown(browser: Browser, account: Account) -> None:
    fields = {"email": account.email, "password": account.password}
    browser.post("/logga-in", fields, token_from="/logga-in")


def test_a_passkey_signs_in_without_a_password(app: Flask, client: Browser, owner_engine: Engine) -> None:
    account = given_user(app)
    device = _given_passkey(app, account)

    answer = _with_passkey(client, device)

    assert answer == 302
    assert _is_signed_in(client)
    with owner_engine.connect() as connection:
        assert connection.scalars(text("SELECT action FROM audit.entry ORDER BY seq")).all() == [
            "account.second_factor_changed",
            "session.signed_in",
        ]


def test_a_passkey_is_a_second_factor(app: Flask, client: Browser) -> None:
    account = given_user(app)
    device = _given_passkey(app, account)
    _password_shown(client, account)

    _answer_second_step(client, device)

    assert _is_signed_in(client)


def test_a_passkey_that_has_not_verified_its_user_is_refused(app: Flask, client: Browser) -> None:
    device = _given_passkey(app, given_user(app))
    device.verifies = False

    assert _with_passkey(client, device) == 400
    assert not _is_signed_in(client)


def test_an_unknown_passkey_is_refused(app: Flask, client: Browser) -> None:
    assert _with_passkey(client, Authenticator()) == 400


def test_a_passkey_answers_on_our_own_address_only(app: Flask, client: Browser) -> None:
    device = _given_passkey(app, given_user(app))
    device.origin = "https://evil.example"

    assert _with_passkey(client, device) == 400


def test_an_answer_of_a_passkey_works_once(app: Flask, client: Browser) -> None:
    device = _given_passkey(app, given_user(app))
    start = client.post("/logga-in/passnyckel", token_from="/logga-in")
    token = client.fields(start.text)[0][1]
    answer = device.get(options_of(start.text, "get"))
    fields = {"csrf_token": token, "passkey": answer}
    assert client._open("POST", "/logga-in/passnyckel", data=fields).status_code == 302

    thief = Browser(app)
    assert thief.post("/logga-in/passnyckel", {"passkey": answer}, token_from="/logga-in").status_code == 400


def test_somebody_elses_passkey_is_no_second_factor(app: Flask, client: Browser) -> None:
    account, other = given_user(app), given_user(app)
    _given_passkey(app, account)
    others_device = _given_passkey(app, other)
    _password_shown(client, account)

    _answer_second_step(client, others_device)

    assert not _is_signed_in(client)


@pytest.mark.parametrize("nonsense", ["", "{}", "[]", "null", "x", '{"id":"a","rawId":"b"}', '{"id":1}'])
def test_nonsense_from_a_passkey_is_refused(app: Flask, client: Browser, nonsense: str) -> None:
    answer = client.post("/logga-in/passnyckel", {"passkey": nonsense}, token_from="/logga-in")

    assert answer.status_code == (400 if nonsense else 200)


def _given_passkey(app: Flask, account: Account) -> Authenticator:
    """Register a passkey as its owner does, on the page for it."""
    device, browser = Authenticator(), signed_in(Browser(app), account)
    page = browser.get("/konto/andra-faktorn").text
    fields = dict(browser.fields(page)) | {"answer": device.create(options_of(page, "create")), "name": "Jobbmobil"}
    assert browser._open("POST", "/konto/andra-faktorn", data=fields).status_code == 302
    return device


def _with_passkey(browser: Browser, device: Authenticator) -> int:
    start = browser.post("/logga-in/passnyckel", token_from="/logga-in")
    fields = dict(browser.fields(start.text)) | {"passkey": device.get(options_of(start.text, "get"))}
    return browser._open("POST", "/logga-in/passnyckel", data=fields).status_code


def _answer_second_step(browser: Browser, device: Authenticator) -> None:
    page = browser.get("/logga-in/andra-faktorn").text
    fields = dict(browser.fields(page)) | {"passkey": device.get(options_of(page, "get"))}
    browser._open("POST", "/logga-in/andra-faktorn", data=fields)
