"""Break-glass: three hours in a case of one's own agency, for a reason, told to whoever works there, and reviewed every time."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.audit.events import ALWAYS_REVIEWED, Event
from coordination.cases import break_glass, people, phases
from coordination.cases import service as cases
from coordination.cases.break_glass import BreakGlassDraft
from coordination.core import clock
from coordination.core.errors import DomainError, Forbidden
from coordination.disclosure import overview
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.cases import visit, written
from tests.factories.matching import ELSEWHERE
from tests.factories.world import SUBJECT_NUMBER, SharedCase, World, person, shared_case

WHY = "Mamman ringer och pojken är borta sedan i natt."
PATH = "/nodoppning"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def colleague(shared: SharedCase) -> Actor:
    return shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)


@pytest.fixture
def browser(shared: SharedCase, colleague: Actor) -> Browser:
    return visit(shared.world, colleague)


@pytest.fixture
def reference(shared: SharedCase, owner_engine: Engine) -> str:
    with owner_engine.connect() as connection:
        return str(connection.scalar(text('SELECT reference FROM "case" WHERE id = :id'), {"id": shared.id}))


def _fields(words: str, **changed: object) -> dict[str, object]:
    return {"text": words, "reason": WHY, "thought_of_112": "y", **changed}


def _open(shared: SharedCase, actor: Actor, words: str = SUBJECT_NUMBER) -> UUID | None:
    return shared.world.act(actor, break_glass.open_case, BreakGlassDraft(words, WHY, True))


def _logged(engine: Engine, agency_id: UUID) -> list[str]:
    with engine.connect() as connection:
        found = text("SELECT action FROM audit.entry WHERE agency_id = :agency ORDER BY seq")
        return list(connection.scalars(found, {"agency": agency_id}))


def _protected(shared: SharedCase) -> UUID:
    """Make a case whose young person's identity is protected, and nobody is named but who opened it."""
    world = shared.world
    case = world.act(shared.social, cases.open_case, "sig")
    world.act(shared.social, people.add_person, case.id, person("subject", "Elin", "Berg", ELSEWHERE, "marked"))
    return case.id


@pytest.mark.parametrize("words", ["reference", "20110305-2385", "Alva Lindqvist"])
def test_a_case_is_opened_told_to_who_works_in_it_and_ended(
    shared: SharedCase, browser: Browser, reference: str, owner_engine: Engine, words: str
) -> None:
    written(shared, shared.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    case, handler = f"/arenden/{shared.id}", visit(shared.world, shared.social)
    assert browser.get(case).status_code == 404

    done = browser.post(PATH, _fields(reference if words == "reference" else words), token_from=PATH)

    assert (done.status_code, done.location) == (302, case)
    page = browser.get(case).text
    assert "Hon sover dåligt." in page
    assert "3 tim 0 min kvar" in page
    assert "Nödöppning av" in browser.get("/min-dag").text
    for told in (handler.get("/min-dag").text, handler.get(f"{case}/atkomst").text):
        assert f"{reference} har nödöppnats" in told
    assert WHY in handler.get(f"{case}/atkomst").text
    seen = handler.get("/min-dag").text.split("/nodoppningar/")[1].split("/sedd")[0]
    assert handler.post(f"/nodoppningar/{seen}/sedd", token_from="/min-dag").status_code == 302
    assert "har nödöppnats" not in handler.get("/min-dag").text
    assert browser.post(f"/nodoppningar/{seen}/sedd", token_from="/konto").status_code == 404

    assert browser.post(f"{case}/nodoppning/avsluta", token_from=f"{case}/nodoppning/avsluta").status_code == 302
    assert browser.get(case).status_code == 404
    logged = _logged(owner_engine, shared.social.agency_id)
    assert [one for one in logged if one.startswith("case.emergency")] == [
        "case.emergency_searched",
        "case.emergency_opened",
        "case.emergency_seen",
        "case.emergency_ended",
    ]
    assert Event.EMERGENCY_OPENED in ALWAYS_REVIEWED


def test_what_is_not_theirs_and_what_is_not_there_get_one_answer_and_are_logged(
    app: Flask, shared: SharedCase, reference: str, owner_engine: Engine
) -> None:
    school = visit(shared.world, shared.world.actor(AgencyKind.SCHOOL))
    tries = [reference, "SIG 2026-9999", SUBJECT_NUMBER, ELSEWHERE, "Alva Lindqvist", "Ingen Alls"]

    with time_machine.travel(clock.now(), tick=False):
        answers = [school.post(PATH, _fields(words), token_from=PATH) for words in tries]

    pages = {without_tokens(answer.text).replace(words, "") for answer, words in zip(answers, tries, strict=True)}
    assert {answer.status_code for answer in answers} == {422}
    assert len(pages) == 1
    assert "fler än ett" in pages.pop()
    assert _logged(owner_engine, shared.world.agency(AgencyKind.SCHOOL)).count("case.emergency_searched") == len(tries)


def test_it_ends_by_itself_after_three_hours_and_lasts_longer_only_for_a_new_reason(
    shared: SharedCase, colleague: Actor
) -> None:
    _open(shared, colleague)
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        _open(shared, colleague)
    with time_machine.travel(clock.now() + timedelta(hours=4)):
        assert shared.world.act(colleague, overview.open_case, shared.id).case.id == shared.id
    with (
        time_machine.travel(clock.now() + timedelta(hours=5, seconds=1)),
        pytest.raises(DomainError, match="not_found"),
    ):
        shared.world.act(colleague, overview.open_case, shared.id)


def test_a_protected_identity_opens_too_and_is_reviewed(shared: SharedCase, colleague: Actor) -> None:
    case_id = _protected(shared)
    assert _open(shared, colleague, ELSEWHERE) == case_id

    seen = shared.world.act(colleague, overview.open_case, case_id)
    subject = next(one for one in seen.people if one.role == "subject")
    opened = shared.world.act(colleague, people.open_protected, subject.id, "Ringer föräldern nu")
    assert opened.name == "Elin Berg"
    assert Event.PROTECTED_IDENTITY_OPENED in ALWAYS_REVIEWED


def test_nobody_leads_or_receives_or_stays_by_break_glass(shared: SharedCase) -> None:
    coordinator = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    _open(shared, coordinator)

    with pytest.raises(Forbidden, match="opened_in_emergency"):
        shared.world.act(coordinator, cases.assign, shared.id, coordinator.user_id)
    with pytest.raises(Forbidden, match="opened_in_emergency"):
        shared.world.act(coordinator, phases.move, shared.id, "referral")
    with shared.world.acting(coordinator):
        working = {row.user_id for row in cases.handlers(shared.id, coordinator.agency_id)}
    assert working == {shared.social.user_id}


def test_who_is_not_fresh_or_works_in_no_case_gets_nowhere(shared: SharedCase, colleague: Actor) -> None:
    with pytest.raises(Forbidden, match="reauthentication_needed"):
        _open(shared, replace(colleague, fresh=False))
    with pytest.raises(Forbidden, match="second_factor_missing"):
        _open(shared, replace(colleague, second_factor=False))
    for role in (Role.ADMINISTRATOR, Role.REGISTRAR, Role.UNIT_MANAGER):
        outsider = shared.world.actor(AgencyKind.SOCIAL_SERVICES, role)
        assert visit(shared.world, outsider).get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reason": "Nu genast"}, "minst tre ord"),
        ({"reason": ""}, "Skriv varför du behöver öppna ärendet nu."),
        ({"thought_of_112": ""}, "Kryssa i att du har tänkt på 112"),
        ({"text": "20110305-2386"}, "Den sista siffran stämmer inte."),
        ({"text": "?"}, "Sök på namn"),
    ],
)
def test_what_does_not_hold_comes_back_filled_in(browser: Browser, changed: dict[str, object], sentence: str) -> None:
    answer = browser.post(PATH, _fields(SUBJECT_NUMBER, **changed), token_from=PATH)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "reason" in changed or WHY in answer.text


def test_who_works_in_the_case_has_no_glass_to_break(shared: SharedCase, owner_engine: Engine) -> None:
    assert _open(shared, shared.social) == shared.id
    assert "case.emergency_opened" not in _logged(owner_engine, shared.social.agency_id)


def test_who_works_in_the_case_is_not_told_that_somebody_was_told(shared: SharedCase, reference: str) -> None:
    browser = visit(shared.world, shared.social)

    browser.post(PATH, _fields(reference), token_from=PATH)

    page = browser.get(f"/arenden/{shared.id}").text
    assert "Du arbetar redan i ärendet. Ingen nödöppning behövdes." in page
    assert "De som arbetar i det får veta det." not in page
