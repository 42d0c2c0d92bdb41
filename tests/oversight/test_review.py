"""An agency lets one person read its log for a period: who may give it, who may read, what is seen, and that the reading is seen."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine

from coordination.audit import exporting
from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import clock
from coordination.core.errors import Forbidden, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.keys import service as keys
from coordination.oversight import service
from coordination.oversight.service import OpenedLog, Search
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.log import GivenLog
from tests.factories.world import SharedCase, World, shared_case

POLICE, SCHOOL, SOCIAL = AgencyKind.POLICE, AgencyKind.SCHOOL, AgencyKind.SOCIAL_SERVICES
REASON = "Ringa Alvas mamma inför mötet"


@pytest.fixture
def world(app: Flask) -> World:
    """Karlskoga, whose police let themselves be reviewed."""
    return World(app, "1780")


@pytest.fixture
def shared(world: World) -> SharedCase:
    """A case with the police in it."""
    return shared_case(world, POLICE)


@pytest.fixture
def manager(shared: SharedCase) -> Actor:
    """The manager of the police."""
    return shared.managers[shared.world.agency(POLICE)]


@pytest.fixture
def reviewer(app: Flask, shared: SharedCase) -> Actor:
    """A regional coordinator at work in another municipality."""
    return World(app, "1783").actor(SCHOOL, Role.REGIONAL_COORDINATOR)


@pytest.fixture
def assignment(world: World, manager: Actor, reviewer: Actor) -> UUID:
    """An assignment of the last month and a week ahead, in force for a week."""
    return _given(world, manager, reviewer)


def test_the_reviewer_finds_the_assignment_from_another_municipality(
    world: World, reviewer: Actor, assignment: UUID
) -> None:
    found = world.act(reviewer, service.assignments_of)

    assert [(one.id, one.agency.id, one.in_force) for one in found] == [(assignment, world.agency(POLICE), True)]


def test_a_reviewer_finds_nobody_elses_assignments(app: Flask, world: World, assignment: UUID) -> None:
    other = World(app, "1715").actor(SCHOOL, Role.REGIONAL_COORDINATOR)

    assert world.act(other, service.assignments_of) == []


def test_what_was_done_is_seen_with_who_when_and_on_which_case(
    world: World, shared: SharedCase, reviewer: Actor, assignment: UUID
) -> None:
    officer = shared.handlers[world.agency(POLICE)]
    with world.acting(officer):
        audit.record(officer, Event.CASE_VIEWED, case_id=shared.id, parts=3)

    opened = world.act(reviewer, service.open_log, assignment)

    seen = opened.lines[0]
    assert (seen.line.action, seen.line.fields["parts"]) == ("case.viewed", 3)
    assert seen.who is not None
    assert seen.who.user_id == officer.user_id
    assert re.fullmatch(r"SIG \d{4}-\d{4}", seen.reference or "")


def test_a_stated_reason_is_opened_for_the_reviewer(
    world: World, shared: SharedCase, reviewer: Actor, assignment: UUID
) -> None:
    _stated(world, shared.handlers[world.agency(POLICE)])

    opened = world.act(reviewer, service.open_log, assignment)

    assert [line.reason for line in opened.lines if line.line.action == "case.searched"] == [REASON]


def test_a_reason_that_cannot_be_opened_does_not_hide_the_line(
    world: World, shared: SharedCase, reviewer: Actor, assignment: UUID, owner_engine: Engine
) -> None:
    officer = shared.handlers[world.agency(POLICE)]
    _stated(world, officer)
    GivenLog(world.app, owner_engine, world, officer).store("UPDATE keys.sealed_note SET sealed = sealed || '\\x00'")

    opened = world.act(reviewer, service.open_log, assignment)

    assert [line.reason for line in opened.lines if line.line.action == "case.searched"] == [""]


def test_the_reading_is_a_line_in_the_log_that_was_read(world: World, reviewer: Actor, assignment: UUID) -> None:
    world.act(reviewer, service.open_log, assignment)

    opened = world.act(reviewer, service.open_log, assignment)

    line = opened.lines[0].line
    assert (line.action, line.user_id, line.fields["review_id"]) == ("log.viewed", reviewer.user_id, str(assignment))


def test_the_log_of_another_agency_is_not_in_it(
    world: World, shared: SharedCase, reviewer: Actor, assignment: UUID
) -> None:
    with world.acting(shared.social):
        audit.record(shared.social, Event.CASE_VIEWED, case_id=shared.id, parts=977)

    opened = world.act(reviewer, service.open_log, assignment)

    assert 977 not in [line.line.fields.get("parts") for line in opened.lines]


def test_nothing_outside_the_period_is_seen_whatever_is_asked_for(
    world: World, manager: Actor, reviewer: Actor
) -> None:
    today = clock.today()
    past = _given(world, manager, reviewer, today - timedelta(days=60), today - timedelta(days=1))
    wide = [
        Search(),
        Search(since=today - timedelta(days=400), until=today + timedelta(days=400)),
        Search(since=today, until=today),
        Search(since=today + timedelta(days=9), until=today - timedelta(days=99)),
    ]

    for search in wide:
        opened = world.act(reviewer, service.open_log, past, search)
        assert opened.lines == []


def test_people_to_choose_among_are_those_with_a_line_in_the_period(
    world: World, shared: SharedCase, reviewer: Actor, assignment: UUID
) -> None:
    silent = world.actor(POLICE)
    officer = shared.handlers[world.agency(POLICE)]
    _stated(world, officer)

    people = {person.user_id for person in world.act(reviewer, service.people_in, assignment)}

    assert officer.user_id in people
    assert silent.user_id not in people


def test_filters_narrow_the_log(world: World, shared: SharedCase, reviewer: Actor, assignment: UUID) -> None:
    officer = shared.handlers[world.agency(POLICE)]
    _stated(world, officer)
    with world.acting(officer):
        audit.record(officer, Event.CASE_VIEWED, case_id=shared.id, parts=1)
    reference = next(
        line.reference for line in world.act(reviewer, service.open_log, assignment).lines if line.reference
    )

    by_person = _actions(world.act(reviewer, service.open_log, assignment, Search(user_id=officer.user_id)))
    by_event = _actions(world.act(reviewer, service.open_log, assignment, Search(actions={"case.searched"})))
    by_case = _actions(world.act(reviewer, service.open_log, assignment, Search(reference=reference)))
    of_nothing = _actions(world.act(reviewer, service.open_log, assignment, Search(reference="SIG 1999-0001")))

    assert by_person == ["case.viewed", "case.searched"]
    assert by_event == ["case.searched"]
    assert by_case[0] == "case.viewed"
    assert "case.searched" not in by_case
    assert of_nothing == []


def test_a_case_of_others_gives_the_same_answer_as_none(
    world: World, manager: Actor, reviewer: Actor, assignment: UUID, owner_engine: Engine
) -> None:
    other = shared_case(world, SCHOOL)
    stored = GivenLog(world.app, owner_engine, world, other.social)
    reference = str(stored.store('SELECT reference FROM "case" WHERE id = :case', case=other.id)[0][0])

    opened = world.act(reviewer, service.open_log, assignment, Search(reference=reference))

    assert (list(opened.lines), opened.next_before) == ([], None)


def test_pages_follow_each_other_without_gap_or_repetition(
    world: World, shared: SharedCase, reviewer: Actor, assignment: UUID
) -> None:
    officer = shared.handlers[world.agency(POLICE)]
    for number in range(120):
        with world.acting(officer):
            audit.record(officer, Event.CASE_VIEWED, case_id=shared.id, parts=number)

    search, before, found = Search(actions={"case.viewed"}), None, []
    while True:
        opened = world.act(reviewer, service.open_log, assignment, search, before)
        found += [line.line.fields["parts"] for line in opened.lines]
        before = opened.next_before
        if before is None:
            break

    assert found == list(range(119, -1, -1))


@pytest.mark.parametrize(
    "change",
    ["ended_at = now()", "valid_until = current_date - 2", "reviewer_id = given_by"],
    ids=["taken back", "run out", "given to somebody else"],
)
def test_an_assignment_not_in_force_is_as_one_that_never_was(
    world: World, manager: Actor, reviewer: Actor, assignment: UUID, owner_engine: Engine, change: str
) -> None:
    stored = GivenLog(world.app, owner_engine, world, manager)
    stored.store(f"UPDATE review_assignment SET {change} WHERE id = :id", id=assignment)

    for never in (assignment, new_id()):
        for step in (service.open_log, service.people_in, service.take_extract):
            with pytest.raises(NotFound):
                world.act(reviewer, step, never)


def test_a_reviewer_who_has_moved_to_the_agency_no_longer_reviews_it(
    world: World, reviewer: Actor, assignment: UUID
) -> None:
    moved = replace(reviewer, agency_id=world.agency(POLICE), municipality_id=world.municipality_id)

    with pytest.raises(NotFound):
        world.act(moved, service.open_log, assignment)


def test_without_the_role_the_assignment_opens_nothing(world: World, reviewer: Actor, assignment: UUID) -> None:
    with pytest.raises(NotFound):
        world.act(replace(reviewer, roles=frozenset({Role.UNIT_MANAGER})), service.open_log, assignment)


@pytest.mark.parametrize("role", [Role.POLICE_LIAISON, Role.REGISTRAR, Role.ADMINISTRATOR, Role.REGIONAL_COORDINATOR])
def test_only_a_manager_gives_and_ends_assignments(world: World, reviewer: Actor, assignment: UUID, role: Role) -> None:
    other = world.actor(POLICE, role)

    with pytest.raises(Forbidden):
        _given(world, other, reviewer)
    with pytest.raises(Forbidden):
        world.act(other, service.end, assignment)


def test_a_manager_ends_the_own_agencys_assignments_only(world: World, assignment: UUID) -> None:
    other = world.actor(SOCIAL, Role.UNIT_MANAGER)

    with pytest.raises(NotFound):
        world.act(other, service.end, assignment)
    assert world.act(other, service.assignments_given) == []


@pytest.mark.parametrize(
    ("first", "last", "until", "code"),
    [(0, -1, 7, "period_backwards"), (-30, 0, -1, "valid_until_past")],
)
def test_an_assignment_that_makes_no_sense_is_refused(
    world: World, manager: Actor, reviewer: Actor, first: int, last: int, until: int, code: str
) -> None:
    days = [clock.today() + timedelta(days=days) for days in (first, last, until)]

    with pytest.raises(Invalid) as refusal:
        world.act(manager, service.give, reviewer.user_id, *days)

    assert refusal.value.code == code


def test_only_a_regional_coordinator_of_elsewhere_can_be_chosen(
    app: Flask, world: World, manager: Actor, reviewer: Actor
) -> None:
    colleague = world.actor(POLICE, Role.REGIONAL_COORDINATOR)
    officer = World(app, "1715").actor(POLICE)

    offered = {one.user_id for one in world.act(manager, service.reviewers)}

    assert offered == {reviewer.user_id}
    for unsuitable in (colleague, officer):
        with pytest.raises(Invalid):
            _given(world, manager, unsuitable)


def test_giving_and_ending_stand_in_the_log(world: World, manager: Actor, reviewer: Actor, assignment: UUID) -> None:
    world.act(manager, service.end, assignment)
    world.act(manager, service.end, assignment)
    again = _given(world, manager, reviewer)

    actions = _actions(world.act(reviewer, service.open_log, again))

    assert actions[:3] == ["log.review_assigned", "log.review_ended", "log.review_assigned"]


def test_an_extract_shows_only_the_period_and_is_whole(
    world: World, manager: Actor, reviewer: Actor, owner_engine: Engine
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    past = _given(world, manager, reviewer, yesterday, yesterday)
    whole = _given(world, manager, reviewer)

    hidden = _file(world, reviewer, past)
    shown = _file(world, reviewer, whole)

    assert b'{"entry":' not in hidden
    assert b'{"entry":' in shown
    assert b'{"deleted":' not in shown


def _given(world: World, manager: Actor, reviewer: Actor, first: date | None = None, last: date | None = None) -> UUID:
    today = clock.today()
    period = (first or today - timedelta(days=30), last or today + timedelta(days=7))
    return world.act(manager, service.give, reviewer.user_id, *period, today + timedelta(days=7))


def _stated(world: World, actor: Actor) -> None:
    with world.acting(actor):
        note = keys.seal_note(actor.agency_id, actor.municipality_id, REASON)
        audit.record(actor, Event.SEARCHED, kind="name", hits=0, query_digest=None, reason_code=None, reason_ref=note)


def _actions(opened: OpenedLog) -> list[str]:
    return [line.line.action for line in opened.lines]


def _file(world: World, reviewer: Actor, assignment: UUID) -> bytes:
    extract = world.act(reviewer, service.take_extract, assignment)
    with world.app.app_context():
        return b"".join(exporting.lines(extract))
