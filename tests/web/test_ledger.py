"""The ledger: what was given, received and refused, narrowed down, as a file that is safe to open, and in numbers without persons."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core import clock
from coordination.disclosure import refusals
from coordination.disclosure import service as disclosures
from coordination.identity import sessions
from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given
from tests.factories.pdfs import inside
from tests.factories.refusals import refusal
from tests.factories.world import SharedCase, World, shared_case

GIVEN = "/delningar?visa=lamnat"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


@pytest.fixture
def given_id(shared: SharedCase, police: UUID) -> UUID:
    consented(shared, police)
    return given(shared, shared.social, _note(shared), police)


@pytest.fixture
def sender(shared: SharedCase) -> Browser:
    return visit(shared.world, shared.social)


def _note(shared: SharedCase) -> UUID:
    return written(shared, shared.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")


def _rows(page: str) -> Sequence[Sequence[str]]:
    return list(csv.reader(io.StringIO(page.removeprefix("\ufeff")), delimiter=";"))


def test_running_and_ended_are_told_apart(shared: SharedCase, police: UUID, given_id: UUID, sender: Browser) -> None:
    ended = given(shared, shared.social, _note(shared), police)
    shared.world.act(shared.social, disclosures.revoke, ended, "revoked_mistake")

    running = sender.get(f"{GIVEN}&lage=pagar").text
    over = sender.get(f"{GIVEN}&lage=avslutat").text

    assert (str(given_id) in running, str(ended) in running) == (True, False)
    assert (str(given_id) in over, str(ended) in over) == (False, True)


def test_days_narrow_it_down_and_a_day_that_cannot_be_read_is_said(given_id: UUID, sender: Browser) -> None:
    today = clock.today()
    tomorrow = (today + timedelta(days=1)).isoformat()

    assert str(given_id) in sender.get(f"{GIVEN}&fran={today}&till={today}").text
    assert str(given_id) not in sender.get(f"{GIVEN}&fran={tomorrow}").text
    wrong = sender.get(f"{GIVEN}&fran=igår")
    assert wrong.status_code == 200
    assert "Skriv ett datum" in wrong.text


def test_the_csv_opens_in_a_swedish_excel_and_holds_nobody_in_a_case(
    shared: SharedCase, given_id: UUID, sender: Browser
) -> None:
    answer = sender.get("/delningar/delningar.csv?visa=lamnat")

    header, row = _rows(answer.text)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert re.search(r"filename=delningar-lamnat-\d{4}-\d{2}-\d{2}\.csv$", answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert header[:3] == ["Ärende", "Från", "Till"]
    assert row[1:4] == ["social_services 1780", "police 1780", "Samtycke"]
    assert [word for word in ("Hembesök", "sover", "Alva", "Lindqvist") if word in answer.text] == []


@pytest.mark.parametrize("name", ["=1+1", "+46", "-2", "@SUM(A1)", "\t=1", " =1", "|calc", "%0A", "Rad\n=1+1"])
def test_no_cell_is_taken_for_a_formula(
    shared: SharedCase, given_id: UUID, sender: Browser, owner_engine: Engine, name: str
) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE agency SET name = :name WHERE kind = 'police'"), {"name": name})

    row = _rows(sender.get("/delningar/delningar.csv?visa=lamnat").text)[1]

    assert row[2] == f"'{' '.join(name.splitlines())}" or not name.strip().startswith(tuple("=+-@|%"))
    assert "\n" not in row[2]


def test_the_pdf_is_tagged_and_says_which_secrecy_holds(given_id: UUID, sender: Browser) -> None:
    answer = sender.get("/delningar/delningar.pdf?visa=lamnat")

    assert answer.content_type == "application/pdf"
    content = inside(answer.data)
    assert answer.data.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in content
    assert b"/MarkInfo" in content
    assert b"/Lang" in content


def test_a_file_is_logged_and_asks_first_who_one_is(
    shared: SharedCase, given_id: UUID, sender: Browser, owner_engine: Engine
) -> None:
    with time_machine.travel(clock.now() + sessions.FRESH + timedelta(seconds=1), tick=False):
        stale = sender.get("/delningar/delningar.csv")
    fresh = visit(shared.world, shared.social).get("/delningar/delningar.csv?visa=lamnat")

    with owner_engine.connect() as connection:
        lines = connection.scalars(
            text("SELECT canonical::jsonb -> 'fields' FROM audit.entry WHERE action = 'disclosure.ledger_exported'")
        ).all()
    assert "Bekräfta att det är du" in stale.text
    assert fresh.status_code == 200
    assert [(line["count"], line["format"], line["kind"]) for line in lines] == [(1, "csv", "given")]
    assert lines[0]["permission"] == "disclosure:ledger:export"


def test_a_file_holds_no_more_than_the_page(shared: SharedCase, police: UUID, given_id: UUID) -> None:
    outsider = visit(shared.world, shared.world.actor(AgencyKind.POLICE))
    officer = visit(shared.world, shared.handlers[police])

    assert len(_rows(outsider.get("/delningar/delningar.csv").text)) == 1
    assert len(_rows(officer.get("/delningar/delningar.csv").text)) == 2
    assert len(_rows(officer.get("/delningar/delningar.csv?visa=lamnat").text)) == 1


def test_refusals_come_as_a_file_too(shared: SharedCase, police: UUID, sender: Browser) -> None:
    shared.world.act(shared.social, refusals.refuse, shared.id, refusal(police))

    row = _rows(sender.get("/delningar/delningar.csv?visa=nekat").text)[1]
    paper = sender.get("/delningar/delningar.pdf?visa=nekat")

    assert row[1] == "police 1780"
    assert "Samtycke saknas eller räcker inte" in row
    assert paper.data.startswith(b"%PDF")


def test_small_numbers_are_not_told_and_nobody_is_named(
    shared: SharedCase, police: UUID, given_id: UUID, sender: Browser
) -> None:
    few = sender.get("/delningar/statistik").text
    for _ in range(4):
        given(shared, shared.social, _note(shared), police)
    shared.world.act(shared.social, refusals.refuse, shared.id, refusal(police))
    many = sender.get("/delningar/statistik").text

    assert "färre än 5" in few.split('id="given"')[1].split('id="received"')[0]
    assert ">5</td>" in many
    assert "färre än 5" in many.split('id="refused"')[1]
    assert [word for word in ("Alva", "SIG 20", "Hembesök") if word in many.split("<main")[1]] == []


def test_the_numbers_of_a_quarter_are_asked_for_and_logged(
    shared: SharedCase, given_id: UUID, owner_engine: Engine
) -> None:
    registrar = visit(shared.world, shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.REGISTRAR))
    last_year = clock.today().year - 1

    page = registrar.get(f"/delningar/statistik?kvartal={last_year}-2").text
    unknown = registrar.get("/delningar/statistik?kvartal=1999-1")

    with owner_engine.connect() as connection:
        actions = connection.scalars(text("SELECT action FROM audit.entry")).all()
    assert page.count("Inget under kvartalet.") == 5
    assert f"Kvartal 2, {last_year}" in page
    assert unknown.status_code == 200
    assert actions.count("disclosure.ledger_counted") == 2
