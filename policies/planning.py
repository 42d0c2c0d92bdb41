"""What a mapping and a plan are written with: areas of life, a scale, risk and protective factors, and how things go.

Tables a municipality may lay its own over: ``methods/factors.toml`` and ``methods/plan.toml``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from policies.bases import Text
from policies.tables import Row, TableError, check_unique, read_rows

FACTORS = "methods/factors.toml"
PLAN = "methods/plan.toml"


class Direction(StrEnum):
    """Whether a factor makes it harder or easier for the young person."""

    RISK = "risk"
    PROTECTIVE = "protective"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area of life."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the scale. ``clear``: from here on a factor counts as clear."""

    value: int
    label: Text
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A generic factor: what it is called, what it means, and the open research it is known from."""

    id: str
    area: str
    direction: Direction
    label: Text
    means: Text
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How it goes with a goal or an action. ``over``: nothing more is waited for. ``easy``: as the young person reads it."""

    id: str
    label: Text
    easy: Text
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    """The statuses of goals and actions, each in order (the first is where one begins), and when somebody else is told."""

    goals: Mapping[str, Status]
    actions: Mapping[str, Status]
    escalate_days: int


@cache
def areas(overlay: Path | None = None) -> Mapping[str, Area]:
    """Load and validate the areas of life once, in the order of the table."""
    rows = [_area(row) for row in read_rows(FACTORS, "area", overlay=overlay)]
    check_unique(FACTORS, (row.id for row in rows))
    return {row.id: row for row in rows}


@cache
def scale(overlay: Path | None = None) -> Sequence[Step]:
    """Load and validate the scale once, from its lowest step. Raises ``TableError`` where steps are missing or none is clear."""
    rows = sorted((_step(row) for row in read_rows(FACTORS, "step", overlay=overlay)), key=lambda step: step.value)
    if [row.value for row in rows] != list(range(len(rows))):
        raise TableError(f"{FACTORS}: row {rows[0].value}: field id: the steps must be 0, 1, 2 and so on, each once")
    if [row.clear for row in rows] != sorted(row.clear for row in rows) or not rows[-1].clear or rows[0].clear:
        raise TableError(
            f"{FACTORS}: row {rows[-1].value}: field clear: only the highest steps, and not all, are clear"
        )
    return tuple(rows)


@cache
def factors(overlay: Path | None = None) -> Mapping[str, Factor]:
    """Load and validate the factors once, in the order of the table. Raises ``TableError`` for one in an unknown area."""
    rows = [_factor(row, areas(overlay)) for row in read_rows(FACTORS, "factor", overlay=overlay)]
    check_unique(FACTORS, (row.id for row in rows))
    return {row.id: row for row in rows}


@cache
def plan_table(overlay: Path | None = None) -> PlanTable:
    """Load and validate the plan's table once. Raises ``TableError`` where a list has no end, or nothing says when to escalate."""
    clocks = dict(_clock(row) for row in read_rows(PLAN, "clock", overlay=overlay))
    if clocks.keys() != {"escalate"}:
        raise TableError(f"{PLAN}: row {', '.join(clocks)}: field id: there is one clock, escalate")
    goals, actions = (_statuses(table, overlay) for table in ("goal_status", "action_status"))
    return PlanTable(goals=goals, actions=actions, escalate_days=clocks["escalate"])


def is_clear(value: int) -> bool:
    """Say whether a value of the scale counts as clear."""
    return any(step.clear for step in scale() if step.value == value)


def _statuses(table: str, overlay: Path | None) -> Mapping[str, Status]:
    rows = [_status(row) for row in read_rows(PLAN, table, overlay=overlay)]
    check_unique(PLAN, (row.id for row in rows))
    if rows[0].over or not any(row.over for row in rows):
        raise TableError(f"{PLAN}: row {rows[0].id}: field over: the first of {table} begins, and some other ends")
    return {row.id: row for row in rows}


def _area(row: Row) -> Area:
    area = Area(id=row.text("id"), label=_words(row, "label"))
    row.done()
    return area


def _step(row: Row) -> Step:
    value = row.text("id")
    if not value.isdecimal():
        row.fail("id", "must be a whole number in quotes")
    step = Step(value=int(value), label=_words(row, "label"), clear=row.flag("clear"))
    row.done()
    return step


def _factor(row: Row, known: Mapping[str, Area]) -> Factor:
    factor = Factor(
        id=row.text("id"),
        area=row.text("area"),
        direction=row.choice("direction", Direction),
        label=_words(row, "label"),
        means=_words(row, "means"),
        source=row.text("source"),
    )
    if factor.area not in known:
        row.fail("area", f"{factor.area!r} is not one of {', '.join(known)}")
    row.done()
    return factor


def _status(row: Row) -> Status:
    status = Status(id=row.text("id"), label=_words(row, "label"), easy=_words(row, "easy"), over=row.flag("over"))
    row.done()
    return status


def _clock(row: Row) -> tuple[str, int]:
    named = row.text("id"), row.number("days")
    row.done()
    return named


def _words(row: Row, name: str) -> Text:
    return Text(row.text(f"{name}_sv"), row.text(f"{name}_en"))
