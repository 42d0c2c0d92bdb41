"""Whose names stand on a consent form that is printed filled in. Each print is a line in the log."""

from collections.abc import Sequence
from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import people, reading
from coordination.cases.people import PersonView
from coordination.cases.queries import SUBJECT, case_for
from policies.access import Actor
from policies.case_roles import CaseRole
from policies.permissions import Permission


def people_for_paper(actor: Actor, case_id: UUID, variant: str) -> Sequence[PersonView]:
    """Return the young person and the guardians as far as the agency knows them, and log the print. Raises NotFound, Forbidden."""
    case = case_for(actor, case_id, Permission.CASE_CONSENT_RECORD)
    known = people.people_in_case(case.id, reading.identities(actor.agency_id, case.id))
    audit.record(actor, Event.CONSENT_PRINTED, case_id=case.id, form=variant)
    return [person for person in known if person.role in {SUBJECT, CaseRole.GUARDIAN}]
