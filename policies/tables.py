"""Reads the tables beside this file, once, and refuses a table that is wrong.

An error names file, row and field, so that whoever edits a table (a lawyer, an administrator) finds the place. A
municipality lays its own file of the same name over ours: a row of the same id takes the place of all our periods.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar

TABLES = Path(__file__).parent

E = TypeVar("E", bound=StrEnum)


class TableError(ValueError):
    """A table cannot be used; the text names file, row and field."""


@dataclass
class Row:
    """One row as it stands in the file. Each field is asked for once; ``done`` refuses those nobody asked for."""

    file: str
    name: str
    left: dict[str, object]

    def fail(self, field: str, problem: str) -> NoReturn:
        """Raise the error that names this row and the field."""
        raise TableError(f"{self.file}: row {self.name}: field {field}: {problem}")

    def done(self) -> None:
        """Refuse a field that no rule knows: it is a misspelling, and would silently do nothing."""
        for field in self.left:
            self.fail(field, "is not known here")

    def has(self, field: str) -> bool:
        """Say whether the row names the field."""
        return field in self.left

    def text(self, field: str) -> str:
        """Take a text that is there and is not empty."""
        value = self._take(field)
        if not isinstance(value, str) or not value.strip():
            self.fail(field, "must be a text")
        return " ".join(value.split())

    def flag(self, field: str) -> bool:
        """Take true or false."""
        value = self._take(field)
        if not isinstance(value, bool):
            self.fail(field, "must be true or false")
        return value

    def number(self, field: str) -> int:
        """Take a whole number, zero or more."""
        value = self._take(field)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fail(field, "must be a whole number, zero or more")
        return value

    def day(self, field: str) -> date:
        """Take a date."""
        value = self._take(field)
        if type(value) is not date:
            self.fail(field, "must be a date such as 2025-12-01")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Take a list of texts, each once."""
        value = self._take(field)
        if not isinstance(value, list):
            self.fail(field, "must be a list of texts")
        texts = tuple(item for item in value if isinstance(item, str) and item)
        if len(texts) != len(value):
            self.fail(field, "must be a list of texts")
        if len(set(texts)) != len(texts):
            self.fail(field, "names the same thing twice")
        return texts

    def choice(self, field: str, words: type[E]) -> E:
        """Take one word of a vocabulary."""
        return self._word(field, self.text(field), words)

    def choices(self, field: str, words: type[E]) -> tuple[E, ...]:
        """Take a list of words of a vocabulary."""
        return tuple(self._word(field, text, words) for text in self.texts(field))

    def words(self, field: str, words: type[E]) -> dict[E, str]:
        """Take a table whose keys are words of a vocabulary and whose values are texts."""
        value = self._take(field)
        if not isinstance(value, dict):
            self.fail(field, "must be a table")
        for text in value.values():
            if not isinstance(text, str) or not text:
                self.fail(field, "must hold texts")
        return {self._word(field, key, words): text for key, text in value.items()}

    def _word(self, field: str, text: str, words: type[E]) -> E:
        if text not in set(words):
            self.fail(field, f"{text!r} is not one of {', '.join(words)}")
        return words(text)

    def _take(self, field: str) -> object:
        if field not in self.left:
            self.fail(field, "is missing")
        return self.left.pop(field)


class Dated(Protocol):
    """A row that is in force in a period; both days are included, no last day means until further notice."""

    @property
    def id(self) -> str: ...
    @property
    def in_force_from(self) -> date: ...
    @property
    def in_force_to(self) -> date | None: ...


def read_rows(file: str, table: str, key: str = "id", overlay: Path | None = None) -> list[Row]:
    """Read the rows of one table of a file of ours, with those of the municipality's own file laid over. Raises
    ``TableError`` where a file cannot be read, the table is missing or a row has no key.
    """
    rows = _rows_of(file, TABLES / file, table, key)
    overlay = overlay or _own.folder
    if overlay is None or not (overlay / file).exists():
        return rows
    laid_over = _rows_of(f"{overlay.name}/{file}", overlay / file, table, key, may_lack=True)
    replaced = {row.name for row in laid_over}
    return [row for row in rows if row.name not in replaced] + laid_over


@dataclass
class _Own:
    """The folder of the municipality's own files, once it is known that they hold."""

    folder: Path | None = None


_own = _Own()


def lay_over(folder: Path | None) -> bool:
    """Let the municipality's own files hold wherever no others are named; say whether that changes anything. Whoever calls it
    has loaded them all, and forgets what was read before (``policies.loading``).
    """
    changed = folder != _own.folder
    _own.folder = folder
    return changed


def check_unique(file: str, ids: Iterable[str]) -> None:
    """Refuse a table in which an id stands twice."""
    seen: set[str] = set()
    for row_id in ids:
        if row_id in seen:
            raise TableError(f"{file}: row {row_id}: field id: stands twice")
        seen.add(row_id)


def check_periods(file: str, rows: Sequence[Dated]) -> None:
    """Refuse a period that ends before it begins, and two versions of a row that are in force on the same day."""
    by_id: dict[str, list[Dated]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
        if row.in_force_to is not None and row.in_force_to < row.in_force_from:
            raise TableError(f"{file}: row {row.id}: field in_force_to: is before in_force_from")
    for row_id, versions in by_id.items():
        ordered = sorted(versions, key=lambda version: version.in_force_from)
        for earlier, later in pairwise(ordered):
            if earlier.in_force_to is None or earlier.in_force_to >= later.in_force_from:
                raise TableError(
                    f"{file}: row {row_id}: field in_force_from: two versions are in force on {later.in_force_from}"
                )


def _rows_of(shown: str, path: Path, table: str, key: str, *, may_lack: bool = False) -> list[Row]:
    read = _kept if path.parent.is_relative_to(TABLES) else _content
    raw = read(shown, path).get(table, [] if may_lack else None)
    if not isinstance(raw, list) or not (raw or may_lack):
        raise TableError(f"{shown}: row -: field {table}: the table is missing or has no rows")
    return [_row(shown, key, position, item) for position, item in enumerate(raw, start=1)]


def _row(shown: str, key: str, position: int, item: object) -> Row:
    if not isinstance(item, dict):
        raise TableError(f"{shown}: row number {position}: field -: is not a row")
    name = item.get(key)
    if not isinstance(name, str) or not name:
        raise TableError(f"{shown}: row number {position}: field {key}: is missing")
    return Row(shown, name, dict(item))


def _content(shown: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{shown}: row -: field -: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{shown}: row -: field -: is not TOML ({error})") from error


_kept = cache(_content)
"""Our own files are read once: they hold several tables, and do not change while the service runs."""
