"""The tab "Åtkomst": who in one's own agency opened what, with the reason they stated, to those who may know it."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import people
from coordination.cases import service as cases
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.cases import visit
from tests.factories.disclosure import consented, named
from tests.factories.world import SharedCase, World, shared_case

REASON = "Ringa mamman inför mötet i morgon"
ONLY_NAMED = "Varför någon öppnade skyddade personuppgifter ser bara den som är utsedd"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def opened(shared: SharedCase) -> UUID:
    """A protected guardian, whose identity the coordinator who added them has opened, with a reason."""
    guardian = people.PersonDraft("guardian", "Noa", "Lindqvist", "", date(1986, 11, 20), "", "protected_registration")
    person_id = shared.world.act(shared.social, people.add_person, shared.id, guardian).id
    shared.world.act(shared.social, people.open_protected, person_id, REASON)
    return person_id


def _colleague(shared: SharedCase) -> Actor:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    shared.world.act(shared.social, cases.assign, shared.id, colleague.user_id)
    return colleague


def _tab(shared: SharedCase, actor: Actor) -> str:
    answer = visit(shared.world, actor).get(f"/arenden/{shared.id}/atkomst")
    assert answer.status_code == 200
    return answer.text


def test_a_stated_reason_is_read_by_whoever_may_open_the_same(shared: SharedCase, opened: UUID) -> None:
    page = _tab(shared, shared.social)

    assert f'<span lang="sv">{REASON}</span>' in page
    assert ONLY_NAMED in page


def test_a_colleague_who_may_not_open_it_is_told_that_there_is_a_reason(shared: SharedCase, opened: UUID) -> None:
    page = _tab(shared, _colleague(shared))

    assert REASON not in page
    assert "Öppnade skyddade personuppgifter" in page
    assert "Skäl angivet" in page
    assert ONLY_NAMED in page


def test_another_agency_reads_neither_the_line_nor_the_reason(shared: SharedCase, opened: UUID) -> None:
    police = next(actor for actor in shared.handlers.values() if actor is not shared.social)
    page = _tab(shared, police)

    assert REASON not in page
    assert "Öppnade skyddade personuppgifter" not in page


def test_a_reason_that_cannot_be_opened_does_not_hide_the_line(
    shared: SharedCase, opened: UUID, owner_engine: Engine
) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE keys.sealed_note SET sealed = sealed || '\\x00'::bytea"))

    page = _tab(shared, shared.social)

    assert "Öppnade skyddade personuppgifter" in page
    assert "Skälet kan inte öppnas" in page


def test_a_disclosure_is_told_by_its_legal_basis(shared: SharedCase) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    consented(shared, police)
    named(shared, police)

    page = _tab(shared, shared.social)

    assert "Delade uppgifter" in page
    assert "Skäl" not in page.split("<tbody>")[1].split("</tbody>")[0]
