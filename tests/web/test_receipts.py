"""What a sender is told of the copy it gave: when it was first opened and by which agency, when and why it closed; no more."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from coordination.cases import service as cases
from coordination.core import clock
from coordination.disclosure import ledger
from coordination.disclosure import service as disclosures
from coordination.disclosure.overview import open_case
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given
from tests.factories.world import SharedCase, World, shared_case

LEDGER = "/delningar?visa=lamnat"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def officer(shared: SharedCase) -> Actor:
    return shared.handlers[shared.world.agencies[AgencyKind.POLICE]]


@pytest.fixture
def consent(shared: SharedCase, officer: Actor) -> UUID:
    return consented(shared, officer.agency_id)


@pytest.fixture
def disclosure(shared: SharedCase, officer: Actor, consent: UUID) -> UUID:
    record = written(shared, shared.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    return given(shared, shared.social, record, officer.agency_id, days=30)


def _told(shared: SharedCase, disclosure: UUID) -> tuple[str, str]:
    """What the sender's page and ledger say."""
    sender = visit(shared.world, shared.social)
    page, listed = (sender.get(address).text.split("<main")[1] for address in (f"/delningar/{disclosure}", LEDGER))
    assert str(disclosure) in listed
    return page, listed


def test_who_opened_it_is_told_to_the_recipient_and_to_the_sender_only_which_agency(
    shared: SharedCase, officer: Actor, disclosure: UUID
) -> None:
    reader = visit(shared.world, officer)
    reader.get(f"/arenden/{shared.id}")

    own = reader.get(f"/delningar/{disclosure}").text
    page, listed = _told(shared, disclosure)

    assert 'Först öppnad av <span lang="sv">police_liaison police' in own
    assert "Först öppnad av police 1780" in page
    assert "först öppnad" in listed
    assert "police_liaison" not in page + listed


def test_it_is_told_that_the_agency_left_the_case(shared: SharedCase, officer: Actor, disclosure: UUID) -> None:
    shared.world.act(shared.social, cases.end_participation, shared.id, officer.agency_id)

    page, listed = _told(shared, disclosure)

    assert "Stängd" in page
    assert "Mottagaren är inte längre med i ärendet" in page
    assert "öppnades aldrig, stängd" in listed
    assert "mottagaren är inte längre med i ärendet" in listed
    assert "Avsluta delningen" not in page
    running = shared.world.act(shared.social, ledger.given, None, ledger.Wanted(running=True))
    overview = shared.world.act(shared.social, open_case, shared.id)
    sights = [sight for row in overview.sights.values() for sight in row]
    assert running.rows == []
    assert [sight.active(clock.today()) for sight in sights] == [False, False]


def test_it_is_told_that_the_time_ran_out(shared: SharedCase, disclosure: UUID) -> None:
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        page, listed = _told(shared, disclosure)

    assert "Tiden gick ut" in page
    assert "tiden gick ut" in listed


def test_it_is_told_that_the_consent_was_taken_back(shared: SharedCase, consent: UUID, disclosure: UUID) -> None:
    shared.world.act(shared.social, disclosures.withdraw_consent, consent, "youth")

    page, listed = _told(shared, disclosure)

    assert "Samtycket togs tillbaka" in page
    assert "samtycket togs tillbaka" in listed


@pytest.mark.parametrize("leaves", [False, True])
def test_a_copy_that_was_disposed_of_looks_as_one_that_was_kept(
    shared: SharedCase, officer: Actor, disclosure: UUID, leaves: bool
) -> None:
    reader = visit(shared.world, officer)
    reader.get(f"/delningar/{disclosure}")
    if leaves:
        shared.world.act(shared.social, cases.end_participation, shared.id, officer.agency_id)
    before = _told(shared, disclosure)
    if leaves:
        shared.world.act(shared.social, cases.invite_agency, shared.id, officer.agency_id)
        shared.world.act(shared.managers[officer.agency_id], cases.assign, shared.id, officer.user_id)

    path = f"/delningar/{disclosure}/kopior"
    disposed = reader.post(path, token_from=path)

    assert disposed.status_code == 302
    assert _without_tokens(_told(shared, disclosure)) == _without_tokens(before)


def _without_tokens(pages: tuple[str, str]) -> list[str]:
    return [" ".join(page.split('name="csrf_token"')[0].split()) for page in pages]
