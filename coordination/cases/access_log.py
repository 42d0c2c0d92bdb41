"""Who in the own agency has opened what in a case: the agency's own log, asked for by someone who works in the case."""

from collections.abc import Sequence
from uuid import UUID

from coordination.audit import queries
from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.queries import case_for
from policies.access import Actor
from policies.permissions import Permission


def lines(actor: Actor, case_id: UUID, before: int | None = None) -> Sequence[queries.LogLine]:
    """Return the newest lines about the case in the actor's agency's own log, from ``before`` back, and log the reading.

    Raises NotFound when the case is hidden or not there, Forbidden when a condition fails.
    """
    case = case_for(actor, case_id, Permission.AUDIT_CASE_READ)
    found = queries.case_log(actor.agency_id, case.id, before)
    audit.record(actor, Event.CASE_LOG_VIEWED, case_id=case.id, count=len(found))
    return found
