"""Reading consents: the one that runs in each of several cases, and one of them opened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading
from coordination.cases.content import Text
from coordination.cases.queries import authorize, find_case
from coordination.consent.models import Consent
from coordination.consent.service import ConsentView, narrowings_of, signatures_of, view_of
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import NotFound
from policies.access import Actor
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class OpenConsent:
    """A consent as the reader's agency may see it. ``words`` (why without guardian, what was said) is the owner's alone."""

    case_id: UUID
    view: ConsentView
    words: Text | None


def running(agency_id: UUID, case_ids: Collection[UUID]) -> Mapping[UUID, ConsentView]:
    """Return, by case, the consent that concerns the agency and runs longest among those that hold today."""
    today = clock.today()
    rows = db.session.scalars(
        select(Consent)
        .where(
            Consent.case_id.in_(case_ids),
            Consent.withdrawn_at.is_(None),
            Consent.valid_from <= today,
            Consent.valid_to >= today,
            or_(Consent.owner_agency_id == agency_id, Consent.agency_ids.contains([agency_id])),
        )
        .order_by(Consent.valid_to)
    )
    found = list(rows)
    narrowed = narrowings_of([row.id for row in found]) if found else {}
    views = [(row.case_id, view_of(row, [], narrowed.get(row.id, []), agency_id)) for row in found]
    return {case_id: view for case_id, view in views if view.withdrawn_on is None}


def open_consent(actor: Actor, consent_id: UUID) -> OpenConsent:
    """Open one consent that concerns the actor's agency, and log it. Raises NotFound, Forbidden."""
    row = db.session.get(Consent, consent_id)
    concerned = row is not None and actor.agency_id in {row.owner_agency_id, *row.agency_ids}
    door = find_case(actor, row.case_id if row is not None and concerned else None)
    if row is None:
        raise NotFound
    authorize(actor, Permission.CASE_READ, door.facts)
    words = _words(actor, row)
    if words is not None and row.record_id is not None:
        audit.record(actor, Event.RECORD_VIEWED, case_id=row.case_id, record_id=row.record_id, parts=1)
    else:
        audit.record(actor, Event.CASE_VIEWED, case_id=row.case_id, parts=0)
    signatures, narrowed = signatures_of([row.id]), narrowings_of([row.id])
    view = view_of(row, signatures.get(row.id, []), narrowed.get(row.id, []), actor.agency_id)
    return OpenConsent(row.case_id, view, words)


def _words(actor: Actor, row: Consent) -> Text | None:
    if row.record_id is None or row.owner_agency_id != actor.agency_id:
        return None
    record = reading.one_record(actor.agency_id, row.record_id)
    content = record.parts[0].content if record and record.parts else None
    return content if isinstance(content, Text) else None
