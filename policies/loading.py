"""Loads every table at once, so that a wrong one stops the start and not the first user who meets it."""

from pathlib import Path

from policies.bases import basis_table
from policies.consent_information import versions
from policies.consent_rules import consent_rules
from policies.documentation import grounds
from policies.methods import phases
from policies.protection import protections
from policies.record_kinds import record_kinds
from policies.secrecy import secrecy_rows


def load_all(overlay: Path | None = None) -> None:
    """Load and validate all tables, with the municipality's own files laid over. Raises ``TableError`` at the first
    that is wrong, with file, row and field.
    """
    basis_table(overlay)
    secrecy_rows(overlay)
    protections(overlay)
    record_kinds(overlay)
    grounds(overlay)
    consent_rules(overlay)
    versions(overlay)
    phases("sig", overlay)
