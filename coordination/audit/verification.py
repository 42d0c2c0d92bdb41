"""Checks a whole log in the database: every hash anew from the bytes, every node, every column, every checkpoint.

Reads in batches, in step with the growth of the tree. Lines that are appended meanwhile are left for the next time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select, text

from coordination.audit import canonical, checkpoints, merkle
from coordination.audit.events import Event
from coordination.audit.heads import Trust
from coordination.audit.models import Checkpoint, LogEntry, Verification
from coordination.core import clock
from coordination.core.db import db

BATCH = 4096

# How far the log reaches by its leaves and by its entries, and the first node or entry that no tree of that size has.
_EXTENT = text(
    """
    WITH extent AS (
        SELECT greatest(
            (SELECT coalesce(max(node_index) + 1, 0) FROM audit.node WHERE agency_id = :agency AND level = 0),
            (SELECT coalesce(max(seq) + 1, 0) FROM audit.entry WHERE agency_id = :agency)
        ) AS size
    )
    SELECT extent.size, node.level, node.node_index,
           (SELECT min(seq) FROM audit.entry WHERE agency_id = :agency AND seq < 0) AS before_first
    FROM extent
    LEFT JOIN LATERAL (
        SELECT level, node_index FROM audit.node
        WHERE agency_id = :agency
          AND (level NOT BETWEEN 0 AND 62 OR node_index < 0 OR node_index >= extent.size >> level)
        ORDER BY level, node_index LIMIT 1
    ) AS node ON true
    """
)
_NODES = text(
    """
    SELECT node.level, node.node_index, node.hash
    FROM generate_series(0, 62) AS height
    JOIN audit.node AS node
      ON node.agency_id = :agency AND node.level = height
     AND node.node_index >= CAST(:first AS bigint) >> height AND node.node_index < CAST(:end AS bigint) >> height
    """
)


class Fault(NamedTuple):
    """What is wrong first, and where: the sequence of an entry, the size of a checkpoint, or the place of a node."""

    code: str
    position: int
    level: int = 0

    def __str__(self) -> str:
        """Write the fault in one line, without content."""
        return f"{self.code} at {self.position}" + (f", level {self.level}" if self.level else "")


@dataclass(frozen=True, slots=True)
class Result:
    """What a verification found; ``root`` is that of the entries as far as they are sound."""

    agency_id: UUID
    size: int
    root: bytes
    fault: Fault | None

    @property
    def ok(self) -> bool:
        """Whether the log is whole."""
        return self.fault is None


class _Broken(Exception):
    def __init__(self, code: str, position: int, level: int = 0) -> None:
        super().__init__(code)
        self.fault = Fault(code, position, level)


@dataclass(slots=True)
class _Witnesses:
    """What was said of the tree at certain sizes: roots, and the checkpoints an entry must tell of."""

    roots: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    told: dict[int, bytes] = field(default_factory=dict)

    def add(self, code: str, size: int, root: bytes) -> None:
        self.roots.setdefault(size, []).append((code, root))

    def hold(self, frontier: merkle.Frontier) -> None:
        """Raise unless all agree with the tree as it was at this size."""
        for code, root in self.roots.pop(frontier.size, ()):
            if root != frontier.root():
                raise _Broken(code, frontier.size)

    def left(self) -> None:
        """Raise for what speaks of a tree larger than the log, or of a checkpoint that no entry tells of."""
        if self.roots:
            raise _Broken("end_missing", min(self.roots))
        if self.told:
            raise _Broken("checkpoint_not_in_log", min(self.told))


@dataclass(slots=True)
class _Reading:
    """How far the log has been read."""

    agency_id: UUID
    witnesses: _Witnesses
    frontier: merkle.Frontier = merkle.EMPTY
    at: datetime | None = None

    def take(self, row: Row[*tuple[Any, ...]] | None, nodes: dict[merkle.Position, bytes]) -> None:
        seq = self.frontier.size
        self.witnesses.hold(self.frontier)
        if row is None or row.seq != seq:
            raise _Broken("entry_missing" if (0, seq) in nodes else "entry_and_leaf_missing", seq)
        leaf = merkle.hash_leaf(row.canonical.encode())
        _must_be(nodes, 0, seq, leaf)
        entry = _checked(row, self.agency_id)
        if self.at is not None and entry.at < self.at:
            raise _Broken("entry_dated_before_the_last", seq)
        if entry.event == Event.CHECKPOINT_MADE.tag:
            self._told(entry)
        grown, born = self.frontier.append(leaf)
        for level, index, digest in born:
            _must_be(nodes, level, index, digest)
        self.frontier, self.at = grown, entry.at

    def _told(self, entry: canonical.Entry) -> None:
        root = self.witnesses.told.pop(entry.sequence, b"")
        if entry.fields.get("size") != entry.sequence or entry.fields.get("root") != root.hex():
            raise _Broken("checkpoint_missing", entry.sequence)


def verify(municipality_id: UUID, agency_id: UUID, trust: Trust, kept: Sequence[str] = ()) -> Result:
    """Check an agency's log and store what was found. ``kept`` are checkpoints somebody has kept outside the database."""
    result = examine(agency_id, trust, kept)
    db.session.add(
        Verification(
            municipality_id=municipality_id,
            agency_id=agency_id,
            at=clock.now(),
            size=result.size,
            root=result.root,
            ok=result.ok,
            fault=str(result.fault) if result.fault else None,
        )
    )
    db.session.flush()
    return result


def examine(agency_id: UUID, trust: Trust, kept: Sequence[str] = ()) -> Result:
    """Check an agency's log and change nothing. The transaction must have named its municipality."""
    reading = _Reading(agency_id, _Witnesses())
    try:
        # Read before the extent: whatever they speak of has then been appended.
        _gather(agency_id, trust, kept, reading.witnesses)
        for row, nodes in _rows(agency_id, _extent(agency_id)):
            reading.take(row, nodes)
        reading.witnesses.hold(reading.frontier)
        reading.witnesses.left()
    except _Broken as broken:
        return Result(agency_id, reading.frontier.size, reading.frontier.root(), broken.fault)
    return Result(agency_id, reading.frontier.size, reading.frontier.root(), None)


def _gather(agency_id: UUID, trust: Trust, kept: Sequence[str], witnesses: _Witnesses) -> None:
    stored = db.session.scalars(
        select(Checkpoint).where(Checkpoint.agency_id == agency_id).order_by(Checkpoint.size, Checkpoint.id)
    )
    last = -1
    for row in stored:
        found = _signed(row.note, trust, row.size)
        if (found.size, found.root, found.at) != (row.size, row.root, row.made_at):
            raise _Broken("checkpoint_columns_differ", row.size)
        if row.size <= last:
            raise _Broken("checkpoint_twice", row.size)
        witnesses.add("root_differs_from_checkpoint", row.size, row.root)
        witnesses.told[row.size], last = row.root, row.size
    for note in kept:
        found = _signed(note, trust, 0)
        witnesses.add("root_differs_from_kept_checkpoint", found.size, found.root)
    checks = select(Verification.size, Verification.root).where(Verification.agency_id == agency_id, Verification.ok)
    for check in db.session.execute(checks):
        witnesses.add("root_differs_from_verification", check.size, check.root)


def _signed(note: str, trust: Trust, position: int) -> checkpoints.Checkpoint:
    try:
        found, _ = checkpoints.verify(note, trust.keys, trust.verify)
    except checkpoints.BadNote:
        raise _Broken("checkpoint_not_signed", position) from None
    if found.origin != trust.origin:
        raise _Broken("checkpoint_of_another_log", position)
    return found


def _extent(agency_id: UUID) -> int:
    row = db.session.execute(_EXTENT, {"agency": agency_id}).one()
    if row.before_first is not None:
        raise _Broken("entry_before_the_first", row.before_first)
    if row.level is not None:
        raise _Broken("node_without_entries", row.node_index, row.level)
    size: int = row.size
    return size


def _rows(agency_id: UUID, size: int) -> Iterator[tuple[Row[*tuple[Any, ...]] | None, dict[merkle.Position, bytes]]]:
    """Yield for every sequence its entry, if it is there, and the nodes of its batch."""
    columns = (
        LogEntry.seq, LogEntry.id, LogEntry.at, LogEntry.action, LogEntry.user_id, LogEntry.case_id, LogEntry.outcome,
        LogEntry.canonical,
    )  # fmt: skip
    for first in range(0, size, BATCH):
        end = min(first + BATCH, size)
        found = db.session.execute(_NODES, {"agency": agency_id, "first": first, "end": end})
        nodes: dict[merkle.Position, bytes] = {(row.level, row.node_index): row.hash for row in found}
        wanted = select(*columns).where(LogEntry.agency_id == agency_id, LogEntry.seq >= first, LogEntry.seq < end)
        entries: dict[int, Row[*tuple[Any, ...]]] = {row.seq: row for row in db.session.execute(wanted)}
        for seq in range(first, end):
            yield entries.get(seq), nodes


def _checked(row: Row[*tuple[Any, ...]], agency_id: UUID) -> canonical.Entry:
    try:
        entry = canonical.decode(row.canonical.encode())
    except canonical.NotCanonical:
        raise _Broken("entry_not_canonical", row.seq) from None
    said = entry.fields.get
    told = (entry.agency, entry.sequence, entry.id, entry.at, entry.event, said("by_user", ""), said("case_id", ""))
    user, case = str(row.user_id or ""), str(row.case_id or "")
    if told != (agency_id, row.seq, row.id, row.at, row.action, user, case) or said("outcome") != row.outcome:
        raise _Broken("entry_columns_differ", row.seq)
    return entry


def _must_be(nodes: dict[merkle.Position, bytes], level: int, index: int, digest: bytes) -> None:
    stored = nodes.get((level, index))
    if stored != digest:
        what = "leaf" if level == 0 else "node"
        raise _Broken(f"{what}_missing" if stored is None else f"{what}_differs", index, level)
