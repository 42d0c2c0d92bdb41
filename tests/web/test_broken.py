"""The page of a fault is drawn without what may have failed: the database, the session, the frame. The log says where, not what."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.app import create_app
from coordination.core import embedded_postgres
from coordination.core.db import db
from coordination.core.embedded_postgres import APP, Server
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.browser import Browser
from tests.conftest import TEMPLATE
from tests.factories.cases import visit
from tests.factories.world import World, shared_case

TOKEN = "S" * 43
"""A token of the right form, so that the session is looked for."""


@pytest.fixture
def without_database(postgres: Server, database: str, settings: Settings) -> Iterator[Flask]:
    """The service, whose database went away after the start."""
    name = f"{database}_gone"
    embedded_postgres.ensure_database(postgres, name, template=TEMPLATE)
    app = create_app(settings.model_copy(update={"database_url": postgres.url(APP, name)}))
    assert Browser(app).get("/logga-in").status_code == 200
    embedded_postgres.drop_database(postgres, name)
    yield app
    with app.app_context():
        db.engine.dispose()


def _visitor(app: Flask, language: str = "") -> Browser:
    browser = Browser(app)
    browser.client.set_cookie("session", TOKEN)
    if language:
        browser.client.set_cookie("language", language)
    return browser


@contextmanager
def _losing_the_database(owner: Engine, database: str) -> Iterator[None]:
    """Let every connection end that writes to the log, and let the service have no other."""
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text(
                "CREATE FUNCTION audit.leave() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER leave BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.leave()")
        )
        connection.execute(text(f"REVOKE CONNECT ON DATABASE {database} FROM {APP}"))
        try:
            yield
        finally:
            connection.execute(text(f"GRANT CONNECT ON DATABASE {database} TO {APP}"))
            connection.execute(text("DROP FUNCTION audit.leave CASCADE"))


def test_without_a_database_there_is_a_page_and_one_line_of_where(
    without_database: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = _visitor(without_database).get("/inbjudan/hemligt-ord?fraga=ord")

    assert answer.status_code == 500
    assert "Något gick fel hos oss" in answer.text
    assert 'class="word-mark"' in answer.text
    assert "Testmiljö" in answer.text
    assert "csrf_token" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert [message for message in caplog.messages if message] == ["fault at endpoint joining.invitation"]
    assert "OperationalError" in caplog.text
    assert "sessions.py" in caplog.text
    assert [word for word in ("hemligt-ord", "fraga", TOKEN, "does not exist", "_gone") if word in caplog.text] == []


def test_without_a_database_the_page_is_in_the_language_of_the_browser_that_chose_one(without_database: Flask) -> None:
    english = _visitor(without_database, "en").get("/min-dag").text
    swedish = _visitor(without_database, "xx").get("/min-dag").text

    assert '<html lang="en">' in english
    assert "Something went wrong" in english
    assert '<html lang="sv">' in swedish


def test_a_fault_in_the_middle_of_a_request_is_told_in_the_readers_language_without_their_name(
    app: Flask, owner_engine: Engine, database: str
) -> None:
    """The connection ends while the page is being made, and no other can be had: nothing may be asked of the database."""
    shared = shared_case(World(app), AgencyKind.POLICE)
    browser = visit(shared.world, shared.social)
    browser.post("/konto/sprak", {"language": "en"})
    browser.client.delete_cookie("language")
    with _losing_the_database(owner_engine, database):
        answer = browser.get(f"/arenden/{shared.id}")

    assert answer.status_code == 500
    assert '<html lang="en">' in answer.text
    assert "sig_coordinator" not in answer.text
    assert browser.get(f"/arenden/{shared.id}").status_code == 200
