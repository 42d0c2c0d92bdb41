"""Putting a disclosure to the policy: what the chosen records are in the law of secrecy, and whether the basis fits them all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from coordination.cases import people, reading
from coordination.cases.models import CasePerson
from coordination.cases.queries import SUBJECT
from coordination.consent import service as consents
from coordination.consent.models import Consent
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid
from coordination.identity import queries as identity
from policies.access import Actor
from policies.bases import LegalBasis, basis_table
from policies.case_roles import CASE_ROLES, CaseRole
from policies.consent import Reason, Use
from policies.disclosure import Assessment, ConsentGiven, Problem, Question, assess
from policies.permissions import AgencyKind, EmployerType
from policies.record_kinds import record_kinds
from policies.vocabulary import BasisKind, DataKind, Initiative, Party, PersonRole, Purpose, age_on, party_of

FIELD_OF: Mapping[Problem, str] = {
    Problem.NOT_IN_FORCE: "basis",
    Problem.TEXT_TOO_SHORT: "harm_test",
    Problem.DUTY_MISSING: "duty",
    Problem.UNTIL_PASSED: "until",
    Problem.UNTIL_TOO_LATE: "until",
    Problem.CONSENT_MISSING: "basis",
    Problem.UNTIL_AFTER_CONSENT: "until",
    Problem.BREAKS_NOTHING: "basis",
}


class Asked(Protocol):
    """What of a draft bears on the legal basis."""

    @property
    def recipient_id(self) -> UUID:
        """The agency that is to receive."""

    @property
    def basis_id(self) -> str:
        """The basis chosen."""

    @property
    def duty_id(self) -> str | None:
        """The statutory duty, where the basis carries duties."""

    @property
    def purpose(self) -> str:
        """What the recipient needs it for."""

    @property
    def own_initiative(self) -> bool:
        """Whether nobody asked."""


class Matter(Protocol):
    """What is told of whom: a record, or something that stands in none."""

    @property
    def kind(self) -> str:
        """The kind of record it is, or would be."""

    @property
    def about_person_id(self) -> UUID | None:
        """Whom it is about; the case's young person where it names nobody."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something told that stands in no record: that an agency works with somebody, or asks whether another does."""

    kind: str
    about_person_id: UUID | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A basis that fits, and the consent it stands on where it is one."""

    basis: LegalBasis
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a record is in the law of secrecy: whom it is about, how old they are today, what kind of data it is."""

    role: PersonRole
    age: int | None
    data: DataKind
    is_case_subject: bool


def fit(actor: Actor, case_id: UUID, records: Sequence[Matter], draft: Asked) -> Fit:
    """Return the chosen basis if it applies to every record. Raises Invalid with the first reason why it does not."""
    today = clock.today()
    chosen = basis_table().on(draft.basis_id, today)
    if chosen is None:
        raise Invalid("basis_not_in_force", basis="basis_not_in_force")
    consent: Consent | None = None
    for record in records:
        assessment, covering = assess_record(actor, case_id, record, draft)
        if assessment.carrying(chosen.id) is None:
            why = next((one.reason for one in assessment.blocked if one.id == chosen.id), "basis_does_not_fit")
            raise Invalid(why, basis=why)
        if draft.duty_id and draft.duty_id not in {one.id for one in assessment.applicable}:
            raise Invalid("duty_missing", duty="duty_missing")
        consent = _shorter(consent, covering)
    return Fit(chosen, consent if chosen.kind is BasisKind.CONSENT else None)


def assess_record(actor: Actor, case_id: UUID, record: Matter, draft: Asked) -> tuple[Assessment, Consent | None]:
    """Answer which bases fit one record, with the consent that would carry it."""
    subject = subject_of(actor, case_id, record)
    today = clock.today()
    consent, given = _consent(case_id, record, subject, draft)
    question = Question(
        sender=party(actor.agency_id),
        recipient=party(draft.recipient_id),
        role=subject.role,
        age=subject.age,
        data=subject.data,
        purpose=Purpose(draft.purpose),
        own_initiative=draft.own_initiative,
        on=today,
        consent=given,
    )
    return assess(question), consent


def party(agency_id: UUID) -> Party:
    """Return what an agency is in the law of secrecy."""
    agency = identity.agencies_named([agency_id])[agency_id]
    return party_of(AgencyKind(agency.kind), EmployerType(agency.employer) if agency.employer else None)


def subject_of(actor: Actor, case_id: UUID, record: Matter) -> Subject:
    """Return whom a record is about and what kind of data it is. Raises Invalid for people whose data are not disclosed here."""
    person = _person(case_id, record.about_person_id)
    role = CaseRole(person.role) if person else CaseRole.SUBJECT
    rule = CASE_ROLES[role]
    if rule.disclosed_as is None:
        raise Invalid("person_not_disclosed_here", parts="person_not_disclosed_here")
    return Subject(
        role=rule.disclosed_as,
        age=_age(actor, person),
        data=data_kind(actor, record),
        is_case_subject=rule.subject_consent_covers,
    )


def data_kind(actor: Actor, record: Matter) -> DataKind:
    """Return what kind of data a record of the actor's agency is."""
    if record.kind == reading.IDENTITY:
        return DataKind.IDENTITY
    return record_kinds()[record.kind].data[actor.agency_kind]


def _consent(
    case_id: UUID, record: Matter, subject: Subject, draft: Asked
) -> tuple[Consent | None, ConsentGiven | None]:
    if not subject.is_case_subject:
        return None, None
    use = Use(
        agency_id=draft.recipient_id,
        kind=record.kind,
        purpose=draft.purpose,
        on=clock.today(),
        subject_age=subject.age,
    )
    consent, coverage, given_by = consents.covering(case_id, use)
    if coverage is None:
        return None, None
    reason = coverage.reason
    given = ConsentGiven(
        covers_recipient=reason is not Reason.AGENCY_OUTSIDE,
        covers_data=reason not in {Reason.KIND_OUTSIDE, Reason.PURPOSE_OUTSIDE},
        active=reason not in _TIME_OVER,
        given_by=None if reason in _SIGNATURES else given_by,
    )
    return consent, given


_TIME_OVER = frozenset({Reason.WITHDRAWN, Reason.NOT_YET_VALID, Reason.EXPIRED, Reason.ENDED_AT_MAJORITY})
_SIGNATURES = frozenset({Reason.YOUTH_MISSING, Reason.GUARDIAN_MISSING, Reason.AGE_UNKNOWN})


def _age(actor: Actor, person: CasePerson | None) -> int | None:
    """Return the age today where the agency may know the birth date, else the age it has been told."""
    if person is None:
        return None
    for record in reading.identities(actor.agency_id, person.case_id):
        born = people.birth_date(record) if record.about_person_id == person.id else None
        if born is not None:
            return age_on(born, clock.today())
    return person.age_years


def _person(case_id: UUID, person_id: UUID | None) -> CasePerson | None:
    """Return the person a record is about; where it names nobody, the case's young person."""
    if person_id is not None:
        return db.session.get(CasePerson, person_id)
    return db.session.scalars(
        select(CasePerson).where(CasePerson.case_id == case_id, CasePerson.role == SUBJECT)
    ).one_or_none()


def _shorter(one: Consent | None, other: Consent | None) -> Consent | None:
    return min((consent for consent in (one, other) if consent), key=lambda consent: consent.valid_to, default=None)


def to_choose(actor: Actor, matter: Matter, recipients: Iterable[UUID], *, own_initiative: bool) -> list[LegalBasis]:
    """Return the bases that something told without a record can stand on: those in force that break secrecy by themselves, a
    duty under its own name, and that reach this sender, one of the recipients, and data of this kind, told so.

    Whether one fits the person, the age and the purpose is answered once they are chosen (``fit``).
    """
    today, data = clock.today(), {data_kind(actor, matter)}
    senders, reached = {party(actor.agency_id)}, {party(agency_id) for agency_id in recipients}
    told = {Initiative.EITHER, Initiative.OWN_INITIATIVE if own_initiative else Initiative.ON_REQUEST}
    rows = (row for row in basis_table().versions_for(today) if row.in_force(today))
    return [
        row
        for row in rows
        if not row.explains_only
        and not row.carries_duties
        and row.initiative in told
        and all(
            scope is None or scope & wanted
            for scope, wanted in ((row.senders, senders), (row.recipients, reached), (row.data, data))
        )
    ]


def fit_spoken(actor: Actor, age: int | None, draft: Asked) -> LegalBasis:
    """Return the chosen basis if it carries something told about somebody who stands in no case. Raises Invalid with why not.

    A consent is given in a case, and so never carries it.
    """
    today = clock.today()
    question = Question(
        sender=party(actor.agency_id),
        recipient=party(draft.recipient_id),
        role=PersonRole.SUBJECT,
        age=age,
        data=record_kinds()[SPOKEN].data[actor.agency_kind],
        purpose=Purpose(draft.purpose),
        own_initiative=draft.own_initiative,
        on=today,
    )
    assessment = assess(question)
    chosen = basis_table().on(draft.basis_id, today)
    if chosen is None or chosen.carries_duties:
        raise Invalid("basis_not_in_force", basis="basis_not_in_force")
    if assessment.carrying(chosen.id) is None:
        why = next((one.reason for one in assessment.blocked if one.id == chosen.id), "basis_does_not_fit")
        raise Invalid(why, basis=why)
    return chosen


SPOKEN = "contact_note"
"""As what something told counts: the kind of record in which it would stand."""


def to_choose_spoken(
    actor: Actor, purpose: Purpose, recipients: Iterable[UUID], *, own_initiative: bool
) -> list[LegalBasis]:
    """Return the bases that something told outside every case can stand on, for a purpose."""
    return [
        row
        for row in to_choose(actor, Told(SPOKEN, None), recipients, own_initiative=own_initiative)
        if row.kind is not BasisKind.CONSENT and (row.purposes is None or purpose in row.purposes)
    ]
