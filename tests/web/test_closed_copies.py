"""An agency's own closed copies, whatever case they came in: found by its registrar also after the agency has left the case."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import people, phases
from coordination.cases import service as cases
from coordination.consent import service as consents
from coordination.core import clock
from coordination.disclosure import service as disclosures
from policies.access import Actor
from policies.methods.conditions import Condition
from policies.permissions import AgencyKind, Role
from tests.browser import without_tokens
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import consented, draft, given
from tests.factories.world import GUARDIAN_NUMBER, SharedCase, World, consent, considered, join, person, shared_case

TITLE, TEXT = "Rubrikordet", "Löptexten"
PAGE = "/stangda-kopior"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


@pytest.fixture
def disclosure(shared: SharedCase, police: UUID) -> UUID:
    """A record of a title and a text, given to the police on a consent."""
    consented(shared, police)
    return given(shared, shared.social, written(shared, shared.social, TITLE, TEXT, kind="journal_note"), police)


@pytest.fixture
def registrar(shared: SharedCase) -> Actor:
    return shared.world.actor(AgencyKind.POLICE, Role.REGISTRAR)


def _reference(shared: SharedCase, owner: Engine) -> str:
    with owner.connect() as connection:
        return str(connection.scalar(text('SELECT reference FROM "case" WHERE id = :id'), {"id": shared.id}))


def _grants(owner: Engine, agency_id: UUID) -> int:
    with owner.connect() as connection:
        grants = text("SELECT count(*) FROM keys.key_grant WHERE agency_id = :agency")
        return int(connection.scalar(grants, {"agency": agency_id}) or 0)


def _leaves(shared: SharedCase, agency_id: UUID) -> None:
    shared.world.act(shared.social, cases.end_participation, shared.id, agency_id)


def _list(shared: SharedCase, actor: Actor) -> str:
    answer = visit(shared.world, actor).get(PAGE)
    assert answer.status_code == 200
    return answer.text.split("<main")[1]


def test_after_the_agency_has_left_the_registrar_finds_the_copy_and_disposes_of_it(
    shared: SharedCase, police: UUID, disclosure: UUID, registrar: Actor, owner_engine: Engine
) -> None:
    _leaves(shared, police)
    browser, before = visit(shared.world, registrar), _grants(owner_engine, police)

    page = _list(shared, registrar)
    asked = browser.get(f"{PAGE}/{disclosure}/gallra")
    disposed = browser.post(f"{PAGE}/{disclosure}/gallra")

    reference = _reference(shared, owner_engine)
    for shown in (page, asked.text):
        assert reference in shown
        assert "social_services 1780" in shown
        assert "Samtycke" in shown
        assert "Ni är inte längre med i ärendet" in shown
        assert [word for word in (TITLE, TEXT, "Alva", "Lindqvist", "police_liaison") if word in shown] == []
    assert f"{PAGE}/{disclosure}/gallra" in page
    assert (disposed.status_code, disposed.location) == (302, PAGE)
    assert "Inga stängda kopior" in _list(shared, registrar)
    assert _grants(owner_engine, police) == before - 2
    assert browser.get(f"{PAGE}/{disclosure}/gallra").status_code == 404


def test_what_is_done_with_them_is_in_the_log_with_the_permission_that_allowed_it(
    shared: SharedCase, police: UUID, disclosure: UUID, registrar: Actor, owner_engine: Engine
) -> None:
    _leaves(shared, police)
    visit(shared.world, registrar).post(f"{PAGE}/{disclosure}/gallra", token_from=PAGE)

    with owner_engine.connect() as connection:
        lines = connection.execute(
            text(
                "SELECT action, canonical::jsonb -> 'fields' ->> 'permission' AS permission FROM audit.entry"
                " WHERE user_id = :user AND action NOT LIKE 'session.%' ORDER BY seq"
            ),
            {"user": registrar.user_id},
        ).all()
    allowed = "disclosure:closed_copy:decide"
    assert [tuple(line) for line in lines] == [
        ("disclosure.closed_viewed", allowed),
        ("copy.closed_disposed", allowed),
        ("copy.closed_disposed", allowed),
    ]


def test_a_copy_that_can_be_read_is_not_there(shared: SharedCase, disclosure: UUID, registrar: Actor) -> None:
    browser = visit(shared.world, registrar)

    assert "Inga stängda kopior" in _list(shared, registrar)
    assert browser.get(f"{PAGE}/{disclosure}/gallra").status_code == 404
    assert browser.post(f"{PAGE}/{disclosure}/gallra").status_code == 404


def test_a_copy_whose_date_has_passed_is_there_before_the_nightly_job(
    shared: SharedCase, disclosure: UUID, registrar: Actor
) -> None:
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False):
        page = _list(shared, registrar)

    assert "Tiden gick ut" in page


def test_a_withdrawn_consent_tells_by_when_to_decide(shared: SharedCase, police: UUID, registrar: Actor) -> None:
    consent_id = consented(shared, police)
    given(shared, shared.social, written(shared, shared.social, TITLE, TEXT, kind="journal_note"), police)
    shared.world.act(shared.social, disclosures.withdraw_consent, consent_id, "youth")

    page = _list(shared, registrar)

    assert "Samtycket togs tillbaka" in page
    assert "Ta ställning senast" in page


def test_handlers_and_other_agencies_have_no_such_page_or_no_such_copy(
    shared: SharedCase, police: UUID, disclosure: UUID
) -> None:
    _leaves(shared, police)
    officer = shared.handlers[police]
    elsewhere = visit(shared.world, shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.REGISTRAR))

    assert visit(shared.world, officer).get(PAGE).status_code == 404
    assert "Inga stängda kopior" in elsewhere.get(PAGE).text
    hidden, absent = (elsewhere.get(f"{PAGE}/{one}/gallra") for one in (disclosure, shared.id))
    assert hidden.status_code == absent.status_code == 404
    assert without_tokens(hidden.text) == without_tokens(absent.text)


def test_a_copy_from_the_case_of_a_protected_young_person_is_the_managers_alone(
    app: Flask, registrar: Actor, shared: SharedCase
) -> None:
    hidden, disclosure = _protected(shared)
    manager = next(iter(hidden.managers.values()))
    hers, theirs = visit(shared.world, manager), visit(shared.world, registrar)

    assert "Inga stängda kopior" in _list(shared, registrar)
    assert theirs.get(f"{PAGE}/{disclosure}/gallra").status_code == 404
    assert f"{PAGE}/{disclosure}/gallra" in hers.get(PAGE).text
    assert hers.post(f"{PAGE}/{disclosure}/gallra").status_code == 302


def _protected(shared: SharedCase) -> tuple[SharedCase, UUID]:
    """A case whose young person is protected, in which the police were given a record and then left."""
    world, social = shared.world, shared.social
    case = world.act(social, cases.open_case, "sig")
    considered(world, social, case.id, Condition.OWN_SCREENING)
    world.act(social, phases.move, case.id, "referral")
    subject = people.PersonDraft("subject", "Noa", "Berg", "", clock.today(), "", "protected_registration")
    subject_id = world.act(social, people.add_person, case.id, subject).id
    guardian = world.act(social, people.add_person, case.id, person("guardian", "Eva", "Berg", GUARDIAN_NUMBER))
    hidden = SharedCase(world, case.id, social, subject_id, guardian.id, {social.agency_id: social}, {})
    officer = join(hidden, AgencyKind.POLICE)
    world.act(social, consents.record, case.id, consent(hidden, officer.agency_id))
    record = written(hidden, social, TITLE, TEXT, kind="journal_note")
    chosen = parts_of(hidden, social, record)
    made = world.act(social, disclosures.disclose, case.id, draft(chosen, officer.agency_id))
    _leaves(hidden, officer.agency_id)
    return hidden, made.id


def test_the_way_in_is_from_the_ledger_for_those_who_may(shared: SharedCase, police: UUID, registrar: Actor) -> None:
    assert f'href="{PAGE}"' in visit(shared.world, registrar).get("/delningar").text
    assert f'href="{PAGE}"' not in visit(shared.world, shared.handlers[police]).get("/delningar").text
