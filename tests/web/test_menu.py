"""The main menu says where one is: on the page itself, and on every page below it; an error page is nowhere."""

import re

import pytest
from flask import Flask

from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given
from tests.factories.world import SharedCase, World, shared_case

CURRENT = re.compile(r'<a href="([^"]+)" aria-current="(\w+)"')


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


def _here(browser: Browser, path: str) -> list[tuple[str, str]]:
    answer = browser.get(path)
    menu = answer.text.split('class="main-nav"')[1].split("</nav>")[0]
    return CURRENT.findall(menu)


def test_every_page_below_a_case_is_under_the_cases(shared: SharedCase) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    consent = consented(shared, police)
    record = written(shared, shared.social, "Rubrik", "Text", kind="journal_note")
    disclosure = given(shared, shared.social, record, police)
    browser, case = visit(shared.world, shared.social), f"/arenden/{shared.id}"
    below = [
        *(f"{case}{page}" for page in ("", "/insyn", "/atkomst", "/fas", "/dela", "/handlaggare", "/parter")),
        *(f"{case}{page}" for page in ("/uppgifter/ny", "/personer/ny", "/samtycke/nytt")),
        *(f"/uppgifter/{record}{page}" for page in ("", "/andra", "/historik", "/utskrift", "/bilagor/ny")),
        *(f"/samtycken/{consent}{page}" for page in ("", "/ta-tillbaka")),
        *(f"/delningar/{disclosure}{page}" for page in ("", "/avsluta")),
        f"/personer/{shared.subject_id}",
    ]

    assert _here(browser, "/arenden") == [("/arenden", "page")]
    assert {path: here for path in below if (here := _here(browser, path)) != [("/arenden", "true")]} == {}


def test_the_other_entries_are_current_on_their_own_pages_and_below(shared: SharedCase) -> None:
    manager = visit(shared.world, next(iter(shared.managers.values())))
    administrator = visit(shared.world, shared.world.actor(AgencyKind.POLICE, Role.ADMINISTRATOR))
    handler = visit(shared.world, shared.social)
    agency = shared.social.agency_id

    assert _here(handler, "/min-dag") == [("/min-dag", "page")]
    assert _here(handler, "/delningar") == [("/delningar", "page")]
    assert _here(manager, "/jour") == [("/jour", "page")]
    assert _here(manager, "/logg/") == [("/logg/", "page")]
    assert _here(manager, "/logg/uppdrag/nytt") == [("/logg/", "true")]
    assert _here(administrator, "/administration/") == [("/administration/", "page")]
    assert _here(administrator, f"/administration/parter/{agency}") == [("/administration/", "true")]
    assert _here(administrator, "/administration/anvandare") == [("/administration/", "true")]


@pytest.mark.parametrize("path", ["/finns-inte", "/arenden/01a20225-576a-7f83-ae3e-c322a4e1747f", "/konto"])
def test_a_page_that_is_below_none_marks_none(shared: SharedCase, path: str) -> None:
    assert _here(visit(shared.world, shared.social), path) == []
