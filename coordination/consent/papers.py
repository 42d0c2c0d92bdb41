"""The signed paper of a consent: a scan, sealed with what was said, for the agency that recorded it and for nobody else."""

from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import attachments, writing
from coordination.cases.content import PartKind
from coordination.cases.models import Part, Record
from coordination.cases.queries import authorize, find_case
from coordination.consent.models import Consent
from coordination.core.db import db
from coordination.core.errors import Conflict, NotFound
from policies.access import Actor
from policies.permissions import Permission


def without_paper(actor: Actor, consent_id: UUID) -> Consent:
    """Return a consent whose paper the actor may attach, and hold its row.

    Raises NotFound for one that another agency recorded, Forbidden, Conflict where the paper is there already.
    """
    wanted = select(Consent).where(Consent.id == consent_id, Consent.owner_agency_id == actor.agency_id)
    consent = db.session.scalars(wanted.with_for_update()).one_or_none()
    door = find_case(actor, consent.case_id if consent else None)
    if consent is None:
        raise NotFound
    authorize(actor, Permission.CASE_CONSENT_RECORD, door.facts)
    if db.session.scalar(select(Part.id).where(Part.record_id == consent.record_id, Part.kind == PartKind.FILE)):
        raise Conflict("paper_already_attached")
    return consent


def attach(actor: Actor, consent_id: UUID, name: str, stream: BinaryIO) -> None:
    """Add the scan of the signed paper. Raises as ``without_paper``, and Invalid for its size or type."""
    consent = without_paper(actor, consent_id)
    info = attachments.checked(name, stream)
    record = db.session.get_one(Record, consent.record_id)
    last = db.session.scalar(select(func.max(Part.ordinal)).where(Part.record_id == record.id)) or 0
    place = writing.add_file(actor, record, last + 1, info, attachments.pieces(stream))
    audit.record(
        actor,
        Event.ATTACHMENT_ADDED,
        case_id=consent.case_id,
        record_id=record.id,
        part_id=place.part_id,
        version=1,
        bytes=info.size,
    )
