"""The plan on paper for the young person: words only, no row of the database in it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperAction:
    """What somebody does: what, who, until when, how it goes. What somebody typed is Swedish whatever the paper's language."""

    what: str
    who: str
    until: str
    status: str


@dataclass(frozen=True, slots=True)
class PaperGoal:
    """A goal with what is done towards it; without words where only actions were chosen."""

    heading: str
    text: str
    own_words: str
    status: str
    actions: Sequence[PaperAction]


@dataclass(frozen=True, slots=True)
class PlanPaper:
    """The whole paper. ``made`` says who printed it and when; ``labels`` are the words around the plan's own."""

    title: str
    lines: Sequence[str]
    goals: Sequence[PaperGoal]
    columns: tuple[str, str, str, str]
    own_words_label: str
    status_label: str
    made: str
    language: str
