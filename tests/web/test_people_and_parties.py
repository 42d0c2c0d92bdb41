"""The people of a case, the parties and those who work in it, in the browser."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import people
from coordination.core.db import transaction
from coordination.core.ids import new_id
from coordination.identity import sessions
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.world import SharedCase, World, person, shared_case

SIBLING = {
    "role": "sibling",
    "given_name": "Liam",
    "family_name": "Lindqvist",
    "number": "",
    "birth_date": "",
    "contact": "",
    "protection": "none",
    "reason": "",
}
REASON = "Ringa inför mötet i morgon."


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


def _police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


def _protected(shared: SharedCase) -> UUID:
    hidden = person("guardian", "Eva", "Hemlig", "", "marked")
    return shared.world.act(shared.social, people.add_person, shared.id, hidden).id


def _stale(shared: SharedCase) -> Browser:
    """The social worker's browser, long after they confirmed who they are."""
    browser, token = Browser(shared.world.app), sessions.new_token()
    with browser.app.app_context(), transaction():
        sessions.create(new_id(), token, shared.social.user_id, {"confirmed_at": 0.0}, "Firefox, Linux")
    browser.client.set_cookie("session", token, domain="localhost")
    return browser


def test_somebody_whose_part_asks_for_it_is_added_with_a_reason(shared: SharedCase) -> None:
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/personer/ny"

    without = browser.post(path, SIBLING, token_from=path)
    with_reason = browser.post(path, {**SIBLING, "reason": "Bor i samma hem."}, token_from=path)

    assert without.status_code == 422
    assert "Skriv varför personen behöver vara med" in without.text
    assert with_reason.status_code == 302
    assert "Liam Lindqvist" in browser.get(f"/arenden/{shared.id}/personer").text


def test_a_number_is_whole_only_on_the_persons_own_page(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)

    assert "20110305-****" in browser.get(f"/arenden/{shared.id}").text
    assert "20110305-2385" not in browser.get(f"/arenden/{shared.id}").text
    assert "20110305-2385" in browser.get(f"/personer/{shared.subject_id}").text


def test_a_person_opens_for_an_agency_once_it_has_been_told_who_it_is(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.handlers[_police(shared)])
    assert browser.get(f"/personer/{shared.subject_id}").status_code == 404

    consented(shared, _police(shared))
    named(shared, _police(shared))

    assert "20110305-2385" in browser.get(f"/personer/{shared.subject_id}").text
    assert browser.get(f"/personer/{shared.guardian_id}").status_code == 404


def test_a_protected_identity_is_nowhere_but_behind_its_own_door(shared: SharedCase, owner_engine: Engine) -> None:
    person_id = _protected(shared)
    browser, path = visit(shared.world, shared.social), f"/personer/{person_id}/skyddad"

    listed = browser.get(f"/arenden/{shared.id}/personer").text
    too_short = browser.post(path, {"reason": "möte"}, token_from=path)
    opened = browser.post(path, {"reason": REASON}, token_from=path)

    assert "Skyddade personuppgifter" in listed
    assert "Hemlig" not in listed
    assert browser.get(f"/personer/{person_id}").status_code == 404
    assert too_short.status_code == 422
    assert "Hemlig" not in too_short.text
    assert opened.status_code == 200
    assert "Eva Hemlig" in opened.text
    with owner_engine.connect() as connection:
        lines = connection.scalars(text("SELECT canonical FROM audit.entry WHERE action LIKE '%protected%'")).all()
    assert len(lines) == 1
    assert REASON not in lines[0]


def test_a_protected_identity_asks_who_one_is_again(shared: SharedCase) -> None:
    answer = _stale(shared).get(f"/personer/{_protected(shared)}/skyddad")

    assert "Bekräfta att det är du" in answer.text
    assert "Skäl" not in answer.text


def test_a_protected_identity_is_closed_to_a_handler_who_is_not_named(shared: SharedCase) -> None:
    person_id = _protected(shared)
    browser = visit(shared.world, shared.handlers[_police(shared)])

    refused = browser.get(f"/personer/{person_id}/skyddad")
    absent = browser.get(f"/personer/{new_id()}/skyddad")

    assert refused.status_code == absent.status_code == 404
    assert without_tokens(refused.text) == without_tokens(absent.text)


def test_an_agency_is_invited_once(shared: SharedCase) -> None:
    school = shared.world.agency(AgencyKind.SCHOOL)
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/parter"

    first = browser.post(path, {"agency": str(school)}, token_from=path)
    again = browser.post(path, {"agency": str(school)}, token_from=path)

    assert first.status_code == 302
    assert again.status_code == 422
    assert f"/parter/{school}/avsluta" in browser.get(path).text


def test_ending_a_participation_is_asked_once_more_and_closes_the_case_there(shared: SharedCase) -> None:
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/parter/{_police(shared)}/avsluta"
    handler = visit(shared.world, shared.handlers[_police(shared)])

    assert "kan inte tas tillbaka" in browser.get(path).text
    assert handler.get(f"/arenden/{shared.id}").status_code == 200
    assert browser.post(path, token_from=path).status_code == 302
    assert handler.get(f"/arenden/{shared.id}").status_code == 404


def test_the_lead_agency_cannot_leave(shared: SharedCase) -> None:
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/parter/{shared.social.agency_id}/avsluta"

    answer = browser.post(path, token_from=path)

    assert answer.status_code == 409
    assert "kan inte lämna det" in answer.text


def test_a_manager_assigns_from_a_page_without_content(shared: SharedCase) -> None:
    written(shared, shared.handlers[_police(shared)], "Samtal vid torget", "De bråkade.")
    colleague = shared.world.actor(AgencyKind.POLICE)
    browser, path = visit(shared.world, shared.managers[_police(shared)]), f"/arenden/{shared.id}/handlaggare"

    page = browser.get(path).text
    answer = browser.post(path, {"user": str(colleague.user_id)}, token_from=path)

    assert "Samtal vid torget" not in page
    assert "Alva" not in page
    assert answer.status_code == 302
    assert "De bråkade." in visit(shared.world, colleague).get(f"/arenden/{shared.id}").text
    assert browser.get(f"/arenden/{shared.id}").status_code == 404


def test_an_assignment_ends_at_once(shared: SharedCase) -> None:
    handler = shared.handlers[_police(shared)]
    browser = visit(shared.world, shared.managers[_police(shared)])
    path = f"/arenden/{shared.id}/handlaggare/{handler.user_id}/avsluta"

    assert browser.post(path, token_from=path).status_code == 302
    assert visit(shared.world, handler).get(f"/arenden/{shared.id}").status_code == 404
    assert browser.post(path, token_from=f"/arenden/{shared.id}/handlaggare").status_code == 404


def test_a_user_of_another_agency_cannot_be_assigned(shared: SharedCase) -> None:
    stranger = shared.world.actor(AgencyKind.SCHOOL)
    browser, path = visit(shared.world, shared.managers[_police(shared)]), f"/arenden/{shared.id}/handlaggare"

    answer = browser.post(path, {"user": str(stranger.user_id)}, token_from=path)

    assert answer.status_code == 422
    assert visit(shared.world, stranger).get(f"/arenden/{shared.id}").status_code == 404


def test_a_registrar_finds_the_case_and_opens_nothing(shared: SharedCase) -> None:
    consented(shared, _police(shared))
    record_id = written(shared, shared.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    disclosure_id = given(shared, shared.social, record_id, _police(shared))
    browser = visit(shared.world, shared.world.actor(AgencyKind.POLICE, Role.REGISTRAR))

    assert "SIG" in browser.get("/arenden").text
    assert str(disclosure_id) in browser.get("/delningar").text
    assert browser.get(f"/arenden/{shared.id}").status_code == 404
    assert browser.get(f"/delningar/{disclosure_id}").status_code == 404
