"""Writing the access log: events are queued during a use case and appended as its last statement, under the head lock.

A page is therefore never shown without its line, and the lock is held only for the commit. Nothing here updates or deletes.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from coordination.audit import canonical, merkle
from coordination.audit.events import Event, Who, fields_of
from coordination.core import clock
from coordination.core.db import current_tenant, queue, to_driver
from coordination.core.ids import new_id
from policies.access import Actor

_address: ContextVar[str | None] = ContextVar("address", default=None)

# One head for each agency, taken in the order of the ids so that two writers never wait for each other.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('access-log:' || :agency, 0))")

# One call locks the head, fills in time and sequence, hashes and stores: the lock is held for the commit only.
_APPEND = """
    SELECT audit.append(%(municipality)s, %(agency)s, %(moment)s, %(before)s, %(middle)s,
                        %(id)s, %(action)s, %(user)s, %(case)s, %(outcome)s)
"""
_SIZE = text(
    "SELECT node_index + 1 FROM audit.node WHERE agency_id = :agency AND level = 0 ORDER BY node_index DESC LIMIT 1"
)
_FRONTIER = text(
    """
    SELECT node.hash
    FROM unnest(CAST(:levels AS int[]), CAST(:indexes AS bigint[])) AS wanted(level, node_index)
    JOIN audit.node AS node
      ON node.agency_id = :agency AND node.level = wanted.level AND node.node_index = wanted.node_index
    ORDER BY node.level DESC
    """
)
_LAST = text("SELECT at FROM audit.entry WHERE agency_id = :agency ORDER BY seq DESC LIMIT 1")


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
    """Return where an agency's log stands. Lines of it that are not in the database make a root that fits nothing."""
    size = session.scalar(_SIZE, {"agency": agency_id}) or 0
    wanted = merkle.frontier_positions(size)
    places = {"levels": [level for level, _ in wanted], "indexes": [index for _, index in wanted]}
    hashes = session.scalars(_FRONTIER, {"agency": agency_id, **places}).all()
    last_at = session.scalar(_LAST, {"agency": agency_id})
    return Head(merkle.Frontier(size, tuple(hashes)), last_at)


def lock_head(session: Session, agency_id: UUID) -> None:
    """Hold an agency's log head until the end of the transaction."""
    session.execute(_LOCK, {"agency": str(agency_id)})


def _queue(municipality_id: UUID, agency_id: UUID, event: Event, who: Who, fields: Mapping[str, object]) -> None:
    queue().append(Queued(municipality_id, agency_id, event.tag, event.outcome, fields_of(event, who, fields)))


def _append(session: Session, agency_id: UUID, events: Sequence[Queued]) -> None:
    for event in events:
        to_driver(session, _APPEND, _line(agency_id, event))


def _line(agency_id: UUID, event: Queued) -> dict[str, object]:
    entry = canonical.Entry(agency_id, 0, new_id(), clock.now(), event.tag, event.fields)
    before, middle = canonical.template(entry)
    return {
        "municipality": event.municipality_id,
        "agency": agency_id,
        "moment": entry.at,
        "before": before,
        "middle": middle,
        "id": entry.id,
        "action": event.tag,
        "user": event.fields.get("by_user") or None,
        "case": event.fields.get("case_id") or None,
        "outcome": event.outcome,
    }
