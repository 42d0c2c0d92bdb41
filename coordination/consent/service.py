"""Recording a consent and its withdrawal. What follows for disclosures that stand on it is the next area's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, or_, select
from sqlalchemy.dialects.postgresql import array

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import people, reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import CasePerson
from coordination.cases.queries import SUBJECT, authorize, case_for, find_case, participating_agencies
from coordination.consent.models import Consent, ConsentSignature
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.core.prepared import Prepared, asked
from policies.access import Actor
from policies.consent import LONGEST_DAYS, ConsentTerms, Coverage, Scope, Use, covers, missing_signatures
from policies.permissions import Permission
from policies.record_kinds import record_kinds
from policies.vocabulary import GivenBy, Purpose, age_on

FORMS = ("oral", "paper", "in_service")
WITHDRAWERS = ("youth", "guardian")


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """A consent as typed in. ``guardian_ids`` are the guardians who said yes; ``note`` is what was said in words."""

    agency_ids: Sequence[UUID]
    kinds: Sequence[str]
    purposes: Sequence[str]
    form: str
    youth_signed: bool
    guardian_ids: Sequence[UUID]
    signed_on: date
    valid_to: date
    reason_without_guardian: str
    note: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent as an agency that it concerns may see it: facts, never the words."""

    id: UUID
    owner_agency_id: UUID
    agency_ids: tuple[UUID, ...]
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    form: str
    valid_from: date
    valid_to: date
    withdrawn_on: date | None
    signatures: tuple[tuple[UUID, str, date], ...]

    def active(self, on: date) -> bool:
        """Tell whether new disclosures may stand on it that day, as far as time goes."""
        return self.withdrawn_on is None and self.valid_from <= on <= self.valid_to


def record(actor: Actor, case_id: UUID, draft: ConsentDraft) -> Consent:
    """Record a consent of the case's young person and guardians (OSL 12:2, 12:3). Raises Invalid for what does not hold."""
    case = case_for(actor, case_id, Permission.CASE_CONSENT_RECORD)
    subject = _subject(case.id)
    age = _age_at(actor, case.id, subject.id, draft.signed_on)
    _check(actor, case.id, draft, age)
    note = writing.new_record(actor, case.id, reading.CONSENT_NOTE, draft.signed_on, subject.id)
    said = Text(draft.reason_without_guardian.strip(), draft.note.strip())
    writing.add_part(actor, note, 0, PartKind.TEXT, Nature.NONE, said)
    consent = Consent(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        owner_agency_id=actor.agency_id,
        person_id=subject.id,
        record_id=note.id,
        agency_ids=sorted(set(draft.agency_ids)),
        kinds=sorted(set(draft.kinds)),
        purposes=sorted(set(draft.purposes)),
        form=draft.form,
        signed_age=age,
        without_guardian=bool(draft.reason_without_guardian.strip()),
        valid_from=draft.signed_on,
        valid_to=draft.valid_to,
        recorded_by=actor.user_id,
        recorded_at=clock.now(),
        withdrawn_at=None,
        withdrawn_by=None,
        withdrawal_recorded_by=None,
    )
    db.session.add(consent)
    db.session.flush()
    _sign(consent, subject.id, draft)
    audit.record(actor, Event.CONSENT_RECORDED, case_id=case.id, person_id=subject.id, consent_id=consent.id)
    return consent


def withdraw(actor: Actor, consent_id: UUID, by: str) -> Consent:
    """Record that a consent was taken back; nothing new may stand on it from this moment. Raises Conflict if it already was."""
    consent = withdrawable(actor, consent_id)
    if by not in WITHDRAWERS:
        raise Invalid("withdrawer_unknown", withdrawn_by="withdrawer_unknown")
    if consent.withdrawn_at is not None:
        raise Conflict("consent_already_withdrawn")
    consent.withdrawn_at, consent.withdrawn_by = clock.now(), by
    consent.withdrawal_recorded_by = actor.user_id
    db.session.flush()
    return consent


def withdrawable(actor: Actor, consent_id: UUID) -> Consent:
    """Return a consent whose withdrawal the actor may record, and hold its row. Raises NotFound, Forbidden."""
    consent = db.session.scalars(select(Consent).where(Consent.id == consent_id).with_for_update()).one_or_none()
    door = find_case(actor, consent.case_id if consent else None)
    if consent is None:
        raise NotFound
    authorize(actor, Permission.CASE_CONSENT_WITHDRAW, door.facts, owns=consent.owner_agency_id == actor.agency_id)
    return consent


_CONCERNING = Prepared(
    lambda: (
        select(Consent.__table__)
        .where(
            Consent.case_id == asked("case", Uuid()),
            or_(
                Consent.owner_agency_id == asked("agency", Uuid()),
                Consent.agency_ids.contains(array([asked("agency", Uuid())])),
            ),
        )
        .order_by(Consent.recorded_at.desc())
    )
)


def in_case(agency_id: UUID, case_id: UUID) -> list[ConsentView]:
    """Return the consents of a case that concern this agency, the newest first: its own, and those that name it."""
    rows = _CONCERNING.rows(case=case_id, agency=agency_id)
    signatures = signatures_of([row.id for row in rows]) if rows else {}
    return [view_of(row, signatures.get(row.id, [])) for row in rows]


def covering(case_id: UUID, use: Use) -> tuple[Consent | None, Coverage | None, GivenBy | None]:
    """Return the consent that covers a use, longest first, with who gave it; or why the nearest one does not cover it."""
    rows = db.session.scalars(
        select(Consent).where(Consent.case_id == case_id).order_by(Consent.valid_to.desc(), Consent.recorded_at.desc())
    ).all()
    signatures = signatures_of([row.id for row in rows])
    refused: tuple[None, Coverage | None, GivenBy | None] = (None, None, None)
    for row in rows:
        terms = terms_of(row, signatures.get(row.id, []))
        coverage = covers(terms, use)
        if coverage.covered:
            return row, coverage, terms.given_by
        if refused[1] is None:
            refused = (None, coverage, terms.given_by)
    return refused


def terms_of(consent: Consent, signatures: Sequence[ConsentSignature]) -> ConsentTerms:
    """Return a consent as the plain values that the rule reads."""
    return ConsentTerms(
        scope=Scope(
            agencies=frozenset(consent.agency_ids), kinds=frozenset(consent.kinds), purposes=frozenset(consent.purposes)
        ),
        valid_from=consent.valid_from,
        valid_to=consent.valid_to,
        withdrawn_at=consent.withdrawn_at,
        given_by=given_by({signature.capacity for signature in signatures}),
        signed_age=consent.signed_age,
        reason_without_guardian=consent.without_guardian,
    )


def given_by(capacities: set[str]) -> GivenBy:
    """Return who gave a consent, of those who signed it."""
    if {"youth", "guardian"} <= capacities:
        return GivenBy.BOTH
    return GivenBy.YOUTH if "youth" in capacities else GivenBy.GUARDIAN


def _check(actor: Actor, case_id: UUID, draft: ConsentDraft, age: int) -> None:
    today = clock.today()
    problems = {
        "signed_on": draft.signed_on > today and "consent_in_future",
        "valid_to": (
            (draft.valid_to < draft.signed_on and "consent_ends_before_start")
            or ((draft.valid_to - draft.signed_on).days > LONGEST_DAYS and "consent_longer_than_a_year")
        ),
        "agency_ids": _agencies_wrong(actor, case_id, draft.agency_ids),
        "kinds": not (draft.kinds and set(draft.kinds) <= record_kinds().keys() | {reading.IDENTITY})
        and "kinds_missing",
        "purposes": not (draft.purposes and set(draft.purposes) <= set(Purpose)) and "purposes_missing",
        "form": draft.form not in FORMS and "form_unknown",
        "youth_signed": _signatures_missing(draft, age),
        "guardian_ids": not set(draft.guardian_ids) <= _guardians(case_id) and "guardian_unknown",
    }
    wrong = {field: code for field, code in problems.items() if code}
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)


def _agencies_wrong(actor: Actor, case_id: UUID, agency_ids: Sequence[UUID]) -> str | None:
    if not set(agency_ids) - {actor.agency_id}:
        return "agencies_missing"
    return None if set(agency_ids) <= set(participating_agencies(case_id)) else "agency_not_in_case"


def _signatures_missing(draft: ConsentDraft, age: int) -> str | None:
    missing = missing_signatures(
        age,
        youth=draft.youth_signed,
        guardians=bool(draft.guardian_ids),
        reason_without_guardian=bool(draft.reason_without_guardian.strip()),
    )
    return missing[0].value if missing else None


def _subject(case_id: UUID) -> CasePerson:
    subject = db.session.scalars(
        select(CasePerson).where(CasePerson.case_id == case_id, CasePerson.role == SUBJECT)
    ).one_or_none()
    if subject is None:
        raise Conflict("case_has_no_subject")
    return subject


def _guardians(case_id: UUID) -> set[UUID]:
    rows = db.session.scalars(select(CasePerson.id).where(CasePerson.case_id == case_id, CasePerson.role == "guardian"))
    return set(rows)


def _age_at(actor: Actor, case_id: UUID, person_id: UUID, day: date) -> int:
    born = subject_birth_date(actor.agency_id, case_id, person_id)
    if born is None or born > day:
        raise Invalid("birth_date_unknown", signed_on="birth_date_unknown")
    return age_on(born, day)


def subject_birth_date(agency_id: UUID, case_id: UUID, person_id: UUID) -> date | None:
    """Return a person's birth date if the agency may know it."""
    for record_ in reading.identities(agency_id, case_id):
        if record_.about_person_id == person_id:
            return people.birth_date(record_)
    return None


def _sign(consent: Consent, subject_id: UUID, draft: ConsentDraft) -> None:
    signed = [("guardian", guardian_id) for guardian_id in draft.guardian_ids]
    if draft.youth_signed:
        signed.insert(0, ("youth", subject_id))
    db.session.add_all(
        ConsentSignature(
            municipality_id=consent.municipality_id,
            consent_id=consent.id,
            capacity=capacity,
            person_id=person_id,
            signed_on=draft.signed_on,
        )
        for capacity, person_id in signed
    )
    db.session.flush()


_SIGNATURES = Prepared(
    lambda: select(ConsentSignature.__table__).where(
        ConsentSignature.consent_id == any_(asked("consents", ARRAY(Uuid())))
    )
)


def signatures_of(consent_ids: Sequence[UUID]) -> dict[UUID, list[ConsentSignature]]:
    """Return who signed each of these consents."""
    found: dict[UUID, list[ConsentSignature]] = {}
    for row in _SIGNATURES.rows(consents=list(consent_ids)):
        found.setdefault(row.consent_id, []).append(row)
    return found


def view_of(consent: Consent, signatures: Sequence[ConsentSignature]) -> ConsentView:
    """Return a consent as the agencies that it concerns may see it."""
    return ConsentView(
        id=consent.id,
        owner_agency_id=consent.owner_agency_id,
        agency_ids=tuple(consent.agency_ids),
        kinds=tuple(consent.kinds),
        purposes=tuple(consent.purposes),
        form=consent.form,
        valid_from=consent.valid_from,
        valid_to=consent.valid_to,
        withdrawn_on=consent.withdrawn_at.astimezone(clock.STOCKHOLM).date() if consent.withdrawn_at else None,
        signatures=tuple((row.person_id, row.capacity, row.signed_on) for row in signatures),
    )
