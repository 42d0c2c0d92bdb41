"""A guardian's part in custody: said when they are added, and put right when a court or a board has decided otherwise."""

from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import CasePerson, Part, PartVersion, Record
from coordination.cases.queries import authorize, find_case
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from policies.access import Actor
from policies.case_roles import CaseRole
from policies.consent_rules import consent_rules
from policies.permissions import Permission


def guardian(actor: Actor, person_id: UUID) -> CasePerson:
    """Return a guardian whom the actor's agency added, and whose part in custody the actor may change. Raises NotFound, Forbidden."""
    person = db.session.get(CasePerson, person_id)
    door = find_case(actor, person.case_id if person else None)
    if person is None or person.role != CaseRole.GUARDIAN or person.owner_agency_id != actor.agency_id:
        raise NotFound
    authorize(actor, Permission.CASE_PEOPLE_MANAGE, door.facts)
    return person


def change(actor: Actor, person_id: UUID, custody: str) -> None:
    """Write down another part in custody; what was said before stays as a version of its own. Raises as ``guardian``, Invalid."""
    person = guardian(actor, person_id)
    if custody not in consent_rules().custody:
        raise Invalid("custody_unknown", custody="custody_unknown")
    known = reading.identities(actor.agency_id, person.case_id)
    found = next(one for one in known if one.about_person_id == person.id and one.owner_agency_id == actor.agency_id)
    record = db.session.get_one(Record, found.id, with_for_update=True)
    record.version += 1
    said, before = Text(custody, ""), found.part(PartKind.CUSTODY)
    if before is None:
        place = writing.add_part(actor, record, len(found.parts), PartKind.CUSTODY, Nature.FACT, said)
    else:
        place = writing.add_version(actor, db.session.get_one(Part, before.id), _next(before.version_id), said)
    audit.record(
        actor,
        Event.RECORD_EDITED,
        case_id=record.case_id,
        record_id=record.id,
        parts=[place.part_id],
        version=record.version,
    )


def _next(version_id: UUID) -> int:
    return db.session.get_one(PartVersion, version_id).version + 1
