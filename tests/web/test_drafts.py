"""Drafts in the browser: kept by a button or while somebody types, theirs alone, and there again after the session has ended."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from threading import Event
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import drafts
from coordination.cases import service as cases
from coordination.cases.drafts import RECORD_EDIT, Subject
from coordination.core import clock
from coordination.core.errors import NotFound
from coordination.core.ids import new_id
from coordination.identity import sessions
from coordination.jobs.performing import perform
from coordination.keys import rotation
from coordination.keys.service import CannotOpen
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.browser import without_tokens
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import consented
from tests.factories.world import SharedCase, World, shared_case

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
JSON = {"Accept": "application/json"}


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


def _fields(body: str, page_id: UUID | None = None, **others: str) -> dict[str, str]:
    return {
        "kind": "journal_note",
        "occurred_on": clock.today().isoformat(),
        "about": "",
        "title": "Hembesök",
        "parts-0-part_id": "",
        "parts-0-heading": "",
        "parts-0-body": body,
        "parts-0-nature": "assessment",
        "own_view": "Jag mår bra.",
        "disagreement": "",
        "draft": str(page_id or new_id()),
        "draft_of": "record_new",
        **others,
    }


def _count(engine: Engine, table: str = "draft") -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _actions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT action FROM audit.entry ORDER BY agency_id, seq")))


def _colleague(shared: SharedCase) -> Actor:
    colleague = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    shared.world.act(shared.social, cases.assign, shared.id, colleague.user_id)
    return colleague


def test_a_draft_is_kept_by_the_button_continued_saved_and_then_gone(shared: SharedCase, owner_engine: Engine) -> None:
    browser, form = visit(shared.world, shared.social), f"/arenden/{shared.id}/uppgifter/ny"
    grants = _count(owner_engine, "keys.key_grant")

    kept = browser.post(f"/arenden/{shared.id}/utkast", _fields("Hon sover dåligt."), token_from=form)

    continued = browser.get(kept.location)
    assert "Utkast sparat kl." in continued.text
    assert "Du fortsätter på ditt utkast" in continued.text
    assert all(words in continued.text for words in ("Hon sover dåligt.", "Jag mår bra.", 'value="assessment" checked'))
    opened = browser.get(form).text
    assert "Du har ett utkast från" in opened
    assert "Hon sover dåligt." not in opened
    listed = browser.get("/utkast").text
    assert "SIG " in listed
    assert "Hon sover dåligt." not in listed
    page_id = dict(browser.fields(continued.text))["draft"]
    assert browser.post(form, _fields("Hon sover bättre.", UUID(page_id)), token_from=form).status_code == 302
    assert _count(owner_engine) == 0
    assert _count(owner_engine, "keys.key_grant") == grants + 3
    assert "Inga utkast" in browser.get("/utkast").text
    assert _actions(owner_engine).count("case.draft_opened") == 1


def test_the_script_keeps_what_is_typed_again_and_again_in_one_draft_and_two_windows_never_meet(
    shared: SharedCase, owner_engine: Engine
) -> None:
    browser, keep = visit(shared.world, shared.social), f"/arenden/{shared.id}/utkast"
    token, first, second = browser.token(f"/arenden/{shared.id}/uppgifter/ny"), new_id(), new_id()

    for words, page_id in (("Ett", first), ("Ett två", first), ("Annat", second)):
        answer = browser._open("POST", keep, data={"csrf_token": token, **_fields(words, page_id)}, headers=JSON)
        assert re.fullmatch(r"Utkast sparat kl\. \d\d\.\d\d", answer.get_json()["said"])

    page = browser.get(f"/arenden/{shared.id}/uppgifter/ny").text
    assert page.count("Du har ett utkast från") == 2
    assert _count(owner_engine) == 2
    with owner_engine.connect() as connection:
        sealed = connection.scalars(text("SELECT sealed FROM draft")).all()
    assert not any(b"Annat" in bytes(one) for one in sealed)


def test_what_is_sent_after_the_session_ended_comes_back_filled_in_for_the_same_person_only(
    app: Flask, shared: SharedCase, time: time_machine.Traveller, owner_engine: Engine
) -> None:
    client = visit(shared.world, shared.social)
    form = f"/arenden/{shared.id}/uppgifter/ny"
    token = client.token(form)
    time.shift(sessions.IDLE + timedelta(hours=2))
    perform(app, "purge_leftovers", Event())

    sent = client._open("POST", form, data={"csrf_token": token, **_fields("Två timmars arbete.")})

    assert sent.status_code == 302
    assert sent.location == f"/logga-in?next={form}?utkast%3Dsenaste"
    assert "Det du skrev är sparat som utkast" in client.get(sent.location).text
    assert "Två timmars arbete." not in client.get(form).text
    colleague = visit(shared.world, _colleague(shared)).get(f"{form}?utkast=senaste")
    assert "Två timmars arbete." not in colleague.text
    again = visit(shared.world, shared.social).get(f"{form}?utkast=senaste")
    assert "Två timmars arbete." in again.text
    assert "case.draft_rescued" in _actions(owner_engine)
    time.shift(sessions.ENDED_KNOWN)
    late = client._open("POST", form, data={"csrf_token": token, **_fields("Nästa dag.")})
    assert (late.location, _count(owner_engine)) == ("/logga-in", 1)


def test_what_cannot_be_kept_is_not_and_the_answer_does_not_tell(
    shared: SharedCase, time: time_machine.Traveller, owner_engine: Engine
) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    client = visit(shared.world, shared.world.actor(AgencyKind.SOCIAL_SERVICES))
    token = client.token("/konto")
    time.shift(sessions.IDLE)

    answers = {}
    for case_id in (shared.id, new_id()):
        path = f"/arenden/{case_id}/uppgifter/ny"
        sent = client._open("POST", path, data={"csrf_token": token, **_fields("Inte mitt.")})
        answers[case_id] = (sent.status_code, sent.location.replace(str(case_id), ""))
    file = {"csrf_token": token, "file": (BytesIO(b"Innehall"), "foto.txt")}
    attached = client._open("POST", f"/uppgifter/{record_id}/bilagor/ny", data=file)

    assert len(set(answers.values())) == 1
    assert _count(owner_engine) == 0
    assert attached.location.endswith("/bilagor/ny?fil%3D1")
    told = visit(shared.world, shared.social).get(f"/uppgifter/{record_id}/bilagor/ny?fil=1").text
    assert "Välj den igen." in told


def test_a_draft_is_its_authors_alone_and_absent_once_the_assignment_ends(
    shared: SharedCase, owner_engine: Engine, app: Flask
) -> None:
    colleague = _colleague(shared)
    author, other = visit(shared.world, colleague), visit(shared.world, shared.social)
    form = f"/arenden/{shared.id}/uppgifter/ny"
    kept = author.post(f"/arenden/{shared.id}/utkast", _fields("Mitt."), token_from=form)
    draft_id = UUID(kept.location.partition("=")[2])

    absent = other.get(f"/utkast/{new_id()}/kasta")
    for path in (f"/utkast/{draft_id}/kasta", f"{form}?utkast={draft_id}", f"{form}?utkast=annat"):
        refused = other.get(path)
        assert (refused.status_code, without_tokens(refused.text)) == (404, without_tokens(absent.text))
    assert author.get(f"/arenden/{shared.id}/samtycke/nytt?utkast={draft_id}").status_code == 404
    shared.world.act(shared.social, cases.end_assignment, shared.id, colleague.user_id)
    assert author.get(f"/utkast/{draft_id}/kasta").status_code == 404
    assert str(draft_id) not in author.get("/utkast").text
    for _ in range(2):
        perform(app, "dispose_of_drafts", Event())
    assert _count(owner_engine) == 0


def test_a_draft_of_an_edit_whose_record_was_saved_meanwhile_is_merged(shared: SharedCase) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    path, colleague = f"/uppgifter/{record_id}/andra", _colleague(shared)
    browser, other = visit(shared.world, shared.social), visit(shared.world, colleague)
    page = browser.get(path).text
    base, token, page_id = dict(browser.fields(page)), browser.token(path), str(new_id())
    hidden = {name: value for name, value in _ids(page).items() if name != "csrf_token"}
    typed = {**_fields("Min ändring."), **base, **hidden, "draft": page_id, "csrf_token": token}
    kept = browser._open("POST", f"/uppgifter/{record_id}/utkast", data=typed)
    assert "Min ändring." in browser.get(kept.location).text
    theirs = {**_fields("Kollegans."), **_ids(other.get(path).text)}
    assert other.post(path, theirs, token_from=path).status_code == 302

    merged = browser.get(kept.location)

    assert merged.status_code == 200
    assert "Någon annan hann före" in merged.text
    assert "Kollegans.\n\nMin ändring." in merged.text


def test_what_the_second_to_save_typed_is_kept_at_once(shared: SharedCase, owner_engine: Engine) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    browser, path = visit(shared.world, shared.social), f"/uppgifter/{record_id}/andra"
    before = _ids(browser.get(path).text)
    assert browser.post(path, {**_fields("Först."), **before}, token_from=path).status_code == 302

    clash = browser.post(path, {**_fields("Sedan."), **before}, token_from=path)

    assert clash.status_code == 409
    assert _count(owner_engine) == 1
    again = browser.get(f"{path}?utkast=senaste").text
    assert "Någon annan hann före" in again
    assert "Sedan." in again


def test_a_draft_of_a_consent_and_of_a_decision_come_back(shared: SharedCase) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    consented(shared, police)
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    part_id = parts_of(shared, shared.social, record_id)[1]
    browser, keep = visit(shared.world, shared.social), f"/arenden/{shared.id}/utkast"
    consent = {"draft_of": "consent_new", "note": "Hon nickade.", "agency_ids": str(police), "youth_signed": "y"}
    decision = {
        "draft_of": "disclosure",
        "parts": str(part_id),
        "recipients": str(police),
        "harm_test": "Det behövs.",
        "seen": "0" * 64,
    }

    pages = []
    for fields in (consent, decision):
        kept = browser.post(keep, fields, token_from=f"/arenden/{shared.id}/samtycke/nytt")
        pages.append(browser.get(kept.location).text)

    assert "Hon nickade." in pages[0]
    assert f'value="{police}" checked' in pages[0]
    assert "Det behövs." in pages[1]
    assert f'value="{part_id}" checked' in pages[1]
    assert "0" * 64 not in pages[1]
    thrown = browser.get("/utkast").text.split("/kasta")[0].rpartition("/utkast/")[2]
    assert "Det går inte att ångra." in browser.get(f"/utkast/{thrown}/kasta").text
    assert browser.post(f"/utkast/{thrown}/kasta", token_from=f"/utkast/{thrown}/kasta").location == "/utkast"
    assert browser.get("/utkast").text.count("/kasta") == 1


def test_a_draft_opens_in_its_own_place_only_survives_a_new_key_and_goes_after_thirty_days(
    shared: SharedCase, app: Flask, owner_engine: Engine, time: time_machine.Traveller
) -> None:
    world, social = shared.world, shared.social
    record_id = written(shared, social, "Hembesök", "Först så.", kind="journal_note")
    subject, page_id = Subject(RECORD_EDIT, record_id), new_id()
    kept = world.act(social, drafts.keep, subject, page_id, [("title", "Åska")])
    with app.app_context():
        list(rotation.rotate_agency(social.agency_id, world.municipality_id))

    opened = world.act(social, drafts.open_draft, subject, kept.id)

    assert (opened.page_id, list(opened.pairs)) == (page_id, [("title", "Åska")])
    other = written(shared, social, "Annat", "Text.", kind="journal_note")
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE draft SET target_id = :other"), {"other": other})
    with pytest.raises(CannotOpen):
        world.act(social, drafts.open_draft, Subject(RECORD_EDIT, other), kept.id)
    time.shift(drafts.KEPT)
    with pytest.raises(NotFound):
        world.act(social, drafts.open_draft, Subject(RECORD_EDIT, other), kept.id)
    perform(app, "dispose_of_drafts", Event())
    assert _count(owner_engine) == 0


def _ids(page: str) -> dict[str, str]:
    """Return what an edit form carries besides what is typed."""
    wanted = ("parts-0-part_id", "version", "base", "own_view_id", "disagreement_id")
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in wanted}
    return {name: unescape(match.group(1)) for name, match in found.items() if match}
