"""A case goes on when what its method asks for is there, says what is missing when it is not, and passes the filters in order."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from coordination.cases import people, phases, reading
from coordination.cases import service as cases
from coordination.cases.phases import NotReady
from coordination.core import clock
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.disclosure import service as disclosures
from policies.methods import METHODS, method
from policies.methods import phases as phases_of
from policies.methods.conditions import Condition, missing
from policies.permissions import AgencyKind, Role
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, draft
from tests.factories.methods import ANSWERS, consultation, mapped, moved, row_of
from tests.factories.world import SharedCase, World, considered, person, shared_case
from tests.security.plaintext import MARKER, tables_with_plaintext


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def shared(world: World) -> SharedCase:
    return shared_case(world, AgencyKind.POLICE)


def _path(shared: SharedCase, page: str = "") -> str:
    return f"/arenden/{shared.id}{page}"


def test_a_case_comes_to_its_mapping_when_everything_is_there(shared: SharedCase, world: World) -> None:
    mapped(shared, world.agency(AgencyKind.POLICE))

    assert row_of(shared).phase == "mapping"


def test_everything_that_is_missing_is_said_at_once_with_where_it_is_mended(shared: SharedCase) -> None:
    considered(shared.world, shared.social, shared.id, Condition.TARGET_GROUP_CHECKED)
    moved(shared, "assessment")
    written(shared, shared.social, "Bedömning", "Hör till målgruppen.", kind="assessment")
    moved(shared, "consent")

    with pytest.raises(NotReady) as refused:
        shared.world.act(shared.social, phases.move, shared.id, "mapping", ANSWERS)
    page = unescape(visit(shared.world, shared.social).get(_path(shared, "/fas")).text)

    assert [one.condition for one in refused.value.missing] == [Condition.CONSENT_ACTIVE, Condition.AGENCIES_ANSWERED]
    assert "Ett samtycke gäller i dag" in page
    assert _path(shared, "/samtycken/nytt") in page or "/samtycke" in page
    assert "Varje part som är med har sagt att den ska göra något" in page


def test_a_document_that_is_missing_is_asked_for_by_its_name(shared: SharedCase) -> None:
    considered(shared.world, shared.social, shared.id, Condition.TARGET_GROUP_CHECKED)
    moved(shared, "assessment")
    browser = visit(shared.world, shared.social)

    page = browser.get(_path(shared)).text
    form = browser.get(_path(shared, "/uppgifter/ny?slag=assessment")).text

    assert "Bedömning är skriven" in page
    assert _path(shared, "/uppgifter/ny?slag=assessment") in page
    assert '<option selected value="assessment">' in form
    with pytest.raises(Conflict, match="phase_conditions_missing"):
        moved(shared, "consent")


def test_what_no_area_answers_holds_the_case_back(shared: SharedCase, world: World) -> None:
    considered(world, shared.social, shared.id, Condition.TARGET_GROUP_CHECKED)
    moved(shared, "assessment")
    written(shared, shared.social, "Bedömning", "Hör till målgruppen.", kind="assessment")
    moved(shared, "consent")
    police = world.agency(AgencyKind.POLICE)
    consented(shared, police)
    world.act(shared.handlers[police], phases.will_act, shared.id)

    with pytest.raises(NotReady) as refused:
        world.act(shared.social, phases.move, shared.id, "mapping")

    assert [one.condition for one in refused.value.missing] == [Condition.CONSENT_ACTIVE]


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_missing_exactly_when_every_need_is_met(data: st.DataObject) -> None:
    held = frozenset(data.draw(st.sets(st.sampled_from(Condition))))
    documents = ("assessment", "mapping", "plan", "closing_note")
    has = frozenset(data.draw(st.sets(st.sampled_from(documents))))
    for name in METHODS:
        for phase in phases_of(name).values():
            found = phase.missing(held, has)

            assert (not found) == (set(phase.needs) <= held and set(phase.documents) <= has)
            assert {one.condition for one in found if one.condition} == set(phase.needs) - held
            assert missing(phase.needs, phase.documents, frozenset(Condition), documents) == ()


def test_a_method_never_makes_unnamed_who_has_been_named_and_leaves_no_filter_out() -> None:
    order = ["anonymous", "limited", "acting"]
    for name in METHODS:
        table = phases_of(name)
        for phase in table.values():
            ahead = [order.index(table[step].filter) - order.index(phase.filter) for step in phase.next]

            assert all(step <= 1 for step in ahead)
            assert phase.filter == "anonymous" or all(table[step].identified for step in phase.next)
        assert method(name).first.filter == "anonymous"


def test_the_page_says_where_the_case_is_how_long_it_may_take_and_what_comes_next(shared: SharedCase) -> None:
    with time_machine.travel(clock.now() + timedelta(days=1)):
        page = unescape(visit(shared.world, shared.social).get(_path(shared)).text)
    with time_machine.travel(clock.now() + timedelta(days=7)):
        late = unescape(visit(shared.world, shared.social).get(_path(shared)).text)

    assert "senast" in page
    assert "Sedan kommer:</strong> Bedömning" in page
    assert "försenad" not in page
    assert "Aktualisering: försenad 5 dagar" in late
    assert "Det är inget beslut, ingen insats (bistånd)" in page


def test_another_agency_is_not_told_what_the_leading_one_has_left_to_write(shared: SharedCase, world: World) -> None:
    page = visit(world, shared.handlers[world.agency(AgencyKind.POLICE)]).get(_path(shared)).text

    assert "Sedan kommer:" in page
    assert "Det här saknas" not in page


def test_nobody_is_invited_before_the_own_agency_has_considered_what_it_can_do(world: World) -> None:
    alone = consultation(world)
    police = world.agency(AgencyKind.POLICE)

    with pytest.raises(Conflict, match="own_screening_missing"):
        world.act(alone.social, cases.invite_agency, alone.id, police)
    considered(world, alone.social, alone.id, Condition.OWN_SCREENING)
    world.act(alone.social, cases.invite_agency, alone.id, police)

    with pytest.raises(Conflict, match="check_done"):
        considered(world, alone.social, alone.id, Condition.OWN_SCREENING)


def test_a_check_wants_every_question_and_words_and_is_sealed(world: World, owner_engine: Engine) -> None:
    alone, every = consultation(world), {question.id for question in method("sig").screening}
    browser, path = visit(world, alone.social), _path(alone, "/egen-provning")

    with pytest.raises(Invalid, match="check_question_left_out"):
        world.act(alone.social, phases.check, alone.id, Condition.OWN_SCREENING, {"tried"}, "Vi har prövat det.")
    with pytest.raises(Invalid, match="check_words_missing"):
        world.act(alone.social, phases.check, alone.id, Condition.OWN_SCREENING, every, "Ja.")
    with pytest.raises(NotFound):
        world.act(alone.social, phases.check, alone.id, Condition.CONSENT_ACTIVE, every, "Vi har prövat det.")
    empty = browser.post(path, {"considered": ["tried"], "words": "Ja"}, token_from=path)
    sent = browser.post(path, {"considered": sorted(every), "words": f"Vi har prövat: {MARKER}"}, token_from=path)

    assert (empty.status_code, sent.status_code) == (422, 302)
    assert MARKER in browser.get(path).text
    assert tables_with_plaintext(owner_engine) == []


def test_in_the_consultation_only_who_raised_it_writes_down_whom_it_is_about(world: World) -> None:
    shared = _consulting(world)
    world.act(shared.social, people.add_person, shared.id, person("subject", "Alva", "Lind", "201103052385"))

    with pytest.raises(Conflict, match="person_in_consultation"):
        world.act(shared.social, people.add_person, shared.id, person("guardian", "Eva", "Lind", "197610032398"))


def test_in_the_consultation_nobody_is_told_who_it_is_on_any_basis(world: World, owner_engine: Engine) -> None:
    shared = _consulting(world)
    subject = world.act(shared.social, people.add_person, shared.id, person("subject", "Alva", "Lind", "201103052385"))
    shared.subject_id, police = subject.id, world.agency(AgencyKind.POLICE)
    grants = "SELECT count(*) FROM keys.key_grant WHERE agency_id = :police"

    for basis in ("OSL_12_2_SAMTYCKE", "OSL_10_2_NODV", "OSL_10_15A"):
        with pytest.raises(Invalid, match="identity_in_consultation"):
            _give_identity(shared, police, basis)
    with owner_engine.connect() as connection:
        assert connection.scalar(text(grants), {"police": police}) == 0
    page = visit(world, shared.handlers[police]).get(_path(shared)).text
    assert "Alva" not in page


def test_a_text_that_may_single_somebody_out_is_warned_of_once_in_the_consultation_and_nowhere_else(
    world: World, shared: SharedCase
) -> None:
    consulting, path = _consulting(world), "/uppgifter/ny"
    fields = {
        "kind": "contact_note",
        "occurred_on": clock.today().isoformat(),
        "about": "",
        "title": "Fråga",
        "parts-0-body": "En pojke, 15 år, på Norrbyskolan slog någon i lördags.",
        "parts-0-nature": "fact",
    }
    browser, where = visit(world, consulting.social), _path(consulting, path)

    warned = browser.post(where, fields, token_from=where)
    gone_on = browser.post(where, {**fields, "go_on": "y"}, token_from=where)
    rephrased = browser.post(where, {**fields, "parts-0-body": "En tonåring har slagit någon."}, token_from=where)
    elsewhere = visit(world, shared.social).post(
        _path(shared, path), {**fields, "version": ""}, token_from=_path(shared, path)
    )

    assert warned.status_code == 422
    assert "Texten kan peka ut någon" in warned.text
    assert "Namnet på en skola" in warned.text
    assert [gone_on.status_code, rephrased.status_code, elsewhere.status_code] == [302, 302, 302]


def test_only_agencies_that_have_answered_go_on_to_the_mapping(shared: SharedCase, world: World) -> None:
    police = world.agency(AgencyKind.POLICE)
    browser = visit(world, shared.handlers[police])

    before = browser.get(_path(shared, "/personer")).text
    answered = browser.post(_path(shared, "/deltar"), {}, token_from=_path(shared, "/personer"))
    after = browser.get(_path(shared, "/personer")).text

    assert "Har inte svarat om parten ska göra något" in before
    assert answered.status_code == 302
    assert "Ska göra något, svarade" in after
    assert _path(shared, "/deltar") in before
    with pytest.raises(Conflict, match="agency_acts_already"):
        world.act(shared.handlers[police], phases.will_act, shared.id)


def test_the_time_to_the_first_joint_action_is_held_against_two_days(world: World) -> None:
    shared, consulting = shared_case(world), consultation(world)
    with pytest.raises(Invalid, match="action_before_raised"):
        world.act(shared.social, phases.acted, shared.id, clock.now() - timedelta(days=1))
    with pytest.raises(Invalid, match="action_in_future"):
        world.act(shared.social, phases.acted, shared.id, clock.now() + timedelta(hours=1))
    with time_machine.travel(clock.now() + timedelta(hours=51)):
        waiting = visit(world, shared.social).get(_path(shared)).text
        world.act(shared.social, phases.acted, shared.id, clock.now())
        done = visit(world, shared.social).get(_path(shared)).text

    assert "Ingen gemensam åtgärd än efter 52 timmar (mål: 48 timmar)." in waiting
    assert _path(shared, "/forsta-atgard") in waiting
    assert "Första gemensamma åtgärden kom efter 52 timmar (mål: 48 timmar)." in done
    with pytest.raises(Conflict, match="first_action_noted"):
        world.act(shared.social, phases.acted, shared.id, clock.now())
    with pytest.raises(Conflict, match="action_in_consultation"):
        world.act(consulting.social, phases.acted, consulting.id, clock.now())


def test_a_case_is_opened_by_the_method_chosen_and_may_begin_without_a_name(world: World) -> None:
    browser = visit(world, world.actor(AgencyKind.SOCIAL_SERVICES))
    nobody = {
        "method": "sspf",
        "given_name": "",
        "family_name": "",
        "number": "",
        "birth_date": "",
        "protection": "none",
    }
    raised = {"raised_at": (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")}

    made = browser.post("/arenden/nytt", nobody, token_from="/arenden/nytt")
    ahead = browser.post("/arenden/nytt", {**nobody, **raised}, token_from="/arenden/nytt")
    page = browser.get(made.headers["Location"]).text

    assert (made.status_code, ahead.status_code) == (302, 422)
    assert "SSPF " in page
    assert "Ärende utan person" in page
    assert "SSPF är ett sätt att samarbeta" in page


def _consulting(world: World) -> SharedCase:
    """A case in the consultation, in which the police take part."""
    shared, officer = consultation(world), world.actor(AgencyKind.POLICE)
    considered(world, shared.social, shared.id, Condition.OWN_SCREENING)
    world.act(shared.social, cases.invite_agency, shared.id, officer.agency_id)
    world.act(world.actor(AgencyKind.POLICE, Role.UNIT_MANAGER), cases.assign, shared.id, officer.user_id)
    shared.handlers[officer.agency_id] = officer
    return shared


def _give_identity(shared: SharedCase, to: UUID, basis: str) -> None:
    with shared.world.acting(shared.social):
        known = reading.identities(shared.social.agency_id, shared.id)
        parts = [part.id for record in known for part in record.parts]
    terms = replace(draft(parts, to), basis_id=basis)
    shared.world.act(shared.social, disclosures.disclose, shared.id, terms)
