"""The registrar's way into a closed copy: for a stated reason, freshly signed in, always reviewed, and never more than that."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import attachments, people, reading
from coordination.core import clock
from coordination.core.errors import Forbidden, NotFound
from coordination.disclosure import registry
from coordination.disclosure import service as disclosures
from coordination.identity import sessions
from coordination.oversight import service as oversight
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given
from tests.factories.world import SharedCase, World, person, shared_case

TITLE, TEXT, KEPT = "Hembesök", "Hon sover dåligt.", "Hemma är det trångt."
REASON = "Begäran om allmän handling, dnr 2026/118"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


@pytest.fixture
def disclosure(shared: SharedCase, police: UUID) -> UUID:
    """A title, one of two texts and a file, given to the police; readable still."""
    consented(shared, police)
    record = written(shared, shared.social, TITLE, TEXT, KEPT, kind="journal_note")
    shared.world.act(shared.social, attachments.attach, record, "Kallelse.txt", BytesIO("Välkommen".encode()))
    return given(shared, shared.social, record, police, only=[0, 1, 3])


@pytest.fixture
def closed(shared: SharedCase, disclosure: UUID) -> UUID:
    shared.world.act(shared.social, disclosures.revoke, disclosure, "revoked_mistake")
    return disclosure


@pytest.fixture
def registrar(shared: SharedCase) -> Actor:
    return shared.world.actor(AgencyKind.POLICE, Role.REGISTRAR)


def _path(disclosure_id: UUID) -> str:
    return f"/stangda-kopior/{disclosure_id}/oppna"


def test_the_registrar_opens_a_closed_copy_for_a_stated_reason(
    shared: SharedCase, closed: UUID, registrar: Actor, owner_engine: Engine
) -> None:
    browser, path = visit(shared.world, registrar), _path(closed)

    listed, asked = browser.get("/stangda-kopior").text, browser.get(path).text
    shown = browser.post(path, {"reason": REASON}, token_from=path)

    assert path in listed
    assert [word for word in (TITLE, TEXT, "Kallelse") if word in listed + asked] == []
    assert shown.status_code == 200
    assert all(word in shown.text for word in (TITLE, TEXT, "Kallelse.txt", "Visningen är loggad och granskas"))
    assert KEPT not in shown.text
    with owner_engine.connect() as connection:
        line = connection.execute(
            text("SELECT agency_id, canonical::jsonb -> 'fields' AS said FROM audit.entry WHERE action = :action"),
            {"action": "copy.closed_opened"},
        ).one()
    assert line.agency_id == registrar.agency_id
    assert line.said["permission"] == "disclosure:closed_copy:open"
    assert REASON not in str(line.said)


def test_without_a_reason_nothing_is_opened(shared: SharedCase, closed: UUID, registrar: Actor) -> None:
    browser, path = visit(shared.world, registrar), _path(closed)

    for reason in ("", "Begäran"):
        answer = browser.post(path, {"reason": reason}, token_from=path)
        assert answer.status_code == 422
        assert TEXT not in answer.text


def test_an_attachment_is_sent_for_with_the_same_reason(shared: SharedCase, closed: UUID, registrar: Actor) -> None:
    browser, path = visit(shared.world, registrar), _path(closed)
    shown = browser.post(path, {"reason": REASON}, token_from=path).text
    address = shown.split(f'action="/stangda-kopior/{closed}/bilagor/')[1].split('"')[0]
    file = f"/stangda-kopior/{closed}/bilagor/{address}"

    sent = browser.post(file, {"reason": REASON}, token_from=path).data.decode()
    unstated = browser.post(file, {"reason": "Kort"}, token_from=path)
    absent = browser.post(f"/stangda-kopior/{closed}/bilagor/{closed}", {"reason": REASON}, token_from=path)

    assert sent == "Välkommen"
    assert (unstated.status_code, unstated.location) == (302, path)
    assert absent.status_code == 404


def test_paper_is_logged_as_paper(shared: SharedCase, closed: UUID, registrar: Actor, owner_engine: Engine) -> None:
    browser, path = visit(shared.world, registrar), _path(closed)

    paper = browser.post(path, {"reason": REASON, "action": "paper"}, token_from=path).text

    assert "Utskriften är loggad" in paper
    assert TEXT in paper
    with owner_engine.connect() as connection:
        printed = text("SELECT count(*) FROM audit.entry WHERE action = 'case.printed' AND user_id = :user")
        assert connection.scalar(printed, {"user": registrar.user_id}) == 1


def test_the_reviewer_finds_every_opening_marked(
    app: Flask, shared: SharedCase, closed: UUID, registrar: Actor, police: UUID
) -> None:
    visit(shared.world, registrar).post(_path(closed), {"reason": REASON}, token_from=_path(closed))
    reviewer, today = shared.world.actor(AgencyKind.REGION, Role.REGIONAL_COORDINATOR), clock.today()
    period = (today, today, today + timedelta(days=5))
    review = shared.world.act(shared.managers[police], oversight.give, reviewer.user_id, *period)

    browser, path = visit(shared.world, reviewer), f"/logg/{review}"
    page = browser.post(path, {"event": "always", "actor": "", "reference": ""}, token_from=path).text

    row = page.split("<tbody>")[1].split("</tbody>")[0]
    assert row.count("<tr>") == 1
    assert all(word in row for word in ("Öppnade en stängd kopia", "Granskas alltid", "Stängd kopia", REASON))
    assert TEXT not in page


def test_what_can_be_read_or_is_disposed_of_cannot_be_opened_so(
    shared: SharedCase, disclosure: UUID, registrar: Actor
) -> None:
    browser, path = visit(shared.world, registrar), _path(disclosure)
    readable = browser.get(path).status_code
    shared.world.act(shared.social, disclosures.revoke, disclosure, "revoked_mistake")
    closed = browser.get(path).status_code
    browser.post(f"/stangda-kopior/{disclosure}/gallra", token_from="/stangda-kopior")

    assert (readable, closed, browser.get(path).status_code) == (404, 200, 404)
    assert browser.post(path, {"reason": REASON}, token_from="/stangda-kopior").status_code == 404


def test_it_is_for_the_registrar_of_the_agency_that_holds_it_alone(
    shared: SharedCase, closed: UUID, police: UUID
) -> None:
    world = shared.world
    others = (
        world.actor(AgencyKind.SOCIAL_SERVICES, Role.REGISTRAR),
        shared.managers[police],
        shared.handlers[police],
        shared.social,
        world.actor(AgencyKind.POLICE, Role.ADMINISTRATOR),
    )

    for actor in others:
        assert visit(world, actor).get(_path(closed)).status_code == 404
        with pytest.raises((Forbidden, NotFound)):
            world.act(actor, registry.open_copy, closed, REASON)


def test_a_sign_in_that_is_not_fresh_is_asked_for_again(shared: SharedCase, closed: UUID, registrar: Actor) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        browser = visit(shared.world, registrar)
        time.shift(sessions.FRESH + timedelta(seconds=1))

        assert "Bekräfta att det är du" in browser.get(_path(closed)).text
    with pytest.raises(Forbidden, match="reauthentication_needed"):
        shared.world.act(replace(registrar, fresh=False), registry.open_copy, closed, REASON)


def test_parts_about_a_protected_person_are_left_out(shared: SharedCase, police: UUID, registrar: Actor) -> None:
    world, social = shared.world, shared.social
    mother_id = world.act(social, people.add_person, shared.id, person("guardian", "Elin", "Ek", "", "marked")).id
    with world.acting(social):
        known = reading.identities(social.agency_id, shared.id)
        parts = [part.id for record in known for part in record.parts if record.about_person_id == mother_id]
    note_id = written(shared, social, TITLE, TEXT, kind="journal_note")
    with world.acting(social):
        record = reading.one_record(social.agency_id, note_id)
        assert record is not None
        parts += [part.id for part in record.parts]
    weighing = "Polisen behöver veta det nu. Skälen väger över."
    until = clock.today() + timedelta(days=20)
    draft = disclosures.DisclosureDraft(parts, police, "OSL_10_15A", None, "prevent_crime", True, weighing, until)
    made = world.act(social, disclosures.disclose, shared.id, draft)
    world.act(social, disclosures.revoke, made.id, "revoked_mistake")

    opened = world.act(registrar, registry.open_copy, made.id, REASON)

    assert [record.id for record in opened.records] == [note_id]
    assert opened.withheld == len(parts) - 2
