"""How a case ends: with a reason, followed up without being told whose it was; a consultation leaves a count and nothing more."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import closing, drafts, lists, people, phases
from coordination.cases import service as cases
from coordination.cases.phases import NotReady
from coordination.core import clock
from coordination.core.db import Tenant, transaction
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from policies.methods.conditions import Condition, Missing
from policies.permissions import AgencyKind, Role
from tests.factories.cases import visit, written
from tests.factories.methods import closed, consultation, moved, row_of
from tests.factories.world import SUBJECT_NUMBER, SharedCase, World, considered, person, shared_case

HALF, WHOLE = timedelta(days=185), timedelta(days=370)


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def shared(world: World) -> SharedCase:
    return shared_case(world)


def test_a_case_is_not_closed_without_a_reason_and_a_note(shared: SharedCase) -> None:
    moved(shared, "closing")
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/avslut"

    with pytest.raises(NotReady) as refused:
        moved(shared, "evaluated")
    unknown = browser.post(path, {"exit_code": "bored"}, token_from=path)
    given = browser.post(path, {"exit_code": "goal_met"}, token_from=path)
    written(shared, shared.social, "Avslut", "Målen är nådda.", kind="closing_note")
    moved(shared, "evaluated")

    assert refused.value.missing == (Missing(Condition.EXIT_CODE_GIVEN, None), Missing(None, "closing_note"))
    assert (unknown.status_code, given.status_code) == (422, 302)
    assert row_of(shared).closed_at is not None


def test_each_agency_is_offered_to_write_its_own_view_at_closing(world: World) -> None:
    shared = shared_case(world, AgencyKind.POLICE)
    officer = shared.handlers[world.agency(AgencyKind.POLICE)]
    moved(shared, "closing")

    leading, other = (visit(world, one).get(f"/arenden/{shared.id}").text for one in (shared.social, officer))
    form = visit(world, officer).get(f"/arenden/{shared.id}/uppgifter/ny?slag=closing_view").text

    assert "uppgifter/ny?slag=closing_note" in leading
    assert "uppgifter/ny?slag=closing_view" in other
    assert '<option selected value="closing_view">' in form


def test_how_it_went_is_asked_for_twice_and_stored_without_the_case(shared: SharedCase, owner_engine: Engine) -> None:
    closed(shared)
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    assert shared.world.act(manager, closing.follow_ups) == []

    for after, months in ((HALF, 6), (WHOLE, 12)):
        with time_machine.travel(clock.now() + after):
            [due] = shared.world.act(manager, closing.follow_ups)
            browser, path = visit(shared.world, manager), f"/arenden/{shared.id}/utfall"
            day = browser.get("/min-dag").text
            wrong = browser.post(path, {"outcome": "great"}, token_from=path)
            right = browser.post(path, {"outcome": "better"}, token_from=path)

            assert due.months == months
            assert f"Uppföljning efter {months} månader" in day
            assert (wrong.status_code, right.status_code) == (422, 302)
            assert browser.get(path).status_code == 404

    with owner_engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM case_outcome ORDER BY months")).mappings().all()
    assert [(row["months"], row["outcome"], row["exit_code"]) for row in rows] == [
        (6, "better", "moved"),
        (12, "better", "moved"),
    ]
    assert {name for row in rows for name in row} == {
        *("id", "municipality_id", "agency_id", "method", "exit_code", "months", "year", "outcome")
    }
    assert all(row["id"].version == 4 for row in rows)  # an id that holds a time would lead back


def test_nobody_else_follows_a_case_up(shared: SharedCase) -> None:
    closed(shared)
    stranger = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    with time_machine.travel(clock.now() + HALF):
        assert shared.world.act(stranger, closing.follow_ups) == []
        with pytest.raises(NotFound):
            shared.world.act(stranger, closing.record_outcome, shared.id, "better")


def test_a_consultation_that_goes_nowhere_leaves_a_count_and_its_log(world: World, owner_engine: Engine) -> None:
    shared = consultation(world)
    considered(world, shared.social, shared.id, Condition.OWN_SCREENING)
    world.act(shared.social, people.add_person, shared.id, person("subject", "Alva", "Lind", SUBJECT_NUMBER))
    written(shared, shared.social, "Fråga", "En tonåring behöver stöd.")
    subject = drafts.Subject(drafts.RECORD_NEW, shared.id)
    world.act(shared.social, drafts.keep, subject, new_id(), [("title", "Utkast")])
    lines = _counted(owner_engine, "audit.entry")

    world.act(shared.social, closing.end_consultation, shared.id, "advice_enough")
    assert _disposed(world) == 0
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert _disposed(world) == 1
        assert _disposed(world) == 0

    left = {table: _counted(owner_engine, table) for table in ("keys.key_grant", "keys.blind_index", "draft")}
    assert left == {"keys.key_grant": 0, "keys.blind_index": 0, "draft": 0}
    assert _counted(owner_engine, "keys.sealed_note") == 0
    assert _counted(owner_engine, "part_version", "sealed IS NOT NULL") == 0
    assert _counted(owner_engine, "case_person", "age_years IS NOT NULL") == 0
    assert _counted(owner_engine, "audit.entry") > lines
    assert world.act(shared.social, lists.mine).rows == []
    with owner_engine.connect() as connection:
        counts = connection.execute(text("SELECT reason, number, month FROM consultation_count")).all()
    assert [(row.reason, row.number, row.month) for row in counts] == [
        ("advice_enough", 1, clock.today().replace(day=1))
    ]


def test_a_consultation_can_be_disposed_of_at_once_and_is_counted_with_the_others(
    world: World, owner_engine: Engine
) -> None:
    for _ in range(2):
        shared = consultation(world)
        written(shared, shared.social, "Fråga", "En tonåring behöver stöd.")
        browser, path = visit(world, shared.social), f"/arenden/{shared.id}/samradet/avsluta"
        answer = browser.post(path, {"reason": "no_need", "at_once": "y"}, token_from=path)

        assert answer.status_code == 302
        assert browser.get(f"/arenden/{shared.id}").status_code == 404
    social = world.agency(AgencyKind.SOCIAL_SERVICES)

    with owner_engine.connect() as connection:
        [row] = connection.execute(
            text("SELECT number FROM consultation_count WHERE agency_id = :agency"), {"agency": social}
        ).all()
    assert row.number == 2


def test_the_statistics_tell_how_soon_and_why_but_no_number_small_enough_to_be_somebody(world: World) -> None:
    social = world.actor(AgencyKind.SOCIAL_SERVICES)
    for number in range(6):
        case = world.act(social, cases.open_case, "sig")
        alone = SharedCase(world, case.id, social, case.id, case.id, {social.agency_id: social}, {})
        if number < 5:
            world.act(social, closing.end_consultation, case.id, "no_need", at_once=True)
        else:
            considered(world, social, case.id, Condition.OWN_SCREENING)
            moved(alone, "referral")
            world.act(social, phases.acted, case.id, clock.now())

    page = " ".join(visit(world, social).get("/delningar/statistik").text.split())

    assert 'Inget mer behövs</th><td data-label="Antal">5</td>' in page
    assert 'I tid</th><td data-label="Antal">färre än 5</td>' in page


def test_what_another_agency_has_written_is_not_disposed_of_for_it(world: World) -> None:
    shared, officer = consultation(world), world.actor(AgencyKind.POLICE)
    considered(world, shared.social, shared.id, Condition.OWN_SCREENING)
    world.act(shared.social, cases.invite_agency, shared.id, officer.agency_id)
    manager = world.actor(AgencyKind.POLICE, Role.UNIT_MANAGER)
    world.act(manager, cases.assign, shared.id, officer.user_id)
    shared.handlers[officer.agency_id] = officer
    written(shared, officer, "Torget", "Vi känner igen läget.")

    with pytest.raises(Conflict, match="consultation_has_others"):
        world.act(shared.social, closing.end_consultation, shared.id, "no_need", at_once=True)
    world.act(shared.social, closing.end_consultation, shared.id, "no_need")
    page = visit(world, officer).get(f"/arenden/{shared.id}").text
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert _disposed(world) == 0

    assert "Samrådet är avslutat. Det som står i det gallras efter" in page


def test_only_a_consultation_ends_like_one_and_only_another_case_with_a_reason(world: World) -> None:
    shared, consulting = shared_case(world), consultation(world)

    with pytest.raises(Conflict, match="not_a_consultation"):
        world.act(shared.social, closing.end_consultation, shared.id, "no_need")
    with pytest.raises(Conflict, match="consultation_ends_otherwise"):
        world.act(consulting.social, closing.give_exit, consulting.id, "moved")
    with pytest.raises(Invalid, match="consultation_end_unknown"):
        world.act(consulting.social, closing.end_consultation, consulting.id, "bored")
    assert phases.anonymous(row_of(consulting))


def _disposed(world: World) -> int:
    with world.app.app_context(), transaction(Tenant(world.municipality_id)):
        return closing.dispose_of_consultations()


def _counted(engine: Engine, table: str, which: str = "true") -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {which}")) or 0)
