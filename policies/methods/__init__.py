"""The methods agencies work by, as phases: one table each beside this file. What is not among the moves cannot be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.tables import Row, TableError, check_unique, read_rows


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
    identified: bool
    """False where the person may not be named (consultation without identity)."""


@cache
def phases(method: str = "sig", overlay: Path | None = None) -> Mapping[str, Phase]:
    """Load and validate a method's phases once, in order. Raises ``TableError`` that names file, row and field."""
    file = f"methods/{method}.toml"
    found = sorted((_phase(row) for row in read_rows(file, "phase", overlay=overlay)), key=lambda phase: phase.order)
    check_unique(file, (phase.id for phase in found))
    by_id = {phase.id: phase for phase in found}
    for phase in found:
        unknown = [step for step in phase.next if step not in by_id or step == phase.id]
        if unknown:
            raise TableError(f"{file}: row {phase.id}: field next: {unknown[0]!r} is not another phase")
    if len({phase.order for phase in found}) != len(found):
        raise TableError(f"{file}: row {found[0].id}: field order: two phases have the same place")
    return by_id


def may_move(before: str, after: str, method: str = "sig") -> bool:
    """Say whether a case may go from one phase to the other; an unknown phase goes nowhere."""
    phase = phases(method).get(before)
    return phase is not None and after in phase.next


def _phase(row: Row) -> Phase:
    phase = Phase(
        id=row.text("id"),
        order=row.number("order"),
        name_sv=row.text("name_sv"),
        name_en=row.text("name_en"),
        next=row.texts("next"),
        open=row.flag("open"),
        identified=row.flag("identified"),
    )
    row.done()
    return phase
