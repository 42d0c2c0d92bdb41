"""Who in the own agency has opened what in a case: the agency's own log, asked for by someone who works in the case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from coordination.audit import queries
from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import ProtectedReader
from coordination.cases.queries import authorize, find_case
from coordination.core.db import db
from coordination.keys import service as keys
from policies.access import Actor, Facts, decide
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A line with its stated reason in words: None where none was stated or it is not the reader's to know, empty where it
    cannot be opened.
    """

    line: queries.LogLine
    reason: str | None


def lines(actor: Actor, case_id: UUID, before: int | None = None) -> list[StatedLine]:
    """Return the newest lines about the case in the actor's agency's own log, from ``before`` back, and log the reading.

    Raises NotFound when the case is hidden or not there, Forbidden when a condition fails.
    """
    door = find_case(actor, case_id)
    authorize(actor, Permission.AUDIT_CASE_READ, door.facts)
    found = queries.case_log(actor.agency_id, case_id, before)
    reasons = _reasons(actor, door.facts, found)
    audit.record(actor, Event.CASE_LOG_VIEWED, case_id=case_id, count=len(found))
    return [StatedLine(line, reasons.get(line.seq)) for line in found]


def _reasons(actor: Actor, facts: Facts, found: Sequence[queries.LogLine]) -> dict[int, str]:
    """Open the reasons that are the reader's to know, by the line's number. What is no sealed note has no words here: a
    disclosure refers to its decision.
    """
    stated = {line.seq: UUID(str(line.fields["reason_ref"])) for line in found if line.fields.get("reason_ref")}
    kept = _of_protected_people(actor, facts, [line for line in found if line.seq in stated])
    wanted = {seq: note for seq, note in stated.items() if seq not in kept}
    try:
        opened = keys.open_notes(actor.agency_id, wanted.values()) if wanted else {}
    except keys.CannotOpen:
        return dict.fromkeys(wanted, "")
    return {seq: opened[note] for seq, note in wanted.items() if note in opened}


def _of_protected_people(actor: Actor, facts: Facts, stated: Sequence[queries.LogLine]) -> set[int]:
    """Return the numbers of the lines whose reason tells of a protected person whom the reader may not open: such a reason
    is for those named for the person, though they need not have confirmed their sign-in just now to read it.
    """
    of_people = {
        line.seq: UUID(str(line.fields["person_id"]))
        for line in stated
        if line.action == Event.PROTECTED_IDENTITY_OPENED.tag
    }
    named = db.session.scalars(
        select(ProtectedReader.person_id).where(
            ProtectedReader.user_id == actor.user_id, ProtectedReader.person_id.in_(set(of_people.values()))
        )
    ).all()
    confirmed = replace(actor, fresh=True)
    may = {
        person_id: decide(
            confirmed,
            Permission.CASE_PROTECTED_READ,
            replace(facts, protected=True, named_for_protected=person_id in named),
        ).allowed
        for person_id in of_people.values()
    }
    kept = {seq for seq, person_id in of_people.items() if not may[person_id]}
    # Who is close to whom is a colleague's own matter: it is the manager's to know, on a page of its own.
    return kept | {line.seq for line in stated if line.action == Event.CONFLICT_CHANGED.tag}
