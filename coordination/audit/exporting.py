"""Hands an agency's log out as a file that proves itself, batch by batch, however long the reader takes.

Entries outside the period asked for go out as their hash alone: the tree is whole, and nobody gets more than was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from coordination.audit import checkpoints, export, merkle
from coordination.audit.heads import Trust
from coordination.audit.models import Checkpoint
from coordination.audit.queries import Period
from coordination.core import clock
from coordination.core.db import Tenant, db, transaction

BATCH = 2000
_LOST = bytes(merkle.HASH_SIZE)
"""Stands for a hash that is not in the database; the verifier says where."""

_ENTRIES = text(
    """
    SELECT coalesce(entry.seq, node.node_index) AS seq, node.hash, entry.at, entry.canonical
    FROM (SELECT seq, at, canonical FROM audit.entry
          WHERE agency_id = :agency AND seq >= :first AND seq < :end) AS entry
    FULL JOIN (SELECT node_index, hash FROM audit.node
               WHERE agency_id = :agency AND level = 0 AND node_index >= :first AND node_index < :end) AS node
      ON node.node_index = entry.seq
    ORDER BY 1
    """
)
_NODES = text(
    """
    SELECT node.level, node.node_index, node.hash
    FROM unnest(CAST(:levels AS int[]), CAST(:indexes AS bigint[])) AS wanted(level, node_index)
    JOIN audit.node AS node
      ON node.agency_id = :agency AND node.level = wanted.level AND node.node_index = wanted.node_index
    """
)


@dataclass(frozen=True, slots=True)
class Extract:
    """What is to be handed out: whose log, up to which checkpoint, and the period whose entries are shown (None: all)."""

    tenant: Tenant
    agency_id: UUID
    trust: Trust
    checkpoint: checkpoints.Checkpoint
    period: Period | None = None


def lines(extract: Extract) -> Iterator[bytes]:
    """Yield the file's lines. Every batch is a transaction of its own; a log only grows, so they fit together."""
    header = export.Header(
        agency=extract.agency_id,
        origin=extract.trust.origin,
        keys=extract.trust.keys,
        size=extract.checkpoint.size,
        root=extract.checkpoint.root,
        exported_at=clock.now(),
    )
    return export.export_lines(header, _entries(extract), _checkpoints(extract))


def _entries(extract: Extract) -> Iterator[export.StoredEntry]:
    for first in range(0, extract.checkpoint.size, BATCH):
        end = min(first + BATCH, extract.checkpoint.size)
        with transaction(extract.tenant):
            rows = db.session.execute(_ENTRIES, {"agency": extract.agency_id, "first": first, "end": end}).all()
        for row in rows:
            period = extract.period
            shown = row.canonical is not None and (period is None or period.since <= row.at < period.until)
            yield export.StoredEntry(row.seq, row.hash or _LOST, row.canonical.encode() if shown else None)


def _checkpoints(extract: Extract) -> Iterator[export.StoredCheckpoint]:
    with transaction(extract.tenant):
        rows = db.session.execute(
            select(Checkpoint.size, Checkpoint.note)
            .where(Checkpoint.agency_id == extract.agency_id, Checkpoint.size <= extract.checkpoint.size)
            .order_by(Checkpoint.size, Checkpoint.id)
        ).all()
        before, found = 0, []
        for row in rows:
            found.append(export.StoredCheckpoint(row.size, row.note, _proof(extract.agency_id, before, row.size)))
            before = row.size
    yield from found


def _proof(agency_id: UUID, first: int, second: int) -> list[bytes]:
    wanted = sorted(merkle.proof_positions(merkle.consistency_positions(first, second)))
    stored = db.session.execute(
        _NODES,
        {"agency": agency_id, "levels": [level for level, _ in wanted], "indexes": [index for _, index in wanted]},
    )
    nodes = {(row.level, row.node_index): row.hash for row in stored}
    return merkle.consistency_proof(first, second, lambda level, index: nodes.get((level, index), _LOST))
