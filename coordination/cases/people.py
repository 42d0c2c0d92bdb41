"""People in a case: a typed part in it in the open, who they are sealed. A protected identity has a door of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import phases, reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import CasePerson, ProtectedReader
from coordination.cases.queries import SUBJECT, UNPROTECTED, authorize, case_for, find_case, named_for
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.core.prepared import Prepared, asked
from coordination.keys import blind_index
from coordination.keys import service as keys
from policies.access import Actor
from policies.case_roles import CASE_ROLES, CaseRole
from policies.consent_rules import consent_rules
from policies.permissions import Permission
from policies.vocabulary import age_on

PROTECTIONS = ("none", "marked", "protected_registration", "fictitious")
"""No protection; confidentiality marking; protected population registration; fictitious identity (domain: protected personal data)."""

NUMBER_KINDS = ("personnummer", "samordningsnummer", "none")

JOINT = "joint"
"""The part in custody of a guardian of whom nothing else is known: the one under which most have to be asked."""


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as typed in. ``birth_date`` is needed only where there is no number."""

    role: str
    given_name: str
    family_name: str
    number: str
    birth_date: date | None
    contact: str
    protection: str
    reason: str = ""
    """Why the person is in the case; some parts in it ask for that."""
    custody: str = JOINT
    """A guardian's part in custody; of others nothing is said."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as the reader may see them: ``name`` is None where the reader's agency may not know it, or it is protected."""

    id: UUID
    role: str
    owner_agency_id: UUID
    protection: str
    age_years: int | None
    name: str | None
    short_name: str | None
    number: str | None
    contact: str | None
    reason: str | None
    birth_date: date | None
    custody: str | None

    @property
    def protected(self) -> bool:
        """Tell whether the identity has a door of its own."""
        return self.protection != UNPROTECTED


def add_person(actor: Actor, case_id: UUID, draft: PersonDraft) -> CasePerson:
    """Add a person: the part in the case in the open, the identity sealed for the actor's agency, search words for it alone.

    In the anonymous consultation only who raised it may write down whom it is about, and nobody else: Conflict.
    """
    case = case_for(actor, case_id, Permission.CASE_PEOPLE_MANAGE)
    if phases.anonymous(case) and not (draft.role == SUBJECT and actor.agency_id == case.lead_agency_id):
        raise Conflict("person_in_consultation")
    number, born = _checked(case.id, draft)
    person = CasePerson(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        owner_agency_id=actor.agency_id,
        role=draft.role,
        protection=draft.protection,
        number_kind=number.kind if number else "none",
        age_years=age_on(born, clock.today()) if born and draft.role == SUBJECT else None,
        added_by=actor.user_id,
        added_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    _seal_identity(actor, person, draft, number, born)
    if draft.protection != UNPROTECTED:
        _name_reader(actor, person)
    audit.record(actor, Event.PERSON_ADDED, case_id=case.id, person_id=person.id)
    return person


def known_in_case(actor: Actor, case_id: UUID) -> list[PersonView]:
    """Open the people of a case as far as the actor's agency may know them, and log it. Raises NotFound, Forbidden."""
    case = case_for(actor, case_id, Permission.CASE_READ)
    identities = reading.identities(actor.agency_id, case.id)
    audit.record(actor, Event.CASE_VIEWED, case_id=case.id, parts=sum(len(record.parts) for record in identities))
    return people_in_case(case.id, identities)


_PEOPLE = Prepared(
    lambda: (
        select(CasePerson.__table__)
        .where(CasePerson.case_id == asked("case", Uuid()))
        .order_by(CasePerson.role != SUBJECT, CasePerson.added_at)
    )
)


def people_in_case(case_id: UUID, identities: Sequence[reading.OpenRecord]) -> list[PersonView]:
    """Return the people of a case, with who they are as far as ``identities``, the records the agency could open, tell."""
    known: dict[UUID | None, list[reading.OpenRecord]] = {}
    for record in identities:
        known.setdefault(record.about_person_id, []).append(record)
    rows = _PEOPLE.rows(case=case_id)
    return [_view(person, known.get(person.id, ())) for person in rows]


def open_person(actor: Actor, person_id: UUID) -> PersonView:
    """Open who a person is, whole number and contact details included, and log it.

    Raises NotFound where the actor's agency may not know who it is, or the identity is protected and has its own door.
    """
    person = db.session.get(CasePerson, person_id)
    door = find_case(actor, person.case_id if person else None)
    if person is None:
        raise NotFound
    authorize(actor, Permission.CASE_READ, door.facts)
    view = _view(person, _identities_of(actor, person))
    if view.name is None:
        raise NotFound
    audit.record(actor, Event.IDENTITY_VIEWED, case_id=person.case_id, person_id=person.id)
    return view


def open_protected(actor: Actor, person_id: UUID, reason: str) -> PersonView:
    """Open a protected identity. Only for those named, freshly authenticated, with a reason; every opening is reviewed."""
    person = protected_person(actor, person_id)
    if len(reason.strip()) < 10:
        raise Invalid("reason_too_short", reason="reason_too_short")
    known = _identities_of(actor, person)
    if not known:
        raise NotFound
    note = keys.seal_note(actor.agency_id, actor.municipality_id, reason.strip())
    audit.record(
        actor,
        Event.PROTECTED_IDENTITY_OPENED,
        case_id=person.case_id,
        person_id=person_id,
        reason_code=None,
        reason_ref=note,
    )
    return _view(person, known, unveiled=True)


def protected_person(actor: Actor, person_id: UUID) -> CasePerson:
    """Return a person whose protected identity the actor may open: their part in the case, not yet who it is.

    Raises NotFound for anybody else, Forbidden with the condition that fails.
    """
    person = db.session.get(CasePerson, person_id)
    door = find_case(actor, person.case_id if person else None)
    if person is None or person.protection == UNPROTECTED:
        raise NotFound
    authorize(
        actor,
        Permission.CASE_PROTECTED_READ,
        door.facts,
        owns=person.owner_agency_id == actor.agency_id,
        protected=True,
        named_for_protected=is_named(person_id, actor.user_id),
    )
    return person


def case_of(actor: Actor, person_id: UUID) -> UUID:
    """Return the id of the case a person is in. Raises NotFound when that case is hidden or not there."""
    person = db.session.get(CasePerson, person_id)
    if person is None:
        raise NotFound
    return find_case(actor, person.case_id).case.id


def is_named(person_id: UUID, user_id: UUID) -> bool:
    """Tell whether a user is named to open a protected identity, or has broken the glass of the case."""
    return db.session.scalar(select(CasePerson.id).where(CasePerson.id == person_id, named_for(user_id))) is not None


def hidden_from(actor: Actor, case_id: UUID) -> set[UUID]:
    """Return the people of a case with a protected identity that the actor is not named to open."""
    return set(
        db.session.scalars(
            select(CasePerson.id).where(
                CasePerson.case_id == case_id, CasePerson.protection != UNPROTECTED, ~named_for(actor.user_id)
            )
        )
    )


def protected_in(case_id: UUID) -> set[UUID]:
    """Return the people of a case whose identity is protected, and has a door of its own."""
    protected = select(CasePerson.id).where(CasePerson.case_id == case_id, CasePerson.protection != UNPROTECTED)
    return set(db.session.scalars(protected))


def identity_terms(kind: PartKind, content: Text) -> list[blind_index.Term]:
    """Return the search words that a part of an identity gives: whole name tokens, or the number."""
    if kind is PartKind.NAME:
        return blind_index.name_terms(f"{content.heading} {content.body}")
    if kind is PartKind.NUMBER and content.heading:
        return blind_index.identity_terms(blind_index.parse_identity_number(content.heading))
    return []


def index_for(
    actor: Actor, recipient_id: UUID, place: keys.Place, case_id: UUID, person_id: UUID, kind: PartKind
) -> None:
    """Let the recipient of an identity part search by what it was given, and by no more."""
    opened = reading.open_version(actor.agency_id, place.part_version_id)
    if isinstance(opened, Text):
        keys.index(recipient_id, place, case_id, person_id, identity_terms(kind, opened))


def birth_date(record: reading.OpenRecord) -> date | None:
    """Return the birth date an identity record tells, if the reader could open it."""
    part = record.part(PartKind.NUMBER)
    if part is None or not isinstance(part.content, Text) or not part.content.body:
        return None
    return date.fromisoformat(part.content.body)


def custody_of(record: reading.OpenRecord) -> str:
    """Return the part in custody that a guardian's identity record tells; joint where it says nothing."""
    part = record.part(PartKind.CUSTODY)
    return part.content.heading if part is not None and isinstance(part.content, Text) else JOINT


def _view(person: CasePerson, known: Sequence[reading.OpenRecord], *, unveiled: bool = False) -> PersonView:
    shown = known if unveiled or person.protection == UNPROTECTED else ()
    kinds = (PartKind.NAME, PartKind.NUMBER, PartKind.CONTACT, PartKind.TEXT, PartKind.CUSTODY)
    name, number, contact, reason, custody = (_text(shown, kind) for kind in kinds)
    return PersonView(
        id=person.id,
        role=person.role,
        owner_agency_id=person.owner_agency_id,
        protection=person.protection,
        age_years=person.age_years,
        name=f"{name.heading} {name.body}".strip() if name else None,
        short_name=short_name(name) if name else None,
        number=_written(number.heading) if number and number.heading else None,
        contact=contact.body if contact else None,
        reason=reason.body if reason else None,
        birth_date=date.fromisoformat(number.body) if number and number.body else None,
        custody=custody.heading if custody else None,
    )


def _identities_of(actor: Actor, person: CasePerson) -> list[reading.OpenRecord]:
    identities = reading.identities(actor.agency_id, person.case_id)
    return [record for record in identities if record.about_person_id == person.id]


def short_name(name: Text) -> str:
    """Return the form used in lists: the first name and the first letter of the family name."""
    return f"{name.heading} {name.body[:1]}.".replace(" .", "").strip()


def _text(known: Sequence[reading.OpenRecord], kind: PartKind) -> Text | None:
    """Return the newest of what an agency knows: it can have been told the same by others, and have taken it into its own file."""
    parts = [part for record in known if (part := record.part(kind)) is not None]
    newest = max(parts, key=lambda part: part.written_at, default=None)
    return newest.content if newest and isinstance(newest.content, Text) else None


def _written(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:]}"


def _checked(case_id: UUID, draft: PersonDraft) -> tuple[blind_index.IdentityNumber | None, date | None]:
    _check_words(draft)
    if draft.role == SUBJECT and _has_subject(case_id):
        raise Conflict("case_has_subject")
    number = blind_index.parse_identity_number(draft.number) if draft.number.strip() else None
    born = (number.birth_date if number else None) or draft.birth_date
    if draft.role == SUBJECT and born is None:
        raise Invalid("birth_date_missing", birth_date="birth_date_missing")
    if born is not None and born > clock.today():
        raise Invalid("birth_date_in_future", birth_date="birth_date_in_future")
    return number, born


def _check_words(draft: PersonDraft) -> None:
    if draft.role not in set(CaseRole):
        raise Invalid("role_unknown", role="role_unknown")
    if draft.protection not in PROTECTIONS:
        raise Invalid("protection_unknown", protection="protection_unknown")
    if not draft.given_name.strip() or not draft.family_name.strip():
        raise Invalid("name_missing", given_name="name_missing")
    if CASE_ROLES[CaseRole(draft.role)].needs_reason and not draft.reason.strip():
        raise Invalid("role_reason_missing", reason="role_reason_missing")
    if draft.custody not in consent_rules().custody:
        raise Invalid("custody_unknown", custody="custody_unknown")


def _has_subject(case_id: UUID) -> bool:
    found = select(CasePerson.id).where(CasePerson.case_id == case_id, CasePerson.role == SUBJECT)
    return db.session.scalar(found) is not None


def _seal_identity(
    actor: Actor,
    person: CasePerson,
    draft: PersonDraft,
    number: blind_index.IdentityNumber | None,
    born: date | None,
) -> None:
    record = writing.new_record(actor, person.case_id, reading.IDENTITY, clock.today(), person.id)
    contents = [
        (PartKind.NAME, Text(draft.given_name.strip(), draft.family_name.strip())),
        (PartKind.NUMBER, Text(number.digits12 if number else "", born.isoformat() if born else "")),
        (PartKind.CONTACT, Text("", draft.contact.strip())),
    ]
    if draft.reason.strip():
        contents.append((PartKind.TEXT, Text("", draft.reason.strip())))
    if draft.role == CaseRole.GUARDIAN:
        contents.append((PartKind.CUSTODY, Text(draft.custody, "")))
    for ordinal, (kind, text) in enumerate(contents):
        place = writing.add_part(actor, record, ordinal, kind, Nature.FACT, text)
        keys.index(actor.agency_id, place, person.case_id, person.id, identity_terms(kind, text))


def _name_reader(actor: Actor, person: CasePerson) -> None:
    db.session.add(
        ProtectedReader(
            municipality_id=person.municipality_id,
            person_id=person.id,
            user_id=actor.user_id,
            named_by=actor.user_id,
            named_at=clock.now(),
        )
    )
    db.session.flush()
