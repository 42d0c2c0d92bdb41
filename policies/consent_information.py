"""What people are told before they answer, in versions: a consent points at the one that held the day it was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from policies.tables import Row, TableError, check_unique, read_rows

FILE = "consent_information.toml"


class Variant(StrEnum):
    """In which language it is told; the second is easy Swedish."""

    SWEDISH = "sv"
    EASY = "easy"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Information:
    """One version of the text, in paragraphs for each variant."""

    id: str
    in_force_from: date
    paragraphs: Mapping[Variant, Sequence[str]]


@cache
def versions(overlay: Path | None = None) -> Sequence[Information]:
    """Load and validate the versions once, oldest first. Raises ``TableError`` that names file, row and field."""
    found = sorted(
        (_version(row) for row in read_rows(FILE, "version", overlay=overlay)), key=lambda one: one.in_force_from
    )
    check_unique(FILE, (one.id for one in found))
    days = [one.in_force_from for one in found]
    if len(set(days)) != len(days):
        raise TableError(f"{FILE}: row {found[-1].id}: field in_force_from: two versions begin on the same day")
    return found


def information_on(day: date) -> Information:
    """Return the version that held on a day; of a day before them all, the first."""
    held = [one for one in versions() if one.in_force_from <= day]
    return held[-1] if held else versions()[0]


def information(version_id: str | None) -> Information | None:
    """Return a version by its id, if there is one."""
    return next((one for one in versions() if one.id == version_id), None)


def _version(row: Row) -> Information:
    made = Information(
        row.text("id"), row.day("in_force_from"), {variant: row.texts(variant.value) for variant in Variant}
    )
    for variant, paragraphs in made.paragraphs.items():
        if not paragraphs:
            row.fail(variant.value, "must not be empty")
    row.done()
    return made
