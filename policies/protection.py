"""What protects a piece of information once it is with the recipient, to be shown before it is sent (OSL 7:2)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from policies.tables import Row, TableError, check_unique, read_rows
from policies.vocabulary import PRIVATE_PARTIES, Party

FILE = "recipient_protection.toml"


class Level(StrEnum):
    """How strong the recipient's own secrecy is."""

    STRONG = "strong"
    WEAKER = "weaker"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """One row: the recipients, the rule that protects there, and how to say it."""

    id: str
    recipients: frozenset[Party]
    source: str
    level: Level
    personal_data: bool
    """False: personal data are not sent there unless somebody decides otherwise."""
    text_sv: str
    text_en: str


@cache
def protections(overlay: Path | None = None) -> tuple[Protection, ...]:
    """Load and validate the table once. Raises ``TableError`` where a recipient has no row, or two."""
    rows = tuple(_protection(row) for row in read_rows(FILE, "protection", overlay=overlay))
    check_unique(FILE, (row.id for row in rows))
    for party in Party:
        naming = [row.id for row in rows if party in row.recipients]
        if len(naming) != 1:
            raise TableError(f"{FILE}: row {naming[-1] if naming else '-'}: field to: {party} has {len(naming)} rows")
    return rows


def protection_at(recipient: Party, overlay: Path | None = None, *, private: bool | None = None) -> Protection:
    """Answer the protection at a recipient. ``private`` says that the organisation stands outside OSL though its kind
    usually does not (a private school): then no secrecy of OSL protects there.
    """
    rows = protections(overlay)
    outside = recipient in PRIVATE_PARTIES if private is None else private
    sought = Party.ASSOCIATION if outside else recipient
    return next(row for row in rows if sought in row.recipients)


def _protection(row: Row) -> Protection:
    found = Protection(
        id=row.text("id"),
        recipients=frozenset(row.choices("to", Party)),
        source=row.text("source"),
        level=row.choice("level", Level),
        personal_data=row.flag("personal_data"),
        text_sv=row.text("text_sv"),
        text_en=row.text("text_en"),
    )
    row.done()
    return found
