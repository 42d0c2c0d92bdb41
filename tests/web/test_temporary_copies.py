"""An agency whose schedule says that copies are of temporary significance: each goes in the moment it closes, and is logged."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import service as cases
from coordination.core import clock
from coordination.disclosure import service as disclosures
from coordination.jobs.performing import perform
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.world import SharedCase, World, shared_case

TEXT = "Hon sover dåligt."
DECISION = "Utbildningsnämnden 2026-03-12 § 41"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.SCHOOL, AgencyKind.POLICE)


@pytest.fixture
def school(shared: SharedCase) -> Actor:
    """A handler of the school, whose administrator has set that copies are temporary."""
    handler = shared.handlers[shared.world.agencies[AgencyKind.SCHOOL]]
    _set(shared, handler.agency_id, copies_temporary="y", copies_decision=DECISION)
    return handler


@pytest.fixture
def consent(shared: SharedCase, school: Actor) -> UUID:
    return consented(shared, school.agency_id, shared.world.agencies[AgencyKind.POLICE])


@pytest.fixture
def disclosure(shared: SharedCase, school: Actor, consent: UUID) -> UUID:
    return given(shared, shared.social, _note(shared), school.agency_id, days=30)


def _note(shared: SharedCase) -> UUID:
    return written(shared, shared.social, "Hembesök", TEXT, kind="journal_note")


def _set(shared: SharedCase, agency_id: UUID, **fields: str) -> int:
    """Send the agency's page back as the administrator finds it, with these fields filled in."""
    browser = visit(shared.world, shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.ADMINISTRATOR))
    path = f"/administration/parter/{agency_id}"
    hidden = dict(browser.fields(browser.get(path).text.split("<main")[1]))
    laid_down = {"name": f"Part {hidden['kind']}", "mark": "PA", "controller": "Nämnden", "branch": "Verksamheten"}
    return browser.post(path, {**hidden, **laid_down, **fields}).status_code


def _grants(owner: Engine, agency_id: UUID) -> int:
    with owner.connect() as connection:
        counted = text("SELECT count(*) FROM keys.key_grant WHERE agency_id = :agency")
        return int(connection.scalar(counted, {"agency": agency_id}) or 0)


def _disposed(owner: Engine) -> list[tuple[object, ...]]:
    with owner.connect() as connection:
        lines = text(
            "SELECT agency_id, user_id FROM audit.entry WHERE action = 'copy.disposed_by_schedule' ORDER BY agency_id, seq"
        )
        return [tuple(row) for row in connection.execute(lines)]


def _withdrawn(shared: SharedCase, consent: UUID, disclosure: UUID, school: Actor) -> None:
    shared.world.act(shared.social, disclosures.withdraw_consent, consent, "youth")


def _revoked(shared: SharedCase, consent: UUID, disclosure: UUID, school: Actor) -> None:
    shared.world.act(shared.social, disclosures.revoke, disclosure, "revoked_mistake")


def _left(shared: SharedCase, consent: UUID, disclosure: UUID, school: Actor) -> None:
    shared.world.act(shared.social, cases.end_participation, shared.id, school.agency_id)


def _over(shared: SharedCase, consent: UUID, disclosure: UUID, school: Actor) -> None:
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        for _ in range(2):
            perform(shared.world.app, "close_expired_copies", Event())


@pytest.mark.parametrize("closes", [_withdrawn, _revoked, _left, _over])
def test_however_it_closes_its_key_and_search_words_go_at_once(
    shared: SharedCase,
    school: Actor,
    consent: UUID,
    disclosure: UUID,
    owner_engine: Engine,
    closes: Callable[[SharedCase, UUID, UUID, Actor], None],
) -> None:
    named(shared, school.agency_id, days=90 if closes is _over else 30)
    held = _grants(owner_engine, school.agency_id)

    closes(shared, consent, disclosure, school)

    alone = closes in {_over, _revoked}  # who the young person is was given in a disclosure of its own
    assert (held, _grants(owner_engine, school.agency_id)) == (5, 3 if alone else 0)
    assert _disposed(owner_engine) == [(school.agency_id, None)] * (2 if alone else 5)
    with owner_engine.connect() as connection:
        words = text("SELECT count(*) FROM keys.blind_index WHERE agency_id = :agency")
        assert bool(connection.scalar(words, {"agency": school.agency_id})) is alone


def test_the_page_that_gave_the_task_says_that_nothing_is_left_to_decide(
    shared: SharedCase, school: Actor, consent: UUID, disclosure: UUID
) -> None:
    shared.world.act(shared.social, disclosures.withdraw_consent, consent, "youth")
    browser, path = visit(shared.world, school), f"/delningar/{disclosure}/kopior"

    task = browser.get(path).text

    assert "Kopian gallrades i samma stund som den stängdes" in task
    assert DECISION in task
    assert "Ta ställning till en kopia" not in browser.get("/min-dag").text
    assert "Den gallrades genast när den stängdes" in browser.get(f"/delningar/{disclosure}").text
    assert browser.get(f"/delningar/{disclosure}/ta-in").status_code == 404


def test_the_sender_and_other_recipients_notice_nothing(
    shared: SharedCase, school: Actor, consent: UUID, disclosure: UUID
) -> None:
    police = shared.handlers[shared.world.agencies[AgencyKind.POLICE]]
    theirs = given(shared, shared.social, _note(shared), police.agency_id)
    shared.world.act(shared.social, disclosures.withdraw_consent, consent, "youth")
    sender = visit(shared.world, shared.social)

    pages = {one: sender.get(f"/delningar/{one}").text.split("<main")[1] for one in (disclosure, theirs)}

    assert ["allr" in page for page in pages.values()] == [False, False]
    assert TEXT in pages[disclosure]
    assert f"/delningar/{theirs}/kopior" in visit(shared.world, police).get("/min-dag").text


def test_what_had_closed_before_is_left_to_the_registrar(shared: SharedCase, owner_engine: Engine) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    consented(shared, police)
    disclosure = given(shared, shared.social, _note(shared), police)
    shared.world.act(shared.social, disclosures.revoke, disclosure, "revoked_mistake")
    held = _grants(owner_engine, police)

    changed = _set(shared, police, copies_temporary="y", copies_decision=DECISION)
    perform(shared.world.app, "close_expired_copies", Event())

    assert changed == 302
    assert _grants(owner_engine, police) == held == 2


def test_the_setting_needs_its_decision_and_is_logged_at_both(
    shared: SharedCase, school: Actor, owner_engine: Engine
) -> None:
    refused = _set(shared, school.agency_id, copies_temporary="y", copies_decision=" ")
    kept = _set(shared, school.agency_id)

    assert (refused, kept) == (400, 302)
    with owner_engine.connect() as connection:
        lines = text(
            "SELECT canonical::jsonb -> 'fields' ->> 'change' FROM audit.entry WHERE agency_id = :agency"
            " AND action = 'agency.changed' ORDER BY seq"
        )
        changes = connection.scalars(lines, {"agency": school.agency_id}).all()
    assert changes == ["changed", "copies_temporary", "changed", "copies_kept"]
