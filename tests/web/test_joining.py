"""One-time links: joining, choosing a new password, setting up a new second factor; and what a link alone cannot do."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.db import Tenant, db, transaction
from coordination.identity import invitations, queries, second_factor, users
from coordination.identity.models import User
from policies.permissions import Role
from tests.browser import Browser
from tests.factories.authenticator import Authenticator, options_of
from tests.factories.identity import PASSWORD, Account, code_now, given_user, sign_in, signed_in

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NEW = "fyra ord utan samband"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def _link(app: Flask, account: Account, *, second_factor_only: bool = False) -> str:
    """Return the path of a link that an administrator has made for the user."""
    by = given_user(app, Role.ADMINISTRATOR)
    with app.app_context(), transaction(Tenant(by.municipality_id, by.id)):
        actor = queries.actor_of(db.session.get_one(User, by.id), None, fresh=True)
        make = users.reset_second_factor if second_factor_only else users.renew_link
        return f"/inbjudan/{make(actor, account.id)}"


def _choose(browser: Browser, link: str, password: str = NEW) -> str:
    answer = browser.post(link, {"password": password, "again": password}, token_from=link)
    return answer.location if answer.status_code == 302 else answer.text


def _set_up_app(browser: Browser) -> str:
    page = browser.get("/andra-faktorn").text
    key = unescape(re.findall(r"<code>([A-Z2-7-]{39})</code>", page)[0]).replace("-", "")
    code = second_factor.OnceOnlyTotp({"1": "x"}, "x")._totp(key=key).generate().token
    return browser.post("/andra-faktorn", {"code": code}, token_from="/andra-faktorn").text


def _is_signed_in(browser: Browser) -> bool:
    return browser.get("/konto").status_code == 200


def test_an_invited_person_chooses_a_password_sets_up_an_app_and_is_in(
    app: Flask, client: Browser, owner_engine: Engine
) -> None:
    account = given_user(app, joined=False, second=False)
    link = _link(app, account)

    assert _choose(client, link).startswith("/andra-faktorn")
    assert not _is_signed_in(client)
    shown = _set_up_app(client)

    assert _is_signed_in(client)
    assert len(set(re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", shown))) == 10
    with owner_engine.connect() as connection:
        actions = connection.scalars(text("SELECT action FROM audit.entry ORDER BY seq")).all()
    assert actions == [
        "user.invitation_sent",
        "user.invitation_used",
        "account.password_changed",
        "account.second_factor_changed",
        "session.signed_in",
        "account.second_factor_changed",
    ]


def test_an_invited_person_may_choose_a_passkey_instead(app: Flask, client: Browser) -> None:
    account = given_user(app, joined=False, second=False)
    _choose(client, _link(app, account))
    page = client.get("/andra-faktorn").text
    device = Authenticator()

    fields = dict(client.fields(page)) | {"answer": device.create(options_of(page, "create")), "name": ""}
    shown = client._open("POST", "/andra-faktorn", data=fields)

    assert "återställningskoder" in shown.text
    assert _is_signed_in(client)


def test_recovery_codes_are_shown_once(app: Flask, client: Browser) -> None:
    account = given_user(app, joined=False, second=False)
    _choose(client, _link(app, account))
    _set_up_app(client)

    assert client.get("/andra-faktorn").status_code == 302


def test_a_wrong_first_code_shows_the_same_secret_again(app: Flask, client: Browser) -> None:
    account = given_user(app, joined=False, second=False)
    _choose(client, _link(app, account))
    key = re.findall(r"<code>([A-Z2-7-]{39})</code>", client.get("/andra-faktorn").text)

    answer = client.post("/andra-faktorn", {"code": "000000"}, token_from="/andra-faktorn")

    assert answer.status_code == 400
    assert re.findall(r"<code>([A-Z2-7-]{39})</code>", answer.text) == key
    assert not _is_signed_in(client)


def test_a_link_works_once(app: Flask, client: Browser) -> None:
    link = _link(app, given_user(app, joined=False, second=False))
    _choose(client, link)

    again = Browser(app).get(link)

    assert again.status_code == 410
    assert "Länken fungerar inte längre" in again.text


def test_an_old_link_is_gone(app: Flask, client: Browser, clock: time_machine.Traveller) -> None:
    link = _link(app, given_user(app, joined=False, second=False))
    clock.shift(invitations.VALID - timedelta(seconds=1))
    assert client.get(link).status_code == 200

    clock.shift(1)

    assert client.get(link).status_code == 410


@pytest.mark.parametrize("path", ["/inbjudan/x", "/inbjudan/" + "A" * 43])
def test_a_made_up_link_is_gone(app: Flask, client: Browser, path: str) -> None:
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("kort", "kort", "minst 12 tecken"),
        ("lösenord123456", "lösenord123456", "för lätt att gissa"),
        ("alva berg alva berg", "alva berg alva berg", "innehåller ditt namn"),
        (NEW, NEW + "x", "inte lika"),
        ("", "", "Välj ett lösenord"),
    ],
)
def test_a_bad_password_is_explained_and_the_link_still_works(
    app: Flask, client: Browser, password: str, again: str, says: str
) -> None:
    link = _link(app, given_user(app, joined=False, second=False))

    answer = client.post(link, {"password": password, "again": again}, token_from=link)

    assert answer.status_code == 400
    assert says in answer.text
    assert client.get(link).status_code == 200


def test_a_new_password_counts_once_the_old_second_factor_is_shown(app: Flask, client: Browser) -> None:
    account = given_user(app)
    link = _link(app, account)

    assert _choose(client, link).startswith("/logga-in/andra-faktorn")
    other = Browser(app)
    fields = {"email": account.email, "password": NEW}
    assert other.post("/logga-in", fields, token_from="/logga-in").status_code == 400
    assert other.get(link).status_code == 200
    client.post("/logga-in/andra-faktorn", {"code": code_now(app, account)})

    assert _is_signed_in(client)
    assert other.post("/logga-in", fields, token_from="/logga-in").status_code == 302
    assert other.get(link).status_code == 410


def test_a_new_password_by_link_ends_every_session(app: Flask, client: Browser) -> None:
    account = given_user(app)
    signed_in(client, account)
    other = Browser(app)
    _choose(other, _link(app, account))
    other.post("/logga-in/andra-faktorn", {"code": code_now(app, account)})

    assert _is_signed_in(other)
    assert not _is_signed_in(client)


def test_a_link_for_a_new_second_factor_asks_for_the_password(app: Flask, client: Browser) -> None:
    account = given_user(app)
    link = _link(app, account, second_factor_only=True)

    wrong = client.post(link, {"password": "inte mitt lösenord"}, token_from=link)
    assert wrong.status_code == 400
    right = client.post(link, {"password": PASSWORD}, token_from=link)

    assert right.location.startswith("/andra-faktorn")
    _set_up_app(client)
    assert _is_signed_in(client)


def test_after_a_reset_the_password_alone_opens_nothing_not_even_setting_up(app: Flask, client: Browser) -> None:
    account = given_user(app)
    _link(app, account, second_factor_only=True)

    fields = {"email": account.email, "password": account.password}
    answer = client.post("/logga-in", fields, token_from="/logga-in")

    assert answer.status_code == 400
    assert client.get("/andra-faktorn").status_code == 302


def test_guessing_the_password_behind_a_link_locks(app: Flask, client: Browser) -> None:
    account = given_user(app)
    link = _link(app, account, second_factor_only=True)
    for _ in range(5):
        client.post(link, {"password": "inte mitt lösenord"}, token_from=link)

    assert client.post(link, {"password": PASSWORD}, token_from=link).status_code == 400


def test_a_reset_ends_the_sessions_there_were(app: Flask, client: Browser) -> None:
    account = given_user(app)
    sign_in(client, account)
    _link(app, account, second_factor_only=True)

    assert not _is_signed_in(client)
