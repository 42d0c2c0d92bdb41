"""The kinds of records: their neutral names, who may write them, and the secrecy that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.permissions import AgencyKind, EmployerType
from policies.provisions import Provision
from policies.secrecy import secrecy_of
from policies.tables import Row, TableError, check_unique, read_rows
from policies.vocabulary import DataKind, party_of

FILE = "record_kinds.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """One kind: the agency kinds that may write it, each with the kind of data it then is."""

    id: str
    label_sv: str
    label_en: str
    data: Mapping[AgencyKind, DataKind]
    own_page: bool
    """It is written on a page of its own, and is no choice for an ordinary note."""

    def written_by(self, kind: AgencyKind) -> bool:
        """Say whether an agency of this kind may write such a record."""
        return kind in self.data


@cache
def record_kinds(overlay: Path | None = None) -> Mapping[str, RecordKind]:
    """Load and validate the kinds once, in the order of the table. Raises ``TableError`` where one has no writer."""
    kinds = tuple(_kind(row) for row in read_rows(FILE, "kind", overlay=overlay))
    check_unique(FILE, (kind.id for kind in kinds))
    for agency_kind in AgencyKind:
        if not any(kind.written_by(agency_kind) for kind in kinds):
            raise TableError(f"{FILE}: row -: field data: {agency_kind} may write nothing")
    return {kind.id: kind for kind in kinds}


def kinds_for(agency_kind: AgencyKind, overlay: Path | None = None) -> tuple[RecordKind, ...]:
    """Answer the kinds of records an agency of this kind may write, in the order of the table."""
    return tuple(kind for kind in record_kinds(overlay).values() if kind.written_by(agency_kind))


def note_kinds(agency_kind: AgencyKind, overlay: Path | None = None) -> tuple[RecordKind, ...]:
    """Answer the kinds of an ordinary note that an agency of this kind may write, in the order of the table."""
    return tuple(kind for kind in kinds_for(agency_kind, overlay) if not kind.own_page)


def default_secrecy(
    record_kind: str, agency_kind: AgencyKind, employer: EmployerType | None = None, overlay: Path | None = None
) -> frozenset[Provision]:
    """Answer the secrecy provisions a new record of this kind carries in an agency of this kind. Raises ``KeyError``
    for an unknown kind or one the agency may not write, ``ValueError`` for outreach without its employer.
    """
    data = record_kinds(overlay)[record_kind].data[agency_kind]
    return secrecy_of(party_of(agency_kind, employer), data, overlay)


def _kind(row: Row) -> RecordKind:
    kind = RecordKind(
        id=row.text("id"),
        label_sv=row.text("label_sv"),
        label_en=row.text("label_en"),
        data=_writers(row),
        own_page=row.has("own_page") and row.flag("own_page"),
    )
    row.done()
    return kind


def _writers(row: Row) -> dict[AgencyKind, DataKind]:
    words = row.words("data", AgencyKind)
    if not words:
        row.fail("data", "names nobody who may write it")
    writers = {}
    for agency_kind, text in words.items():
        if text not in set(DataKind):
            row.fail("data", f"{text!r} is not one of {', '.join(DataKind)}")
        writers[agency_kind] = DataKind(text)
    return writers
