"""Secrecy provisions of OSL as values that can be compared with the lists a statute gives.

An item carries provisions ("26:1", "23:2 st1"); a legal basis names what it lifts or not, as a provision, a run of
sections ("25:1-8") or of chapters ("21-40").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

_PROVISION = re.compile(r"(?P<chapter>\d+):(?P<number>\d+)(?: (?P<letter>[a-z]))?(?: st(?P<paragraph>\d))?")
_SECTIONS = re.compile(r"(?P<chapter>\d+):(?P<first>\d+)-(?P<last>\d+)")
_CHAPTERS = re.compile(r"(?P<first>\d+)-(?P<last>\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Provision:
    """Chapter, section (number and letter) and, where the rule differs within a section, the paragraph (stycke)."""

    chapter: int
    number: int
    letter: str = ""
    paragraph: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "26:1", "21:3 a" or "23:2 st1"; raises ``ValueError`` for anything else."""
        match = _PROVISION.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a provision such as 26:1, 21:3 a or 23:2 st1")
        paragraph = match["paragraph"]
        return cls(
            int(match["chapter"]), int(match["number"]), match["letter"] or "", int(paragraph) if paragraph else None
        )

    def __str__(self) -> str:
        """Write the provision as it is read."""
        letter = f" {self.letter}" if self.letter else ""
        paragraph = f" st{self.paragraph}" if self.paragraph else ""
        return f"{self.chapter}:{self.number}{letter}{paragraph}"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of provisions, first and last included."""

    first: tuple[int, int, str]
    last: tuple[int, int, str]
    paragraph: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a provision, "25:1-8" or "21-40"; raises ``ValueError`` for anything else or an empty run."""
        if match := _SECTIONS.fullmatch(text):
            chapter = int(match["chapter"])
            span = cls((chapter, int(match["first"]), ""), (chapter, int(match["last"]), ""))
        elif match := _CHAPTERS.fullmatch(text):
            span = cls((int(match["first"]), 0, ""), (int(match["last"]) + 1, 0, ""))
        else:
            one = Provision.parse(text)
            span = cls(_place(one), _place(one), one.paragraph)
        if span.last < span.first:
            raise ValueError(f"{text!r} ends before it begins")
        return span

    def holds(self, provision: Provision) -> bool:
        """Say whether the whole provision lies in the run: an item that names no paragraph is not held by one paragraph."""
        return self._spans(provision) and self.paragraph in (None, provision.paragraph)

    def touches(self, provision: Provision) -> bool:
        """Say whether some of the provision lies in the run: an item that names no paragraph is touched by each."""
        return self._spans(provision) and (
            None in (self.paragraph, provision.paragraph) or self.paragraph == provision.paragraph
        )

    def _spans(self, provision: Provision) -> bool:
        return self.first <= _place(provision) <= self.last


def _place(provision: Provision) -> tuple[int, int, str]:
    return (provision.chapter, provision.number, provision.letter)


def held_by(spans: Iterable[Span], provision: Provision) -> bool:
    """Say whether one of the runs holds the provision; doubt is no (used for what a basis lifts)."""
    return any(span.holds(provision) for span in spans)


def touched_by(spans: Iterable[Span], provision: Provision) -> bool:
    """Say whether one of the runs touches the provision; doubt is yes (used for what a basis excepts)."""
    return any(span.touches(provision) for span in spans)
