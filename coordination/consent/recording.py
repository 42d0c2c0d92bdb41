"""Recording a consent: who said yes to what, by which rule for their age, on what they were told, and what was said in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import people, reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import Case, CasePerson, Record
from coordination.cases.queries import SUBJECT, case_for, participating_agencies
from coordination.consent.models import Consent, ConsentReservation, ConsentSignature
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Forbidden, Invalid
from coordination.core.ids import new_id
from coordination.keys import service as keys
from policies.access import Actor, Condition
from policies.case_roles import CaseRole
from policies.consent import LONGEST_DAYS, last_day
from policies.consent_information import information_on
from policies.consent_rules import AgeRule, Lack, Signing, consent_rules, lacking
from policies.permissions import Permission
from policies.record_kinds import record_kinds
from policies.vocabulary import Purpose, age_on

IN_SERVICE = "in_service"
FORMS = ("oral", "paper", IN_SERVICE)
GROUND, MATURITY = "ground", "maturity"
"""The headings under which the ground for one guardian being enough, and the note on maturity, lie sealed."""

_FIELDS = {
    Lack.YOUTH: "youth_signed",
    Lack.UNHEARD: "youth_heard",
    Lack.GUARDIAN: "guardian_ids",
    Lack.SECOND_GUARDIAN: "guardian_ids",
    Lack.WITHOUT_CUSTODY: "guardian_ids",
    Lack.CUSTODY_UNCLEAR: "guardian_ids",
    Lack.GUARDIAN_MAY_NOT: "guardian_ids",
    Lack.MATURITY: "maturity",
}


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """A consent as typed in. ``guardian_ids`` are the guardians who said yes; ``note`` is what was said in words.

    ``ground`` and ``ground_words``: why one guardian of two was enough, and by which decision. ``against_guardians``: the young person
    is assumed to suffer considerably if the guardians learn of it (OSL 12:3). ``reservation``: what the yes is given on condition of.
    """

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
    youth_heard: bool = False
    ground: str = ""
    ground_words: str = ""
    maturity: str = ""
    against_guardians: bool = False
    reservation: str = ""
    language: str = "sv"
    interpreter: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a consent in a case has to hold: the rule for the young person's age that day, and the last day it may run."""

    rule: AgeRule
    age: int
    latest: date


def record(actor: Actor, case_id: UUID, draft: ConsentDraft) -> Consent:
    """Record a consent of the case's young person and guardians (OSL 12:2, 12:3).

    Raises Invalid for what does not hold, Forbidden for one that is signed here without a fresh re-authentication.
    """
    case = case_for(actor, case_id, Permission.CASE_CONSENT_RECORD)
    if draft.form == IN_SERVICE and not actor.fresh:
        raise Forbidden(Condition.FRESH.value)
    known = _known(actor, case.id)
    if known.subject_id is None:
        raise Conflict("case_has_no_subject")
    if known.born is None or known.born > draft.signed_on:
        raise Invalid("birth_date_unknown", signed_on="birth_date_unknown")
    terms = _terms(known.born, draft.signed_on)
    _check(actor, case.id, draft, terms, known.custody)
    note = _sealed(actor, case, known.subject_id, draft)
    consent = _stored(actor, case, note, draft, terms)
    _sign(consent, known.subject_id, draft)
    _reserve(consent, draft)
    audit.record(actor, Event.CONSENT_RECORDED, case_id=case.id, person_id=known.subject_id, consent_id=consent.id)
    return consent


def terms_on(actor: Actor, case_id: UUID, day: date) -> Terms | None:
    """Return what a consent given that day has to hold, for the form to tell; None where the birth date is not known.

    Opens who the case is about: the page that asks has logged that. Raises NotFound, Forbidden.
    """
    case = case_for(actor, case_id, Permission.CASE_CONSENT_RECORD)
    born = _known(actor, case.id).born
    return _terms(born, day) if born is not None and born <= day else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What of the people in a case bears on a consent: also where an identity is protected, for nobody is shown it here."""

    subject_id: UUID | None
    born: date | None
    custody: Mapping[UUID, str]


def _known(actor: Actor, case_id: UUID) -> _Known:
    told = {record.about_person_id: record for record in reading.identities(actor.agency_id, case_id)}
    rows = db.session.scalars(
        select(CasePerson).where(CasePerson.case_id == case_id, CasePerson.role.in_([SUBJECT, CaseRole.GUARDIAN]))
    ).all()
    subject = next((row for row in rows if row.role == SUBJECT), None)
    guardians = [row.id for row in rows if row.role == CaseRole.GUARDIAN]
    born = people.birth_date(told[subject.id]) if subject is not None and subject.id in told else None
    custody = {one: people.custody_of(told[one]) if one in told else people.JOINT for one in guardians}
    return _Known(subject.id if subject else None, born, custody)


def _terms(born: date, day: date) -> Terms:
    age = age_on(born, day)
    return Terms(consent_rules().at(age), age, last_day(born, day))


def _check(actor: Actor, case_id: UUID, draft: ConsentDraft, terms: Terms, guardians: Mapping[UUID, str]) -> None:
    problems = {
        "signed_on": draft.signed_on > clock.today() and "consent_in_future",
        "valid_to": _end_wrong(draft, terms),
        "agency_ids": _agencies_wrong(actor, case_id, draft.agency_ids),
        "kinds": not (draft.kinds and set(draft.kinds) <= record_kinds().keys() | {reading.IDENTITY})
        and "kinds_missing",
        "purposes": not (draft.purposes and set(draft.purposes) <= set(Purpose)) and "purposes_missing",
        "form": draft.form not in FORMS and "form_unknown",
        "ground": bool(draft.ground) and draft.ground not in consent_rules().grounds and "ground_unknown",
        "ground_words": bool(draft.ground) and not draft.ground_words.strip() and "ground_words_missing",
    }
    wrong = {field: code for field, code in problems.items() if code}
    if not set(draft.guardian_ids) <= guardians.keys():
        wrong["guardian_ids"] = "guardian_unknown"
    else:
        wrong |= _signatures_wrong(draft, terms.rule, guardians)
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)


def _end_wrong(draft: ConsentDraft, terms: Terms) -> str | None:
    if draft.valid_to < draft.signed_on:
        return "consent_ends_before_start"
    if draft.valid_to <= terms.latest:
        return None
    a_year = draft.signed_on + timedelta(days=LONGEST_DAYS)
    return "consent_past_18" if terms.latest < a_year else "consent_longer_than_a_year"


def _agencies_wrong(actor: Actor, case_id: UUID, agency_ids: Sequence[UUID]) -> str | None:
    if not set(agency_ids) - {actor.agency_id}:
        return "agencies_missing"
    return None if set(agency_ids) <= set(participating_agencies(case_id)) else "agency_not_in_case"


def _signatures_wrong(draft: ConsentDraft, rule: AgeRule, guardians: Mapping[UUID, str]) -> dict[str, str]:
    """Return the first thing that is missing at each field."""
    signing = Signing(
        youth_signed=draft.youth_signed,
        youth_heard=draft.youth_heard,
        custody=guardians,
        signed=frozenset(draft.guardian_ids),
        ground=draft.ground or None,
        reason_without_guardian=bool(draft.reason_without_guardian.strip()),
        maturity_noted=bool(draft.maturity.strip()),
        against_guardians=draft.against_guardians,
    )
    found: dict[str, str] = {}
    for lack in lacking(rule, signing):
        found.setdefault(_FIELDS[lack], lack.value)
    return found


def _sealed(actor: Actor, case: Case, subject_id: UUID, draft: ConsentDraft) -> Record:
    """Seal what was said in words for the own agency."""
    note = writing.new_record(actor, case.id, reading.CONSENT_NOTE, draft.signed_on, subject_id)
    said = [
        Text(draft.reason_without_guardian.strip(), draft.note.strip()),
        Text(GROUND, draft.ground_words.strip()),
        Text(MATURITY, draft.maturity.strip()),
    ]
    for ordinal, text in enumerate(said):
        if ordinal == 0 or text.body:
            writing.add_part(actor, note, ordinal, PartKind.TEXT, Nature.NONE, text)
    return note


def _stored(actor: Actor, case: Case, note: Record, draft: ConsentDraft, terms: Terms) -> Consent:
    consent = Consent(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        owner_agency_id=actor.agency_id,
        person_id=note.about_person_id,
        record_id=note.id,
        agency_ids=sorted(set(draft.agency_ids)),
        kinds=sorted(set(draft.kinds)),
        purposes=sorted(set(draft.purposes)),
        form=draft.form,
        signed_age=terms.age,
        without_guardian=bool(draft.reason_without_guardian.strip()),
        rule_id=terms.rule.id,
        custody_ground=draft.ground or None,
        against_guardians=draft.against_guardians,
        language=draft.language,
        interpreter=draft.interpreter,
        information=information_on(draft.signed_on).id,
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
    return consent


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


def _reserve(consent: Consent, draft: ConsentDraft) -> None:
    """Seal what the yes is given on condition of for each agency that is bound by it: it reads it with what it is given."""
    said = draft.reservation.strip()
    for agency_id in {*consent.agency_ids, consent.owner_agency_id} if said else ():
        db.session.add(
            ConsentReservation(
                id=new_id(),
                municipality_id=consent.municipality_id,
                consent_id=consent.id,
                agency_id=agency_id,
                note_ref=keys.seal_note(agency_id, consent.municipality_id, said),
            )
        )
    db.session.flush()
