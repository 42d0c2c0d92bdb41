"""Consent and disclosure in the browser: what fits, what the recipient will see, the decision, its end, and the copy."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from coordination.cases import records
from coordination.core import clock
from coordination.core.ids import new_id
from coordination.disclosure.service import withdraw_consent
from policies.permissions import AgencyKind
from tests.browser import Browser, without_tokens
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import WEIGHED, consented, given, named
from tests.factories.world import SharedCase, World, note, shared_case

BASIS = "OSL_12_2_SAMTYCKE"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE, AgencyKind.SCHOOL)


def _agency(shared: SharedCase, kind: AgencyKind = AgencyKind.POLICE) -> UUID:
    return shared.world.agencies[kind]


def _handler(shared: SharedCase, kind: AgencyKind = AgencyKind.POLICE) -> Browser:
    return visit(shared.world, shared.handlers[_agency(shared, kind)])


def _consent(shared: SharedCase, **changed: object) -> dict[str, object]:
    today = clock.today()
    return {
        "agency_ids": [str(_agency(shared))],
        "kinds": ["journal_note"],
        "purposes": ["support"],
        "form": "paper",
        "youth_signed": "y",
        "guardian_ids": [str(shared.guardian_id)],
        "signed_on": today.isoformat(),
        "valid_to": (today + timedelta(days=90)).isoformat(),
        "reason_without_guardian": "",
        "note": "Alva nickade och sa ja.",
        **changed,
    }


def _disclosure(shared: SharedCase, chosen: list[UUID], **changed: object) -> dict[str, object]:
    return {
        "parts": [str(part) for part in chosen],
        "recipients": [str(_agency(shared))],
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


def _seen(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    return found.group(1) if found else ""


def _timeline(page: str) -> str:
    """Return the records of a page as text, without what can be done with them."""
    found = re.search(r'<ol class="timeline">(.*?)</ol>', page, re.DOTALL)
    assert found
    without_links = re.sub(r'<div class="record-foot">.*?</div>', "", found.group(1), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", without_links).split())


def _visit_note(shared: SharedCase) -> UUID:
    return written(shared, shared.social, "Hembesök", "Hon sover dåligt.", "Hemma är det trångt.", kind="journal_note")


def test_a_consent_is_recorded_and_its_words_stay_with_the_owner(shared: SharedCase) -> None:
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/samtycke/nytt"

    answer = browser.post(path, _consent(shared), token_from=path)

    page = browser.get(f"/arenden/{shared.id}/samtycke").text
    address = re.search(r"/samtycken/[0-9a-f-]{36}", page)
    assert answer.status_code == 302
    assert address
    assert "Alva nickade" in browser.get(address.group()).text
    received = _handler(shared).get(address.group())
    assert received.status_code == 200
    assert "Alva nickade" not in received.text
    assert _handler(shared, AgencyKind.SCHOOL).get(address.group()).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agency_ids": []}, "Välj minst en part."),
        ({"youth_signed": ""}, "Den som har fyllt 12 år behöver själv ha samtyckt."),
        ({"guardian_ids": []}, "En vårdnadshavare behöver ha samtyckt."),
        ({"valid_to": "2099-01-01"}, "Ett samtycke kan gälla i högst ett år."),
        ({"signed_on": "2099-01-01"}, "daterat framåt i tiden"),
    ],
)
def test_a_consent_that_does_not_hold_comes_back_filled_in(
    shared: SharedCase, changed: dict[str, object], sentence: str
) -> None:
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/samtycke/nytt"

    answer = browser.post(path, _consent(shared, **changed), token_from=path)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Alva nickade" in answer.text


def test_taking_a_consent_back_tells_its_effect_first_and_closes_what_stood_on_it(shared: SharedCase) -> None:
    consent_id = consented(shared, _agency(shared))
    disclosure_id = given(shared, shared.social, _visit_note(shared), _agency(shared))
    browser, path = visit(shared.world, shared.social), f"/samtycken/{consent_id}/ta-tillbaka"

    before = browser.get(path).text
    answer = browser.post(path, {"withdrawn_by": "youth"}, token_from=path)
    again = browser.post(path, {"withdrawn_by": "youth"}, token_from=path)

    assert str(disclosure_id) in before
    assert "kan inte tas tillbaka" in before
    assert answer.status_code == 302
    assert again.status_code == 409
    assert "Hon sover dåligt." not in _handler(shared).get(f"/arenden/{shared.id}").text
    assert "Samtycket är taget tillbaka" in browser.get(f"/arenden/{shared.id}/samtycke").text


def test_the_recipient_decides_about_its_copy_when_the_consent_is_gone(shared: SharedCase) -> None:
    consent_id = consented(shared, _agency(shared))
    disclosure_id = given(shared, shared.social, _visit_note(shared), _agency(shared))
    shared.world.act(shared.social, withdraw_consent, consent_id, "youth")
    browser, path = _handler(shared), f"/delningar/{disclosure_id}/kopior"

    assert path in browser.get("/min-dag").text
    assert "Det går inte att ångra" in browser.get(path).text
    assert browser.post(path, token_from=path).status_code == 302
    assert path not in browser.get("/min-dag").text
    assert browser.get(path).status_code == 404
    assert "Hon sover dåligt." in visit(shared.world, shared.social).get(f"/arenden/{shared.id}").text


def test_bases_are_answered_for_what_was_chosen_with_the_reason_for_those_that_do_not_fit(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    record_id = _visit_note(shared)
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/dela"

    begun = browser.get(f"{path}?uppgift={record_id}").text
    fields = _disclosure(shared, parts_of(shared, shared.social, record_id), action="ask", basis="")
    asked = browser.post(path, fields, token_from=path)

    assert begun.count("checked") == 4
    assert BASIS not in begun
    assert asked.status_code == 200
    assert f'value="{BASIS}"' in asked.text
    assert "Läs samtycket" in asked.text
    assert "Häver inte den sekretess" in asked.text
    assert "Kontrollera mot lagtexten" in asked.text
    assert "Starkt skydd" in asked.text


def test_the_preview_is_what_the_recipient_gets_and_nothing_is_given_before_the_decision(shared: SharedCase) -> None:
    consented(shared, _agency(shared), _agency(shared, AgencyKind.SCHOOL))
    record_id = _visit_note(shared)
    given(shared, shared.social, record_id, _agency(shared, AgencyKind.SCHOOL), days=40)
    parts = parts_of(shared, shared.social, record_id)
    browser, path, reader = visit(shared.world, shared.social), f"/arenden/{shared.id}/dela", _handler(shared)

    shown = browser.post(path, _disclosure(shared, parts[:2]), token_from=path)
    assert shown.status_code == 200
    assert "Hon sover dåligt." not in reader.get(f"/arenden/{shared.id}").text
    decided = browser.post(
        path, _disclosure(shared, parts[:2], action="disclose", seen=_seen(shown.text)), token_from=path
    )

    assert decided.status_code == 302
    assert _timeline(shown.text) == _timeline(reader.get(f"/arenden/{shared.id}").text)
    assert "Hemma är det trångt." not in _timeline(shown.text)


def test_what_was_not_shown_is_not_given(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    record_id = _visit_note(shared)
    parts = parts_of(shared, shared.social, record_id)
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/dela"
    shown = browser.post(path, _disclosure(shared, parts[:2]), token_from=path)

    more = browser.post(path, _disclosure(shared, parts, action="disclose", seen=_seen(shown.text)), token_from=path)
    shared.world.act(shared.social, records.edit, record_id, 1, _edited(parts[1]))
    newer = browser.post(
        path, _disclosure(shared, parts[:2], action="disclose", seen=_seen(shown.text)), token_from=path
    )

    assert more.status_code == newer.status_code == 409
    assert "Läs igenom den på nytt" in more.text
    assert "Ändrat av en kollega." in newer.text
    assert "Hembesök" not in _handler(shared).get(f"/arenden/{shared.id}").text


def _edited(part_id: UUID) -> records.RecordDraft:
    draft = note("journal_note", "Hembesök", "Ändrat av en kollega.")
    part = records.PartDraft(draft.parts[0].kind, draft.parts[0].nature, "", draft.parts[0].body, part_id)
    return records.RecordDraft(draft.kind, draft.occurred_on, None, draft.title, [part])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"parts": []}, "Välj minst ett stycke att dela."),
        ({"purpose": ""}, "Välj vad mottagaren behöver uppgifterna till."),
        ({"harm_test": "Kort."}, "Den är för kort."),
        ({"until": "date"}, "Skriv till vilken dag"),
        ({"until": "date", "until_date": "2020-01-01"}, "Slutdagen har redan varit."),
        ({"basis": "OSL_10_27_GENERAL"}, "Häver inte den sekretess"),
        ({"basis": ""}, "Välj rättsligt stöd."),
    ],
)
def test_a_disclosure_that_does_not_hold_comes_back_filled_in(
    shared: SharedCase, changed: dict[str, object], sentence: str
) -> None:
    consented(shared, _agency(shared))
    parts = parts_of(shared, shared.social, _visit_note(shared))
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/dela"

    answer = browser.post(path, _disclosure(shared, parts, **changed), token_from=path)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "harm_test" in changed or WEIGHED in answer.text


def test_a_recipient_without_a_handler_is_told_and_refused(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    parts = parts_of(shared, shared.social, _visit_note(shared))
    handler, manager = shared.handlers[_agency(shared)], visit(shared.world, shared.managers[_agency(shared)])
    ending = f"/arenden/{shared.id}/handlaggare/{handler.user_id}/avsluta"
    manager.post(ending, token_from=ending)
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/dela"

    answer = browser.post(path, _disclosure(shared, parts), token_from=path)

    assert answer.status_code == 422
    assert "har ingen handläggare" in browser.get(path).text


def test_another_agencys_part_cannot_be_chosen(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    foreign = parts_of(
        shared,
        shared.handlers[_agency(shared)],
        written(shared, shared.handlers[_agency(shared)], "Torget", "De bråkade."),
    )
    browser, path = visit(shared.world, shared.social), f"/arenden/{shared.id}/dela"

    refused = browser.post(path, _disclosure(shared, foreign), token_from=path)
    absent = browser.post(path, _disclosure(shared, [new_id()]), token_from=path)

    assert refused.status_code == absent.status_code == 404
    assert without_tokens(refused.text) == without_tokens(absent.text)


def test_the_sender_reads_the_harm_test_and_a_receipt_and_the_recipient_neither(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    disclosure_id = given(shared, shared.social, _visit_note(shared), _agency(shared))
    sender, recipient = visit(shared.world, shared.social), _handler(shared)

    before = sender.get(f"/delningar/{disclosure_id}").text
    received = recipient.get(f"/delningar/{disclosure_id}").text
    after = sender.get(f"/delningar/{disclosure_id}").text

    assert WEIGHED in before
    assert "har öppnat den än" in before
    assert "Först öppnad av" in after
    assert "Hon sover dåligt." in received
    assert WEIGHED not in received
    assert _handler(shared, AgencyKind.SCHOOL).get(f"/delningar/{disclosure_id}").status_code == 404


def test_a_disclosure_ends_with_a_reason_and_only_once(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    disclosure_id = given(shared, shared.social, _visit_note(shared), _agency(shared))
    browser, path = visit(shared.world, shared.social), f"/delningar/{disclosure_id}/avsluta"

    without = browser.post(path, token_from=path)
    ended = browser.post(path, {"why": "revoked_mistake"}, token_from=path)
    again = browser.post(path, {"why": "revoked_mistake"}, token_from=path)

    assert (without.status_code, ended.status_code, again.status_code) == (422, 302, 409)
    assert _handler(shared).get(path).status_code == 404
    assert "Kopian är stängd" in _handler(shared).get(f"/delningar/{disclosure_id}").text


def test_the_ledger_lists_what_was_given_and_received_without_titles(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    disclosure_id = given(shared, shared.social, _visit_note(shared), _agency(shared))
    sender, recipient = visit(shared.world, shared.social), _handler(shared)

    assert str(disclosure_id) in sender.get("/delningar?visa=lamnat").text
    assert str(disclosure_id) not in sender.get("/delningar").text
    assert str(disclosure_id) in recipient.get("/delningar").text
    assert "Hembesök" not in recipient.get("/delningar").text


def test_an_identity_that_was_given_names_the_case_for_the_recipient(shared: SharedCase) -> None:
    consented(shared, _agency(shared))
    disclosure_id = named(shared, _agency(shared))

    page = _handler(shared).get(f"/arenden/{shared.id}").text

    assert "Alva Lindqvist</span>, 15 år" in page
    assert "Marcus" not in page
    assert _handler(shared).get(f"/delningar/{disclosure_id}").status_code == 200
