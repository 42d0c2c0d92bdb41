"""A small municipality to act in: agencies with keys, people with roles, and a way to act as one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from flask import Flask

from coordination.cases import people, phases, records
from coordination.cases import service as cases
from coordination.cases.content import Nature, PartKind
from coordination.consent import service as consents
from coordination.core import clock
from coordination.core.db import Tenant, db, transaction
from coordination.core.ids import new_id
from coordination.identity.models import Agency, Municipality, User, UserRole
from coordination.keys import agency_keys
from policies.access import Actor
from policies.methods.conditions import Condition
from policies.permissions import AgencyKind, EmployerType, Role

T = TypeVar("T")

HANDLER_ROLES = {
    AgencyKind.SOCIAL_SERVICES: Role.SIG_COORDINATOR,
    AgencyKind.POLICE: Role.POLICE_LIAISON,
    AgencyKind.SCHOOL: Role.SCHOOL_CONTACT,
    AgencyKind.SCHOOL_HEALTH: Role.SCHOOL_CONTACT,
    AgencyKind.OUTREACH: Role.OUTREACH_WORKER,
    AgencyKind.REGION: Role.HEALTH_CONTACT,
}

SUBJECT_NUMBER = "201103052385"
GUARDIAN_NUMBER = "197610032398"


@dataclass
class World:
    """One municipality with agencies; ``acting`` runs a use case as somebody, in a transaction of its own."""

    app: Flask
    code: str = "1780"
    municipality_id: UUID = field(default_factory=new_id)
    agencies: dict[AgencyKind, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the municipality."""
        with self.app.app_context(), transaction(Tenant(self.municipality_id)):
            if db.session.query(Municipality).filter_by(code=self.code).count():
                self.code = f"{len(db.session.query(Municipality).all()):04d}"
            db.session.add(Municipality(id=self.municipality_id, code=self.code, name=f"Kommun {self.code}"))

    def agency(self, kind: AgencyKind) -> UUID:
        """Return the id of the agency of a kind, made the first time."""
        if kind not in self.agencies:
            with self.app.app_context(), transaction(Tenant(self.municipality_id)):
                self.agencies[kind] = self._new_agency(kind)
        return self.agencies[kind]

    def actor(self, kind: AgencyKind, role: Role | None = None) -> Actor:
        """Return a new person in the agency of a kind, signed in with two factors just now."""
        agency_id, user_id = self.agency(kind), new_id()
        held = role or HANDLER_ROLES.get(kind, Role.AGENCY_CONTACT)
        with self.app.app_context(), transaction(Tenant(self.municipality_id)):
            user = User(
                id=user_id,
                agency_id=agency_id,
                email=f"{user_id}@example.se",
                name=f"{held.value} {kind.value}",
                title=held.value,
                language="sv",
                created_at=clock.now(),
                left_at=None,
                password_hash=None,
                totp_secret=None,
                totp_counter=None,
            )
            user.role_rows = [UserRole(user_id=user_id, role=held.value)]
            db.session.add(user)
        return Actor(
            user_id, agency_id, self.municipality_id, kind, frozenset({held}), None, fresh=True, second_factor=True
        )

    def act(self, actor: Actor, use_case: Callable[..., T], *arguments: object, **named: object) -> T:
        """Run a use case as an actor, whole."""
        with self.acting(actor):
            return use_case(actor, *arguments, **named)

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """Open a transaction as an actor."""
        with self.app.app_context(), transaction(Tenant(actor.municipality_id, actor.user_id)):
            yield

    def _new_agency(self, kind: AgencyKind) -> UUID:
        agency = Agency(
            id=new_id(),
            municipality_id=self.municipality_id,
            kind=kind.value,
            employer=EmployerType.SOCIAL.value if kind is AgencyKind.OUTREACH else None,
            name=f"{kind.value} {self.code}",
            controller="Nämnden",
            branch="Verksamheten",
            mark=kind.value[:2].upper(),
            created_at=clock.now(),
            closed_at=None,
        )
        db.session.add(agency)
        db.session.flush()
        agency_keys.create(agency.id, self.municipality_id)
        return agency.id


@dataclass
class SharedCase:
    """A case led by social services with a young person and a guardian, and its handlers."""

    world: World
    id: UUID
    social: Actor
    subject_id: UUID
    guardian_id: UUID
    handlers: dict[UUID, Actor]
    managers: dict[UUID, Actor]


def shared_case(world: World, *kinds: AgencyKind, subject_number: str = SUBJECT_NUMBER) -> SharedCase:
    """Make a case in which the young person may be named, with these agencies in it, each with one handler."""
    social = world.actor(AgencyKind.SOCIAL_SERVICES)
    case = world.act(social, cases.open_case, "sig")
    considered(world, social, case.id, Condition.OWN_SCREENING)
    world.act(social, phases.move, case.id, "referral")
    subject = world.act(social, people.add_person, case.id, person("subject", "Alva", "Lindqvist", subject_number))
    guardian = world.act(social, people.add_person, case.id, person("guardian", "Marcus", "Lindqvist", GUARDIAN_NUMBER))
    shared = SharedCase(world, case.id, social, subject.id, guardian.id, {social.agency_id: social}, {})
    for kind in kinds:
        join(shared, kind)
    return shared


def considered(world: World, lead: Actor, case_id: UUID, condition: Condition) -> None:
    """Let the leading agency write down how it considered everything a condition asks."""
    every = frozenset(question.id for question in phases.questions("sig", condition))
    world.act(lead, phases.check, case_id, condition, every, "Vi har prövat det och kommit fram till detta.")


def join(shared: SharedCase, kind: AgencyKind) -> Actor:
    """Let an agency take part, with a handler assigned by its manager."""
    world = shared.world
    handler, manager = world.actor(kind), world.actor(kind, Role.UNIT_MANAGER)
    world.act(shared.social, cases.invite_agency, shared.id, handler.agency_id)
    world.act(manager, cases.assign, shared.id, handler.user_id)
    shared.handlers[handler.agency_id], shared.managers[handler.agency_id] = handler, manager
    return handler


def person(role: str, given: str, family: str, number: str, protection: str = "none") -> people.PersonDraft:
    """A person as typed in."""
    return people.PersonDraft(role, given, family, number, None, "", protection)


def note(kind: str, title: str, *texts: str, about: UUID | None = None) -> records.RecordDraft:
    """A record as typed in, a part for each text."""
    parts = [records.PartDraft(PartKind.TEXT, Nature.FACT, "", text) for text in texts]
    return records.RecordDraft(kind, clock.today(), about, title, parts)


def consent(shared: SharedCase, *agency_ids: UUID, days: int = 90) -> consents.ConsentDraft:
    """A consent of youth and guardian to these agencies and the lead, for the kinds used in tests."""
    today: date = clock.today()
    return consents.ConsentDraft(
        agency_ids=[shared.social.agency_id, *agency_ids],
        kinds=["journal_note", "contact_note", "identity", "mapping", "plan"],
        purposes=["support", "coordination"],
        form="oral",
        youth_signed=True,
        guardian_ids=[shared.guardian_id],
        signed_on=today,
        valid_to=today + timedelta(days=days),
        reason_without_guardian="",
        note="Sagt vid mötet",
        maturity="Förstår vad det betyder",
    )
