"""The consent form on paper: blank, or filled in with what is to be agreed to, in Swedish, easy Swedish or English.

A frozen page of plain words, so that the PDF says the same whoever opens it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coordination.reports.pdf import page_of, pdf_of


class Box(NamedTuple):
    """Something that can be agreed to, and whether it is."""

    text: str
    ticked: bool


class Group(NamedTuple):
    """A question with what there is to choose from; without choices, lines to write on."""

    heading: str
    boxes: Sequence[Box]
    lines: int = 2


class Signature(NamedTuple):
    """Who is to sign."""

    who: str
    name: str


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """Everything that stands on the paper. ``language`` is the document's, as a BCP 47 tag; ``mark`` says who printed it when."""

    language: str
    title: str
    about_heading: str
    about: Sequence[str]
    information_heading: str
    information: Sequence[str]
    version: str
    groups: Sequence[Group]
    reservation_heading: str
    reservation: str
    until_heading: str
    until: str
    signatures_heading: str
    signatures: Sequence[Signature]
    date_label: str
    sign_label: str
    withdraw: str
    mark: str
    secrecy: str


def as_pdf(form: ConsentForm) -> bytes:
    """Return the paper as a PDF that a screen reader can read."""
    return pdf_of(page_of("consent.html", form=form))
