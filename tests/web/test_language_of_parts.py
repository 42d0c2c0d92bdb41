"""On an English page, what people wrote in Swedish says that it is Swedish, so that it is read aloud as such (WCAG 3.1.2)."""

import io
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from uuid import UUID

import pytest
from flask import Flask

from coordination.cases import attachments, people, records
from coordination.cases.content import Nature, PartKind
from coordination.core import clock
from policies.permissions import AgencyKind, Role
from tests.browser import Browser
from tests.factories.cases import visit
from tests.factories.disclosure import WEIGHED, consented, given, named
from tests.factories.world import SharedCase, World, shared_case

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "rect", "path"}
UNMARKED = {"option", "script"}
"""Where no element can stand around a word."""

TITLE, HEADING, TEXT, OWN_VIEW = "Rubrikordet", "Mellanrubriken", "Löptexten säger det", "Egensynen är den"
FILE, REASON, SIBLING = "bilagan.txt", "Skälet till att hen är med", "Syskonet Lindqvist"
NAMES = ("Alva", "Marcus", "Lindqvist", "sig_coordinator", "police_liaison", "unit_manager")
WORDS = (TITLE, HEADING, TEXT, OWN_VIEW, FILE, REASON, SIBLING, WEIGHED, "Sagt vid mötet", *NAMES)


class _Reading(HTMLParser):
    """Collects every text with the language it would be read in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.read: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            around = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or around))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            while self.open and self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] not in UNMARKED:
            self.read.append((data, self.open[-1][1]))


def _read(page: str) -> list[tuple[str, str]]:
    reading = _Reading()
    reading.feed(page)
    return reading.read


def _misread(page: str) -> list[str]:
    return [text.strip() for text, language in _read(page) if language != "sv" and any(word in text for word in WORDS)]


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE)


@pytest.fixture
def record(shared: SharedCase) -> UUID:
    """A record with every kind of part, given to the police."""
    parts = [
        records.PartDraft(PartKind.TEXT, Nature.FACT, HEADING, TEXT),
        records.PartDraft(PartKind.OWN_VIEW, Nature.FACT, "", OWN_VIEW),
    ]
    police = shared.world.agencies[AgencyKind.POLICE]
    consented(shared, police)
    named(shared, police)
    draft = records.RecordDraft("journal_note", clock.today(), None, TITLE, parts)
    record_id = shared.world.act(shared.social, records.write, shared.id, draft).id
    shared.world.act(shared.social, attachments.attach, record_id, FILE, io.BytesIO(b"bilaga"))
    return record_id


def _links(pages: Iterable[str], beginning: str) -> set[str]:
    return {found for page in pages for found in re.findall(r'href="([^"#]+)"', page) if found.startswith(beginning)}


def _english(browser: Browser) -> Browser:
    browser.post("/konto/sprak", {"language": "en"})
    return browser


def test_what_people_wrote_is_marked_as_swedish_on_every_page_of_a_case(shared: SharedCase, record: UUID) -> None:
    police = shared.world.agencies[AgencyKind.POLICE]
    disclosure = given(shared, shared.social, record, police)
    sibling = people.PersonDraft("sibling", "Syskonet", "Lindqvist", "", clock.today(), "", "none", REASON)
    shared.world.act(shared.social, people.add_person, shared.id, sibling)
    browser = _english(visit(shared.world, shared.social))
    case = f"/arenden/{shared.id}"
    tabs = [f"{case}{tab}" for tab in ("", "/insyn", "/samtycke", "/personer", "/atkomst", "/dela", "/handlaggare")]
    opened = [f"/uppgifter/{record}{page}" for page in ("", "/historik", "/utskrift", "/andra")]
    paths = [*tabs, *opened, f"/delningar/{disclosure}", "/delningar?visa=lamnat"]
    pages = {path: browser.get(path) for path in [*paths, "/min-dag", "/arenden"]}
    texts = [answer.text for answer in pages.values()]
    pages |= {path: browser.get(path) for path in _links(texts, "/personer/") | _links(texts, "/samtycken/")}

    assert {path: answer.status_code for path, answer in pages.items() if answer.status_code != 200} == {}
    assert {path: found for path, answer in pages.items() if (found := _misread(answer.text))} == {}
    everything = "".join(text for answer in pages.values() for text, _ in _read(answer.text))
    assert [word for word in WORDS if word not in everything and word != "unit_manager"] == []


def test_so_it_is_for_whoever_receives_and_for_managers_and_administrators(shared: SharedCase, record: UUID) -> None:
    given(shared, shared.social, record, shared.world.agencies[AgencyKind.POLICE])
    administrator = shared.world.actor(AgencyKind.POLICE, Role.ADMINISTRATOR)
    police, manager = (
        next(actor for actor in shared.handlers.values() if actor is not shared.social),
        next(iter(shared.managers.values())),
    )
    read = {
        "police": (police, f"/arenden/{shared.id}"),
        "manager": (manager, f"/arenden/{shared.id}/handlaggare"),
        "administrator": (administrator, "/administration/anvandare"),
    }

    found = {who: _misread(_english(visit(shared.world, actor)).get(path).text) for who, (actor, path) in read.items()}

    assert found == {"police": [], "manager": [], "administrator": []}


def test_what_people_are_called_by_the_page_is_not_marked(shared: SharedCase) -> None:
    police = next(actor for actor in shared.handlers.values() if actor is not shared.social)
    page = _english(visit(shared.world, police)).get(f"/arenden/{shared.id}").text

    assert {language for text, language in _read(page) if "aged 15" in text} == {"en"}
