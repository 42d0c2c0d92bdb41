"""The registrar's view of a closed copy: what an agency holds it must be able to answer for, also when no handler reads it.

One copy at a time, with a stated reason and a fresh sign-in; every opening is reviewed. Whether the law obliges the agency to
give anything out of it (TF chapter 2, GDPR 15) is weighed by the agency, not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, people, reading
from coordination.cases.attachments import OpenFile
from coordination.cases.content import FileInfo
from coordination.cases.models import Copy, PartVersion
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from coordination.disclosure import closed
from coordination.disclosure.closed import ClosedCopies
from coordination.disclosure.models import Disclosure
from coordination.keys import service as keys
from policies.access import Actor
from policies.permissions import Permission

SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """A closed copy with what it says. ``withheld``: parts about somebody whose protected identity the reader may not open."""

    row: ClosedCopies
    records: Sequence[reading.OpenRecord]
    withheld: int


def find(actor: Actor, disclosure_id: UUID) -> ClosedCopies:
    """Return the closed copy that the actor may open, not yet opened. Raises NotFound, or Forbidden with what fails."""
    return closed.one(actor, disclosure_id, Permission.DISCLOSURE_CLOSED_OPEN)


def open_copy(actor: Actor, disclosure_id: UUID, reason: str, *, paper: bool = False) -> OpenedCopy:
    """Open what the actor's agency holds closed of a disclosure, for a reason that is sealed, and log it.

    ``paper``: it was opened to be printed, which is logged too. Raises as ``find``, and Invalid for a reason too short.
    """
    row = find(actor, disclosure_id)
    case_id, shown, withheld = _held(actor, disclosure_id)
    opened = reading.as_held(actor.agency_id, shown)
    parts = [part.id for record in opened for part in record.parts]
    reason_ref = _log(actor, case_id, disclosure_id, parts, reason)
    if paper:
        audit.record(actor, Event.PRINTED, case_id=case_id, parts=parts, reason_code=None, reason_ref=reason_ref)
    return OpenedCopy(row, opened, withheld)


def open_file(actor: Actor, disclosure_id: UUID, part_id: UUID, reason: str) -> OpenFile:
    """Open an attachment of a closed copy, for a reason that is sealed, and log it. Raises as ``open_copy``."""
    find(actor, disclosure_id)
    case_id, shown, _withheld = _held(actor, disclosure_id)
    version_id = db.session.scalar(
        select(PartVersion.id).where(PartVersion.id.in_(shown), PartVersion.part_id == part_id)
    )
    content = reading.open_version(actor.agency_id, version_id) if version_id else None
    if version_id is None or not isinstance(content, FileInfo):
        raise NotFound
    _log(actor, case_id, disclosure_id, [part_id], reason)
    return OpenFile(content, keys.Place(actor.municipality_id, part_id, version_id))


def _held(actor: Actor, disclosure_id: UUID) -> tuple[UUID, set[UUID], int]:
    """Return the case, the versions that may be shown, and how many others there are."""
    case_id = db.session.get_one(Disclosure, disclosure_id).case_id
    held = select(Copy.part_version_id).where(
        Copy.disclosure_id == disclosure_id,
        Copy.agency_id == actor.agency_id,
        Copy.disposed_at.is_(None),
        ~copies.readable(clock.today()),
    )
    versions = set(db.session.scalars(held))
    shown = reading.not_about(people.hidden_from(actor, case_id), versions)
    return case_id, shown, len(versions - shown)


def _log(actor: Actor, case_id: UUID, disclosure_id: UUID, parts: Sequence[UUID], reason: str) -> UUID:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason_too_short", reason="reason_too_short")
    reason_ref = keys.seal_note(actor.agency_id, actor.municipality_id, reason.strip())
    audit.record(
        actor,
        Event.CLOSED_COPY_OPENED,
        case_id=case_id,
        disclosure_id=disclosure_id,
        parts=parts,
        reason_code=None,
        reason_ref=reason_ref,
    )
    return reason_ref
