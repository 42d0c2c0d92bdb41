"""The methods agencies work by, as phases: one table each beside this file. What is not among the moves cannot be done.

``conditions`` holds what a phase asks for before it is entered, ``filters`` how much each phase lets be said of the person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from policies.methods.conditions import Condition, Missing, missing
from policies.permissions import Role
from policies.record_kinds import record_kinds
from policies.tables import Row, TableError, check_unique, read_rows

METHODS = ("sig", "sspf")
"""Every method there is a table for, in the order they are offered."""


class Filter(StrEnum):
    """How much may be said of the person, and to whom: the four filters that a matter passes, one after the other."""

    ANONYMOUS = "anonymous"
    """After the own agency's screening, a consultation in which nobody is named: only who raised the matter knows."""
    LIMITED = "limited"
    """The agencies asked may learn who it is, on a basis, to say whether they will do something."""
    ACTING = "acting"
    """Only the agencies that will do something are left."""


class Unit(StrEnum):
    """What a limit is counted in."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase of a method."""

    id: str
    order: int
    name_sv: str
    name_en: str
    next: tuple[str, ...]
    open: bool
    """False once the case is closed."""
    filter: Filter
    needs: tuple[Condition, ...]
    documents: tuple[str, ...]
    """The kinds of record that the leading agency has written before the case comes here."""
    days: int | None
    """How long the phase should last; None where nothing says so."""
    source: str
    """Where conditions and days come from: a statute, a place that works so, or "[D]" for a default of our own."""

    @property
    def identified(self) -> bool:
        """Tell whether the person may be named."""
        return self.filter is not Filter.ANONYMOUS

    def due(self, since: date) -> date | None:
        """Answer the last day of the phase for a case that came to it on ``since``."""
        return since + timedelta(days=self.days) if self.days is not None else None

    def missing(self, held: frozenset[Condition], written: frozenset[str]) -> tuple[Missing, ...]:
        """Answer what is missing for a case to come here."""
        return missing(self.needs, self.documents, held, written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A time that the method counts, apart from the phases."""

    id: str
    number: int
    unit: Unit
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A neutral code of the method with its words: a reason, a question to consider, an outcome."""

    id: str
    label_sv: str
    label_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRole:
    """Who does what in the method; the rights come from the role itself and the assignment, never from here."""

    id: Role
    label_sv: str
    label_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method as its table says it."""

    id: str
    phases: Mapping[str, Phase]
    limits: Mapping[str, Limit]
    screening: tuple[Choice, ...]
    target_group: tuple[Choice, ...]
    roles: tuple[MethodRole, ...]
    exits: Mapping[str, Choice]
    consultation_ends: Mapping[str, Choice]
    outcomes: Mapping[str, Choice]

    @property
    def first(self) -> Phase:
        """The phase in which a case begins."""
        return next(iter(self.phases.values()))


LIMITS = ("first_joint_action", "review", "consultation_kept", "follow_up_first", "follow_up_last")
"""The limits that every method has."""


@cache
def method(name: str = "sig", overlay: Path | None = None) -> Method:
    """Load and validate a method once. Raises ``TableError`` that names file, row and field."""
    file = f"methods/{name}.toml"
    limits = _table(file, "limit", _limit, overlay)
    for limit in LIMITS:
        if limit not in limits:
            raise TableError(f"{file}: row {limit}: field id: the limit is missing")
    return Method(
        id=name,
        phases=phases(name, overlay),
        limits=limits,
        screening=tuple(_table(file, "screening", _choice, overlay).values()),
        target_group=tuple(_table(file, "target_group", _choice, overlay).values()),
        roles=tuple(_table(file, "role", _role, overlay).values()),
        exits=_table(file, "exit", _choice, overlay),
        consultation_ends=_table(file, "consultation_end", _choice, overlay),
        outcomes=_table(file, "outcome", _choice, overlay),
    )


@cache
def phases(method: str = "sig", overlay: Path | None = None) -> Mapping[str, Phase]:
    """Load and validate a method's phases once, in order. Raises ``TableError`` that names file, row and field."""
    file = f"methods/{method}.toml"
    found = sorted(
        (_phase(row, overlay) for row in read_rows(file, "phase", overlay=overlay)), key=lambda phase: phase.order
    )
    check_unique(file, (phase.id for phase in found))
    by_id = {phase.id: phase for phase in found}
    for phase in found:
        unknown = [step for step in phase.next if step not in by_id or step == phase.id]
        if unknown:
            raise TableError(f"{file}: row {phase.id}: field next: {unknown[0]!r} is not another phase")
    if len({phase.order for phase in found}) != len(found):
        raise TableError(f"{file}: row {found[0].id}: field order: two phases have the same place")
    _check_filters(file, found)
    return by_id


def may_move(before: str, after: str, method: str = "sig") -> bool:
    """Say whether a case may go from one phase to the other; an unknown phase goes nowhere."""
    phase = phases(method).get(before)
    return phase is not None and after in phase.next


def onward(phase: Phase, method: str = "sig") -> Phase | None:
    """Answer the phase that comes next when everything goes on: the first that the table names and that lies ahead."""
    steps = (phases(method)[step] for step in phase.next)
    return next((step for step in steps if step.order > phase.order), None)


def _check_filters(file: str, found: Sequence[Phase]) -> None:
    """Refuse a method whose filters do not narrow: nobody who has been named can be made unnamed again."""
    narrower = list(Filter)
    by_id = {phase.id: phase for phase in found}
    for phase in found:
        for step in phase.next:
            after = by_id[step]
            named_before = phase.filter is not Filter.ANONYMOUS
            if named_before and after.filter is Filter.ANONYMOUS:
                raise TableError(f"{file}: row {phase.id}: field next: {step!r} would make unnamed who has been named")
            ahead = narrower.index(after.filter) - narrower.index(phase.filter)
            if ahead > 1:
                raise TableError(f"{file}: row {phase.id}: field next: {step!r} leaves a filter out")


T = TypeVar("T", Limit, Choice, MethodRole)


def _table(file: str, table: str, read: Callable[[Row], T], overlay: Path | None) -> dict[str, T]:
    rows = [read(row) for row in read_rows(file, table, overlay=overlay)]
    check_unique(file, (row.id for row in rows))
    return {row.id: row for row in rows}


def _phase(row: Row, overlay: Path | None) -> Phase:
    phase = Phase(
        id=row.text("id"),
        order=row.number("order"),
        name_sv=row.text("name_sv"),
        name_en=row.text("name_en"),
        next=row.texts("next"),
        open=row.flag("open"),
        filter=row.choice("filter", Filter),
        needs=row.choices("needs", Condition),
        documents=row.texts("documents"),
        days=row.number("days") if row.has("days") else None,
        source=row.text("source"),
    )
    for document in phase.documents:
        if document not in record_kinds(overlay):
            row.fail("documents", f"{document!r} is not a kind of record")
    row.done()
    return phase


def _limit(row: Row) -> Limit:
    limit = Limit(
        id=row.text("id"), number=row.number("number"), unit=row.choice("unit", Unit), source=row.text("source")
    )
    row.done()
    return limit


def _choice(row: Row) -> Choice:
    choice = Choice(id=row.text("id"), label_sv=row.text("label_sv"), label_en=row.text("label_en"))
    row.done()
    return choice


def _role(row: Row) -> MethodRole:
    role = MethodRole(id=row.choice("id", Role), label_sv=row.text("label_sv"), label_en=row.text("label_en"))
    row.done()
    return role
