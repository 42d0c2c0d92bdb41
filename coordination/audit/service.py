"""Writing the access log: events are queued during a use case and appended as its last statement, under the head lock.

A page is therefore never shown without its line, and the lock is held only for the commit. Nothing here updates or deletes.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from coordination.audit import canonical, merkle
from coordination.audit.events import Event, Who, fields_of
from coordination.audit.models import LogEntry, LogNode
from coordination.core import clock
from coordination.core.db import current_tenant, queue
from coordination.core.ids import new_id
from policies.access import Actor

_address: ContextVar[str | None] = ContextVar("address", default=None)

# One head for each agency, taken in the order of the ids so that two writers never wait for each other.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('access-log:' || :agency, 0))")

# The size of the tree, the frontier's hashes (the set bits of the size) and the last moment, in one statement after the lock.
_HEAD = text(
    """
    WITH head AS (
        SELECT coalesce(max(node_index) + 1, 0) AS size FROM audit.node WHERE agency_id = :agency AND level = 0
    )
    SELECT head.size, node.level, node.hash, last.at
    FROM head
    LEFT JOIN LATERAL (
        SELECT n.level, n.hash
        FROM generate_series(0, 62) AS bit
        JOIN audit.node AS n
          ON n.agency_id = :agency AND n.level = bit AND n.node_index = (head.size >> bit) - 1
        WHERE (head.size >> bit) & 1 = 1
    ) AS node ON true
    LEFT JOIN audit.entry AS last ON last.agency_id = :agency AND last.seq = head.size - 1
    ORDER BY node.level DESC
    """
)


@dataclass(frozen=True, slots=True)
class Queued:
    """An event that waits for the commit."""

    municipality_id: UUID
    agency_id: UUID
    tag: str
    outcome: str
    fields: Mapping[str, str | int]


class Head(NamedTuple):
    """Where an agency's log stands: its tree's right edge and the time of its last entry."""

    frontier: merkle.Frontier
    at: datetime | None


def acting_from(address: str | None) -> None:
    """Say from which address the rest of this request or command acts."""
    _address.set(address)


def record(actor: Actor, event: Event, *, agency_id: UUID | None = None, **fields: object) -> None:
    """Queue an event for the log of the actor's agency, or of the agency named (the recipient of a disclosure, the one reviewed).

    Raises TypeError unless ``fields`` are exactly the event's. The municipality is the one the transaction has named.
    """
    who = Who(actor.user_id, actor.agency_id, actor.roles, actor.session_id, _address.get())
    tenant = current_tenant()
    municipality_id = tenant.municipality_id if tenant else actor.municipality_id
    _queue(municipality_id, agency_id or actor.agency_id, event, who, fields)


def record_unattended(municipality_id: UUID, agency_id: UUID, event: Event, **fields: object) -> None:
    """Queue an event that no signed-in person caused: a command, a job, a visitor who could not sign in."""
    _queue(municipality_id, agency_id, event, Who(address=_address.get()), fields)


def append_queued(session: Session) -> None:
    """Append everything queued to the trees of the agencies concerned. Runs as the last step before every commit."""
    waiting: list[Queued] = queue()
    if not waiting:
        return
    by_agency: dict[UUID, list[Queued]] = {}
    for event in waiting:
        by_agency.setdefault(event.agency_id, []).append(event)
    waiting.clear()
    for agency_id in sorted(by_agency):
        _append(session, agency_id, by_agency[agency_id])


def head(session: Session, agency_id: UUID) -> Head:
    """Return where an agency's log stands, as this transaction sees it."""
    rows = session.execute(_HEAD, {"agency": agency_id}).all()
    hashes = tuple(row.hash for row in rows if row.hash is not None)
    return Head(merkle.Frontier(rows[0].size, hashes), rows[0].at)


def lock_head(session: Session, agency_id: UUID) -> None:
    """Hold an agency's log head until the end of the transaction."""
    session.execute(_LOCK, {"agency": str(agency_id)})


def _queue(municipality_id: UUID, agency_id: UUID, event: Event, who: Who, fields: Mapping[str, object]) -> None:
    queue().append(Queued(municipality_id, agency_id, event.tag, event.outcome, fields_of(event, who, fields)))


def _append(session: Session, agency_id: UUID, events: Sequence[Queued]) -> None:
    lock_head(session, agency_id)
    frontier, last_at = head(session, agency_id)
    entries, nodes = [], []
    for event in events:
        # Clocks of several machines differ; within one log time never goes backwards.
        at = max(clock.now(), last_at) if last_at else clock.now()
        entry = canonical.Entry(agency_id, frontier.size, new_id(), at, event.tag, event.fields)
        encoded = canonical.encode(entry)
        leaf = merkle.hash_leaf(encoded)
        nodes.append(_node(event, 0, frontier.size, leaf))
        entries.append(_row(event, entry, encoded))
        frontier, born = frontier.append(leaf)
        nodes.extend(_node(event, *node) for node in born)
        last_at = at
    session.connection().execute(insert(LogEntry), entries)
    session.connection().execute(insert(LogNode), nodes)


def _row(event: Queued, entry: canonical.Entry, encoded: bytes) -> dict[str, object]:
    user, case = entry.fields.get("by_user"), entry.fields.get("case_id")
    return {
        "municipality_id": event.municipality_id,
        "agency_id": entry.agency,
        "seq": entry.sequence,
        "id": entry.id,
        "at": entry.at,
        "action": entry.event,
        "user_id": UUID(str(user)) if user else None,
        "case_id": UUID(str(case)) if case else None,
        "outcome": event.outcome,
        "canonical": encoded.decode("ascii"),
    }


def _node(event: Queued, level: int, index: int, digest: bytes) -> dict[str, object]:
    return {
        "municipality_id": event.municipality_id,
        "agency_id": event.agency_id,
        "level": level,
        "node_index": index,
        "hash": digest,
    }
