"""The texts of the demo: read from ``stories/*.toml``, dealt out like cards, so that none comes back before all have been
used, and fitted to a case.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from coordination.demo.actions import Piece
from policies.permissions import AgencyKind

T = TypeVar("T")

_FOLDER = Path(__file__).with_name("stories")
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
PROCESS = "process"
NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class Note:
    """A record in a story, before it is fitted to a case."""

    by: AgencyKind
    kind: str
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A theme: notes by heading of the file, and loose words by name."""

    notes: Mapping[str, tuple[Note, ...]]
    words: Mapping[str, tuple[str, ...]]


@cache
def stories() -> Mapping[str, Story]:
    """Return every story by its file's name."""
    return {path.stem: _story(path) for path in sorted(_FOLDER.glob("*.toml"))}


@cache
def themes() -> tuple[str, ...]:
    """Return the names of the stories that are about something, and not about the process."""
    return tuple(name for name in stories() if name != PROCESS)


class Deck:
    """Deals notes and words; a pile is shuffled anew only when it is used up."""

    def __init__(self, seed: str) -> None:
        """Shuffle as this seed says."""
        self.seed = seed
        self._chance = random.Random(seed)  # noqa: S311  # invented people, the same every time
        self._notes: dict[tuple[str, ...], Iterator[Note]] = {}
        self._words: dict[str, Iterator[str]] = {}

    def note_by(self, theme: str, by: AgencyKind) -> Note:
        """Deal a note of the theme that this kind of agency writes."""
        return self._deal((theme, by), [note for note in _notes_by(theme, by) if note.kind != NOTIFICATION])

    def notification(self, by: AgencyKind) -> Note:
        """Deal a note with which this kind of agency tells the social services of its concern."""
        found = [note for theme in themes() for note in _notes_by(theme, by) if note.kind == NOTIFICATION]
        return self._deal((NOTIFICATION, by), found)

    def step(self, name: str) -> Note:
        """Deal a note that every case has in this phase."""
        return self._deal((PROCESS, name), stories()[PROCESS].notes[name])

    def words(self, name: str) -> str:
        """Deal a text of a decision, a consent or a reason."""
        if name not in self._words:
            self._words[name] = self._endlessly(stories()[PROCESS].words[name])
        return next(self._words[name])

    def _deal(self, pile: tuple[str, ...], notes: Sequence[Note]) -> Note:
        if pile not in self._notes:
            self._notes[pile] = self._endlessly(notes)
        return next(self._notes[pile])

    def _endlessly(self, cards: Sequence[T]) -> Iterator[T]:
        while True:
            shuffled = list(cards)
            self._chance.shuffle(shuffled)
            yield from shuffled


def _notes_by(theme: str, by: AgencyKind) -> list[Note]:
    return [note for note in stories()[theme].notes["note"] if note.by is by]


def fitted(text: str, slots: Mapping[str, str], chance: random.Random) -> str:
    """Return a text with its choices made and its slots filled. Raises KeyError for a slot that the case does not have."""
    while found := _CHOICE.search(text):
        text = text[: found.start()] + chance.choice(found[1].split("|")) + text[found.end() :]
    return text.format_map(slots)


def _story(path: Path) -> Story:
    with path.open("rb") as file:
        tables = tomllib.load(file)
    words = {name: tuple(texts) for name, texts in tables.pop("words", {}).items()}
    return Story({name: tuple(_note(row) for row in rows) for name, rows in tables.items()}, words)


def _note(row: Mapping[str, str | list[list[str]]]) -> Note:
    return Note(
        by=AgencyKind(str(row.get("by", AgencyKind.SOCIAL_SERVICES))),
        kind=str(row["kind"]),
        title=str(row["title"]),
        pieces=tuple(Piece(*part) for part in row["parts"]),
    )
