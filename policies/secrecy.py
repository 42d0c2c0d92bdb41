"""Which secrecy provision rests on a kind of data at its sender: ``secrecy.toml``, first row that fits.

Secrecy follows the provision, not the kind of data nor the sender alone, so every rule in ``disclosure`` asks for it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.provisions import Provision
from policies.tables import Row, TableError, check_unique, read_rows
from policies.vocabulary import DataKind, Party

FILE = "secrecy.toml"


@dataclass(frozen=True, slots=True)
class SecrecyRow:
    """One row; ``None`` is everyone or everything."""

    id: str
    senders: frozenset[Party] | None
    data: frozenset[DataKind] | None
    provisions: frozenset[Provision]

    def fits(self, sender: Party, data: DataKind) -> bool:
        """Say whether the row speaks of this sender and this kind of data."""
        return (self.senders is None or sender in self.senders) and (self.data is None or data in self.data)


@cache
def secrecy_rows(overlay: Path | None = None) -> tuple[SecrecyRow, ...]:
    """Load and validate the table once. Raises ``TableError`` also where no row would fit a sender and kind of data."""
    rows = tuple(_row(row) for row in read_rows(FILE, "secrecy", overlay=overlay))
    check_unique(FILE, (row.id for row in rows))
    for sender in Party:
        for data in DataKind:
            if not any(row.fits(sender, data) for row in rows):
                raise TableError(f"{FILE}: row -: field from: no row fits {sender} with {data}")
    return rows


def secrecy_of(sender: Party, data: DataKind, overlay: Path | None = None) -> frozenset[Provision]:
    """Answer the provisions that make this kind of data secret at this sender; empty where none does."""
    return next(row.provisions for row in secrecy_rows(overlay) if row.fits(sender, data))


def _row(row: Row) -> SecrecyRow:
    everyone = row.left.get("from") == ["any"]
    found = SecrecyRow(
        id=row.text("id"),
        senders=None if everyone and row.texts("from") else frozenset(row.choices("from", Party)),
        data=frozenset(row.choices("data", DataKind)) if row.has("data") else None,
        provisions=frozenset(_provision(row, text) for text in row.texts("provisions")),
    )
    row.done()
    return found


def _provision(row: Row, text: str) -> Provision:
    try:
        return Provision.parse(text)
    except ValueError as error:
        row.fail("provisions", str(error))
