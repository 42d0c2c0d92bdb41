"""Search in the browser: words in the body only, a reason outside one's own work, and one answer to every miss."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import people
from coordination.cases import service as cases
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.cases import visit
from tests.factories.world import SharedCase, World, person, shared_case

OTHER_NUMBER = "201204042384"
REASON = "Begäran om allmän handling."


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


def _search(browser: Browser, query: str, **others: str) -> tuple[int, str]:
    answer = browser.post("/arenden/sok", {"query": query, "after": "", **others}, token_from="/hjalp/kortkommandon")
    return answer.status_code, answer.text


@pytest.mark.parametrize("query", ["Alva Lindqvist", "lindqvist", "20110305-2385", "110305-2385"])
def test_a_case_is_found_by_name_and_number(shared: SharedCase, query: str) -> None:
    status, page = _search(visit(shared.world, shared.social), query)

    assert status == 200
    assert str(shared.id) in page


def test_a_miss_and_a_hidden_hit_are_one_page(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.world.actor(AgencyKind.SOCIAL_SERVICES))

    _, hidden = _search(browser, "Lindqvist")
    _, absent = _search(browser, "Bergström")

    assert "Ingen träff" in hidden
    assert without_tokens(hidden).replace("Lindqvist", "") == without_tokens(absent).replace("Bergström", "")


def test_an_agency_that_was_not_told_who_it_is_finds_nothing(shared: SharedCase) -> None:
    handler = shared.handlers[shared.world.agencies[AgencyKind.POLICE]]

    _, page = _search(visit(shared.world, handler), "Lindqvist")

    assert str(shared.id) not in page


def test_words_that_cannot_be_searched_are_told_so(shared: SharedCase) -> None:
    status, page = _search(visit(shared.world, shared.social), "20110305-2386")

    assert status == 422
    assert "Den sista siffran stämmer inte" in page


def test_searching_the_whole_agency_asks_for_a_reason(shared: SharedCase) -> None:
    other = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    hidden = shared.world.act(other, cases.open_case, "sig")
    shared.world.act(other, people.add_person, hidden.id, person("subject", "Noel", "Karlsson", OTHER_NUMBER))
    browser = visit(shared.world, _manager(shared))

    without, page = _search(browser, "Karlsson", wide="y", reason="")
    with_reason, found = _search(browser, "Karlsson", wide="y", reason=REASON)

    assert without == 422
    assert "Skriv skälet med minst tio tecken" in page
    assert with_reason == 200
    assert hidden.reference in found
    assert "Noel" not in found


def test_no_search_leaves_its_words_in_the_log(shared: SharedCase, owner_engine: Engine) -> None:
    _search(visit(shared.world, _manager(shared)), "Lindqvist", wide="y", reason=REASON)

    with owner_engine.connect() as connection:
        lines = connection.scalars(text("SELECT canonical FROM audit.entry WHERE action = 'case.searched'")).all()
    assert len(lines) == 1
    assert "indqvist" not in lines[0]
    assert "Begäran" not in lines[0]


def test_search_has_no_address_with_words(shared: SharedCase) -> None:
    answer = visit(shared.world, shared.social).get("/arenden/sok?query=Lindqvist")

    assert answer.status_code == 404


def _manager(shared: SharedCase) -> Actor:
    return shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
