"""Whoever has a conflict of interest does not find the case: no list, search, count, address or emergency tells that it is there."""

from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from coordination.cases import break_glass, conflicts, drafts, lists, people, search
from coordination.cases import service as cases
from coordination.cases.break_glass import BreakGlassDraft
from coordination.cases.models import Case
from coordination.cases.queries import find_case, visible_to
from coordination.cases.search import Search
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.disclosure import closed, overview
from coordination.disclosure import service as disclosures
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import without_tokens
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented
from tests.factories.disclosure import given as disclosed
from tests.factories.methods import row_of
from tests.factories.world import SUBJECT_NUMBER, SharedCase, World, person, shared_case
from tests.security.plaintext import MARKER, tables_with_plaintext

WHY = "Nära släkt med familjen."


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


def _finds(shared: SharedCase, actor: Actor) -> bool:
    """Tell whether the case shows for somebody in any way that there is."""
    world = shared.world
    with world.acting(actor):
        by_predicate = db.session.scalars(visible_to(actor).where(Case.id == shared.id)).all()
    seen = [bool(by_predicate)]
    seen += [shared.id in {row.id for row in world.act(actor, found).rows} for found in (lists.mine, lists.of_agency)]
    for words in (row_of(shared).reference, SUBJECT_NUMBER, "Alva Lindqvist"):
        page = world.act(actor, search.run, Search(words, wide=False, reason=""))
        seen.append(bool(page.rows))
        emergency = BreakGlassDraft(words, "Ingen annan svarar nu", thought_of_112=True)
        seen.append(world.act(actor, break_glass.open_case, emergency) is not None)
    for use_case in (find_case, overview.open_case):
        try:
            world.act(actor, use_case, shared.id)
            seen.append(True)
        except NotFound:
            seen.append(False)
    assert len(set(seen)) == 1, seen
    return seen[0]


def test_a_declared_conflict_takes_the_case_away_everywhere(shared: SharedCase) -> None:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    shared.world.act(manager, cases.assign, shared.id, colleague.user_id)
    assert _finds(shared, colleague)

    shared.world.act(colleague, conflicts.declare, shared.id, WHY)

    assert not _finds(shared, colleague)
    assert shared.world.act(shared.social, lists.mine).rows
    with shared.world.acting(shared.social):
        assert {row.user_id for row in cases.handlers(shared.id, colleague.agency_id)} == {shared.social.user_id}


def test_the_case_answers_as_one_that_does_not_exist(shared: SharedCase) -> None:
    shared.world.act(shared.social, conflicts.declare, shared.id, WHY)
    browser = visit(shared.world, shared.social)

    for page in ("", "/insyn", "/samtycke", "/personer", "/atkomst", "/dela", "/fas", "/jav/anmal", "/uppgifter/ny"):
        gone, absent = browser.get(f"/arenden/{shared.id}{page}"), browser.get(f"/arenden/{new_id()}{page}")

        assert gone.status_code == absent.status_code == 404
        assert without_tokens(gone.text) == without_tokens(absent.text)


def test_whether_a_case_by_reference_exists_nobody_is_told(shared: SharedCase, owner_engine: Engine) -> None:
    actor = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    browser = visit(shared.world, actor)
    known, unknown = row_of(shared).reference, "SIG 2019-0001"

    answers = []
    for reference in (known, unknown):
        sent = browser.post("/jav", {"reference": reference, "reason": WHY}, token_from="/jav")
        answers.append((sent.status_code, sent.headers["Location"], without_tokens(browser.get("/jav").text)))
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)

    assert answers[0] == answers[1]
    assert browser.post("/jav", {"reference": "Alva", "reason": WHY}, token_from="/jav").status_code == 422
    with pytest.raises(Invalid, match="user_has_conflict"):
        shared.world.act(manager, cases.assign, shared.id, actor.user_id)
    with owner_engine.connect() as connection:
        counted = text("SELECT count(*) FROM conflict_of_interest")
        assert connection.scalar(counted) == 1


def test_a_manager_sets_and_ends_it_with_a_reason_and_gives_back_nothing(shared: SharedCase) -> None:
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    browser, path = visit(shared.world, manager), f"/arenden/{shared.id}/jav"
    fields = {"user": str(shared.social.user_id), "reason": f"Granne. {MARKER}"}

    done = browser.post(path, fields, token_from=path)
    again = browser.post(path, fields, token_from=path)
    page = browser.get(path).text
    [row] = shared.world.act(manager, conflicts.running, shared.id)
    before = _finds(shared, shared.social)
    short = browser.post(f"/jav/{row.id}/hav", {"reason": "Nej"}, token_from=f"/jav/{row.id}/hav")
    ended = browser.post(f"/jav/{row.id}/hav", {"reason": "De har flyttat isär."}, token_from=f"/jav/{row.id}/hav")

    assert [done.status_code, again.status_code, short.status_code, ended.status_code] == [302, 409, 422, 302]
    assert MARKER in page
    assert not before
    assert shared.world.act(manager, conflicts.running, shared.id) == []
    assert shared.world.act(shared.social, lists.mine).rows == []
    shared.world.act(manager, cases.assign, shared.id, shared.social.user_id)
    assert _finds(shared, shared.social)


def test_why_is_sealed_and_not_in_the_case_log_that_colleagues_read(shared: SharedCase, owner_engine: Engine) -> None:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES)
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)

    shared.world.act(manager, conflicts.set_for, shared.id, colleague.user_id, f"Syster till {MARKER}")
    page = visit(shared.world, shared.social).get(f"/arenden/{shared.id}/atkomst").text

    assert "Ändrade om någon är jävig" in page
    assert MARKER not in page
    assert tables_with_plaintext(owner_engine) == []


def test_another_agencys_manager_neither_sees_nor_ends_it(shared: SharedCase) -> None:
    shared.world.act(shared.social, conflicts.declare, shared.id, WHY)
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    [row] = shared.world.act(manager, conflicts.running, shared.id)
    police = shared.managers[shared.world.agency(AgencyKind.POLICE)]

    assert shared.world.act(police, conflicts.running, shared.id) == []
    with pytest.raises(NotFound):
        shared.world.act(police, conflicts.end, row.id, "Det finns inget jäv.")
    with pytest.raises(Invalid, match="colleague_unknown"):
        shared.world.act(police, conflicts.set_for, shared.id, shared.social.user_id, WHY)
    with pytest.raises(NotFound):
        shared.world.act(manager, conflicts.one, new_id())


def test_a_manager_or_registrar_with_a_conflict_does_not_meet_closed_copies_of_it(shared: SharedCase) -> None:
    world, police = shared.world, shared.world.agency(AgencyKind.POLICE)
    consented(shared, police)
    record = written(shared, shared.social, "Hembesök", "Hon sover dåligt.")
    disclosure = disclosed(shared, shared.social, record, police)
    world.act(shared.social, disclosures.revoke, disclosure, "revoked_mistake")
    registrar = world.actor(AgencyKind.POLICE, Role.REGISTRAR)
    before = [row.disclosure_id for row in world.act(registrar, closed.held).rows]

    world.act(registrar, conflicts.declare, shared.id, WHY)

    assert before == [disclosure]
    assert list(world.act(registrar, closed.held).rows) == []
    with pytest.raises(NotFound):
        world.act(registrar, closed.one, disclosure)


def test_a_draft_in_the_case_is_not_found_either(shared: SharedCase) -> None:
    subject = drafts.Subject(drafts.RECORD_NEW, shared.id)
    shared.world.act(shared.social, drafts.keep, subject, new_id(), [("title", "Hembesök")])

    shared.world.act(shared.social, conflicts.declare, shared.id, WHY)

    assert list(shared.world.act(shared.social, drafts.own)) == []
    manager = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    with pytest.raises(Conflict, match="conflict_set_already"):
        shared.world.act(manager, conflicts.set_for, shared.id, shared.social.user_id, WHY)


ROLES = (Role.SIG_COORDINATOR, Role.CASE_WORKER, Role.UNIT_MANAGER, Role.REGISTRAR)


@given(
    role=st.sampled_from(ROLES),
    assigned=st.booleans(),
    protected=st.booleans(),
    named=st.booleans(),
    glass=st.booleans(),
    by_manager=st.booleans(),
    after=st.booleans(),
)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_whatever_somebody_had_in_a_case_a_conflict_takes_it_away(
    app: Flask, *, role: Role, assigned: bool, protected: bool, named: bool, glass: bool, by_manager: bool, after: bool
) -> None:
    world = World(app)
    shared, someone = _case_of(world, protected=protected), world.actor(AgencyKind.SOCIAL_SERVICES, role)
    manager = world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    handles = role in {Role.SIG_COORDINATOR, Role.CASE_WORKER}

    def given_a_place() -> None:
        if assigned and handles:
            world.act(manager, cases.assign, shared.id, someone.user_id, named_for_protected=named)
        if glass and handles:
            draft = BreakGlassDraft(row_of(shared).reference, "Ingen annan svarar nu", thought_of_112=True)
            world.act(someone, break_glass.open_case, draft)

    given_a_place()
    if by_manager:
        world.act(manager, conflicts.set_for, shared.id, someone.user_id, WHY)
    else:
        world.act(someone, conflicts.declare_unseen, row_of(shared).reference, WHY)
    if after and glass and handles:
        draft = BreakGlassDraft(row_of(shared).reference, "Ingen annan svarar nu", thought_of_112=True)
        assert world.act(someone, break_glass.open_case, draft) is None

    with world.acting(someone):
        assert db.session.scalars(visible_to(someone).where(Case.id == shared.id)).all() == []
        with pytest.raises(NotFound):
            find_case(someone, shared.id)
    assert shared.id not in {row.id for row in world.act(someone, lists.of_agency).rows}


def _case_of(world: World, *, protected: bool) -> SharedCase:
    social = world.actor(AgencyKind.SOCIAL_SERVICES)
    case = world.act(social, cases.open_case, "sig")
    draft = person("subject", "Alva", "Lindqvist", SUBJECT_NUMBER, "marked" if protected else "none")
    subject: UUID = world.act(social, people.add_person, case.id, draft).id
    return SharedCase(world, case.id, social, subject, subject, {social.agency_id: social}, {})
