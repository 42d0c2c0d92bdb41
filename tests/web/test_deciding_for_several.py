"""One decision about several recipients: each with its own outcome, all or none, and what stands in the way of each with a way out."""

from uuid import UUID

import pytest
from flask import Flask

from coordination.core.errors import Conflict, Invalid
from coordination.disclosure import deciding, ledger
from coordination.disclosure.deciding import DecisionDraft
from policies.permissions import AgencyKind
from tests.browser import Browser
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import WEIGHED, consented, draft
from tests.factories.world import SharedCase, World, shared_case
from tests.web.forms import seen_of

BASIS = "OSL_12_2_SAMTYCKE"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE, AgencyKind.SCHOOL)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


@pytest.fixture
def school(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.SCHOOL]


@pytest.fixture
def parts(shared: SharedCase) -> list[UUID]:
    record = written(
        shared, shared.social, "Hembesök", "Hon sover dåligt.", "Hemma är det trångt.", kind="journal_note"
    )
    return parts_of(shared, shared.social, record)


def _fields(parts: list[UUID], *recipients: UUID, **changed: object) -> dict[str, object]:
    return {
        "parts": [str(part) for part in parts],
        "recipients": [str(one) for one in recipients],
        "purpose": "support",
        "initiative": "own",
        "basis": BASIS,
        "harm_test": WEIGHED,
        "until": "consent",
        "until_date": "",
        "seen": "",
        "action": "preview",
        **changed,
    }


def _decision(parts: list[UUID], *recipients: UUID) -> DecisionDraft:
    one = draft(parts, recipients[0])
    return DecisionDraft(
        one.part_ids,
        recipients,
        one.basis_id,
        one.duty_id,
        one.purpose,
        one.own_initiative,
        one.harm_test,
        one.until,
    )


def _sender(shared: SharedCase) -> tuple[Browser, str]:
    return visit(shared.world, shared.social), f"/arenden/{shared.id}/dela"


def _given(shared: SharedCase) -> list[ledger.LedgerRow]:
    return list(shared.world.act(shared.social, ledger.given).rows)


def _nobody_works_at(shared: SharedCase, agency_id: UUID) -> None:
    handler = shared.handlers[agency_id]
    ending = f"/arenden/{shared.id}/handlaggare/{handler.user_id}/avsluta"
    visit(shared.world, shared.managers[agency_id]).post(ending, token_from=ending)


def test_what_is_previewed_for_two_is_given_to_both_on_one_weighing(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police, school)
    browser, path = _sender(shared)

    shown = browser.post(path, _fields(parts[:2], police, school), token_from=path)
    done = browser.post(
        path, _fields(parts[:2], police, school, action="disclose", seen=seen_of(shown.text)), token_from=path
    )

    rows = _given(shared)
    assert "Förhandsvisa som police 1780" in shown.text
    assert "Förhandsvisa som school 1780" in shown.text
    assert done.status_code == 302
    assert {row.to_agency_id for row in rows} == {police, school}
    assert len({row.decision_id for row in rows}) == 1
    for agency in (police, school):
        assert "Hon sover dåligt." in visit(shared.world, shared.handlers[agency]).get(f"/arenden/{shared.id}").text


def test_the_ledger_and_the_page_show_one_decision_with_an_outcome_for_each(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police, school)
    made = shared.world.act(shared.social, deciding.decide, shared.id, _decision(parts, police, school))
    visit(shared.world, shared.handlers[school]).get(f"/delningar/{made[1].id}")
    sender = visit(shared.world, shared.social)

    listed = sender.get("/delningar?visa=lamnat").text
    page = sender.get(f"/delningar/{made[0].id}").text

    for shown in (listed, page):
        assert "ingen har öppnat den än" in shown
        assert "först öppnad" in shown
    assert listed.count("3 stycken i SIG") == 1
    assert "Samma beslut" in page


def test_a_recipient_does_not_learn_who_else_the_decision_was_about(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police, school)
    made = shared.world.act(shared.social, deciding.decide, shared.id, _decision(parts, police, school))

    received = visit(shared.world, shared.handlers[police])

    assert "Samma beslut" not in received.get(f"/delningar/{made[0].id}").text
    assert str(made[1].id) not in received.get("/delningar").text
    assert received.get(f"/delningar/{made[1].id}").status_code == 404


def test_a_basis_that_fits_one_of_two_stops_the_decision_and_says_where_and_what_to_do(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police)
    browser, path = _sender(shared)

    blocked = browser.post(path, _fields(parts, police, school), token_from=path)
    dropped = browser.post(path, _fields(parts, police, school, action=f"drop:{school}"), token_from=path)
    shown = browser.post(path, _fields(parts, police), token_from=path)

    assert blocked.status_code == 422
    assert "Samtycket omfattar inte mottagaren." in blocked.text
    for way in ("Fråga om nytt samtycke", "Välj annat stöd", "Ta bort school 1780", "Stödet passar"):
        assert way in blocked.text
    assert "Så här ser mottagaren det" not in blocked.text
    assert "Ta bort school 1780" not in dropped.text
    assert "Så här ser mottagaren det" in shown.text
    assert _given(shared) == []


def test_when_one_recipient_cannot_be_given_nothing_is_given(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police)

    with pytest.raises(Invalid) as refused:
        shared.world.act(shared.social, deciding.decide, shared.id, _decision(parts, police, school))

    assert refused.value.code == "some_recipients_blocked"
    assert _given(shared) == []


def test_a_decision_that_is_not_the_one_shown_is_refused(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police, school)
    browser, path = _sender(shared)
    shown = browser.post(path, _fields(parts, police), token_from=path)

    more = browser.post(
        path, _fields(parts, police, school, action="disclose", seen=seen_of(shown.text)), token_from=path
    )

    assert more.status_code == 409
    with pytest.raises(Conflict):
        shared.world.act(shared.social, deciding.decide, shared.id, _decision(parts, police), seen="0" * 64)
    assert _given(shared) == []


def test_the_bases_stand_side_by_side_for_each_recipient(
    shared: SharedCase, parts: list[UUID], police: UUID, school: UUID
) -> None:
    consented(shared, police)
    browser, path = _sender(shared)

    page = browser.post(path, _fields(parts, police, school, action="ask"), token_from=path).text

    table = page.split("Stöden bredvid varandra")[1].split("</table>")[0]
    assert "police 1780: Ja, till" in " ".join(table.split()).replace("</svg> ", "")
    assert "school 1780: Samtycket omfattar inte mottagaren." in " ".join(table.split())
    assert "Passar inte för school 1780:" in page
    assert "ring 112" in page


def test_an_agency_without_a_handler_is_asked_to_name_one_and_its_manager_meets_the_question(
    shared: SharedCase, parts: list[UUID], police: UUID
) -> None:
    consented(shared, police)
    _nobody_works_at(shared, police)
    browser, path = _sender(shared)
    manager = visit(shared.world, shared.managers[police])

    before = manager.get("/arenden").text
    stuck = browser.post(path, _fields(parts, police), token_from=path)
    asked = browser.post(path, _fields(parts, police, action=f"name_handler:{police}"), token_from=path)
    after = manager.get("/arenden").text
    naming = f"/arenden/{shared.id}/handlaggare"
    manager.post(naming, {"user": str(shared.handlers[police].user_id)}, token_from=naming)

    assert stuck.status_code == 422
    assert "Be police 1780 utse någon" in stuck.text
    assert "är ombedd att utse handläggare" in asked.text
    assert WEIGHED in asked.text
    assert "utse handläggare" not in before
    assert "Någon vill dela med er: utse handläggare" in after
    assert "Någon vill dela med er" not in manager.get("/arenden").text
