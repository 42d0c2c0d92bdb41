"""Whose address counts, and how cookies are kept, when people reach us by https through a proxy."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.app import create_app
from coordination.core.db import db
from coordination.settings import Settings
from tests.browser import Browser
from tests.factories.identity import given_user

FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@pytest.fixture
def proxied(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The service as it stands behind one proxy, on the same empty database."""
    given = {"trusted_proxies": 1, "public_url": "https://samverkan.example.se"}
    proxied = create_app(Settings.model_validate(settings.model_dump() | given))
    proxied.config["SIGN_IN_SECONDS"] = 0.0
    yield proxied
    with proxied.app_context():
        db.engine.dispose()


def _failed_from(app: Flask, engine: Engine) -> str:
    """Fail to sign in by way of a proxy, and return the address that the log has."""
    account, browser = given_user(app), Browser(app, "192.0.2.10")
    token = browser.token()
    fields = {"csrf_token": token, "email": account.email, "password": "fel"}
    browser._open("POST", "/logga-in", data=fields, headers=FORWARDED)
    with engine.connect() as connection:
        return " ".join(connection.scalars(text("SELECT canonical FROM audit.entry")))


def test_an_address_that_a_visitor_claims_is_not_believed(app: Flask, owner_engine: Engine) -> None:
    line = _failed_from(app, owner_engine)

    assert "192.0.2.10" in line
    assert "203.0.113.9" not in line


def test_an_address_that_our_own_proxy_tells_is(proxied: Flask, owner_engine: Engine) -> None:
    account, browser = given_user(proxied), Browser(proxied, "192.0.2.10")
    page = browser.get("/logga-in", base_url="https://samverkan.example.se")
    fields = dict(browser.fields(page.text)) | {"email": account.email, "password": "fel"}
    browser._open(
        "POST",
        "/logga-in",
        data=fields,
        headers=FORWARDED | {"Referer": "https://samverkan.example.se/logga-in"},
        base_url="https://samverkan.example.se",
    )

    with owner_engine.connect() as connection:
        assert "203.0.113.9" in connection.scalars(text("SELECT canonical FROM audit.entry")).one()


def test_cookies_are_bound_to_https_and_to_this_host(proxied: Flask) -> None:
    cookie = Browser(proxied).get("/logga-in", base_url="https://samverkan.example.se").headers["Set-Cookie"]

    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
