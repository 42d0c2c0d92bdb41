"""Taking what was received into the own file: what it becomes, on what ground, and what the sender never learns."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import attachments, people, reading
from coordination.cases import service as cases
from coordination.cases.content import FileInfo, PartKind
from coordination.core import clock
from coordination.core.errors import Conflict, NotFound
from coordination.disclosure import service as disclosures
from coordination.disclosure import taking, undoing
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.browser import Browser
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.world import SharedCase, World, person, shared_case

TITLE, TEXT, KEPT = "Hembesök", "Hon sover dåligt.", "Hemma är det trångt."
REASON = "Vi är skyldiga att utreda frånvaron."
GROUND = "DOK_FORVALTNINGSLAGEN"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.SCHOOL, AgencyKind.POLICE)


@pytest.fixture
def school(shared: SharedCase) -> Actor:
    return shared.handlers[shared.world.agencies[AgencyKind.SCHOOL]]


@pytest.fixture
def consent(shared: SharedCase, school: Actor) -> UUID:
    return consented(shared, school.agency_id)


@pytest.fixture
def disclosure(shared: SharedCase, school: Actor, consent: UUID) -> UUID:
    """A record of a title, two texts and a file, given to the school but for the second text."""
    record = written(shared, shared.social, TITLE, TEXT, KEPT, kind="journal_note")
    shared.world.act(shared.social, attachments.attach, record, "Kallelse.txt", BytesIO("Välkommen".encode()))
    return given(shared, shared.social, record, school.agency_id, only=[0, 1, 3])


def _path(disclosure_id: UUID) -> str:
    return f"/delningar/{disclosure_id}/ta-in"


def _parts(shared: SharedCase, school: Actor, disclosure_id: UUID) -> list[str]:
    with shared.world.acting(school):
        found = taking.find(school, disclosure_id)
        opened = reading.as_held(school.agency_id, found.copies)
        return [str(part.id) for record in opened for part in record.parts]


def _fields(parts: list[str]) -> dict[str, object]:
    filled = {"ground": GROUND, "reason": REASON, "kind": "contact_note", "copy": "keep", "action": "take"}
    return {**filled, "parts": parts}


def _take(shared: SharedCase, school: Actor, disclosure_id: UUID, **changed: object) -> Browser:
    browser, path = visit(shared.world, school), _path(disclosure_id)
    parts = _parts(shared, school, disclosure_id)
    answer = browser.post(path, _fields(parts) | changed, token_from=path)
    assert (answer.status_code, answer.location) == (302, f"/delningar/{disclosure_id}")
    return browser


def _own(shared: SharedCase, actor: Actor) -> list[reading.OpenRecord]:
    with shared.world.acting(actor):
        opened = reading.records_in_case(actor.agency_id, shared.id)
        return [record for record in opened if record.owner_agency_id == actor.agency_id]


def _withdraw(shared: SharedCase, consent_id: UUID) -> None:
    shared.world.act(shared.social, disclosures.withdraw_consent, consent_id, "youth")


def _log(owner: Engine, action: str) -> list[tuple[object, ...]]:
    with owner.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT agency_id, user_id, canonical::jsonb -> 'fields' ->> 'legal_basis',"
                " (canonical::jsonb -> 'fields' ->> 'reason_ref') <> '' FROM audit.entry WHERE action = :action"
            ),
            {"action": action},
        )
        return [tuple(row) for row in rows]


def test_what_is_taken_in_is_an_own_record_with_the_disclosure_as_its_source(
    shared: SharedCase, school: Actor, disclosure: UUID
) -> None:
    browser = _take(shared, school, disclosure)

    [record] = _own(shared, school)
    assert (record.kind, record.source_agency_id) == ("contact_note", shared.social.agency_id)
    assert [part.kind for part in record.parts] == [PartKind.TITLE, PartKind.TEXT, PartKind.FILE]
    page = browser.get(f"/uppgifter/{record.id}").text
    assert all(word in page for word in (TITLE, TEXT, "Kallelse.txt", "Ur delning från social_services 1780"))
    assert f"/delningar/{disclosure}" in page
    assert KEPT not in page
    told = browser.get(f"/delningar/{disclosure}").text
    assert "Intaget i er akt" in told
    assert f"/uppgifter/{record.id}" in told
    assert "Kopian finns kvar hos er till och med" in told
    assert _path(disclosure) not in told


def test_it_is_sealed_anew_so_that_it_outlives_the_copy_and_the_senders_own(
    shared: SharedCase, school: Actor, disclosure: UUID, owner_engine: Engine
) -> None:
    browser = _take(shared, school, disclosure, copy="dispose")

    [record] = _own(shared, school)
    assert "Kopian är gallrad. Det ni tog in är kvar." in browser.get(f"/delningar/{disclosure}").text
    with owner_engine.begin() as connection:
        agency = {"agency": shared.social.agency_id}
        connection.execute(text("DELETE FROM keys.key_grant WHERE agency_id = :agency"), agency)
    assert TEXT in browser.get(f"/uppgifter/{record.id}").text
    file = next(part for part in record.parts if isinstance(part.content, FileInfo))
    assert browser.get(f"/bilagor/{file.id}").data.decode() == "Välkommen"


def test_the_ground_and_the_reason_are_in_the_own_log_and_nowhere_in_the_senders(
    shared: SharedCase, school: Actor, disclosure: UUID, owner_engine: Engine
) -> None:
    browser = _take(shared, school, disclosure)

    assert _log(owner_engine, "copy.taken") == [(school.agency_id, school.user_id, GROUND, True)] * 3
    page = browser.get(f"/arenden/{shared.id}/atkomst").text
    assert f'Kan ha betydelse för ett beslut: <span lang="sv">{REASON}</span>' in page
    sender = visit(shared.world, shared.social)
    for address in (f"/delningar/{disclosure}", "/delningar?visa=lamnat", f"/arenden/{shared.id}"):
        page = sender.get(address).text
        assert [word for word in (REASON, "Intaget", "i er akt", "Ur delning") if word in page] == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ground": ""}, "Välj på vilken grund"),
        ({"ground": "DOK_PATIENTJOURNAL"}, "Välj något av det som finns i listan"),
        ({"reason": "Kort."}, "minst tio tecken"),
        ({"parts": []}, "Välj minst ett stycke att ta in."),
        ({"kind": "journal_note"}, "Välj något av det som finns i listan"),
        ({"kind": ""}, "Välj ett slag som din part får skriva."),
    ],
)
def test_what_does_not_hold_comes_back_and_nothing_is_taken(
    shared: SharedCase, school: Actor, disclosure: UUID, changed: dict[str, object], sentence: str
) -> None:
    browser, path = visit(shared.world, school), _path(disclosure)

    answer = browser.post(path, _fields(_parts(shared, school, disclosure)) | changed, token_from=path)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert _own(shared, school) == []


def test_nothing_is_taken_in_twice(shared: SharedCase, school: Actor, disclosure: UUID) -> None:
    parts = _parts(shared, school, disclosure)
    browser = _take(shared, school, disclosure, parts=parts[:1])

    page = browser.get(_path(disclosure)).text
    again = browser.post(_path(disclosure), _fields(parts), token_from=_path(disclosure))

    assert "Redan intaget i er akt." in page
    assert again.status_code == 409
    assert [len(record.parts) for record in _own(shared, school)] == [1]


def test_a_part_that_was_not_given_cannot_be_taken(shared: SharedCase, school: Actor, disclosure: UUID) -> None:
    with shared.world.acting(shared.social):
        records = reading.records_in_case(shared.social.agency_id, shared.id)
        [kept] = [str(part.id) for record in records for part in record.parts if KEPT in str(part.content)]
    browser, path = visit(shared.world, school), _path(disclosure)

    for parts in ([kept], [str(shared.id)], ["x"]):
        assert browser.post(path, _fields(parts), token_from=path).status_code == 404
    assert _own(shared, school) == []


def test_after_a_withdrawal_the_text_opens_for_a_stated_reason_only_and_consent_is_no_ground(
    shared: SharedCase, school: Actor, disclosure: UUID, consent: UUID, owner_engine: Engine
) -> None:
    _withdraw(shared, consent)
    browser, path = visit(shared.world, school), _path(disclosure)

    asked = browser.get(path).text
    opened = browser.post(path, {"ground": GROUND, "reason": REASON, "action": "open"}, token_from=path)
    unstated = browser.post(path, {"ground": GROUND, "reason": "Kort.", "action": "open"}, token_from=path)
    consenting = _fields(_parts(shared, school, disclosure)) | {"ground": "DOK_SAMTYCKE"}
    refused = browser.post(path, consenting, token_from=path)

    assert "Samtycket är taget tillbaka" in asked
    assert [word for word in (TITLE, TEXT, "DOK_SAMTYCKE") if word in asked] == []
    assert opened.status_code == 200
    assert TEXT in opened.text
    assert (unstated.status_code, refused.status_code) == (422, 422)
    assert TEXT not in unstated.text + refused.text
    assert _log(owner_engine, "copy.opened_to_take") == [(school.agency_id, school.user_id, GROUND, True)]

    _take(shared, school, disclosure, copy="dispose")
    assert [len(record.parts) for record in _own(shared, school)] == [3]
    assert browser.get(path).status_code == 404
    assert "Ta ställning till en kopia" not in browser.get("/min-dag").text
    assert "har öppnat den än" in visit(shared.world, shared.social).get(f"/delningar/{disclosure}").text


def test_of_a_withdrawn_copy_that_is_kept_the_decision_still_waits(
    shared: SharedCase, school: Actor, disclosure: UUID, consent: UUID
) -> None:
    _withdraw(shared, consent)

    browser = _take(shared, school, disclosure)

    assert "Ta ställning till en kopia" in browser.get("/min-dag").text
    assert "Kopian finns kvar hos er, stängd." in browser.get(f"/delningar/{disclosure}").text


def test_nothing_is_taken_from_a_copy_that_is_revoked_or_disposed_of(
    shared: SharedCase, school: Actor, disclosure: UUID, consent: UUID
) -> None:
    other = given(
        shared, shared.social, written(shared, shared.social, "Ny", "Ny", kind="journal_note"), school.agency_id
    )
    shared.world.act(shared.social, disclosures.revoke, disclosure, "revoked_mistake")
    browser = visit(shared.world, school)
    browser.post(f"/delningar/{other}/kopior", token_from=f"/delningar/{other}/kopior")

    assert [browser.get(_path(one)).status_code for one in (disclosure, other)] == [404, 404]


def test_whoever_was_not_given_it_or_does_not_work_there_has_no_such_page(
    shared: SharedCase, school: Actor, disclosure: UUID
) -> None:
    strangers = (shared.social, shared.handlers[shared.world.agencies[AgencyKind.POLICE]])
    manager = shared.managers[school.agency_id]
    colleague = shared.world.actor(AgencyKind.SCHOOL)

    for actor in (*strangers, manager, colleague):
        assert visit(shared.world, actor).get(_path(disclosure)).status_code == 404


def test_an_identity_that_is_taken_in_is_searched_by_and_known_after_the_copy_is_gone(
    shared: SharedCase, school: Actor, consent: UUID
) -> None:
    disclosure = named(shared, school.agency_id)

    browser = _take(shared, school, disclosure, kind="", copy="dispose")

    assert "Alva Lindqvist</span>, 15 år" in browser.get(f"/arenden/{shared.id}").text
    found = browser.post("/arenden/sok", {"query": "20110305-2385"}, token_from="/arenden")
    assert "Alva" in found.text
    assert "Vem det gäller" in browser.get(f"/delningar/{disclosure}").text


def test_a_protected_person_is_not_taken_in_by_somebody_who_is_not_named(shared: SharedCase, school: Actor) -> None:
    world, social = shared.world, shared.social
    mother_id = world.act(social, people.add_person, shared.id, person("guardian", "Elin", "Ek", "", "marked")).id
    with world.acting(social):
        known = reading.identities(social.agency_id, shared.id)
        parts = [part.id for record in known if record.about_person_id == mother_id for part in record.parts]
    weighed = disclosures.DisclosureDraft(
        parts,
        school.agency_id,
        "OSL_10_15A",
        None,
        "prevent_crime",
        True,
        "Skolan behöver veta det nu. Skälen väger över.",
        clock.today() + timedelta(days=20),
    )
    disclosure = world.act(social, disclosures.disclose, shared.id, weighed).id

    with pytest.raises(NotFound):
        world.act(school, taking.find, disclosure)
    world.act(shared.managers[school.agency_id], cases.assign, shared.id, school.user_id, named_for_protected=True)
    assert set(world.act(school, taking.find, disclosure).veiled) == {mother_id}
    assert "Elin" not in visit(world, school).get(_path(disclosure)).text


def test_what_the_sender_takes_back_meanwhile_is_not_taken_in(
    shared: SharedCase, school: Actor, disclosure: UUID
) -> None:
    found = shared.world.act(school, taking.find, disclosure)

    shared.world.act(shared.social, undoing.undo, disclosure)

    with pytest.raises(Conflict):
        shared.world.act(school, taking.open_readable, found)


def test_what_was_taken_in_and_given_on_does_not_say_whose_it_was(
    shared: SharedCase, school: Actor, disclosure: UUID
) -> None:
    police = shared.handlers[shared.world.agencies[AgencyKind.POLICE]]
    _take(shared, school, disclosure)
    consented(shared, police.agency_id, school.agency_id)
    [record] = _own(shared, school)

    given(shared, school, record.id, police.agency_id)

    page = visit(shared.world, police).get(f"/arenden/{shared.id}").text
    assert TEXT in page
    assert "Ur delning" not in page
    assert str(disclosure) not in page
    assert len(parts_of(shared, school, record.id)) == 3
