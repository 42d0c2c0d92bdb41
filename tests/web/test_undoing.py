"""Undo: as if it had never left, until somebody there has opened it. The two never both win, whichever comes first."""

import threading
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.errors import Conflict, DomainError
from coordination.disclosure import deciding, details, undoing
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.browser import Browser
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import consented, draft, given, named
from tests.factories.world import SharedCase, World, shared_case
from tests.web.forms import seen_of

WORDS = "Hon sover dåligt."


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE, AgencyKind.SCHOOL)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


@pytest.fixture
def officer(shared: SharedCase, police: UUID) -> Actor:
    return shared.handlers[police]


@pytest.fixture
def record_id(shared: SharedCase) -> UUID:
    return written(shared, shared.social, "Hembesök", WORDS, kind="journal_note")


@pytest.fixture
def disclosure_id(shared: SharedCase, police: UUID, record_id: UUID) -> UUID:
    consented(shared, police)
    return given(shared, shared.social, record_id, police)


@pytest.fixture
def sender(shared: SharedCase) -> Browser:
    return visit(shared.world, shared.social)


def _count(owner: Engine, sql: str, **values: object) -> int:
    with owner.connect() as connection:
        return int(connection.scalar(text(sql), values) or 0)


def _kept(owner: Engine, agency_id: UUID) -> tuple[int, int]:
    """Return how many keys and search words an agency holds."""
    return (
        _count(owner, "SELECT count(*) FROM keys.key_grant WHERE agency_id = :agency", agency=agency_id),
        _count(owner, "SELECT count(*) FROM keys.blind_index WHERE agency_id = :agency", agency=agency_id),
    )


def _actions(owner: Engine, agency_id: UUID, action: str) -> int:
    wanted = "SELECT count(*) FROM audit.entry WHERE agency_id = :agency AND action = :action"
    return _count(owner, wanted, agency=agency_id, action=action)


def test_the_receipt_offers_to_undo_and_the_page_does_too(
    shared: SharedCase, police: UUID, record_id: UUID, sender: Browser
) -> None:
    consented(shared, police)
    path = f"/arenden/{shared.id}/dela"
    fields: dict[str, object] = {
        "parts": [str(one) for one in parts_of(shared, shared.social, record_id)],
        "recipients": [str(police)],
        "purpose": "support",
        "initiative": "own",
        "basis": "OSL_12_2_SAMTYCKE",
        "harm_test": "Mottagaren behöver veta det. Mindre räcker inte.",
        "until": "month",
        "action": "preview",
    }
    shown = sender.post(path, fields, token_from=path)
    done = sender.post(path, {**fields, "action": "disclose", "seen": seen_of(shown.text)}, token_from=path)

    receipt = sender.get(done.location).text

    assert receipt.count(f'href="{done.location}/angra"') == 2
    assert receipt.split('class="messages"')[1].split("</div>")[0].count("Ångra") == 1


def test_what_is_undone_leaves_neither_key_nor_search_word_nor_text(
    shared: SharedCase, police: UUID, disclosure_id: UUID, officer: Actor, sender: Browser, owner_engine: Engine
) -> None:
    path = f"/delningar/{disclosure_id}/angra"

    asked = sender.get(path).text
    undone = sender.post(path, token_from=path)
    again = sender.post(path, token_from=path)

    assert "Ingen hos mottagaren har öppnat kopian" in asked
    assert (undone.status_code, again.status_code) == (302, 409)
    assert _kept(owner_engine, police) == (0, 0)
    received = visit(shared.world, officer)
    assert WORDS not in received.get(f"/arenden/{shared.id}").text
    assert "Avsändaren ångrade sig" in received.get(f"/delningar/{disclosure_id}").text
    assert str(disclosure_id) not in received.get("/min-dag").text
    assert "Ångrad innan någon hade öppnat den" in sender.get(f"/delningar/{disclosure_id}").text
    assert str(disclosure_id) in sender.get("/delningar?visa=lamnat&lage=avslutat").text
    for agency in (shared.social.agency_id, police):
        assert _actions(owner_engine, agency, "disclosure.undone") == 1


def test_a_name_that_is_undone_is_neither_found_nor_listed(
    shared: SharedCase, police: UUID, officer: Actor, sender: Browser, owner_engine: Engine
) -> None:
    consented(shared, police)
    disclosure_id = named(shared, police)
    received, path = visit(shared.world, officer), f"/delningar/{disclosure_id}/angra"
    listed = received.get("/arenden").text

    undone = sender.post(path, token_from=path)

    assert "Alva" not in listed
    assert undone.status_code == 302
    assert _kept(owner_engine, police) == (0, 0)
    assert "Ingen träff" in received.post("/arenden/sok", {"query": "Alva"}, token_from="/arenden").text


@pytest.mark.parametrize("way", ["page", "case", "search"])
def test_once_it_has_been_met_it_is_too_late(
    shared: SharedCase, police: UUID, officer: Actor, sender: Browser, way: str
) -> None:
    consented(shared, police)
    disclosure_id = named(shared, police)
    received, path = visit(shared.world, officer), f"/delningar/{disclosure_id}/angra"
    if way == "search":
        assert "Alva L" in received.post("/arenden/sok", {"query": "Alva"}, token_from="/arenden").text
    else:
        received.get({"page": f"/delningar/{disclosure_id}", "case": f"/arenden/{shared.id}"}[way])

    asked, tried = sender.get(path).text, sender.post(path, token_from=path)

    for shown in (asked, tried.text):
        assert "Det är för sent att ångra" in shown
        assert f"/delningar/{disclosure_id}/avsluta" in shown
    assert tried.status_code == 409
    assert f"{path}" not in sender.get(f"/delningar/{disclosure_id}").text
    assert "Alva" in received.get("/arenden").text


def test_what_was_given_again_stays_when_the_second_time_is_undone(
    shared: SharedCase, police: UUID, record_id: UUID, disclosure_id: UUID, officer: Actor
) -> None:
    second = given(shared, shared.social, record_id, police)

    shared.world.act(shared.social, undoing.undo, second)

    assert WORDS in visit(shared.world, officer).get(f"/arenden/{shared.id}").text


def test_a_whole_decision_is_undone_but_for_what_has_been_opened(
    shared: SharedCase, police: UUID, record_id: UUID, officer: Actor, sender: Browser
) -> None:
    school = shared.world.agencies[AgencyKind.SCHOOL]
    consented(shared, police, school)
    one = draft(parts_of(shared, shared.social, record_id), police).alone()
    several = deciding.DecisionDraft(
        one.part_ids,
        [police, school],
        one.basis_id,
        one.duty_id,
        one.purpose,
        one.own_initiative,
        one.harm_test,
        one.until,
    )
    first, second = shared.world.act(shared.social, deciding.decide, shared.id, several)
    path = f"/delningar/{second.id}/angra"
    offered = sender.get(path).text
    visit(shared.world, officer).get(f"/delningar/{first.id}")

    done = sender.post(path, {"action": "all"}, token_from=path)

    assert "Ångra hela beslutet, också för police 1780" in offered
    assert done.status_code == 302
    assert WORDS in visit(shared.world, officer).get(f"/arenden/{shared.id}").text
    assert WORDS not in visit(shared.world, shared.handlers[school]).get(f"/arenden/{shared.id}").text


def test_only_the_sender_undoes(shared: SharedCase, disclosure_id: UUID, officer: Actor) -> None:
    path = f"/delningar/{disclosure_id}/angra"

    assert visit(shared.world, officer).get(path).status_code == 404
    assert visit(shared.world, officer).post(path).status_code == 404


def _meanwhile(
    shared: SharedCase,
    first: tuple[Actor, Callable[..., object]],
    second: tuple[Actor, Callable[..., object]],
    of: UUID,
) -> tuple[list[str], float]:
    """Let ``second`` begin while ``first`` has done its work and not committed; return what the second met, and its wait."""
    met: list[str] = []
    begun = threading.Event()

    def wait_for_it() -> None:
        begun.set()
        try:
            shared.world.act(second[0], second[1], of)
            met.append("done")
        except DomainError as error:
            met.append(error.code)

    other = threading.Thread(target=wait_for_it)
    with shared.world.acting(first[0]):
        first[1](first[0], of)
        other.start()
        begun.wait()
        other.join(timeout=1)
        waited = other.is_alive()
        moment = time.monotonic()
    other.join(timeout=20)
    assert waited, "the second did not wait for the first"
    return met, time.monotonic() - moment


def test_who_opens_first_keeps_it_and_the_sender_is_told(
    shared: SharedCase, disclosure_id: UUID, officer: Actor
) -> None:
    opening, taking_back = (officer, details.open_disclosure), (shared.social, undoing.undo)

    met, _ = _meanwhile(shared, opening, taking_back, disclosure_id)

    assert met == ["copy_already_opened"]
    assert WORDS in visit(shared.world, officer).get(f"/arenden/{shared.id}").text


def test_what_is_undone_first_is_shown_to_nobody_who_was_on_the_way(
    shared: SharedCase, disclosure_id: UUID, officer: Actor, owner_engine: Engine
) -> None:
    opening, taking_back = (officer, details.open_disclosure), (shared.social, undoing.undo)

    met, _ = _meanwhile(shared, taking_back, opening, disclosure_id)

    opened = "SELECT count(*) FROM copy WHERE disclosure_id = :id AND first_opened_at IS NOT NULL"
    assert met == ["copy_taken_back"]
    assert _count(owner_engine, opened, id=disclosure_id) == 0


def test_two_who_undo_at_once_undo_it_once(shared: SharedCase, disclosure_id: UUID, owner_engine: Engine) -> None:
    undo = (shared.social, undoing.undo)

    met, _ = _meanwhile(shared, undo, undo, disclosure_id)

    assert met == ["disclosure_already_ended"]
    assert _actions(owner_engine, shared.social.agency_id, "disclosure.undone") == 1
    with pytest.raises(Conflict):
        shared.world.act(shared.social, undoing.undo_decision, disclosure_id)
