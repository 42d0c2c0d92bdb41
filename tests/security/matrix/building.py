"""Builds the town through the service's own use cases; what they would not let happen (a right that outlived its role) by hand."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from coordination.cases import attachments, people, phases, records
from coordination.cases import service as cases
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import Assignment, CasePerson, Part, ProtectedReader, Record
from coordination.consent import service as consents
from coordination.core import clock
from coordination.core.db import db
from coordination.disclosure import service as disclosures
from coordination.identity.models import User
from policies.access import Actor
from policies.methods.conditions import Condition
from policies.permissions import HANDLERS, AgencyKind, Role
from tests.factories.world import World, considered
from tests.security.matrix.people import AWAY, PLACES, Relation, roles_in
from tests.security.matrix.seeds import Kind, Seeds
from tests.security.matrix.things import Thing, What

T = TypeVar("T")
Actors = dict[tuple[Relation, Role], Actor]

NUMBERS = (
    "20110305-2385",
    "19761003-2398",
    "20120514-2399",
    "20100821-2381",
    "20111102-2396",
    "20100119-2382",
    "19800207-2380",
    "19791112-2393",
)
"""Personnummer that Skatteverket has set aside for tests."""


class Builder:
    """Acts in both municipalities and notes every thing made and every word sown."""

    def __init__(self, here: World, away: World) -> None:
        """Begin with two empty municipalities."""
        self.worlds = {False: here, True: away}
        self.seeds = Seeds()
        self.things: list[Thing] = []
        self.actors: Actors = {}
        self.cases: dict[str, UUID] = {}
        self.numbers = iter(NUMBERS)

    def populate(self) -> None:
        """Let everybody move in, each with a name and an address that nobody else has."""
        for relation, place in PLACES.items():
            for role in roles_in(relation):
                self.actors[relation, role] = self.moves_in(place.kind, role, f"{role} {relation}", away=place.away)

    def moves_in(self, kind: AgencyKind, role: Role, label: str, *, away: bool = False, case: str = "") -> Actor:
        """Let somebody move in; ``case`` is where they work if their label does not say so."""
        world, agency = self.worlds[away], (AWAY if away else "") + kind.value
        actor = world.actor(kind, role)
        with world.acting(actor):
            user = db.session.get_one(User, actor.user_id)
            user.name = self.seeds.sow(Kind.USER, label, case, agency)
            user.email = self.seeds.sow(Kind.EMAIL, label, "", agency, word=f"{self.seeds.word().lower()}@example.se")
        return actor

    def manager(self, agency: str) -> Actor:
        """Return a manager of an agency."""
        return next(
            actor
            for (relation, role), actor in self.actors.items()
            if role is Role.UNIT_MANAGER and PLACES[relation].agency == agency
        )

    def act(self, actor: Actor, use_case: Callable[..., T], *arguments: object, **named: object) -> T:
        """Run a use case as an actor."""
        return self._world(actor).act(actor, use_case, *arguments, **named)

    def open_case(self, actor: Actor, name: str, owner: str) -> UUID:
        """Open a case and sow its reference."""
        case = self.act(actor, cases.open_case, "sig")
        self.cases[name] = case.id
        for condition in (Condition.OWN_SCREENING, Condition.TARGET_GROUP_CHECKED):
            considered(self._world(actor), actor, case.id, condition)
        self.act(actor, phases.move, case.id, "referral")
        self.seeds.sow(Kind.REFERENCE, name, name, None, word=case.reference)
        self.add(What.CASE, name, name, owner, case_id=case.id)
        return UUID(str(case.id))

    def staff(self, case: str) -> None:
        """Assign everybody whose relation says so; who handles no cases keeps an assignment from another role."""
        for (relation, role), actor in self.actors.items():
            place = PLACES[relation]
            if case not in place.cases:
                continue
            if role in HANDLERS:
                manager = self.manager(place.agency)
                self.act(manager, cases.assign, self.cases[case], actor.user_id, named_for_protected=place.named)
            else:
                self.left_over(actor, case, named=place.named)

    def left_over(self, actor: Actor, case: str, *, named: bool = False) -> None:
        """Give somebody an assignment that no use case would give them."""
        now = clock.now()
        with self._world(actor).acting(actor):
            common = {"municipality_id": actor.municipality_id}
            db.session.add(
                Assignment(
                    case_id=self.cases[case],
                    agency_id=actor.agency_id,
                    user_id=actor.user_id,
                    starts_at=now,
                    ends_at=now + timedelta(days=90),
                    assigned_by=actor.user_id,
                    **common,
                )
            )
            protected = select(CasePerson.id).where(
                CasePerson.case_id == self.cases[case], CasePerson.protection != "none"
            )
            for person_id in db.session.scalars(protected).all() if named else ():
                reader = ProtectedReader(
                    person_id=person_id, user_id=actor.user_id, named_by=actor.user_id, named_at=now
                )
                reader.municipality_id = actor.municipality_id
                db.session.add(reader)

    def person(
        self,
        actor: Actor,
        case: str,
        name: str,
        role: str,
        number: str,
        *,
        readers: Sequence[str] = (),
        protection: str = "none",
    ) -> UUID:
        """Add a person with a name, a number, contact details and a reason of their own."""
        owner, veiled = self.agency_of(actor), protection != "none"

        def word(kind: Kind, given: Sequence[str] = (), written: str = "") -> str:
            return self.seeds.sow(kind, name, case, owner, readers=given, word=written, veiled=veiled)

        draft = people.PersonDraft(
            role=role,
            given_name=word(Kind.GIVEN_NAME, readers),
            family_name=word(Kind.FAMILY_NAME, readers),
            number=word(Kind.NUMBER, readers, number),
            birth_date=None,
            contact=word(Kind.CONTACT),
            protection=protection,
            reason=word(Kind.WHY) if role not in {"subject", "guardian"} else "",
        )
        person = self.act(actor, people.add_person, self.cases[case], draft)
        traits = {"veiled"} if veiled else set()
        self.add(What.PERSON, name, case, owner, readers=readers, traits=traits, person_id=person.id)
        return UUID(str(person.id))

    def record(self, actor: Actor, case: str, name: str, *texts: str, title: str) -> UUID:
        """Write a record of these texts."""
        parts = [records.PartDraft(PartKind.TEXT, Nature.FACT, "", words) for words in texts]
        draft = records.RecordDraft("contact_note", clock.today(), None, title, parts)
        return UUID(str(self.act(actor, records.write, self.cases[case], draft).id))

    def attach(self, actor: Actor, record_id: UUID, name: str, content: str) -> UUID:
        """Attach a text file."""
        part: UUID = self.act(actor, attachments.attach, record_id, f"{name}.txt", BytesIO(content.encode()))
        return part

    def parts_of(self, actor: Actor, record_id: UUID) -> dict[str, UUID]:
        """Return the ids of an own record's parts by what they say."""
        opened = self.act(actor, records.open_record, record_id)
        return {
            part.content.body if isinstance(part.content, Text) else part.content.name: part.id for part in opened.parts
        }

    def identity_parts(self, actor: Actor, case: str, person_id: UUID) -> list[UUID]:
        """Return the ids of the name and the number of a person."""
        with self._world(actor).acting(actor):
            found = (
                select(Part.id)
                .join(Record, Record.id == Part.record_id)
                .where(
                    Record.case_id == self.cases[case], Record.about_person_id == person_id, Record.kind == "identity"
                )
                .where(Part.kind.in_([PartKind.NAME, PartKind.NUMBER]))
            )
            return list(db.session.scalars(found))

    def consent(self, actor: Actor, case: str, name: str, to: Sequence[str], guardian: UUID, *, days: int = 90) -> UUID:
        """Record a consent to these agencies, for all that is disclosed in the town."""
        owner, today = self.agency_of(actor), clock.today()
        draft = consents.ConsentDraft(
            agency_ids=[actor.agency_id, *(self.agency_id(agency) for agency in to)],
            kinds=["contact_note", "identity", "mapping", "plan"],
            purposes=["support"],
            form="oral",
            youth_signed=True,
            guardian_ids=[guardian],
            signed_on=today,
            valid_to=today + timedelta(days=days),
            reason_without_guardian="",
            note=self.seeds.sow(Kind.SAID, name, case, owner),
            maturity="Förstår vad det betyder",
        )
        made = self.act(actor, consents.record, self.cases[case], draft)
        self.add(What.CONSENT, name, case, owner, readers=to, consent_id=made.id)
        return UUID(str(made.id))

    def disclose(
        self, actor: Actor, case: str, name: str, to: str, parts: Sequence[UUID], *, carries: str, days: int = 60
    ) -> None:
        """Give parts of a record to an agency, on the consent there is."""
        owner, until = self.agency_of(actor), clock.today() + timedelta(days=days)
        harm = f"{self.seeds.sow(Kind.HARM_TEST, name, case, owner)} behövs för stödet, och den unge vet om det."
        draft = disclosures.DisclosureDraft(
            parts, self.agency_id(to), "OSL_12_2_SAMTYCKE", None, "support", True, harm, until
        )
        made = self.act(actor, disclosures.disclose, self.cases[case], draft)
        self.add(What.DISCLOSURE, name, case, owner, readers=[to], carries=carries, disclosure_id=made.id)
        for part_id in parts:
            file = any(part_id in thing.arguments.values() for thing in self.things if thing.what is What.ATTACHMENT)
            named = f"{name}, {'file' if file else part_id}"
            traits = {"file"} if file else set()
            add = partial(self.add, What.GIVEN_PART, named, case, owner, readers=[to], traits=traits)
            add(disclosure_id=made.id, part_id=part_id)

    def add(
        self,
        what: What,
        name: str,
        case: str,
        owner: str,
        *,
        readers: Sequence[str] = (),
        traits: Iterable[str] = (),
        carries: str = "",
        **arguments: UUID | str,
    ) -> None:
        """Note a thing."""
        self.things.append(Thing(what, name, case, owner, frozenset(readers), arguments, frozenset(traits), carries))

    def agency_id(self, agency: str) -> UUID:
        """Return the id of an agency by its name in the matrix."""
        return self.worlds[agency.startswith(AWAY)].agency(AgencyKind(agency.removeprefix(AWAY)))

    def agency_of(self, actor: Actor) -> str:
        """Return the name in the matrix of the agency somebody works in."""
        away = actor.municipality_id == self.worlds[True].municipality_id
        return (AWAY if away else "") + actor.agency_kind.value

    def _world(self, actor: Actor) -> World:
        return self.worlds[actor.municipality_id == self.worlds[True].municipality_id]
