"""The application's own log and the page of a fault hold nothing of what was handled: no names, numbers, texts, addresses, queries."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from policies.permissions import Role
from tests.security.matrix import forms
from tests.security.matrix.asking import Answer, ask, ask_at
from tests.security.matrix.people import MAIN, Person, Relation
from tests.security.matrix.things import What
from tests.security.matrix.town import Town

TYPED = {
    "given_name": "Gunnvorskrev",
    "family_name": "Skrivensson",
    "number": "20130820-2397",
    "contact": "070-174 06 99",
    "title": "Rubrikord",
    "parts-0-body": "Textord",
    "query": "Sökord",
    "reason": "Skälord i en mening",
    "email": "typed.address@example.se",
    "name": "Namnord Efternamnsson",
    "password": "lösenordsord som ingen gissar",
}
"""What people type in this module; all of it is personal data or secret."""

GUNICORN = Path(__file__).parents[2] / "gunicorn.conf.py"
SAFE_ATOMS = set("tmUsBbLDT")
"""What a line about a request may hold: time, method, path without the query, status, sizes, duration."""


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that the service, the web server and the libraries would write, and the service's own down to the last detail."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="coordination")
    return caplog


def _person(town: Town, role: Role) -> Person:
    return next(one for one in town.people if (one.relation, one.role) == (Relation.ASSIGNED, role))


def _told(town: Town, said: str) -> set[str]:
    """Return the words of the town, and those typed here, that can be read in what was said."""
    return {seed.word for seed in town.seeds.found_in(said)} | {word for word in TYPED.values() if word in said}


@contextmanager
def _broken(town: Town, breaking: str, mending: str) -> Iterator[None]:
    """Break the database in one place."""
    with town.owner.begin() as connection:
        connection.execute(text(breaking))
    try:
        yield
    finally:
        with town.owner.begin() as connection:
            connection.execute(text(mending))


def _new_user(town: Town) -> Answer:
    agency = town.one(What.AGENCY, "rescue")
    fields = {"name": TYPED["name"], "title": "Handläggare", "email": TYPED["email"], "roles": ["registrar"]}
    return ask(town, _person(town, Role.ADMINISTRATOR), "admin.new_user", agency.arguments, "POST", fields)


def test_a_day_of_work_leaves_no_personal_data_in_the_log(town: Town, log: pytest.LogCaptureFixture) -> None:
    worker, case = _person(town, Role.SIG_COORDINATOR), town.one(What.CASE, MAIN)
    record = {**forms.record(town, worker, case), "title": TYPED["title"], "parts-0-body": TYPED["parts-0-body"]}
    person = {
        **forms.PERSON,
        "given_name": TYPED["given_name"],
        "family_name": TYPED["family_name"],
        "role": "guardian",
    }

    done = [
        ask(town, worker, "cases.show", case.arguments).status,
        ask(town, worker, "records.new", case.arguments, "POST", record).status,
        ask(town, worker, "people.new", case.arguments, "POST", {**person, "number": TYPED["number"]}).status,
        ask(town, worker, "search.run", {}, "POST", {"query": TYPED["query"]}).status,
        ask_at(town, worker, f"/finns-inte?namn={TYPED['given_name']}").status,
        ask_at(town, worker, f"/arenden?efter={TYPED['number']}").status,
        _new_user(town).status,
        ask_at(town, town.people[-1], "/logga-in", "POST", {key: TYPED[key] for key in ("email", "password")}).status,
    ]

    assert done == [200, 302, 302, 200, 404, 200, 200, 400]
    assert _told(town, log.text) == set()
    assert "?" not in log.text


def test_a_fault_on_a_page_tells_neither_the_reader_nor_the_log_what_was_handled(
    town: Town, log: pytest.LogCaptureFixture
) -> None:
    with _broken(town, "ALTER TABLE record RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO record"):
        answer = ask(town, _person(town, Role.CASE_WORKER), "cases.show", town.one(What.CASE, MAIN).arguments)

    assert answer.status == 500
    assert _told(town, answer.everything + log.text) == set()
    assert "record" not in answer.body
    assert "cases.show" in log.text
    assert "UndefinedTable" in log.text


def test_a_fault_that_quotes_the_row_it_refused_is_logged_without_the_row(
    town: Town, log: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL writes the whole row of a failed check into its message, and SQLAlchemy every value it sent."""
    check = f"ALTER TABLE app_user ADD CONSTRAINT never CHECK (name <> '{TYPED['name']}') NOT VALID"
    with _broken(town, check, "ALTER TABLE app_user DROP CONSTRAINT never"):
        answer = _new_user(town)

    assert answer.status == 500
    assert _told(town, answer.everything + log.text) == set()
    assert "admin.new_user" in log.text
    assert "CheckViolation" in log.text
    assert "users.py" in log.text


def test_the_web_server_writes_no_query_and_no_address() -> None:
    found = re.search(r'access_log_format = "(.*)"', GUNICORN.read_text(encoding="utf-8"))

    assert found is not None
    assert set(re.findall(r"%\((.+?)\)s", found.group(1))) <= SAFE_ATOMS
