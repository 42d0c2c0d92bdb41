"""The plan on paper, opened with another library: a tagged document that a screen reader can read from top to bottom."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from coordination.reports.pdf import plan_as_pdf
from coordination.reports.plans import PaperAction, PaperGoal, PlanPaper

PAPER = PlanPaper(
    title="Din plan",
    lines=["Det här är planen för dig."],
    goals=[
        PaperGoal(
            "Mål 1",
            "Vara i skolan <b>varje</b> dag",
            "Jag vill slippa idrotten.",
            "Vi har börjat.",
            [PaperAction("Byta omklädningsrum", "Sofia Lund, Skolan", "1 december 2026", "Ska göras.")],
        ),
        PaperGoal("Mål 2", "Sova bättre", "", "Vi har inte börjat än.", []),
    ],
    columns=("Vad ska göras?", "Vem gör det?", "Senast", "Hur går det?"),
    own_words_label="Det här säger du själv:",
    status_label="Hur går det?",
    made="Utskriven 2026-11-22 15.03 av Karin Ek, Socialtjänsten.",
    language="sv",
)


@pytest.fixture(scope="module")
def opened() -> PdfReader:
    return PdfReader(BytesIO(plan_as_pdf(PAPER)))


def _root(document: PdfReader) -> Any:
    return document.trailer["/Root"]


def _tags(node: Any) -> Iterator[str]:
    """Go through the tags of a document in the order they are read."""
    kind = node.get("/S")
    if kind:
        yield str(kind).removeprefix("/")
    below = node.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        inner = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(inner, dict):
            yield from _tags(inner)


def test_the_document_says_that_it_is_tagged_in_which_language_and_what_it_is_called(opened: PdfReader) -> None:
    root = _root(opened)

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert opened.metadata is not None
    assert opened.metadata.title == "Din plan"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_headings_come_in_order_and_the_table_has_headers(opened: PdfReader) -> None:
    tags = list(_tags(_root(opened)["/StructTreeRoot"]))

    assert [tag for tag in tags if tag.startswith("H")] == ["H1", "H2", "H2"]
    assert tags.count("Table") == 1
    assert tags.count("TH") == len(PAPER.columns) + 1
    assert tags.index("H1") < tags.index("Table") < len(tags) - 1 - tags[::-1].index("H2")


def test_it_is_read_from_the_goal_to_who_printed_it_and_what_was_typed_is_no_markup(opened: PdfReader) -> None:
    text = " ".join(" ".join(page.extract_text() for page in opened.pages).split())
    order = ["Din plan", "Vara i skolan <b>varje</b> dag", "Jag vill slippa", "Byta omklädningsrum", "Sova bättre"]

    places = [text.index(words) for words in [*order, "Utskriven 2026-11-22"]]

    assert places == sorted(places)


def test_an_english_paper_says_so() -> None:
    english = PdfReader(BytesIO(plan_as_pdf(replace(PAPER, language="en", title="Your plan"))))

    assert _root(english)["/Lang"] == "en"
