"""Signing in as a browser does it: two steps, one answer to every failure, and nothing reached in between."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.db import db, transaction
from coordination.identity import sessions
from coordination.identity.lockout import FREE_FOR_ACCOUNT
from coordination.identity.models import Agency, User
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.identity import Account, code_now, given_user, sign_in, signed_in

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ELSEWHERE = "198.51.100.7"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def _password_step(browser: Browser, email: str, password: str, following: str = "/") -> int:
    fields = {"email": email, "password": password}
    return browser.post(f"/logga-in?next={following}", fields, token_from="/logga-in").status_code


def _actions(engine: Engine, account: Account) -> list[str]:
    """What the log of the account's agency says, in order."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT action FROM audit.entry WHERE agency_id = :agency ORDER BY seq"), {"agency": account.agency_id}
        )
        return [row.action for row in rows]


def _is_signed_in(browser: Browser) -> bool:
    return browser.get("/konto").status_code == 200


def test_password_and_code_sign_in(app: Flask, client: Browser, owner_engine: Engine) -> None:
    account = given_user(app)

    sign_in(client, account)

    assert _is_signed_in(client)
    assert _actions(owner_engine, account) == ["session.signed_in"]


def test_the_password_alone_opens_nothing(app: Flask, client: Browser) -> None:
    account = given_user(app)
    assert _password_step(client, account.email, account.password) == 302

    assert client.get("/konto").status_code == 302
    assert client.get("/konto").location.startswith("/logga-in")


@pytest.mark.parametrize("wrong", ["account", "password", "locked", "left", "closed", "invited"])
def test_every_failed_sign_in_answers_alike(app: Flask, client: Browser, wrong: str) -> None:
    account = given_user(app, joined=wrong != "invited")
    with app.app_context(), transaction():
        if wrong == "left":
            db.session.get_one(User, account.id).left_at = datetime.now(UTC)
        if wrong == "closed":
            db.session.get_one(Agency, account.agency_id).closed_at = datetime.now(UTC)
    for _ in range(FREE_FOR_ACCOUNT if wrong == "locked" else 0):
        _password_step(client, account.email, "fel")
    email = "nobody@example.se" if wrong == "account" else account.email
    password = "fel" if wrong == "password" else account.password

    fields = {"email": email, "password": password}
    answer = client.post("/logga-in", fields, token_from="/logga-in")
    reference = Browser(app).post("/logga-in", {"email": "x@example.se", "password": "x"}, token_from="/logga-in")

    assert answer.status_code == reference.status_code == 400
    assert without_tokens(answer.text).replace(email, "") == without_tokens(reference.text).replace("x@example.se", "")


def test_a_failed_sign_in_takes_as_long_as_any_other(app: Flask, client: Browser) -> None:
    account = given_user(app)
    app.config["SIGN_IN_SECONDS"] = 2.0
    try:
        took = {}
        for email in (account.email, "nobody@example.se"):
            started = datetime.now(UTC)
            _password_step(client, email, "fel")
            took[email] = (datetime.now(UTC) - started).total_seconds()
    finally:
        app.config["SIGN_IN_SECONDS"] = 0.0

    assert min(took.values()) >= 2.0


def test_what_was_filled_in_comes_back_save_the_password(app: Flask, client: Browser) -> None:
    answer = client.post("/logga-in", {"email": "a@example.se", "password": "fel lösenord"}, token_from="/logga-in")

    assert 'value="a@example.se"' in answer.text
    assert "fel lösenord" not in answer.text


def test_failures_are_logged_in_the_agency_without_the_address(
    app: Flask, client: Browser, owner_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    account = given_user(app)
    caplog.set_level("DEBUG")
    for _ in range(FREE_FOR_ACCOUNT + 2):
        _password_step(client, account.email, "fel")

    assert _actions(owner_engine, account) == ["session.sign_in_failed"] * FREE_FOR_ACCOUNT + ["session.locked_out"]
    assert account.email not in caplog.text
    with owner_engine.connect() as connection:
        lines = " ".join(connection.scalars(text("SELECT canonical FROM audit.entry")))
    assert account.email not in lines


def test_a_code_works_for_one_sign_in(app: Flask, client: Browser, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    code = code_now(app, account)
    sign_in(client, account)

    other = Browser(app)
    _password_step(other, account.email, account.password)
    answer = other.post("/logga-in/andra-faktorn", {"code": code})

    assert answer.status_code == 400
    assert not _is_signed_in(other)


def test_a_recovery_code_signs_in_once(app: Flask, client: Browser) -> None:
    account = given_user(app)
    _password_step(client, account.email, account.password)
    client.post("/logga-in/andra-faktorn", {"code": account.recovery_codes[3]})
    assert _is_signed_in(client)

    other = Browser(app)
    _password_step(other, account.email, account.password)
    assert other.post("/logga-in/andra-faktorn", {"code": account.recovery_codes[3]}).status_code == 400


def test_wrong_codes_lock_too_and_the_right_password_does_not_reset_them(app: Flask, client: Browser) -> None:
    account = given_user(app)
    for _ in range(FREE_FOR_ACCOUNT):
        _password_step(client, account.email, account.password)
        client.post("/logga-in/andra-faktorn", {"code": "000000"})

    assert _password_step(client, account.email, account.password) == 400
    client.post("/logga-in/andra-faktorn", {"code": code_now(app, account)})
    assert not _is_signed_in(client)


def test_failures_elsewhere_do_not_keep_a_colleague_from_the_usual_device(
    app: Flask, client: Browser, clock: time_machine.Traveller
) -> None:
    account = given_user(app)
    sign_in(client, account)
    client.post("/logga-ut")
    stranger = Browser(app, ELSEWHERE)
    for _ in range(FREE_FOR_ACCOUNT + 1):
        _password_step(stranger, account.email, "fel")

    clock.shift(timedelta(seconds=31))
    new_device = Browser(app)

    assert _password_step(new_device, account.email, account.password) == 400
    assert _is_signed_in(sign_in(client, account))


def test_a_mark_of_a_device_cannot_be_made_up(app: Flask, client: Browser, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    stranger = Browser(app, ELSEWHERE)
    for _ in range(FREE_FOR_ACCOUNT):
        stranger.client.set_cookie("device", json.dumps({"id": "x", "accounts": [account.email]}), domain="localhost")
        _password_step(stranger, account.email, "fel")

    assert _password_step(stranger, account.email, account.password) == 400


def test_the_device_mark_tells_no_account(app: Flask, client: Browser) -> None:
    account = given_user(app)
    sign_in(client, account)

    mark = client.cookie("device")

    assert mark is not None
    assert account.email not in mark
    assert str(account.id) not in mark


def test_the_second_step_waits_ten_minutes(app: Flask, client: Browser, clock: time_machine.Traveller) -> None:
    account = given_user(app)
    _password_step(client, account.email, account.password)
    clock.shift(timedelta(minutes=10, seconds=1))

    answer = client.post("/logga-in/andra-faktorn", {"code": code_now(app, account)})

    assert answer.location.startswith("/logga-in")
    assert not _is_signed_in(client)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/konto", "/konto"),
        ("/konto?x=1", "/konto?x=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\tevil", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_on_within_this_site_only(app: Flask, client: Browser, asked: str, given: str) -> None:
    signed_in(client, given_user(app))

    answer = client.get("/logga-in", query_string={"next": asked})

    assert answer.location == given


def test_a_page_that_asks_for_sign_in_is_where_one_lands(app: Flask, client: Browser) -> None:
    account = given_user(app)
    asked = client.get("/konto").location
    step = client.post(asked, {"email": account.email, "password": account.password}, token_from=asked)
    done = client.post(step.location, {"code": code_now(app, account)}, token_from=step.location)

    assert done.location.rstrip("?") == "/konto"


def test_the_token_is_new_after_each_step_and_the_old_one_dead(app: Flask, client: Browser) -> None:
    account = given_user(app)
    client.get("/logga-in")
    tokens = [client.cookie("session")]
    _password_step(client, account.email, account.password)
    tokens.append(client.cookie("session"))
    client.post("/logga-in/andra-faktorn", {"code": code_now(app, account)})
    tokens.append(client.cookie("session"))

    assert len(set(tokens)) == 3
    for token in tokens[:2]:
        thief = Browser(app)
        thief.client.set_cookie("session", token or "", domain="localhost")
        assert not _is_signed_in(thief)


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask, client: Browser) -> None:
    cookie = client.get("/logga-in").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie


def test_a_visitor_costs_no_row(app: Flask, client: Browser, owner_engine: Engine) -> None:
    client.get("/logga-in")
    client.post("/logga-in", {"email": "", "password": ""}, token_from="/logga-in")
    client.get("/finns-inte")

    with owner_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM user_session")) == 0


def test_a_session_holds_no_personal_data(app: Flask, client: Browser, owner_engine: Engine) -> None:
    account = given_user(app)
    sign_in(client, account)
    client.get("/konto")

    with owner_engine.connect() as connection:
        rows = connection.execute(text("SELECT data, client, user_id FROM user_session")).all()
    assert [set(row.data) for row in rows] == [{"confirmed_at"}]
    assert rows[0].user_id == account.id


def test_a_form_without_its_token_is_refused(app: Flask, client: Browser) -> None:
    account = given_user(app)
    client.get("/logga-in")

    answer = client._open("POST", "/logga-in", data={"email": account.email, "password": account.password})

    assert answer.status_code == 400


def test_signing_out_ends_the_session_itself(app: Flask, client: Browser, owner_engine: Engine) -> None:
    account = given_user(app)
    signed_in(client, account)
    token = client.cookie("session")

    answer = client.post("/logga-ut")

    assert answer.location == "/logga-in"
    thief = Browser(app)
    thief.client.set_cookie("session", token or "", domain="localhost")
    assert not _is_signed_in(thief)
    assert _actions(owner_engine, account) == ["session.signed_out"]


def test_half_an_hour_of_silence_signs_out(app: Flask, client: Browser, clock: time_machine.Traveller) -> None:
    signed_in(client, given_user(app))
    clock.shift(timedelta(minutes=29))
    assert _is_signed_in(client)
    clock.shift(timedelta(minutes=29))
    assert _is_signed_in(client)

    clock.shift(sessions.IDLE)

    assert not _is_signed_in(client)


def test_rights_end_with_the_user_not_with_the_session(app: Flask, client: Browser) -> None:
    account = given_user(app)
    signed_in(client, account)
    assert _is_signed_in(client)
    with app.app_context(), transaction():
        db.session.get_one(User, account.id).left_at = datetime.now(UTC)

    assert not _is_signed_in(client)


def test_a_fresh_browser_is_nobody_after_somebody_elses_request(app: Flask, client: Browser) -> None:
    signed_in(client, given_user(app))
    assert _is_signed_in(client)

    assert not _is_signed_in(Browser(app))


def test_a_user_without_second_factor_reaches_nothing_but_setting_it_up(app: Flask, client: Browser) -> None:
    account = given_user(app, second=False)

    fields = {"email": account.email, "password": account.password}
    step = client.post("/logga-in", fields, token_from="/logga-in")

    assert step.location.startswith("/andra-faktorn")
    assert not _is_signed_in(client)
    page = client.get("/andra-faktorn")
    assert "QR-kod" in page.text
    drawn = client.get("/andra-faktorn/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.headers["Cache-Control"] == "no-store"


def test_the_picture_is_for_the_session_it_was_made_in(app: Flask, client: Browser) -> None:
    account = given_user(app, second=False)
    _password_step(client, account.email, account.password)
    client.get("/andra-faktorn")

    assert Browser(app).get("/andra-faktorn/qr.svg").status_code == 404


def test_every_role_can_sign_in(app: Flask) -> None:
    for role, kind in ((Role.ADMINISTRATOR, AgencyKind.SOCIAL_SERVICES), (Role.POLICE_LIAISON, AgencyKind.POLICE)):
        assert _is_signed_in(sign_in(Browser(app), given_user(app, role, kind)))
