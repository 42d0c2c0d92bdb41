"""Somebody who reads English meets no Swedish of ours, on any of the main pages, and stays where they are when they switch."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import unescape
from itertools import chain

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from policies.bases import Text, basis_table
from policies.case_roles import CASE_ROLES
from policies.disclosure_texts import BLOCKS, GIVES, NOTICES
from policies.methods import phases
from policies.permissions import AgencyKind, Role
from policies.record_kinds import record_kinds
from tests.browser import Browser
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.world import SharedCase, World, shared_case
from tools.check_translations import CATALOGUE

SHORT = 12
"""Words up to this length ("Polis", "Text") say too little: they occur inside names and addresses."""

OK = 200

OPEN_TO_ALL = ("/", "/logga-in", "/sa-skyddas-uppgifterna", "/tillganglighet")
OF_A_HANDLER = (
    "/min-dag",
    "/arenden",
    "/arenden/{case}",
    "/arenden/{case}/insyn",
    "/arenden/{case}/samtycke",
    "/arenden/{case}/personer",
    "/arenden/{case}/atkomst",
    "/arenden/{case}/dela",
    "/arenden/{case}/uppgifter/ny",
    "/uppgifter/{record}",
    "/delningar",
    "/delningar?visa=fragor",
    "/fragor",
    "/arenden/{case}/fragor",
    "/arenden/{case}/fragor/ny",
    "/nodoppning",
    "/bradskande",
    "/bradskande/ny",
    "/hjalp/behorigheter",
    "/konto",
)


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@cache
def _catalogue() -> tuple[tuple[str, str], ...]:
    """Each Swedish text of the catalogue and of the tables of rules, with its English."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id]
    pairs = (zip(_forms(message.id), _forms(message.string), strict=True) for message in messages)
    return (*chain.from_iterable(pairs), *_of_the_tables())


def _forms(text: str | Iterable[str] | None) -> list[str]:
    """Return singular and plural, or the only form."""
    return [text] if isinstance(text, str) else list(text or ())


def _of_the_tables() -> Iterator[tuple[str, str]]:
    table = basis_table()
    texts: list[Text] = [*table.facts.values(), *table.writings.values()]
    texts += [*BLOCKS.values(), *GIVES.values(), *NOTICES.values()]
    texts += [text for row in table.bases for text in (row.title, row.test, row.explanation)]
    yield from ((text.sv, text.en) for text in texts)
    yield from ((row.name_sv, row.name_en) for row in phases("sig").values())
    yield from ((row.label_sv, row.label_en) for row in record_kinds().values())
    yield from ((row.label_sv, row.label_en) for row in CASE_ROLES.values())


@cache
def _tell_tales() -> tuple[str, ...]:
    """What gives Swedish away: the longest stretch between the placeholders of each text that has another English."""
    longest = (
        max(re.split(r"%\(\w+\)s", swedish), key=len).strip() for swedish, english in _catalogue() if swedish != english
    )
    return tuple(_plain(text) for text in longest if len(text) > SHORT)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _swedish_on(page: str) -> list[str]:
    shown = _plain(unescape(page))
    found = [text for text in _tell_tales() if text in shown]
    return [text for text in found if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", shown)]


def _in_english(browser: Browser) -> Browser:
    browser.post("/konto/sprak", {"language": "en"})
    return browser


def _not_in_english(browser: Browser, *paths: str) -> dict[str, object]:
    """Return the pages that do not open, say that they are in another language, or hold Swedish texts."""
    faults: dict[str, object] = {}
    for path in paths:
        answer = browser.get(path)
        if answer.status_code != OK or '<html lang="en"' not in answer.text:
            faults[path] = answer.status_code
        elif found := _swedish_on(answer.text):
            faults[path] = found
    return faults


def test_the_compiled_texts_are_those_of_the_catalogue() -> None:
    compiled = CATALOGUE.with_suffix(".mo")

    assert compiled.exists(), "run: python tools/check_translations.py --compile"
    assert compiled.stat().st_mtime >= CATALOGUE.stat().st_mtime, "run: python tools/check_translations.py --compile"


def test_a_swedish_page_has_many_of_the_texts_that_an_english_one_may_not_have(client: Browser) -> None:
    page = client.get("/sa-skyddas-uppgifterna").text

    assert '<html lang="sv"' in page
    assert len(_swedish_on(page)) > len(OPEN_TO_ALL)


def test_what_a_visitor_meets_is_in_english(client: Browser) -> None:
    browser = _in_english(client)

    assert _not_in_english(browser, *OPEN_TO_ALL) == {}
    assert _swedish_on(browser.get("/finns-inte").text) == []


def test_what_a_handler_works_in_is_in_english(shared: SharedCase) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    consented(shared, police)
    named(shared, police)
    record = written(shared, shared.social, "A note", "What we agreed.", "What we keep.", kind="journal_note")
    given(shared, shared.social, record, police, only=[0, 1])
    browser = _in_english(visit(shared.world, shared.social))

    assert _not_in_english(browser, *(path.format(case=shared.id, record=record) for path in OF_A_HANDLER)) == {}


def test_what_an_administrator_and_a_manager_see_is_in_english(shared: SharedCase) -> None:
    administrator = shared.world.actor(AgencyKind.SOCIAL_SERVICES, Role.ADMINISTRATOR)
    agency = shared.social.agency_id
    paths = ("/administration/", "/administration/parter/ny", f"/administration/anvandare?part={agency}")

    assert _not_in_english(_in_english(visit(shared.world, administrator)), *paths) == {}
    manager = _in_english(visit(shared.world, next(iter(shared.managers.values()))))
    assert (
        _not_in_english(manager, "/arenden", f"/arenden/{shared.id}/handlaggare", "/logg/", "/logg/uppdrag/nytt") == {}
    )


def test_what_is_wrong_with_a_form_is_said_in_english(shared: SharedCase) -> None:
    browser = _in_english(visit(shared.world, shared.social))

    answer = browser.post(
        f"/arenden/{shared.id}/personer/ny", {"given_name": "Ella"}, token_from=f"/arenden/{shared.id}/personer/ny"
    )

    assert answer.status_code == 422
    assert "Enter the last name." in answer.text
    assert _swedish_on(answer.text) == []


def test_switching_language_keeps_one_on_the_page(shared: SharedCase) -> None:
    browser, here = visit(shared.world, shared.social), f"/arenden/{shared.id}/insyn"
    fields = dict(browser.fields(browser.get(here).text))

    answer = browser.post("/konto/sprak", {"next": fields["next"], "language": "en"}, token_from=here)

    assert answer.headers["Location"] == here
    assert '<html lang="en"' in browser.get(here).text


def test_a_day_is_written_as_the_language_writes_it(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)
    swedish, english = browser.get("/min-dag").text, _in_english(browser).get("/min-dag").text

    assert re.search(r"dag \d{1,2} [a-z]+, vecka \d", swedish)
    assert re.search(r"day \d{1,2} [A-Z][a-z]+, week \d", english)
