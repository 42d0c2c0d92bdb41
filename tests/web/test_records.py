"""Writing, changing and reading an agency's own records, and its attachments, in the browser."""

from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import attachments
from coordination.core import clock
from coordination.disclosure.service import disclose
from policies.permissions import AgencyKind
from tests.browser import Browser, without_tokens
from tests.factories.cases import parts_of, visit, written
from tests.factories.disclosure import consented, draft, given
from tests.factories.world import SharedCase, World, shared_case


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


def _police(shared: SharedCase) -> UUID:
    return shared.world.agencies[AgencyKind.POLICE]


def _typed(title: str, body: str, **others: str) -> dict[str, str]:
    return {
        "kind": "journal_note",
        "occurred_on": clock.today().isoformat(),
        "about": "",
        "title": title,
        "parts-0-part_id": "",
        "parts-0-heading": "",
        "parts-0-body": body,
        "parts-0-nature": "fact",
        "own_view": "",
        "disagreement": "",
        **others,
    }


def _save(browser: Browser, path: str, fields: dict[str, str]) -> tuple[int, str]:
    answer = browser.post(path, fields, token_from=path)
    return answer.status_code, answer.text


def _actions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT action FROM audit.entry ORDER BY agency_id, seq")))


def test_a_note_is_written_with_the_persons_own_view_and_disagreement(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)
    fields = _typed("Hembesök", "Hon sover dåligt.", own_view="Jag mår bra.", disagreement="Det stämmer inte.")

    status, _ = _save(browser, f"/arenden/{shared.id}/uppgifter/ny", fields)

    page = browser.get(f"/arenden/{shared.id}").text
    assert status == 302
    assert "Hon sover dåligt." in page
    assert "Jag mår bra." in page
    assert "Det den unge inte håller med om" in page


def test_one_more_part_is_given_without_saving_and_without_losing_the_text(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)

    status, page = _save(
        browser, f"/arenden/{shared.id}/uppgifter/ny", _typed("Hembesök", "Hon sover dåligt.", action="add")
    )

    assert status == 200
    assert "Hon sover dåligt." in page
    assert 'name="parts-1-body"' in page
    assert "Hon sover dåligt." not in browser.get(f"/arenden/{shared.id}").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Skriv en rubrik."),
        ({"parts-0-body": "", "own_view": ""}, "Skriv minst ett stycke."),
        ({"occurred_on": "2099-01-01"}, "Datumet ligger framåt i tiden."),
        ({"occurred_on": "i går"}, "Skriv ett datum"),
        ({"kind": "school_note"}, "Välj något av det som finns i listan."),
    ],
)
def test_a_note_that_cannot_be_saved_comes_back_filled_in(
    shared: SharedCase, wrong: dict[str, str], sentence: str
) -> None:
    browser = visit(shared.world, shared.social)

    status, page = _save(
        browser, f"/arenden/{shared.id}/uppgifter/ny", {**_typed("Hembesök", "Texten.", own_view="Min syn."), **wrong}
    )

    assert status == 422
    assert sentence in page
    assert wrong.get("own_view") == "" or "Min syn." in page


def test_an_edit_makes_a_new_version_and_the_history_tells_who_was_given_which(shared: SharedCase) -> None:
    consented(shared, _police(shared))
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    given(shared, shared.social, record_id, _police(shared))
    browser = visit(shared.world, shared.social)
    path = f"/uppgifter/{record_id}/andra"
    part_id = parts_of(shared, shared.social, record_id)[1]

    status, _ = _save(browser, path, _typed("Hembesök", "Sedan så.", version="1", **{"parts-0-part_id": str(part_id)}))

    history = browser.get(f"/uppgifter/{record_id}/historik").text
    received = visit(shared.world, shared.handlers[_police(shared)]).get(f"/arenden/{shared.id}").text
    assert status == 302
    assert "Först så." in history
    assert "Sedan så." in history
    assert "Version 2" in history
    assert history.count("har inte lämnats till någon") == 1
    assert "en äldre version" in browser.get(f"/arenden/{shared.id}").text
    assert "Först så." in received
    assert "Sedan så." not in received
    assert "äldre version" not in received


def test_a_save_on_top_of_a_newer_version_is_refused_with_both_texts(shared: SharedCase) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    browser, path = visit(shared.world, shared.social), f"/uppgifter/{record_id}/andra"
    part_id = str(parts_of(shared, shared.social, record_id)[1])
    _save(browser, path, _typed("Hembesök", "Min kollegas text.", version="1", **{"parts-0-part_id": part_id}))

    status, page = _save(
        browser, path, _typed("Hembesök", "Min egen text.", version="1", **{"parts-0-part_id": part_id})
    )

    assert status == 409
    assert "Du själv, i ett annat fönster, sparade" in page
    assert "Min kollegas text." in page
    assert "Min egen text." in page
    assert "Min egen text." not in browser.get(f"/uppgifter/{record_id}").text


def test_another_agencys_record_cannot_be_told_from_none(shared: SharedCase) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    browser = visit(shared.world, shared.handlers[_police(shared)])

    for page in ("", "/andra", "/historik", "/utskrift", "/bilagor/ny"):
        refused = browser.get(f"/uppgifter/{record_id}{page}")
        absent = browser.get(f"/uppgifter/{shared.id}{page}")
        assert refused.status_code == absent.status_code == 404
        assert without_tokens(refused.text) == without_tokens(absent.text)


def test_a_record_on_paper_is_logged_as_printed(shared: SharedCase, owner_engine: Engine) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")

    page = visit(shared.world, shared.social).get(f"/uppgifter/{record_id}/utskrift")

    assert "Först så." in page.text
    assert "case.printed" in _actions(owner_engine)


def test_an_attachment_goes_in_and_comes_out_as_it_was(shared: SharedCase) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    browser, path = visit(shared.world, shared.social), f"/uppgifter/{record_id}/bilagor/ny"
    content = "Anteckning från mötet.\n".encode() * 9000

    sent = browser.post(path, {"file": (BytesIO(content), "möte med Alva.txt")}, token_from=path)

    part_id = parts_of(shared, shared.social, record_id)[-1]
    got = browser.get(f"/bilagor/{part_id}")
    assert sent.status_code == 302
    assert got.data == content
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    assert got.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("tom.txt", b"", "Filen är tom."),
        ("program.exe", b"MZ\x90\x00", "Den sortens fil kan inte bifogas."),
        ("bild.png", b"%PDF-1.7 not a picture", "Innehållet stämmer inte med filens namn."),
        ("", b"", "Välj en fil."),
    ],
)
def test_a_file_that_cannot_be_attached_is_told_why(
    shared: SharedCase, name: str, content: bytes, sentence: str
) -> None:
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    browser, path = visit(shared.world, shared.social), f"/uppgifter/{record_id}/bilagor/ny"

    answer = browser.post(path, {"file": (BytesIO(content), name)}, token_from=path)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_attachment_opens_for_the_one_it_was_given_to_and_nobody_else(shared: SharedCase) -> None:
    consented(shared, _police(shared))
    record_id = written(shared, shared.social, "Hembesök", "Först så.", kind="journal_note")
    part_id = shared.world.act(shared.social, attachments.attach, record_id, "foto.txt", BytesIO(b"Innehall"))
    browser = visit(shared.world, shared.handlers[_police(shared)])

    assert browser.get(f"/bilagor/{part_id}").status_code == 404
    _give(shared, part_id)
    assert browser.get(f"/bilagor/{part_id}").data == b"Innehall"


def _give(shared: SharedCase, part_id: UUID) -> None:
    shared.world.act(shared.social, disclose, shared.id, draft([part_id], _police(shared)))
