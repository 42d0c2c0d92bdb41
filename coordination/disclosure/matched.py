"""Blind match requests as the agency asked meets them: where a question met a case of its own, who is told, and what they decide.

Only whoever works in the case that was met is told; where nobody does, the unit manager learns that somebody is needed there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.dialects.postgresql import insert

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading
from coordination.cases import service as cases
from coordination.cases.models import Assignment, Case, CasePerson, Participation
from coordination.cases.queries import SUBJECT, UNPROTECTED, appointed, authorize, find_case, visible_to
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.disclosure import basis
from coordination.disclosure.ledger import MOST, Wanted
from coordination.disclosure.matching import ANSWERED, DECLINED, purpose_known, terms_hold
from coordination.disclosure.models import MatchHit, MatchRequest
from coordination.disclosure.refusals import REASONS, SHORTEST
from coordination.keys import service as keys
from coordination.keys.blind_index import TermKind
from policies.access import NO_CASE, Actor
from policies.bases import LegalBasis
from policies.matching import Found, may_match
from policies.methods import phases
from policies.permissions import HANDLERS, Permission, Role

WORKS_WITH = "contact_note"
"""As what an answer counts: the kind of record in which it would stand that the agency works with somebody."""


@dataclass(frozen=True, slots=True)
class HitRow:
    """A question that met a case of the agency's: neutral columns. ``mine``: the reader works in the case."""

    id: UUID
    case_id: UUID
    reference: str
    from_agency_id: UUID
    purpose: str
    basis_id: str
    basis_in_force_from: date
    found_at: datetime
    closes_at: datetime
    outcome: str | None
    answer_basis_id: str | None
    answer_in_force_from: date | None
    decided_at: datetime | None
    decided_by: UUID | None
    mine: bool


@dataclass(frozen=True, slots=True)
class OpenHit:
    """A question opened by somebody who works in the case it met, who there can be the contact, and what a yes can stand on."""

    row: HitRow
    reason: str
    contact_ids: Sequence[UUID]
    bases: Sequence[LegalBasis]


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """A yes as typed in: whom to talk to, a sentence if any, and the decision behind it."""

    contact_id: UUID
    words: str
    basis_id: str
    harm_test: str


@dataclass(frozen=True, slots=True)
class _Reply:
    """What of an answer bears on the legal basis."""

    recipient_id: UUID
    basis_id: str
    purpose: str
    duty_id: str | None = None
    own_initiative: bool = False


def deliver(municipality_id: UUID, agency_id: UUID) -> int:
    """Let the questions that wait for an agency meet its index; return how many cases they met that they had not met before.

    What met a case is written there once, with the question sealed anew for the agency; of the rest nothing is kept.
    """
    waiting = db.session.scalars(
        select(MatchRequest).where(MatchRequest.to_agency_id == agency_id, MatchRequest.closes_at > clock.now())
    ).all()
    if not waiting:
        return 0
    standing = keys.standing(agency_id, TermKind.IDENTITY, {request.digest for request in waiting})
    places = {hit for _digest, hit in standing}
    readable = reading.readable_versions(agency_id, {hit.part_version_id for hit in places}, clock.today())
    facts = _facts(agency_id, {hit.person_id for hit in places})
    met = {
        (request.id, hit.case_id): (request, hit.person_id)
        for request in waiting
        for digest, hit in standing
        if digest == request.digest
        and may_match(
            replace(
                facts[hit.person_id],
                same_case=hit.case_id == request.case_id,
                readable=hit.part_version_id in readable,
            )
        ).allowed
    }
    known = set(_known(met))
    new = {place: found for place, found in met.items() if place not in known}
    return sum(_meet(municipality_id, case_id, *found) for (_request, case_id), found in new.items())


def waiting(actor: Actor) -> list[HitRow]:
    """Return the questions that met a case the actor works in, newest first; for a unit manager also, as neutral rows, those in
    whose case nobody works. Logged. Raises Forbidden.
    """
    authorize(actor, Permission.DISCLOSURE_MATCH_READ, NO_CASE)
    deliver(actor.municipality_id, actor.agency_id)
    rows = _rows(actor, _told(actor))
    audit.record(actor, Event.MATCHES_LISTED, count=len(rows))
    return rows


def undecided(actor: Actor) -> int:
    """Return how many questions wait for the actor: a number for the start page."""
    deliver(actor.municipality_id, actor.agency_id)
    rows = _rows(actor, and_(_told(actor), MatchHit.outcome.is_(None), MatchRequest.closes_at > clock.now()))
    return len(rows)


def received(actor: Actor, wanted: Wanted, most: int) -> list[HitRow]:
    """Return the questions that met a case the actor may know of, newest first. The ledger logs it."""
    return _rows(actor, *wanted.decided(MatchHit.found_at), most=most)


def open_hit(actor: Actor, hit_id: UUID) -> OpenHit:
    """Open a question for somebody who works in the case it met, and log it. Raises NotFound, Forbidden."""
    hit = _hit(actor, hit_id)
    [row] = _rows(actor, MatchHit.id == hit.id)
    reason = keys.open_notes(actor.agency_id, [hit.question_ref])[hit.question_ref]
    audit.record(actor, Event.MATCH_OPENED, case_id=hit.case_id, hit_id=hit.id)
    contacts = [one.user_id for one in cases.handlers(hit.case_id, actor.agency_id)]
    told = basis.Told(WORKS_WITH, hit.person_id)
    return OpenHit(row, reason, contacts, basis.to_choose(actor, told, [row.from_agency_id], own_initiative=False))


def answer(actor: Actor, hit_id: UUID, draft: AnswerDraft) -> None:
    """Tell the asker that the agency works with the person, and whom to talk to: a disclosure, weighed as one.

    Raises NotFound, Forbidden, Conflict where it is too late, Invalid for what can be mended in the form.
    """
    hit = _hit(actor, hit_id, lock=True)
    request = _open_request(hit)
    if draft.contact_id not in {one.user_id for one in cases.handlers(hit.case_id, actor.agency_id)}:
        raise Invalid("match_contact_unknown", contact="match_contact_unknown")
    chosen = _fit(actor, hit, request, draft)
    asker = request.from_agency_id
    hit.outcome, hit.decided_by, hit.decided_at = ANSWERED, actor.user_id, clock.now()
    hit.contact_id, hit.basis_id, hit.basis_in_force_from = draft.contact_id, chosen.id, chosen.in_force_from
    hit.weighed_ref = keys.seal_note(actor.agency_id, hit.municipality_id, draft.harm_test.strip())
    hit.answer_ref = keys.seal_note(asker, hit.municipality_id, draft.words.strip())
    db.session.flush()
    audit.record(
        actor,
        Event.MATCH_ANSWERED,
        case_id=hit.case_id,
        hit_id=hit.id,
        to_agency=asker,
        legal_basis=chosen.id,
        reason_code=None,
        reason_ref=hit.weighed_ref,
    )
    audit.record(
        actor,
        Event.MATCH_ANSWER_RECEIVED,
        agency_id=asker,
        case_id=request.case_id,
        request_id=request.id,
        from_agency=actor.agency_id,
        legal_basis=chosen.id,
    )


def decline(actor: Actor, hit_id: UUID, reason_code: str, reason: str) -> None:
    """Leave a question without an answer, with a reason that stays in the own log; the asker is told nothing. Raises as ``answer``."""
    hit = _hit(actor, hit_id, lock=True)
    request = _open_request(hit)
    if reason_code not in REASONS:
        raise Invalid("refusal_reason_unknown", reason_code="refusal_reason_unknown")
    if len(" ".join(reason.split())) < SHORTEST:
        raise Invalid("refusal_reason_too_short", reason="refusal_reason_too_short")
    hit.outcome, hit.decided_by, hit.decided_at = DECLINED, actor.user_id, clock.now()
    hit.weighed_ref = keys.seal_note(actor.agency_id, hit.municipality_id, reason.strip())
    db.session.flush()
    audit.record(
        actor,
        Event.MATCH_DECLINED,
        case_id=hit.case_id,
        hit_id=hit.id,
        to_agency=request.from_agency_id,
        reason_code=reason_code,
        reason_ref=hit.weighed_ref,
    )


def _facts(agency_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, Found]:
    """Return what is known of people in the agency's index; what a question adds is at its strictest."""
    inside = exists().where(
        Participation.case_id == Case.id, Participation.agency_id == agency_id, Participation.ended_at.is_(None)
    )
    others = CasePerson.__table__.alias()
    hidden = exists().where(others.c.case_id == Case.id, others.c.role == SUBJECT, others.c.protection != UNPROTECTED)
    rows = db.session.execute(
        select(CasePerson, Case.method, Case.phase, Case.closed_at, inside.label("inside"), hidden.label("hidden"))
        .join(Case, Case.id == CasePerson.case_id)
        .where(CasePerson.id.in_(person_ids))
    )
    return {
        row.CasePerson.id: Found(
            same_case=True,
            participates=row.inside,
            readable=False,
            subject=row.CasePerson.role == SUBJECT,
            protected=row.hidden or row.CasePerson.protection != UNPROTECTED,
            identified=phases(row.method)[row.phase].identified,
            case_open=row.closed_at is None,
        )
        for row in rows
    }


def _known(met: Mapping[tuple[UUID, UUID], object]) -> list[tuple[UUID, UUID]]:
    rows = db.session.execute(
        select(MatchHit.request_id, MatchHit.case_id).where(MatchHit.request_id.in_({request for request, _ in met}))
    )
    return [(row.request_id, row.case_id) for row in rows]


def _meet(municipality_id: UUID, case_id: UUID, request: MatchRequest, person_id: UUID) -> int:
    """Write down that a question met a case, unless somebody else has done so meanwhile; return how many rows that made."""
    reason = keys.open_notes(request.from_agency_id, [request.reason_ref])[request.reason_ref]
    made = db.session.scalar(
        insert(MatchHit)
        .values(
            id=new_id(),
            municipality_id=municipality_id,
            request_id=request.id,
            agency_id=request.to_agency_id,
            case_id=case_id,
            person_id=person_id,
            question_ref=keys.seal_note(request.to_agency_id, municipality_id, reason),
            found_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(MatchHit.id)
    )
    if made is None:
        return 0
    audit.record_unattended(
        municipality_id,
        request.to_agency_id,
        Event.MATCH_RECEIVED,
        case_id=case_id,
        hit_id=made,
        from_agency=request.from_agency_id,
        legal_basis=request.basis_id,
    )
    return 1


def _told(actor: Actor) -> ColumnElement[bool]:
    """Tell whether the actor is among those who are told: works in the case, or manages the agency where nobody does."""
    now = clock.now()
    somebody = exists().where(
        Assignment.case_id == Case.id,
        Assignment.agency_id == actor.agency_id,
        Assignment.starts_at <= now,
        Assignment.ends_at > now,
        Assignment.emergency_reason.is_(None),
    )
    works = bool(actor.roles & HANDLERS)  # an assignment left from a role that worked in cases tells nothing
    mine = appointed(actor.user_id, actor.agency_id, now) if works else false()
    return or_(mine, ~somebody) if Role.UNIT_MANAGER in actor.roles else mine


def _rows(actor: Actor, *which: ColumnElement[bool], most: int = MOST) -> list[HitRow]:
    visible = visible_to(actor).with_only_columns(Case.id)
    mine = appointed(actor.user_id, actor.agency_id, clock.now())
    rows = db.session.execute(
        select(MatchHit, MatchRequest, Case.reference, mine.label("mine"))
        .join(MatchRequest, MatchRequest.id == MatchHit.request_id)
        .join(Case, Case.id == MatchHit.case_id)
        .where(MatchHit.agency_id == actor.agency_id, MatchHit.case_id.in_(visible), *which)
        .order_by(MatchHit.id.desc())
        .limit(most)
    )
    return [_row(row.MatchHit, row.MatchRequest, row.reference, mine=row.mine) for row in rows]


def _row(hit: MatchHit, request: MatchRequest, reference: str, *, mine: bool) -> HitRow:
    return HitRow(
        id=hit.id,
        case_id=hit.case_id,
        reference=reference,
        from_agency_id=request.from_agency_id,
        purpose=request.purpose,
        basis_id=request.basis_id,
        basis_in_force_from=request.basis_in_force_from,
        found_at=hit.found_at,
        closes_at=request.closes_at,
        outcome=hit.outcome,
        answer_basis_id=hit.basis_id,
        answer_in_force_from=hit.basis_in_force_from,
        decided_at=hit.decided_at,
        decided_by=hit.decided_by,
        mine=mine,
    )


def _hit(actor: Actor, hit_id: UUID, *, lock: bool = False) -> MatchHit:
    """Return a question that met a case the actor works in. Raises NotFound, Forbidden."""
    found = select(MatchHit).where(MatchHit.id == hit_id, MatchHit.agency_id == actor.agency_id)
    hit = db.session.scalars(found.with_for_update() if lock else found).one_or_none()
    door = find_case(actor, hit.case_id if hit else None)
    if hit is None:
        raise NotFound
    authorize(actor, Permission.CASE_MATCH_ANSWER, door.facts)
    return hit


def _open_request(hit: MatchHit) -> MatchRequest:
    request = db.session.get_one(MatchRequest, hit.request_id)
    if hit.outcome is not None:
        raise Conflict("match_decided")
    if request.closes_at <= clock.now():
        raise Conflict("match_closed")
    return request


def _fit(actor: Actor, hit: MatchHit, request: MatchRequest, draft: AnswerDraft) -> LegalBasis:
    purpose_known(request.purpose)
    reply = _Reply(request.from_agency_id, draft.basis_id, request.purpose)
    chosen = basis.fit(actor, hit.case_id, [basis.Told(WORKS_WITH, hit.person_id)], reply).basis
    terms_hold(chosen, draft.harm_test, "harm_test")
    return chosen
