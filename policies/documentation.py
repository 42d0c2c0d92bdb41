"""Why an agency takes what it was given into its own file: the grounds there are, as a table that a lawyer can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.bases import Text
from policies.tables import Row, TableError, check_unique, read_rows
from policies.vocabulary import Party, Status

FILE = "documentation.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground: whom it can be for, where it stands, and the test in plain words."""

    id: str
    parties: frozenset[Party]
    source: str
    consent: bool
    """It is the person's own consent, and so no ground once that has been taken back."""
    status: Status
    title: Text
    test: Text


@cache
def grounds(overlay: Path | None = None) -> Mapping[str, Ground]:
    """Load and validate the grounds once, in the order of the table. Raises ``TableError`` where one is for nobody."""
    rows = tuple(_ground(row) for row in read_rows(FILE, "ground", overlay=overlay))
    check_unique(FILE, (row.id for row in rows))
    if all(row.consent for row in rows):
        raise TableError(f"{FILE}: row -: field consent: every ground is a consent")
    return {row.id: row for row in rows}


def grounds_for(party: Party, *, withdrawn: bool, overlay: Path | None = None) -> tuple[Ground, ...]:
    """Answer the grounds an agency can have, in the order of the table. ``withdrawn``: the consent the copy came on has been
    taken back, so that a consent is none of them.
    """
    fitting = (row for row in grounds(overlay).values() if party in row.parties)
    return tuple(row for row in fitting if not (withdrawn and row.consent))


def _ground(row: Row) -> Ground:
    parties = frozenset(row.choices("for", Party))
    if not parties:
        row.fail("for", "names nobody")
    ground = Ground(
        id=row.text("id"),
        parties=parties,
        source=row.text("source"),
        consent=row.flag("consent"),
        status=row.choice("status", Status),
        title=Text(row.text("title_sv"), row.text("title_en")),
        test=Text(row.text("test_sv"), row.text("test_en")),
    )
    row.done()
    return ground
