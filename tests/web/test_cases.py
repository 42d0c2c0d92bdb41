"""The list, the case page and its tabs, as people of two agencies meet them."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import service as cases
from coordination.core.ids import new_id
from coordination.disclosure import service as disclosures
from policies.methods.conditions import Condition
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.world import SharedCase, World, considered, shared_case

NEW_CASE = {
    "method": "sig",
    "given_name": "Ella",
    "family_name": "Wahl",
    "number": "20110305-2385",
    "birth_date": "",
    "contact": "",
    "protection": "none",
}


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def shared(world: World) -> SharedCase:
    return shared_case(world, AgencyKind.POLICE)


def _police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


def _handler(shared: SharedCase) -> Browser:
    return visit(shared.world, shared.handlers[_police(shared)])


def _count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0)


def test_a_visitor_meets_the_start_page(client: Browser) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "/logga-in" in page.text


@pytest.mark.parametrize(
    ("role", "first"),
    [(Role.CASE_WORKER, "/min-dag"), (Role.UNIT_MANAGER, "/arenden"), (Role.ADMINISTRATOR, "/admin")],
)
def test_each_role_lands_on_a_page_of_its_own(world: World, role: Role, first: str) -> None:
    browser = visit(world, world.actor(AgencyKind.SOCIAL_SERVICES, role))

    assert browser.get("/").headers["Location"].startswith(first)


def test_the_day_shows_own_cases_what_is_new_and_what_ends_but_no_title(shared: SharedCase) -> None:
    consented(shared, _police(shared), days=20)
    told = named(shared, _police(shared), days=20)
    record_id = written(shared, shared.social, "Hembesök hos familjen", "Hon sover dåligt.", kind="journal_note")
    given(shared, shared.social, record_id, _police(shared), days=20)

    before = _handler(shared).get("/min-dag").text
    _handler(shared).get(f"/delningar/{told}")
    page = _handler(shared).get("/min-dag").text

    assert "SIG" in page
    assert "Alva L." not in before
    assert "Alva L." in page
    assert "20 dagar kvar" in page
    assert "stycken i SIG" in page
    assert "Hembesök hos familjen" not in page
    assert "Hon sover dåligt" not in page


def test_a_handler_lists_only_the_cases_they_work_in(shared: SharedCase) -> None:
    other = shared.world.act(shared.world.actor(AgencyKind.SOCIAL_SERVICES), cases.open_case, "sig")

    page = visit(shared.world, shared.social).get("/arenden").text

    assert str(shared.id) in page
    assert other.reference not in page


def test_a_manager_lists_the_whole_agency_and_is_led_to_no_content(shared: SharedCase) -> None:
    manager = shared.managers[_police(shared)]

    page = visit(shared.world, manager).get("/arenden").text

    assert f"/arenden/{shared.id}/handlaggare" in page
    assert f'href="/arenden/{shared.id}"' not in page
    assert "Alva" not in page


def test_a_new_case_and_its_person_are_made_together(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)

    answer = browser.post("/arenden/nytt", NEW_CASE, token_from="/arenden/nytt")

    assert answer.status_code == 302
    assert "Ella Wahl</span>, 15 år" in browser.get(answer.headers["Location"]).text


def test_a_new_case_with_a_wrong_number_leaves_nothing_behind(shared: SharedCase, owner_engine: Engine) -> None:
    browser = visit(shared.world, shared.social)
    before = _count(owner_engine, "case")

    answer = browser.post("/arenden/nytt", {**NEW_CASE, "number": "20110305-2386"}, token_from="/arenden/nytt")

    assert answer.status_code == 422
    assert "Den sista siffran stämmer inte" in answer.text
    assert 'value="Ella"' in answer.text
    assert _count(owner_engine, "case") == before


def test_each_agency_sees_exactly_what_it_owns_and_was_given(shared: SharedCase) -> None:
    consented(shared, _police(shared))
    record_id = written(
        shared, shared.social, "Hembesök", "Hon sover dåligt.", "Hemma är det trångt.", kind="journal_note"
    )
    given(shared, shared.social, record_id, _police(shared), only=[0, 1])

    own = visit(shared.world, shared.social).get(f"/arenden/{shared.id}").text
    received = _handler(shared).get(f"/arenden/{shared.id}").text

    assert "Hon sover dåligt." in own
    assert "Hemma är det trångt." in own
    assert "Bara social_services" in own
    assert "Hon sover dåligt." in received
    assert "Hemma är det trångt." not in received
    assert "Stycke inte delat" not in received


def test_an_agency_without_the_identity_sees_an_age_and_no_name(shared: SharedCase) -> None:
    page = _handler(shared).get(f"/arenden/{shared.id}").text

    assert "Ungdom, 15 år" in page
    assert "Lindqvist" not in page
    assert "20110305" not in page


def test_an_ended_disclosure_is_struck_through_for_the_owner_and_gone_for_the_recipient(shared: SharedCase) -> None:
    consented(shared, _police(shared))
    record_id = written(shared, shared.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    disclosure_id = given(shared, shared.social, record_id, _police(shared))
    shared.world.act(shared.social, disclosures.revoke, disclosure_id, "revoked_mistake")

    own = visit(shared.world, shared.social).get(f"/arenden/{shared.id}").text
    received = _handler(shared).get(f"/arenden/{shared.id}").text

    assert 'data-state="ended"' in own
    assert 'data-cell="ended"' in own
    assert "Hon sover dåligt." not in received
    assert "Hembesök" not in received


@pytest.mark.parametrize("tab", ["", "/insyn", "/samtycke", "/personer", "/atkomst", "/dela", "/uppgifter/ny", "/fas"])
def test_a_colleague_without_an_assignment_cannot_tell_the_case_from_none(shared: SharedCase, tab: str) -> None:
    browser = visit(shared.world, shared.world.actor(AgencyKind.SOCIAL_SERVICES))

    refused = browser.get(f"/arenden/{shared.id}{tab}")
    absent = browser.get(f"/arenden/{new_id()}{tab}")

    assert refused.status_code == absent.status_code == 404
    assert without_tokens(refused.text) == without_tokens(absent.text)


def test_the_phase_moves_where_the_method_allows(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)
    path = f"/arenden/{shared.id}/fas"

    assert browser.post(path, {"phase": "active"}, token_from=path).status_code == 422
    assert browser.post(path, {"phase": "assessment"}, token_from=path).status_code == 409
    considered(shared.world, shared.social, shared.id, Condition.TARGET_GROUP_CHECKED)
    assert browser.post(path, {"phase": "assessment"}, token_from=path).status_code == 302
    assert "Bedömning" in browser.get(path).text


def test_pages_without_records_do_not_count_as_opening_what_was_shared(
    shared: SharedCase, owner_engine: Engine
) -> None:
    consented(shared, _police(shared))
    record_id = written(shared, shared.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    given(shared, shared.social, record_id, _police(shared))
    browser = _handler(shared)
    opened = text("SELECT count(*) FROM copy WHERE first_opened_at IS NOT NULL")

    for tab in ("samtycke", "personer", "atkomst"):
        assert browser.get(f"/arenden/{shared.id}/{tab}").status_code == 200
    with owner_engine.connect() as connection:
        assert connection.scalar(opened) == 0
    browser.get(f"/arenden/{shared.id}")
    with owner_engine.connect() as connection:
        assert connection.scalar(opened) == 2


def test_the_access_tab_tells_who_in_the_own_agency_opened_the_case(shared: SharedCase) -> None:
    _handler(shared).get(f"/arenden/{shared.id}")
    browser = visit(shared.world, shared.social)
    browser.get(f"/arenden/{shared.id}")

    page = browser.get(f"/arenden/{shared.id}/atkomst").text

    assert "Öppnade ärendet" in page
    assert "sig_coordinator social_services" in page
    assert "police_liaison" not in page
    assert "Läste den här loggen" in browser.get(f"/arenden/{shared.id}/atkomst").text
