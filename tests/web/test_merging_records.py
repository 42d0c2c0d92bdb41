"""Two people edit the same record: the second to save sees both versions and merges, and nothing of either is lost."""

import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import people, records
from coordination.cases import service as cases
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import consented
from tests.factories.world import SharedCase, World, person, shared_case

Fields = dict[str, str]


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def colleague(shared: SharedCase) -> Actor:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    shared.world.act(shared.social, cases.assign, shared.id, colleague.user_id)
    return colleague


@pytest.fixture
def record_id(shared: SharedCase) -> UUID:
    return written(
        shared,
        shared.social,
        "Hembesök",
        "Hon sover dåligt.",
        "Hemma är det trångt.",
        "Hon trivs.",
        kind="journal_note",
    )


def _form(page: str) -> Fields:
    """Return the one form of the page's content, filled in as a browser would send it untouched."""
    content = page.split("<main", 1)[1].split("</main>", 1)[0]
    found: Fields = {}
    for tag in re.findall(r"<input[^>]*>", content):
        attributes = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if attributes.get("type") in {"radio", "checkbox"} and " checked" not in tag:
            continue
        if "name" in attributes:
            found[attributes["name"]] = attributes.get("value", "")
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', content, re.DOTALL):
        found[name] = unescape(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', content, re.DOTALL):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def _opens(browser: Browser, record_id: UUID) -> Fields:
    return _form(browser.get(f"/uppgifter/{record_id}/andra").text)


def _saves(browser: Browser, record_id: UUID, fields: Fields, **changed: str) -> tuple[int, str]:
    answer = browser._open("POST", f"/uppgifter/{record_id}/andra", data=fields | changed)
    return answer.status_code, answer.text


def _choice(fields: Fields, ending: str) -> str:
    return next(name for name in fields if name.startswith("choice:") and name.endswith(ending))


def test_what_each_changed_stands_and_where_both_did_a_text_of_both_is_offered(
    shared: SharedCase, colleague: Actor, record_id: UUID, owner_engine: Engine
) -> None:
    first, second = visit(shared.world, colleague), visit(shared.world, shared.social)
    theirs, mine = _opens(first, record_id), _opens(second, record_id)
    changed = {"parts-0-body": "Hon sover bättre nu.", "parts-2-body": "", "own_view": "Jag mår bra."}
    assert _saves(first, record_id, theirs, **changed)[0] == 302

    status, page = _saves(
        second, record_id, mine, **{"parts-0-body": "Hon sover dåligt, varje natt.", "parts-1-nature": "assessment"}
    )

    assert status == 409
    assert "case_worker social_services</span> sparade" in page
    assert "Ni har båda ändrat det här. Välj nedan." in page
    assert "Ändrat av dig. Det kommer med." in page
    assert "Borttaget i det sparade. Det tas bort." in page
    assert "Nytt i det sparade. Det kommer med." in page
    assert re.search(r"<ins><span[^>]*>tillagt: </span>bättre nu", page)
    offered = _form(page)
    assert offered[_choice(offered, ":body").replace("choice", "text")] == (
        "Hon sover bättre nu.\n\nHon sover dåligt, varje natt."
    )
    assert _saves(second, record_id, offered)[0] == 302
    shown = second.get(f"/uppgifter/{record_id}").text
    assert all(words in shown for words in ("Hon sover bättre nu.", "varje natt.", "Jag mår bra.", "edömning"))
    assert "Hon trivs." not in shown
    with owner_engine.connect() as connection:
        assert connection.scalar(text("SELECT version FROM record WHERE id = :id"), {"id": record_id}) == 3


def test_a_third_save_in_between_gives_the_page_again_with_what_was_chosen(
    shared: SharedCase, colleague: Actor, record_id: UUID
) -> None:
    first, second = visit(shared.world, colleague), visit(shared.world, shared.social)
    mine = _opens(second, record_id)
    _saves(first, record_id, _opens(first, record_id), **{"parts-0-body": "Andra texten."})
    _, page = _saves(second, record_id, mine, **{"parts-0-body": "Min text."})
    offered = _form(page)
    own = {_choice(offered, ":body"): "edited", _choice(offered, ":body").replace("choice", "text"): "Vår gemensamma."}
    _saves(first, record_id, _opens(first, record_id), **{"parts-0-body": "Tredje texten.", "title": "Besök"})

    status, again = _saves(second, record_id, offered | own)

    assert status == 409
    asked = _form(again)
    assert "Tredje texten." in again
    assert asked[_choice(asked, ":body").replace("choice", "text")] == "Tredje texten.\n\nVår gemensamma."
    assert _saves(second, record_id, asked, **{_choice(asked, ":body"): "mine"})[0] == 302
    shown = second.get(f"/uppgifter/{record_id}").text
    assert "Vår gemensamma." in shown
    assert "Besök" in shown
    assert "Tredje texten." not in shown


def test_of_a_day_or_a_person_one_is_chosen_and_none_is_asked_for_again(
    shared: SharedCase, colleague: Actor, record_id: UUID
) -> None:
    sibling = shared.world.act(shared.social, people.add_person, shared.id, person("guardian", "Eva", "Lind", ""))
    first, second = visit(shared.world, colleague), visit(shared.world, shared.social)
    mine = _opens(second, record_id)
    changed = {"occurred_on": "2026-01-02", "about": str(sibling.id)}
    _saves(first, record_id, _opens(first, record_id), **changed)
    _, page = _saves(second, record_id, mine, occurred_on="2026-01-03", title="Besök hemma")
    offered = _form(page)
    assert "2 januari 2026" in page
    assert "Eva Lind" in page

    status, again = _saves(second, record_id, offered)

    assert status == 422
    assert "Välj vad som ska sparas" in again
    assert _saves(second, record_id, _form(again), **{"choice:record:occurred_on": "mine"})[0] == 302
    opened = shared.world.act(shared.social, records.open_record, record_id)
    assert (opened.occurred_on.isoformat(), opened.about_person_id) == ("2026-01-03", sibling.id)


def test_a_part_taken_away_meanwhile_comes_back_only_if_somebody_says_so_and_what_is_closed_is_not_shown(
    shared: SharedCase, colleague: Actor, record_id: UUID, owner_engine: Engine
) -> None:
    first, second = visit(shared.world, colleague), visit(shared.world, shared.social)
    mine = _opens(second, record_id)
    _saves(first, record_id, _opens(first, record_id), **{"parts-1-body": ""})
    lost = parts_of(shared, shared.social, record_id)[1]
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM keys.key_grant WHERE part_version_id IN (SELECT id FROM part_version WHERE part_id = :part)"
            ),
            {"part": lost},
        )

    status, page = _saves(
        second, record_id, mine, **{"parts-1-body": "Hemma är det mycket trångt.", "parts-0-body": "Min nya text."}
    )

    assert status == 409
    assert "Finns inte i det sparade." in page
    assert "Hon sover dåligt." not in page.replace("Min nya text.", "")
    offered = _form(page)
    assert [offered[name] for name in offered if name.startswith("choice:")] == ["mine", "mine"]
    gone = next(name for name in offered if name.startswith(f"choice:{lost}"))
    assert _saves(second, record_id, offered | {gone: "theirs"})[0] == 302
    shown = second.get(f"/uppgifter/{record_id}").text
    assert "mycket trångt." in shown
    assert "Min nya text." not in shown


def test_two_who_write_down_the_same_withdrawal_are_told_who_was_first(shared: SharedCase, colleague: Actor) -> None:
    consent_id = consented(shared, shared.world.agencies[AgencyKind.POLICE])
    first, second = visit(shared.world, colleague), visit(shared.world, shared.social)
    path = f"/samtycken/{consent_id}/ta-tillbaka"
    token = second.token(path)
    assert first.post(path, {"withdrawn_by": "guardian"}, token_from=path).status_code == 302

    told = second._open("POST", path, data={"csrf_token": token, "withdrawn_by": "youth"})

    assert told.status_code == 409
    assert "Samtycket är redan taget tillbaka" in told.text
    assert "case_worker social_services</span> antecknade det" in told.text
    assert "Vårdnadshavare." in told.text
    assert second.get(path).status_code == 200


def test_what_the_same_person_saves_in_two_windows_is_merged_too_and_a_form_without_its_beginning_asks(
    shared: SharedCase, record_id: UUID
) -> None:
    browser = visit(shared.world, shared.social)
    first, second = _opens(browser, record_id), _opens(browser, record_id)
    _saves(browser, record_id, first, title="Första")

    status, page = _saves(browser, record_id, second, base="", title="Andra")

    assert status == 409
    assert "Du själv, i ett annat fönster, sparade" in page
    offered = _form(page)
    assert offered["text:record:title"] == "Första / Andra"
    assert _saves(browser, record_id, offered, **{"choice:record:title": "theirs"})[0] == 302
    assert "Första" in browser.get(f"/uppgifter/{record_id}").text
