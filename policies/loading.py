"""Loads every table at once, so that a wrong one stops the start and not the first user who meets it."""

from pathlib import Path

from policies import tables
from policies.bases import basis_table
from policies.consent_information import versions
from policies.consent_rules import consent_rules
from policies.documentation import grounds
from policies.methods import METHODS, method, phases
from policies.planning import factors, plan_table, scale
from policies.protection import protections
from policies.record_kinds import record_kinds
from policies.secrecy import secrecy_rows

_ONE_TABLE = (
    basis_table,
    secrecy_rows,
    protections,
    record_kinds,
    grounds,
    consent_rules,
    versions,
    factors,
    scale,
    plan_table,
)


def load_all(overlay: Path | None = None) -> None:
    """Load and validate all tables, with the municipality's own files laid over. Raises ``TableError`` at the first
    that is wrong, with file, row and field.
    """
    for table in _ONE_TABLE:
        table(overlay)
    for name in METHODS:
        method(name, overlay)


def lay_over(overlay: Path | None) -> None:
    """Load all tables as ``load_all`` does, and let the municipality's own files hold from now on."""
    load_all(overlay)
    if tables.lay_over(overlay):
        for table in (*_ONE_TABLE, method, phases):
            table.cache_clear()
