"""The pages of log review: a manager gives an assignment, a regional coordinator reads and takes the log out."""

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import clock
from coordination.core.db import db, transaction
from coordination.core.ids import new_id
from coordination.keys import service as keys
from coordination.oversight import service
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.commands import ROOT
from tests.factories.disclosure import consented, named
from tests.factories.identity import Account, signed_in
from tests.factories.log import GivenLog
from tests.factories.world import SharedCase, World, shared_case

REASON = "Ringa Alvas mamma inför mötet"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    """A case with the police in it, some of it read."""
    shared = shared_case(World(app, "1780"), AgencyKind.POLICE)
    officer = _officer(shared)
    with shared.world.acting(officer):
        note = keys.seal_note(officer.agency_id, officer.municipality_id, REASON)
        audit.record(officer, Event.CASE_VIEWED, case_id=shared.id, parts=3)
        audit.record(officer, Event.SEARCHED, kind="name", hits=0, query_digest=None, reason_code=None, reason_ref=note)
    return shared


@pytest.fixture
def reviewer(app: Flask, shared: SharedCase) -> Actor:
    """A regional coordinator of another municipality."""
    return World(app, "1783").actor(AgencyKind.SCHOOL, Role.REGIONAL_COORDINATOR)


def test_a_manager_gives_an_assignment_and_the_reviewer_finds_it(
    app: Flask, shared: SharedCase, reviewer: Actor
) -> None:
    manager = _browser(app, _manager(shared))

    given = manager.post("/logg/uppdrag/nytt", _fields(reviewer))

    assert (given.status_code, given.location) == (302, "/logg/")
    assert "Uppdraget är givet." in manager.get("/logg/").text
    page = _browser(app, reviewer).get("/logg/").text
    assert "police 1780" in page
    assert "Gäller" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reviewer", "", "Välj vem som ska granska."),
        ("reviewer", "01a20225-576a-7f83-ae3e-c322a4e1747f", "Välj något av det som finns i listan."),
        ("period_to", "2020-01-01", "Den sista dagen är före den första."),
        ("valid_until", "2020-01-01", "Den dagen har redan varit."),
        ("period_from", "i går", "Skriv en dag"),
    ],
)
def test_bad_input_comes_back_as_it_was_filled_in(
    app: Flask, shared: SharedCase, reviewer: Actor, field: str, value: str, said: str
) -> None:
    fields = _fields(reviewer) | {field: value}

    page = _browser(app, _manager(shared)).post("/logg/uppdrag/nytt", fields)

    assert page.status_code == 422
    assert said in page.text
    kept = "period_to" if field == "valid_until" else "valid_until"
    assert f'value="{fields[kept]}"' in page.text


def test_a_manager_ends_an_assignment_after_being_asked(app: Flask, shared: SharedCase, reviewer: Actor) -> None:
    assignment, manager = _given(shared, reviewer), _browser(app, _manager(shared))

    asked = manager.get(f"/logg/uppdrag/{assignment}/avsluta")
    ended = manager.post(f"/logg/uppdrag/{assignment}/avsluta")

    assert "Avsluta uppdraget för" in asked.text
    assert ended.status_code == 302
    assert _browser(app, reviewer).get(f"/logg/{assignment}").status_code == 404


def test_the_reviewer_sees_who_did_what_and_why_but_not_what_was_read(
    app: Flask, shared: SharedCase, reviewer: Actor
) -> None:
    page = _browser(app, reviewer).get(f"/logg/{_given(shared, reviewer)}")

    assert page.status_code == 200
    assert "police_liaison police" in page.text
    assert "Öppnade ärendet" in page.text
    assert REASON in page.text
    assert re.search(r"SIG \d{4}-\d{4}", page.text)
    assert "Lindqvist" not in page.text
    assert "Du ser vem som gjort vad, men inte innehållet. Även din läsning av loggen loggas." in page.text


def test_the_log_is_filtered_without_naming_anybody_in_the_address(
    app: Flask, shared: SharedCase, reviewer: Actor
) -> None:
    address, browser = f"/logg/{_given(shared, reviewer)}", _browser(app, reviewer)

    found = browser.post(address, _search(event="search", actor=str(_officer(shared).user_id)), token_from=address)
    other = browser.post(address, _search(event="denied"), token_from=address)
    wrong = browser.post(address, _search(event="annat"), token_from=address)

    assert (found.status_code, other.status_code, wrong.status_code) == (200, 200, 422)
    assert REASON in found.text
    assert "Öppnade ärendet" not in _table(found.text)
    assert "Ingen händelse" in other.text


def test_older_lines_are_on_the_next_page(app: Flask, shared: SharedCase, reviewer: Actor) -> None:
    officer = _officer(shared)
    for number in range(60):
        with shared.world.acting(officer):
            audit.record(officer, Event.RECORD_VIEWED, case_id=shared.id, record_id=new_id(), parts=number)
    address, browser = f"/logg/{_given(shared, reviewer)}", _browser(app, reviewer)

    first = browser.get(address).text
    before = re.search(r'name="before" value="(\d+)"', first)
    assert before is not None
    second = browser.post(address, _search(before=before[1]), token_from=address)

    assert second.status_code == 200
    assert _posts(first)[-1] == int(before[1])
    assert _posts(second.text)[0] == int(before[1]) - 1


def test_a_broken_log_is_said_to_be_broken(
    app: Flask, shared: SharedCase, reviewer: Actor, owner_engine: Engine
) -> None:
    log = GivenLog(app, owner_engine, shared.world, _officer(shared))
    address, browser = f"/logg/{_given(shared, reviewer)}", _browser(app, reviewer)
    log.verified()
    whole = browser.get(address).text
    log.store("UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 1")
    log.verified()
    broken = browser.get(address).text

    assert "Inget har ändrats eller tagits bort." in whole
    assert "Loggen stämmer inte" in broken
    assert "Post 1 är ändrad." in broken


def test_the_log_is_taken_out_as_a_file_that_proves_itself(
    app: Flask, shared: SharedCase, reviewer: Actor, tmp_path: Path
) -> None:
    browser, file = _browser(app, reviewer), tmp_path / "log.jsonl"

    answer = browser.get(f"/logg/{_given(shared, reviewer)}/fil")
    file.write_bytes(answer.data)
    program = [sys.executable, str(ROOT / "tools" / "verify_access_log.py"), "--jobs", "1", str(file)]
    verified = subprocess.run(program, capture_output=True, text=True, check=False)

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=atkomstlogg-")
    assert (verified.returncode, verified.stdout[:3]) == (0, "OK:"), verified.stdout
    assert b"log.exported" in answer.data


def test_taking_it_out_asks_for_a_fresh_sign_in(app: Flask, shared: SharedCase, reviewer: Actor) -> None:
    browser, assignment = _browser(app, reviewer, minutes=20), _given(shared, reviewer)

    answer = browser.get(f"/logg/{assignment}/fil")

    assert "Bekräfta att det är du" in answer.text
    assert "Content-Disposition" not in answer.headers
    assert browser.get(f"/logg/{assignment}").status_code == 200


def test_an_assignment_of_somebody_else_is_answered_as_one_that_is_not_there(
    app: Flask, shared: SharedCase, reviewer: Actor
) -> None:
    assignment = _given(shared, reviewer)
    other = _browser(app, World(app, "1715").actor(AgencyKind.SCHOOL, Role.REGIONAL_COORDINATOR))

    for address in ("/logg/{}", "/logg/{}/fil"):
        hidden, absent = other.get(address.format(assignment)), other.get(address.format(new_id()))
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert without_tokens(hidden.text) == without_tokens(absent.text)


def test_a_disclosure_is_told_by_its_legal_basis(app: Flask, shared: SharedCase, reviewer: Actor) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    consented(shared, police)
    named(shared, police)
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    assignment = shared.world.act(manager, service.give, reviewer.user_id, *_days())

    page = _browser(app, reviewer).get(f"/logg/{assignment}").text

    assert "Delade uppgifter" in _table(page)
    assert "Samtycke" in _table(page)
    assert "Skälet kan inte öppnas" not in _table(page)


def test_how_to_verify_is_explained(app: Flask, reviewer: Actor) -> None:
    page = _browser(app, reviewer).get("/logg/kontrollera")

    assert page.status_code == 200
    assert "python verify_access_log.py" in page.text


def _officer(shared: SharedCase) -> Actor:
    return shared.handlers[shared.world.agency(AgencyKind.POLICE)]


def _manager(shared: SharedCase) -> Actor:
    return shared.managers[shared.world.agency(AgencyKind.POLICE)]


def _browser(app: Flask, actor: Actor, minutes: int = 0) -> Browser:
    """Return a browser in which an actor has signed in so many minutes ago."""
    account = Account(actor.user_id, actor.agency_id, actor.municipality_id, "", "", None, ())
    browser = signed_in(Browser(app), account)
    if minutes:
        with app.app_context(), transaction():
            earlier = clock.now().timestamp() - 60 * minutes
            db.session.execute(
                text("UPDATE user_session SET data = jsonb_build_object('confirmed_at', CAST(:at AS float8))"),
                {"at": earlier},
            )
    return browser


def _search(**changed: str) -> dict[str, str]:
    nothing = {"period_from": "", "period_to": "", "event": "", "actor": "", "reference": "", "before": ""}
    return nothing | changed


def _fields(reviewer: Actor) -> dict[str, str]:
    first, last, until = _days()
    return {
        "reviewer": str(reviewer.user_id),
        "period_from": first.isoformat(),
        "period_to": last.isoformat(),
        "valid_until": until.isoformat(),
    }


def _given(shared: SharedCase, reviewer: Actor) -> UUID:
    return shared.world.act(_manager(shared), service.give, reviewer.user_id, *_days())


def _days() -> tuple[date, date, date]:
    today = clock.today()
    return today - timedelta(days=30), today + timedelta(days=7), today + timedelta(days=14)


def _table(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def _posts(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="number">(\d+)</td>', _table(page))]
