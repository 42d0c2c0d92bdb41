"""Blind match requests as the asker meets them: does another agency work with this person?

Asking finds out nothing: the number goes in as the other agency's own index writes it, and is held against that index when the
other agency looks. No hit, no answer yet and a refusal are therefore one and the same to the asker, down to the questions asked
of the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import people, reading
from coordination.cases.content import PartKind, Text
from coordination.cases.models import Case, CasePerson
from coordination.cases.people import PersonView
from coordination.cases.queries import UNPROTECTED, authorize, case_for, find_case, visible_to
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from coordination.core.ids import new_id
from coordination.disclosure import basis
from coordination.disclosure.ledger import MOST, Wanted
from coordination.disclosure.models import MatchHit, MatchRequest
from coordination.identity import queries as identity
from coordination.keys import blind_index
from coordination.keys import service as keys
from policies.access import Actor
from policies.bases import LegalBasis
from policies.case_roles import CASE_ROLES, CaseRole
from policies.disclosure import Problem, Terms, validate_terms
from policies.matching import DAYS_OPEN, may_ask
from policies.methods import phases
from policies.permissions import Permission
from policies.vocabulary import Purpose

ANSWERED = "answered"
DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class MatchDraft:
    """A question as typed in: about whom, to which agencies, for what, on which basis, and why."""

    person_id: UUID
    agency_ids: Sequence[UUID]
    purpose: str
    basis_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Question:
    """What of a question to one agency bears on the legal basis."""

    recipient_id: UUID
    basis_id: str
    purpose: str
    duty_id: str | None = None
    own_initiative: bool = True


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """A yes from the agency asked: whom to talk to, and what it chose to say."""

    contact_id: UUID
    words: str
    basis_id: str
    basis_in_force_from: date
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """When a question was first answered with a yes, by whom, on which basis."""

    at: datetime
    by: UUID
    basis_id: str
    basis_in_force_from: date


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A question the agency has asked. Without an answer there is one state only."""

    id: UUID
    case_id: UUID
    reference: str
    person_id: UUID
    to_agency_id: UUID
    purpose: str
    basis_id: str
    basis_in_force_from: date
    asked_by: UUID
    asked_at: datetime
    closes_at: datetime
    answer: FirstAnswer | None


@dataclass(frozen=True, slots=True)
class OpenMatch:
    """A question opened by the agency that asked it."""

    row: MatchRow
    reason: str
    answers: Sequence[MatchAnswer]


def askable(actor: Actor, case_id: UUID) -> list[PersonView]:
    """Return the people of a case whom the actor may ask about, and log the opening. Raises NotFound, Forbidden."""
    case = case_for(actor, case_id, Permission.CASE_MATCH_ASK)
    known = people.known_in_case(actor, case.id)
    identified = phases(case.method)[case.phase].identified
    return [
        person
        for person in known
        if _disclosable(person.role)
        and may_ask(protected=person.protected, identified=identified, numbered=bool(person.number)).allowed
    ]


def bases(actor: Actor, agency_ids: Iterable[UUID]) -> list[LegalBasis]:
    """Return the bases that a question to these agencies can stand on: it tells who is meant, and nobody has asked for it."""
    return basis.to_choose(actor, basis.Told(reading.IDENTITY, None), agency_ids, own_initiative=True)


def ask(actor: Actor, case_id: UUID, draft: MatchDraft) -> list[MatchRequest]:
    """Ask each agency whether it works with the person: all of them or none. It closes by itself after 14 days.

    The same is done and written whether there is a hit or not. Raises NotFound for a person who is not in the case, Invalid for
    what can be mended in the form.
    """
    case = case_for(actor, case_id, Permission.CASE_MATCH_ASK)
    number = _number_of(actor, case, draft.person_id)
    to_ask = list(dict.fromkeys(draft.agency_ids))
    if not to_ask:
        raise Invalid("match_agencies_missing", agencies="match_agencies_missing")
    fitting = {agency_id: _fit(actor, case, draft, agency_id) for agency_id in to_ask}
    return [_sent(actor, case, draft, (agency_id, chosen), number) for agency_id, chosen in fitting.items()]


def in_case(actor: Actor, case_id: UUID) -> list[MatchRow]:
    """Return the questions the actor's agency has asked in a case, newest first, and log the reading. Raises NotFound, Forbidden."""
    case = case_for(actor, case_id, Permission.CASE_READ)
    rows = _rows(actor, MatchRequest.case_id == case.id)
    audit.record(actor, Event.MATCHES_LISTED, count=len(rows))
    return rows


def asked(actor: Actor, wanted: Wanted, most: int) -> list[MatchRow]:
    """Return the questions the actor's agency has asked in the cases the actor may know of, newest first. The ledger logs it."""
    return _rows(actor, *wanted.decided(MatchRequest.asked_at), most=most)


def open_match(actor: Actor, request_id: UUID) -> OpenMatch:
    """Open a question of the actor's agency with what was answered, and log it. Raises NotFound, Forbidden."""
    rows = _rows(actor, MatchRequest.id == request_id)
    door = find_case(actor, rows[0].case_id if rows else None)
    authorize(actor, Permission.CASE_READ, door.facts)
    request = db.session.get_one(MatchRequest, request_id)
    reason = keys.open_notes(actor.agency_id, [request.reason_ref])[request.reason_ref]
    audit.record(actor, Event.MATCH_VIEWED, case_id=door.case.id, request_id=request_id)
    return OpenMatch(rows[0], reason, _answers(actor, request_id))


def terms_hold(chosen: LegalBasis, text: str, field: str) -> None:
    """Raise Invalid, at ``field`` where it is about the text, unless what is written is enough for the basis."""
    problems = validate_terms(
        chosen, Terms(text=text, on=clock.today(), until=clock.today(), consent_until=clock.today())
    )
    if problems:
        at = {problem: field if problem is Problem.TEXT_TOO_SHORT else "basis" for problem in problems}
        raise Invalid(problems[0].value, **{name: problem.value for problem, name in at.items()})


def purpose_known(purpose: str) -> None:
    """Raise Invalid for what is no purpose."""
    if purpose not in set(Purpose):
        raise Invalid("purpose_missing", purpose="purpose_missing")


def _number_of(actor: Actor, case: Case, person_id: UUID) -> blind_index.IdentityNumber:
    person = db.session.get(CasePerson, person_id)
    if person is None or person.case_id != case.id or not _disclosable(person.role):
        raise NotFound
    number = _number(actor, case.id, person_id)
    answer = may_ask(
        protected=person.protection != UNPROTECTED,
        identified=phases(case.method)[case.phase].identified,
        numbered=number is not None,
    )
    if number is None or not answer.allowed:
        raise Invalid(answer.reason, person=answer.reason)
    return number


def _disclosable(role: str) -> bool:
    return CASE_ROLES[CaseRole(role)].disclosed_as is not None


def _number(actor: Actor, case_id: UUID, person_id: UUID) -> blind_index.IdentityNumber | None:
    """Return the number as the actor's agency can read it: its own, or in a copy that is open."""
    for record in reading.identities(actor.agency_id, case_id):
        part = record.part(PartKind.NUMBER) if record.about_person_id == person_id else None
        if part is not None and isinstance(part.content, Text) and part.content.heading:
            return blind_index.parse_identity_number(part.content.heading)
    return None


def _fit(actor: Actor, case: Case, draft: MatchDraft, agency_id: UUID) -> LegalBasis:
    known = identity.open_agency(case.municipality_id, agency_id) is not None
    if agency_id == actor.agency_id or not known:
        raise Invalid("agency_unknown", agencies="agency_unknown")
    purpose_known(draft.purpose)
    question = _Question(agency_id, draft.basis_id, draft.purpose)
    chosen = basis.fit(actor, case.id, [basis.Told(reading.IDENTITY, draft.person_id)], question).basis
    terms_hold(chosen, draft.reason, "reason")
    return chosen


def _sent(
    actor: Actor,
    case: Case,
    draft: MatchDraft,
    to: tuple[UUID, LegalBasis],
    number: blind_index.IdentityNumber,
) -> MatchRequest:
    agency_id, chosen = to
    [term] = blind_index.identity_terms(number)
    now = clock.now()
    request = MatchRequest(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        person_id=draft.person_id,
        from_agency_id=actor.agency_id,
        to_agency_id=agency_id,
        purpose=draft.purpose,
        basis_id=chosen.id,
        basis_in_force_from=chosen.in_force_from,
        digest=keys.index_digest(agency_id, term),
        reason_ref=keys.seal_note(actor.agency_id, case.municipality_id, draft.reason.strip()),
        asked_by=actor.user_id,
        asked_at=now,
        closes_at=now + timedelta(days=DAYS_OPEN),
    )
    db.session.add(request)
    db.session.flush()
    audit.record(
        actor,
        Event.MATCH_ASKED,
        case_id=case.id,
        person_id=draft.person_id,
        request_id=request.id,
        to_agency=agency_id,
        legal_basis=chosen.id,
        reason_code=None,
        reason_ref=request.reason_ref,
    )
    return request


def _rows(actor: Actor, *which: ColumnElement[bool], most: int = MOST) -> list[MatchRow]:
    visible = visible_to(actor).with_only_columns(Case.id)
    rows = db.session.execute(
        select(MatchRequest, Case.reference)
        .join(Case, Case.id == MatchRequest.case_id)
        .where(MatchRequest.from_agency_id == actor.agency_id, MatchRequest.case_id.in_(visible), *which)
        .order_by(MatchRequest.id.desc())
        .limit(most)
    ).all()
    answered = _first_answers([row.MatchRequest.id for row in rows])
    return [_row(row.MatchRequest, row.reference, answered.get(row.MatchRequest.id)) for row in rows]


def _first_answers(request_ids: Sequence[UUID]) -> Mapping[UUID, FirstAnswer]:
    """Return the first yes to each of the questions; a refusal is no answer."""
    hits = db.session.scalars(
        select(MatchHit)
        .where(MatchHit.request_id.in_(request_ids), MatchHit.outcome == ANSWERED)
        .order_by(MatchHit.decided_at.desc())
    )
    return {
        hit.request_id: FirstAnswer(hit.decided_at, hit.decided_by, hit.basis_id, hit.basis_in_force_from)
        for hit in hits
        if hit.decided_at and hit.decided_by and hit.basis_id and hit.basis_in_force_from
    }


def _answers(actor: Actor, request_id: UUID) -> list[MatchAnswer]:
    hits = db.session.scalars(
        select(MatchHit)
        .where(MatchHit.request_id == request_id, MatchHit.outcome == ANSWERED)
        .order_by(MatchHit.decided_at)
    ).all()
    notes = keys.open_notes(actor.agency_id, [hit.answer_ref for hit in hits if hit.answer_ref]) if hits else {}
    return [
        MatchAnswer(
            hit.contact_id, notes.get(hit.answer_ref, ""), hit.basis_id, hit.basis_in_force_from, hit.decided_at
        )
        for hit in hits
        if hit.contact_id and hit.answer_ref and hit.basis_id and hit.basis_in_force_from and hit.decided_at
    ]


def _row(request: MatchRequest, reference: str, answer: FirstAnswer | None) -> MatchRow:
    return MatchRow(
        id=request.id,
        case_id=request.case_id,
        reference=reference,
        person_id=request.person_id,
        to_agency_id=request.to_agency_id,
        purpose=request.purpose,
        basis_id=request.basis_id,
        basis_in_force_from=request.basis_in_force_from,
        asked_by=request.asked_by,
        asked_at=request.asked_at,
        closes_at=request.closes_at,
        answer=answer,
    )
