"""The operations page: how jobs, workers and mail stand, without a name, for administrators alone; and turning the daily mail off."""

import re
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core import job_runs, outbox
from coordination.core.db import Tenant, db, transaction
from coordination.core.job_runs import Job, Standing
from coordination.core.outbox import Kind
from coordination.jobs import leader
from coordination.jobs.performing import perform
from coordination.jobs.work import WORK
from coordination.web.presenting import operations as presenting
from policies.permissions import Role
from tests.browser import Browser
from tests.factories.identity import Account, given_user, signed_in
from tests.factories.log import given_log
from tests.factories.mail import Mailbox, free_port, with_mail

NOT_STOPPING = Event()


@pytest.fixture
def admin(app: Flask, client: Browser) -> Browser:
    """An administrator's browser."""
    return signed_in(client, given_user(app, Role.ADMINISTRATOR))


def _words(browser: Browser) -> str:
    answer = browser.get("/drift")
    assert answer.status_code == 200
    main = re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main>")[0])
    return re.sub(r"\s+", " ", main)


def _write(app: Flask, account: Account, *, about: str = "x") -> None:
    with app.app_context(), transaction(Tenant(account.municipality_id)):
        outbox.queue(Kind.URGENT, [account.id], account.municipality_id, about)


def test_every_job_there_is_has_its_name_and_every_standing_its_word(app: Flask) -> None:
    assert set(WORK) == set(Job) == presenting.NAMES.keys()
    assert set(Standing) == presenting.STANDINGS.keys()


def test_before_anything_has_run_the_page_says_what_to_start(admin: Browser) -> None:
    said = _words(admin)

    assert said.count("Inte kört än") == len(Job)
    assert "Ingen arbetare är igång. Inga jobb körs och inga mejl skickas. Starta arbetaren." in said
    assert "Ange SMTP_HOST" in said


def test_who_leads_who_stands_by_and_how_jobs_went(app: Flask, admin: Browser, owner_engine: Engine) -> None:
    given_log(app, owner_engine, 3).store(
        "UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 1"
    )
    for _ in range(3):
        perform(app, "prove_logs", NOT_STOPPING)
    with app.app_context():
        engine = db.engine
    first = leader.lead(engine, NOT_STOPPING, "north:1")
    assert first is not None
    said = _words(admin)
    leader.step_down(first)

    assert "Arbetar north:1" in said
    assert "Misslyckas" in said
    assert "Jobb som misslyckas: Kontrollera och signera loggarna." in said
    assert re.search(r"1 av \d delar: LogBroken", said)


def test_an_administrator_has_a_job_run_and_it_is_logged(app: Flask, admin: Browser, owner_engine: Engine) -> None:
    answer = admin.post("/drift/kor", {"job": "purge_leftovers"}, token_from="/drift")
    unknown = admin.post("/drift/kor", {"job": "os.system"}, token_from="/drift")
    with app.app_context(), transaction():
        handed_out = job_runs.hand_out()

    assert (answer.status_code, unknown.status_code) == (302, 404)
    assert handed_out == [Job.PURGE_LEFTOVERS]
    with owner_engine.connect() as connection:
        found = text("SELECT count(*) FROM audit.entry WHERE action = 'operations.job_asked'")
        assert connection.scalar(found) == 1


def test_mail_that_cannot_be_sent_is_told_of_in_numbers_and_words(app: Flask, admin: Browser) -> None:
    reader, elsewhere = given_user(app), given_user(app, Role.CASE_WORKER, code="1780")
    _write(app, reader)
    _write(app, elsewhere)
    before = app.extensions["settings"]
    app.extensions["settings"] = with_mail(before, Mailbox(port=free_port()))
    try:
        for minutes in (0, 1, 5):
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=True):
                perform(app, "send_mail", NOT_STOPPING)
        said = _words(admin)
    finally:
        app.extensions["settings"] = before

    assert "Väntar 1 Skickade i dag 0" in said  # the other municipality's is counted there
    assert "Mejl går inte att skicka: e-postservern svarar inte. De skickas när det fungerar igen." in said
    assert "@" not in said
    assert "Alva" not in said


def test_one_turns_the_daily_mail_off_and_on_again(app: Flask, client: Browser) -> None:
    browser = signed_in(client, given_user(app))

    browser.post("/konto/dagens-mejl", {"wanted": "0"}, token_from="/konto")
    turned_off = browser.get("/konto").text
    browser.post("/konto/dagens-mejl", {"wanted": "1"}, token_from="/konto")
    turned_on = browser.get("/konto").text

    assert "Slå på dagens mejl" in turned_off
    assert "Stäng av dagens mejl" in turned_on
    assert "Stäng av dagens mejl" not in turned_off


def test_whoever_is_never_sent_it_is_not_asked(app: Flask, client: Browser) -> None:
    browser = signed_in(client, given_user(app, Role.ADMINISTRATOR))

    assert "dagens mejl" not in browser.get("/konto").text.lower()
