"""What waits for a person: told by the page and by the daily mail in the same number, and by the urgent mail at once."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import break_glass
from coordination.cases.break_glass import BreakGlassDraft
from coordination.identity import users
from coordination.planning import reminders
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories import urgent
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given
from tests.factories.world import SUBJECT_NUMBER, SharedCase, World, shared_case

WHY = "Mamman ringer och pojken är borta sedan i natt."


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    """A case of the social services and the police."""
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def officer(shared: SharedCase) -> Actor:
    """Who works in it for the police."""
    return shared.handlers[shared.world.agency(AgencyKind.POLICE)]


def _joined(owner_engine: Engine) -> None:
    """Let everybody there is have a second factor, so that they can sign in."""
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE app_user SET totp_secret = 'x'"))


def _queued(owner_engine: Engine) -> list[tuple[str, UUID, int]]:
    with owner_engine.connect() as connection:
        found = connection.execute(text("SELECT kind, user_id, number FROM outbox_message ORDER BY id"))
        return [(row.kind, row.user_id, row.number) for row in found]


def _digest(shared: SharedCase, actor: Actor) -> int:
    with shared.world.acting(actor):
        return reminders.write_digest(actor.user_id)


def _on_the_page(shared: SharedCase, actor: Actor) -> int:
    page = visit(shared.world, actor).get("/min-dag").text
    notices = len(re.findall(r'action="/nodoppningar/', page))
    return sum(int(number) for number in re.findall(r"<b>(\d+)</b>", page)) + notices


def _breaks_the_glass(shared: SharedCase) -> Actor:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    shared.world.act(colleague, break_glass.open_case, BreakGlassDraft(SUBJECT_NUMBER, WHY, True))
    return colleague


def test_the_daily_mail_says_the_number_of_the_page_once_a_day(
    shared: SharedCase, officer: Actor, owner_engine: Engine
) -> None:
    _joined(owner_engine)
    quiet = _digest(shared, officer)
    consented(shared, officer.agency_id, days=10)
    given(shared, shared.social, written(shared, shared.social, "Rubrik", "Text"), officer.agency_id, days=10)
    numbers = [_digest(shared, officer) for _ in range(2)]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=True):
        numbers.append(_digest(shared, officer))

    assert quiet == 0
    assert numbers == [_on_the_page(shared, officer)] * 3 == [2] * 3
    assert _queued(owner_engine) == [("digest", officer.user_id, 2)] * 2
    with owner_engine.connect() as connection:
        logged = text("SELECT count(*) FROM audit.entry WHERE action = 'reminder.digest_written' AND user_id IS NULL")
        listed = text("SELECT count(*) FROM audit.entry WHERE action = 'case.listed'")
        assert (connection.scalar(logged), connection.scalar(listed)) == (
            2,
            1,
        )  # nobody has read a list but at the page


def test_nothing_is_counted_for_whom_it_does_not_concern(
    shared: SharedCase, officer: Actor, owner_engine: Engine
) -> None:
    world = shared.world
    strangers = [
        world.actor(AgencyKind.SCHOOL),
        world.actor(AgencyKind.SOCIAL_SERVICES),
        world.actor(AgencyKind.POLICE),
    ]
    away = World(world.app, "1783").actor(AgencyKind.POLICE)
    administrator = world.actor(AgencyKind.SOCIAL_SERVICES, Role.ADMINISTRATOR)
    _joined(owner_engine)
    consented(shared, officer.agency_id, days=10)
    given(shared, shared.social, written(shared, shared.social, "Rubrik", "Text"), officer.agency_id, days=10)

    assert [_digest(shared, one) for one in (*strangers, administrator)] == [0] * 4
    with world.acting(away):
        assert reminders.write_digest(away.user_id) == 0


def test_who_has_turned_it_off_or_cannot_sign_in_is_sent_none(shared: SharedCase, owner_engine: Engine) -> None:
    lead = shared.social
    consented(shared, shared.world.agency(AgencyKind.POLICE), days=10)
    not_joined = _digest(shared, lead)
    _joined(owner_engine)
    with shared.world.acting(lead):
        users.set_digest(lead, wanted=False)
    turned_off = _digest(shared, lead)
    _breaks_the_glass(shared)

    assert (not_joined, turned_off) == (0, 0)
    assert _queued(owner_engine) == [("emergency", lead.user_id, 0)]  # what cannot wait comes all the same


def test_everybody_who_works_in_the_case_is_written_to_when_its_glass_is_broken(
    shared: SharedCase, owner_engine: Engine
) -> None:
    lead = shared.social
    _joined(owner_engine)
    _breaks_the_glass(shared)

    assert _queued(owner_engine) == [("emergency", lead.user_id, 0)]
    assert _digest(shared, lead) == _on_the_page(shared, lead) == 1


def test_an_urgent_request_is_told_at_once_to_those_on_call_and_where_nobody_is_to_the_managers(
    app: Flask, owner_engine: Engine
) -> None:
    town = urgent.between(World(app))
    urgent.sent(town)
    urgent.on_duty(town)
    urgent.sent(town)

    assert _queued(owner_engine) == [("urgent", town.manager.user_id, 0), ("urgent", town.officer.user_id, 0)]
