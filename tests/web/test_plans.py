"""A plan: goals and actions of each agency's own, how they go, what is late, two who change one, and the plan on paper."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import service as cases
from coordination.core import clock
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.planning import plan, queries
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.cases import visit
from tests.factories.disclosure import consented, given
from tests.factories.planning import ACTION, GOAL, OWN_WORDS, has_action, has_goal, terms
from tests.factories.world import SharedCase, World, shared_case
from tests.security.plaintext import MARKER, tables_with_plaintext
from tests.web.test_merging_records import _form


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE, AgencyKind.SCHOOL)


def _officer(shared: SharedCase) -> Actor:
    return shared.handlers[shared.world.agency(AgencyKind.POLICE)]


def _teacher(shared: SharedCase) -> Actor:
    return shared.handlers[shared.world.agency(AgencyKind.SCHOOL)]


def _content(browser: Browser, path: str) -> str:
    return browser.get(path).text.split('<nav class="tabs"')[-1]


def _tab(shared: SharedCase, actor: Actor) -> str:
    return _content(visit(shared.world, actor), f"/arenden/{shared.id}/plan")


def _logged(engine: Engine, agency_id: UUID) -> list[str]:
    found = text("SELECT action FROM audit.entry WHERE agency_id = :agency AND action ~ '^plan' ORDER BY seq")
    with engine.connect() as connection:
        return list(connection.scalars(found, {"agency": agency_id}))


def test_a_goal_and_an_action_are_written_followed_up_and_read_on_the_pages(
    shared: SharedCase, owner_engine: Engine
) -> None:
    karin, today = visit(shared.world, shared.social), clock.today()
    assert "Ingen plan att läsa än" in _tab(shared, shared.social)
    new = f"/arenden/{shared.id}/plan/mal/nytt"
    assert karin.post(new, {"text": " "}, token_from=new).status_code == 422
    past = {"text": GOAL, "own_words": OWN_WORDS, "follow_up_on": (today - timedelta(days=1)).isoformat()}
    refused = karin.post(new, past, token_from=new)
    assert (refused.status_code, GOAL in refused.text) == (422, True)
    assert karin.post(new, past | {"follow_up_on": today.isoformat()}, token_from=new).status_code == 302

    add = re.findall(r"/mal/[0-9a-f-]+/atgarder/ny", _tab(shared, shared.social))[0]
    teacher = f"{_teacher(shared).agency_id}:{_teacher(shared).user_id}"
    typed = {"text": ACTION, "responsible": teacher, "starts_on": today.isoformat(), "status": "planned"}
    refused = karin.post(add, typed | {"due_on": (today - timedelta(days=1)).isoformat()}, token_from=add)
    assert refused.status_code == 422
    assert "Sista dagen är före dagen då åtgärden börjar." in refused.text
    assert ACTION in refused.text
    assert karin.post(add, typed | {"due_on": today.isoformat()}, token_from=add).status_code == 302

    follow = add.replace("atgarder/ny", "uppfoljning")
    assert karin.post(follow, {"status": "begun"}, token_from=follow).status_code == 302
    assert karin.post(follow, {"status": "reached"}, token_from=follow).status_code == 302
    shown = _tab(shared, shared.social)
    for words in (GOAL, OWN_WORDS, ACTION, "school_contact school", "Planerad", "Ägs av", "Bara social_services"):
        assert words in shown
    assert [shown.index(words) for words in ("Nått", "Påbörjat", "Inte påbörjat")] == sorted(
        shown.index(words) for words in ("Nått", "Påbörjat", "Inte påbörjat")
    )
    assert _logged(owner_engine, shared.social.agency_id) == [
        "plan.goal_added",
        "plan.action_added",
        "plan.goal_followed_up",
        "plan.goal_followed_up",
    ]


def test_what_a_plan_says_is_sealed(shared: SharedCase, owner_engine: Engine) -> None:
    goal_id, _ = has_goal(shared, shared.social, MARKER, MARKER)
    has_action(shared, shared.social, goal_id, terms(shared.social.agency_id), MARKER)

    assert tables_with_plaintext(owner_engine) == []


def test_another_agency_knows_of_no_goal_and_no_action_until_it_is_given_them(shared: SharedCase) -> None:
    teacher = _teacher(shared)
    consented(shared, teacher.agency_id)
    goal_id, goal_record = has_goal(shared, shared.social)
    who = terms(teacher.agency_id, teacher.user_id, days=(-20, -9))
    action_id, action_record = has_action(shared, shared.social, goal_id, who)
    assert "Ingen plan att läsa än" in _tab(shared, teacher)
    assert "orsenad" not in visit(shared.world, teacher).get("/min-dag").text
    for use_case, thing in ((plan.own_goal, goal_id), (plan.own_action, action_id)):
        with pytest.raises(NotFound):
            shared.world.act(teacher, use_case, thing)
    with pytest.raises(NotFound):
        shared.world.act(teacher, plan.add_action, goal_id, ACTION, who)

    given(shared, shared.social, action_record, teacher.agency_id)
    alone = _tab(shared, teacher)
    assert ACTION in alone
    assert "Åtgärder utan mål som ni kan läsa" in alone
    assert "försenad 9 dagar" in visit(shared.world, teacher).get("/min-dag").text
    given(shared, shared.social, goal_record, teacher.agency_id, only=[0, 1])

    shown = _tab(shared, teacher)
    assert GOAL in shown
    assert OWN_WORDS not in shown
    assert re.findall(r"/uppfoljning|/atgarder/[^n\"]*/andra|/uppgifter/[^\"]*/andra", shown) == []
    has_action(shared, teacher, goal_id, who, "Mentor ringer varje morgon")
    assert "Mentor ringer" in _tab(shared, teacher)
    assert "Mentor ringer" not in _tab(shared, shared.social)


def test_what_is_late_is_on_the_day_of_who_answers_for_it_and_after_a_week_on_the_coordinators(
    shared: SharedCase,
) -> None:
    worker = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    shared.world.act(shared.social, cases.assign, shared.id, worker.user_id)
    goal_id, _ = has_goal(shared, shared.social)
    mine = terms(shared.social.agency_id, worker.user_id, days=(0, 3))
    action_id, _ = has_action(shared, shared.social, goal_id, mine)
    has_action(shared, shared.social, goal_id, terms(shared.social.agency_id, days=(0, 3), status="done"))
    now = clock.now()

    def days_late(actor: Actor, days: int) -> tuple[list[int], list[int]]:
        with time_machine.travel(now + timedelta(days=days)), shared.world.acting(actor):
            return [row.days for row in queries.late(actor)], [row.days for row in queries.escalated(actor)]

    assert days_late(worker, 3) == ([], [])
    assert days_late(worker, 4) == ([1], [])
    assert days_late(shared.social, 10) == ([], [])
    assert days_late(shared.social, 11) == ([], [8])
    assert days_late(_officer(shared), 11) == ([], [])
    with time_machine.travel(now + timedelta(days=11), tick=False):
        day = visit(shared.world, shared.social).get("/min-dag").text
        tab = _tab(shared, shared.social)
    assert "Länge försenade åtgärder i dina ärenden" in day
    assert f"#action-{action_id}" in day
    assert ACTION not in day
    assert tab.count("försenad 8 dagar") == 1


def test_two_who_change_an_action_meet_each_other_and_two_who_change_a_goal_merge(shared: SharedCase) -> None:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    shared.world.act(shared.social, cases.assign, shared.id, colleague.user_id)
    goal_id, goal_record = has_goal(shared, shared.social)
    who = terms(shared.social.agency_id)
    action_id, _ = has_action(shared, shared.social, goal_id, who)
    first, second = visit(shared.world, colleague), visit(shared.world, shared.social)
    path = f"/atgarder/{action_id}/andra"
    theirs, mine = _form(first.get(path).text), _form(second.get(path).text)
    assert first._open("POST", path, data=theirs | {"status": "done"}).status_code == 302
    answer = second._open("POST", path, data=mine | {"status": "ongoing"})
    assert answer.status_code == 409
    assert "case_worker social_services</span> sparade det här medan du skrev" in answer.text
    assert "Klar" in answer.text
    with pytest.raises(Conflict):
        shared.world.act(shared.social, plan.change_action, action_id, 1, who)
    assert second._open("POST", path, data=_form(answer.text)).status_code == 302
    assert "Pågår" in _tab(shared, shared.social)

    path = f"/uppgifter/{goal_record}/andra"
    theirs, mine = _form(first.get(path).text), _form(second.get(path).text)
    saved = first._open("POST", path, data=theirs | {"parts-0-body": "Vara i skolan fyra dagar i veckan"})
    assert saved.location == f"/arenden/{shared.id}/plan"
    answer = second._open("POST", path, data=mine | {"own_view": "Jag vill byta klass."})
    assert answer.status_code == 409
    assert "Ändrat i det sparade. Det kommer med." in answer.text
    assert second._open("POST", path, data=_form(answer.text)).status_code == 302
    both = _tab(shared, shared.social)
    assert "Vara i skolan fyra dagar i veckan" in both
    assert "Jag vill byta klass." in both


def test_who_does_not_work_in_the_case_cannot_be_responsible_and_no_unknown_status_is_kept(
    shared: SharedCase,
) -> None:
    goal_id, _ = has_goal(shared, shared.social)
    stranger = shared.world.actor(AgencyKind.POLICE)
    agency_id = shared.social.agency_id
    for wrong in (
        terms(stranger.agency_id, stranger.user_id),
        terms(agency_id, _officer(shared).user_id),
        terms(shared.world.agency(AgencyKind.REGION)),
        terms(agency_id, status="no_such_status"),
        terms(agency_id, days=(3, 2)),
    ):
        with pytest.raises(Invalid):
            shared.world.act(shared.social, plan.add_action, goal_id, ACTION, wrong)
    with pytest.raises(Invalid):
        shared.world.act(shared.social, plan.follow_up, goal_id, "no_such_status", None)


def test_the_paper_holds_what_was_chosen_and_can_be_read_and_is_logged(
    shared: SharedCase, owner_engine: Engine
) -> None:
    goal_id, goal_record = has_goal(shared, shared.social)
    has_goal(shared, shared.social, "Det här ska inte med", "")
    has_action(shared, shared.social, goal_id, terms(shared.social.agency_id, shared.social.user_id))
    _, hidden = has_goal(shared, _officer(shared), "Polisens eget mål", "")
    karin = visit(shared.world, shared.social)
    choose = _content(karin, f"/arenden/{shared.id}/plan/utskrift")
    assert GOAL in choose
    assert "Polisens" not in choose
    assert "Inget är valt" in karin.get(f"/arenden/{shared.id}/plan/papper").text
    assert karin.get(f"/arenden/{shared.id}/plan/papper.pdf").status_code == 302
    assert _logged(owner_engine, shared.social.agency_id).count("plan.printed") == 0

    page = _content(karin, f"/arenden/{shared.id}/plan/papper?ta_med={goal_record}&ta_med={hidden}&ta_med=x")
    english = karin.get(f"/arenden/{shared.id}/plan/papper?ta_med={goal_record}&sprak=en").text
    pdf = karin.get(f"/arenden/{shared.id}/plan/papper.pdf?ta_med={goal_record}")

    for words in (
        "Din plan",
        GOAL,
        OWN_WORDS,
        "Det här säger du själv:",
        "Vi har inte börjat än.",
        "Utskriven",
        "av sig_",
    ):
        assert words in page
    assert [words for words in ("Det här ska inte med", "Polisens eget", "Alva", ACTION) if words in page] == []
    assert "Your plan" in english
    assert pdf.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    assert pdf.data.startswith(b"%PDF-")
    assert _logged(owner_engine, shared.social.agency_id).count("plan.printed") == 3
