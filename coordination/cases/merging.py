"""Two edits of the same thing made one: a three-way merge, field by field and item by item, that loses nothing.

It knows no records: a sheet is items with named fields (a record's parts, a plan's goals), and an item that is not there has
been taken away. What only one of the two changed is merged; where both did, somebody chooses.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

Fields = Mapping[str, str]
Sheet = Mapping[str, Fields]
"""Items by key, in their order; every item has its fields by name."""

UNKNOWN: Fields = {}
"""An item that was there before, but of which nobody can tell any longer what it said."""

WHOLE = ""
"""Stands for the item as such, where one took away what the other changed."""

_MOST_WORDS = 3_000
"""Longer texts are compared by lines: the time of a comparison grows with the square."""


class Side(StrEnum):
    """Whose version: what was saved, what the second to save typed, or a text made of both."""

    THEIRS = "theirs"
    MINE = "mine"
    EDITED = "edited"


class Place(NamedTuple):
    """A field of an item, or with ``WHOLE`` the item itself."""

    item: str
    field: str


class Choice(NamedTuple):
    """How a clash was settled; ``text`` counts where the side is ``EDITED``."""

    side: Side
    text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item in its three versions (None: not there), what is merged of it already, and the fields that clash."""

    key: str
    base: Fields | None
    theirs: Fields | None
    mine: Fields | None
    merged: Fields | None
    clashes: tuple[str, ...] = ()

    @property
    def changed_by_them(self) -> bool:
        """Tell whether the saved version differs from what both began with."""
        return self.theirs != self.base

    @property
    def changed_by_me(self) -> bool:
        """Tell whether what was typed differs from what both began with."""
        return self.mine != self.base


@dataclass(frozen=True, slots=True)
class Merge:
    """Every item of either version: those that were saved in their order, then those that only I have."""

    items: Sequence[Item]

    @property
    def clashes(self) -> list[Place]:
        """Return what somebody has to choose about."""
        return [Place(item.key, field) for item in self.items for field in item.clashes]


class Stretch(NamedTuple):
    """A stretch of text as it stands beside another: the same, added or struck out."""

    kind: str
    text: str


SAME, ADDED, STRUCK = "same", "added", "struck"


def merge(base: Sheet, theirs: Sheet, mine: Sheet) -> Merge:
    """Merge two edits of one base. Equal edits do not clash, and the same new item in both is one item."""
    twins = _twins(base, theirs, mine)
    keys = [*theirs, *(key for key in mine if key not in theirs and key not in twins)]
    return Merge([_item(key, base.get(key), theirs.get(key), mine.get(key)) for key in keys])


def settle(merged: Merge, choices: Mapping[Place, Choice]) -> Sheet:
    """Return the one sheet that the choices make of a merge. Raises KeyError, with its place, for a clash without a choice."""
    settled = {item.key: _settled(item, choices) for item in merged.items}
    return {key: fields for key, fields in settled.items() if fields is not None}


def both(theirs: str, mine: str, between: str = "\n\n") -> str:
    """Return both texts in one, the saved first; only one of them where it holds the other."""
    if mine in theirs:
        return theirs
    return mine if theirs in mine else f"{theirs}{between}{mine}"


def differences(before: str, after: str) -> list[Stretch]:
    """Return ``after`` stretch by stretch, with what was struck out of ``before`` where it stood."""
    old, new = _words(before), _words(after)
    if len(old) + len(new) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Stretch] = []
    for what, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Stretch(SAME, "".join(new[begin:stop])))
            continue
        found += [Stretch(STRUCK, "".join(old[start:end]))] if end > start else []
        found += [Stretch(ADDED, "".join(new[begin:stop]))] if stop > begin else []
    return found


def _twins(base: Sheet, theirs: Sheet, mine: Sheet) -> set[str]:
    """Return my new items that say what a new item of theirs says, one for one."""
    unmatched = [fields for key, fields in theirs.items() if key not in base and key not in mine]
    found = set()
    for key, fields in mine.items():
        if key not in base and key not in theirs and fields in unmatched:
            unmatched.remove(fields)
            found.add(key)
    return found


def _item(key: str, base: Fields | None, theirs: Fields | None, mine: Fields | None) -> Item:
    if mine in (theirs, base):
        return Item(key, base, theirs, mine, theirs)
    if theirs == base:
        return Item(key, base, theirs, mine, mine)
    if theirs is None or mine is None:
        return Item(key, base, theirs, mine, None, (WHOLE,))
    return _by_field(key, base, theirs, mine)


def _by_field(key: str, base: Fields | None, theirs: Fields, mine: Fields) -> Item:
    merged: dict[str, str] = {}
    clashes = []
    for field in dict.fromkeys([*theirs, *mine]):
        was, saved, typed = (base or {}).get(field), theirs.get(field, ""), mine.get(field, "")
        if typed in (saved, was):
            merged[field] = saved
        elif saved == was:
            merged[field] = typed
        else:
            clashes.append(field)
    return Item(key, base, theirs, mine, merged, tuple(clashes))


def _settled(item: Item, choices: Mapping[Place, Choice]) -> Fields | None:
    if item.clashes == (WHOLE,):
        return item.theirs if choices[Place(item.key, WHOLE)].side is Side.THEIRS else item.mine
    if not item.clashes:
        return item.merged
    chosen = {field: _chosen(item, field, choices[Place(item.key, field)]) for field in item.clashes}
    return {**(item.merged or {}), **chosen}


def _chosen(item: Item, field: str, choice: Choice) -> str:
    if choice.side is Side.EDITED:
        return choice.text
    side = item.theirs if choice.side is Side.THEIRS else item.mine
    return (side or {}).get(field, "")


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)
