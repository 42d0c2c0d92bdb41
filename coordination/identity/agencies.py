"""Municipalities and agencies: what an administrator may lay down about them, and which roles each kind of agency has."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid
from coordination.core.ids import new_id
from coordination.identity.models import Agency, Municipality
from coordination.identity.queries import agency_for, authorize, municipality_of
from policies.access import Actor
from policies.permissions import AgencyKind, EmployerType, Permission, Role

_EVERYWHERE = frozenset({Role.UNIT_MANAGER, Role.REGISTRAR, Role.ADMINISTRATOR, Role.REGIONAL_COORDINATOR})

ROLES: Mapping[AgencyKind, frozenset[Role]] = {
    AgencyKind.SOCIAL_SERVICES: _EVERYWHERE | {Role.SIG_COORDINATOR, Role.CASE_WORKER},
    AgencyKind.POLICE: _EVERYWHERE | {Role.POLICE_LIAISON},
    AgencyKind.SCHOOL_HEALTH: _EVERYWHERE | {Role.SCHOOL_CONTACT},
    AgencyKind.SCHOOL: _EVERYWHERE | {Role.SCHOOL_CONTACT},
    AgencyKind.OUTREACH: _EVERYWHERE | {Role.OUTREACH_WORKER},
    AgencyKind.LEISURE: _EVERYWHERE | {Role.AGENCY_CONTACT},
    AgencyKind.REGION: _EVERYWHERE | {Role.HEALTH_CONTACT, Role.AGENCY_CONTACT},
    AgencyKind.RESCUE: _EVERYWHERE | {Role.AGENCY_CONTACT},
    AgencyKind.VICTIM_SUPPORT: _EVERYWHERE | {Role.AGENCY_CONTACT},
    AgencyKind.HOUSING: _EVERYWHERE | {Role.AGENCY_CONTACT},
    AgencyKind.CIVIL_SOCIETY: _EVERYWHERE | {Role.AGENCY_CONTACT},
}
"""Which roles a user can be given, by the kind of agency they work in."""

ALONE = frozenset({Role.ADMINISTRATOR, Role.REGIONAL_COORDINATOR})
"""Roles that are held alone: who runs the system, and who reviews, works in no case."""


@dataclass(frozen=True, slots=True)
class AgencyForm:
    """What is laid down about an agency."""

    kind: AgencyKind
    employer: EmployerType | None
    name: str
    controller: str
    branch: str
    mark: str
    copies_temporary: bool = False
    copies_decision: str = ""
    """The decision on disposal that says so, by its reference."""


def add_municipality(code: str, name: str) -> Municipality:
    """Add a municipality. Only for the installation itself (its first set-up, the demo): no web page leads here."""
    row = Municipality(id=new_id(), code=code, name=name)
    db.session.add(row)
    db.session.flush()
    return row


def rename_municipality(actor: Actor, name: str) -> None:
    """Give the actor's municipality another name."""
    authorize(actor, Permission.ADMIN_AGENCY_MANAGE)
    municipality = municipality_of(actor)
    municipality.name = _filled("name", name)
    audit.record(actor, Event.MUNICIPALITY_CHANGED, municipality=municipality.id, change="renamed")


def add(municipality_id: UUID, form: AgencyForm) -> Agency:
    """Add an agency; whoever calls it gives the agency its key in the same transaction. Raises Invalid."""
    _check(municipality_id, form, None)
    agency = Agency(id=new_id(), municipality_id=municipality_id, created_at=clock.now(), closed_at=None)
    _lay_down(agency, form)
    db.session.add(agency)
    db.session.flush()
    return agency


def create(actor: Actor, form: AgencyForm) -> Agency:
    """Add an agency to the actor's municipality, as ``add`` does, and log it there and in its own log."""
    authorize(actor, Permission.ADMIN_AGENCY_MANAGE)
    agency = add(actor.municipality_id, form)
    _record(actor, agency, "created")
    if agency.copies_temporary:
        _record(actor, agency, "copies_temporary")
    return agency


def change(actor: Actor, agency_id: UUID, form: AgencyForm) -> None:
    """Change what is laid down about an agency, save its kind: secrecy and what it has been given hang on that."""
    authorize(actor, Permission.ADMIN_AGENCY_MANAGE)
    agency = agency_for(actor, agency_id)
    if agency.closed_at is not None:
        raise Conflict("agency_closed")
    if form.kind != agency.kind:
        raise Conflict("agency_kind_is_fixed")
    _check(actor.municipality_id, form, agency.id)
    before = agency.copies_temporary
    _lay_down(agency, form)
    _record(actor, agency, "changed")
    if agency.copies_temporary != before:
        _record(actor, agency, "copies_temporary" if agency.copies_temporary else "copies_kept")


def close(actor: Actor, agency_id: UUID) -> None:
    """Close an agency: from now on none of its users can sign in or is signed in. An administrator's own stays open."""
    authorize(actor, Permission.ADMIN_AGENCY_MANAGE)
    agency = agency_for(actor, agency_id)
    if agency.id == actor.agency_id:
        raise Conflict("own_agency_cannot_be_closed")
    if agency.closed_at is not None:
        raise Conflict("agency_closed")
    agency.closed_at = clock.now()
    _record(actor, agency, "closed")


def _record(actor: Actor, agency: Agency, change: str) -> None:
    for log in {actor.agency_id, agency.id}:
        audit.record(actor, Event.AGENCY_CHANGED, agency_id=log, agency=agency.id, change=change)


def _lay_down(agency: Agency, form: AgencyForm) -> None:
    agency.kind, agency.employer = form.kind, form.employer
    agency.name, agency.controller, agency.branch = form.name.strip(), form.controller.strip(), form.branch.strip()
    agency.mark = form.mark.strip().upper()
    agency.copies_temporary = form.copies_temporary
    agency.copies_decision = form.copies_decision.strip() if form.copies_temporary else None


def _check(municipality_id: UUID, form: AgencyForm, agency_id: UUID | None) -> None:
    for field in ("name", "controller", "branch"):
        _filled(field, getattr(form, field))
    if len(form.mark.strip()) != 2 or not form.mark.strip().isalpha():
        raise Invalid("mark_is_two_letters", mark="mark_is_two_letters")
    if form.kind is AgencyKind.OUTREACH and form.employer is None:
        raise Invalid("employer_missing", employer="employer_missing")
    if form.kind is not AgencyKind.OUTREACH and form.employer is not None:
        raise Invalid("employer_only_for_outreach", employer="employer_only_for_outreach")
    if form.copies_temporary and not form.copies_decision.strip():
        raise Invalid("copies_decision_missing", copies_decision="copies_decision_missing")
    namesake = db.session.scalars(
        select(Agency.id).where(Agency.municipality_id == municipality_id, Agency.name == form.name.strip())
    ).one_or_none()
    if namesake not in (None, agency_id):
        raise Invalid("name_taken", name="name_taken")


def _filled(field: str, value: str) -> str:
    if not value.strip():
        raise Invalid("field_empty", **{field: "field_empty"})
    return value.strip()
