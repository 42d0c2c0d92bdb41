"""A blind question: no hit, no answer yet and a refusal are one and the same to the asker; a yes reaches both ledgers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, event, text

from coordination.cases import service as cases
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import DomainError
from coordination.disclosure import matched, matching
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.browser import Browser, without_tokens
from tests.factories.cases import visit
from tests.factories.matching import ELSEWHERE, WHY, asking, known_to_police, put, question, yes
from tests.factories.world import SharedCase, World

HARM = "De behöver veta vem de ska tala med. Mindre räcker inte."


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def met(world: World) -> SharedCase:
    return known_to_police(world)


@pytest.fixture
def police(met: SharedCase) -> UUID:
    return met.world.agency(AgencyKind.POLICE)


@pytest.fixture
def officer(met: SharedCase, police: UUID) -> Actor:
    return met.handlers[police]


@pytest.fixture
def case(met: SharedCase) -> SharedCase:
    return asking(met.world)


@pytest.fixture
def asker(case: SharedCase) -> Browser:
    return visit(case.world, case.social)


def _fields(case: SharedCase, *agency_ids: UUID, **changed: object) -> dict[str, object]:
    fields = {"person": str(case.subject_id), "agencies": [str(one) for one in agency_ids], "purpose": "prevent_crime"}
    return {**fields, "basis": "OSL_10_15A", "reason": WHY, **changed}


def _hit(world: World, actor: Actor) -> UUID:
    [row] = world.act(actor, matched.waiting)
    return row.id


def _neutral(page: str) -> str:
    """Return a page without what may differ: references, ids and times."""
    return re.sub(r"SIG 2026-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|\d\d:\d\d", "", without_tokens(page))


def _logged(engine: Engine, agency_id: UUID) -> list[str]:
    with engine.connect() as connection:
        found = text("SELECT action FROM audit.entry WHERE agency_id = :agency ORDER BY seq")
        return list(connection.scalars(found, {"agency": agency_id}))


@contextmanager
def _counted(world: World) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_question_is_asked_met_and_answered_on_the_pages(
    case: SharedCase, met: SharedCase, police: UUID, officer: Actor, asker: Browser
) -> None:
    ask, colleague = f"/arenden/{case.id}/fragor", visit(met.world, officer)
    page = asker.get(f"{ask}/ny").text
    assert "Frågan är själv ett utlämnande" in page
    sent = asker.post(f"{ask}/ny", _fields(case, police), token_from=f"{ask}/ny")
    assert (sent.status_code, sent.location) == (302, ask)
    assert "Inget svar" in asker.get(ask).text

    day, listed = colleague.get("/min-dag").text, colleague.get("/fragor").text
    assert "fråga från en annan part" in day
    assert [words for words in (WHY, "Alva", "Lindqvist") if words in listed] == []
    path = f"/fragor/traffar/{_hit(met.world, officer)}"
    assert WHY in colleague.get(path).text
    reply = {"contact": str(officer.user_id), "words": "Ring efter tre.", "basis": "OSL_10_15A", "harm_test": HARM}
    assert colleague.post(path, reply, token_from=path).status_code == 302

    link = re.search(r'href="(/fragor/[0-9a-f-]+)"', asker.get(ask).text)
    assert link is not None
    answered = asker.get(link[1]).text
    for words in ("arbetar med personen", "Ring efter tre.", "police_liaison police"):
        assert words in answered
    assert HARM not in answered
    assert "Ni fick svar" in asker.get("/delningar?visa=fragor").text
    assert "Ni svarade" in colleague.get("/delningar?visa=fragor").text
    assert "De frågade om en person" in colleague.get("/delningar/delningar.csv?visa=fragor").text
    assert colleague.post(path, reply, token_from="/konto").status_code == 409


def test_no_hit_no_answer_and_a_refusal_are_one_page_with_the_same_questions_to_the_database(
    met: SharedCase, police: UUID, officer: Actor, owner_engine: Engine
) -> None:
    world = met.world
    pages, statements, lines, asked = [], [], [], []
    with time_machine.travel(clock.now(), tick=False):
        for number, refused in ((ELSEWHERE, False), (None, False), (None, True)):
            case = asking(world, number) if number else asking(world)
            before = len(_logged(owner_engine, case.social.agency_id))
            with _counted(world) as sent:
                request = put(case, police)
            asked.append(len(sent))
            if refused:
                hits = world.act(officer, matched.waiting)
                world.act(officer, matched.decline, hits[0].id, "harm", "Någon kan skadas av att det lämnas ut.")
            browser = visit(world, case.social)
            browser.get("/konto")
            with _counted(world) as sent:
                page = browser.get(f"/fragor/{request}").text
            pages.append(_neutral(page).replace(f"{case.social.user_id}", ""))
            statements.append(len(sent))
            lines.append(_logged(owner_engine, case.social.agency_id)[before:])

    assert "Inget svar" in pages[0]
    assert pages[0] == pages[1] == pages[2]
    assert len(set(statements)) == len(set(asked)) == 1
    assert lines[0] == lines[1] == lines[2] == ["match.asked", "match.viewed"]


def test_what_meets_nothing_leaves_nothing_at_the_agency_asked(
    met: SharedCase, police: UUID, officer: Actor, owner_engine: Engine
) -> None:
    put(asking(met.world, ELSEWHERE), police)

    rows, notes = met.world.act(officer, matched.waiting), "SELECT count(*) FROM keys.sealed_note WHERE agency_id = :id"
    with owner_engine.connect() as connection:
        sealed = connection.scalar(text(notes), {"id": police})
    assert rows == []
    assert sealed == 0
    assert "match.received" not in _logged(owner_engine, police)


def test_only_who_works_in_the_case_that_was_met_sees_the_question(
    case: SharedCase, met: SharedCase, police: UUID, officer: Actor
) -> None:
    put(case, police)
    world, manager = met.world, met.managers[police]
    hit = _hit(world, officer)
    stranger = world.actor(AgencyKind.POLICE)

    assert world.act(stranger, matched.waiting) == []
    assert world.act(manager, matched.waiting) == []
    hidden = visit(world, stranger).get(f"/fragor/traffar/{hit}")
    absent = visit(world, stranger).get(f"/fragor/traffar/{case.id}")
    assert hidden.status_code == absent.status_code == 404
    assert without_tokens(hidden.text) == without_tokens(absent.text)

    world.act(manager, cases.end_assignment, met.id, officer.user_id)
    page = visit(world, manager).get("/fragor").text
    assert f"/arenden/{met.id}/handlaggare" in page
    assert [words for words in (WHY, f"/fragor/traffar/{hit}", "social_services 1780") if words in page] == []


NAMED = """
    INSERT INTO protected_reader (id, person_id, user_id, named_by, named_at, municipality_id)
    SELECT gen_random_uuid(), :person, :user, :user, now(), :municipality
"""
SECRETS = {
    "protected": "UPDATE case_person SET protection = 'marked' WHERE id = :person",
    "anonymous": "UPDATE \"case\" SET phase = 'inquiry' WHERE id = :case",
    "closed": 'UPDATE "case" SET closed_at = now() WHERE id = :case',
    "no longer in it": "UPDATE participation SET ended_at = now() WHERE case_id = :case AND agency_id = :agency",
    "copy is closed": "UPDATE copy SET closed_at = now() WHERE case_id = :case AND agency_id = :agency",
    "in the margin": "UPDATE case_person SET role = 'sibling' WHERE id = :person",
}


@pytest.mark.parametrize("secret", SECRETS)
def test_whoever_must_stay_unknown_never_matches(
    case: SharedCase, met: SharedCase, police: UUID, owner_engine: Engine, secret: str
) -> None:
    put(case, police)
    with owner_engine.begin() as connection:
        connection.execute(text(SECRETS[secret]), {"person": met.subject_id, "case": met.id, "agency": police})

    with met.world.acting(case.social):
        assert matched.deliver(met.world.municipality_id, police) == 0
    assert "match.received" not in _logged(owner_engine, police)


def test_a_question_does_not_meet_the_case_it_came_from(met: SharedCase, police: UUID, officer: Actor) -> None:
    put(met, police)

    assert met.world.act(officer, matched.waiting) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agencies": []}, "Välj minst en part att fråga."),
        ({"purpose": ""}, "Välj vad ni behöver svaret till."),
        ({"basis": ""}, "Välj rättsligt stöd."),
        ({"basis": "OSL_12_2_SAMTYCKE"}, "amtycke"),
        ({"reason": "Nej."}, "Den är för kort."),
        ({"person": "01a20225-576a-7f83-ae3e-c322a4e1747f"}, "Välj något av det som finns i listan."),
    ],
)
def test_a_question_that_does_not_hold_comes_back_filled_in(
    case: SharedCase, police: UUID, asker: Browser, changed: dict[str, object], sentence: str
) -> None:
    path = f"/arenden/{case.id}/fragor/ny"

    answer = asker.post(path, _fields(case, police, **changed), token_from=path)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "reason" in changed or WHY in answer.text


@pytest.mark.parametrize("why", ["protected", "anonymous"])
def test_nobody_is_asked_about_who_may_not_be_named(
    world: World, case: SharedCase, police: UUID, owner_engine: Engine, why: str
) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text(SECRETS[why]), {"person": case.subject_id, "case": case.id})
        values = {"person": case.subject_id, "user": case.social.user_id, "municipality": world.municipality_id}
        connection.execute(text(NAMED), values)
    expected = "match_person_protected" if why == "protected" else "match_phase_anonymous"

    with pytest.raises(DomainError, match=expected):
        world.act(case.social, matching.ask, case.id, question(case, police))
    page = visit(world, case.social).get(f"/arenden/{case.id}/fragor/ny").text
    assert str(case.subject_id) not in page


def test_the_one_who_asked_is_told_nothing_when_it_closes_and_nobody_answers_late(
    case: SharedCase, met: SharedCase, police: UUID, officer: Actor
) -> None:
    request = put(case, police)
    hit = _hit(met.world, officer)
    with time_machine.travel(clock.now() + timedelta(days=14, seconds=1)):
        page = visit(case.world, case.social).get(f"/fragor/{request}").text
        with pytest.raises(DomainError, match="match_closed"):
            met.world.act(officer, matched.answer, hit, yes(officer))

    assert "Inget svar" in page
    assert "Stängd" in page
