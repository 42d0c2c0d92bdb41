"""Urgent requests as the agency asked meets them: whoever is on call reads, and answers or refuses.

Nobody on call, and the unit managers take it. The case it came from, if any, is never told here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.queries import authorize
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.disclosure import basis, on_call
from coordination.disclosure.ledger import MOST, Wanted
from coordination.disclosure.matching import terms_hold
from coordination.disclosure.models import OnCall, UrgentRequest
from coordination.disclosure.refusals import REASONS, SHORTEST
from coordination.disclosure.urgent import ANSWERED, PURPOSE, REFUSED, WIDE, SentRow, Words, sent, words_of
from coordination.keys import service as keys
from policies.access import NO_CASE, Actor
from policies.permissions import HANDLERS, Permission, Role


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """An urgent request to the agency: neutral columns."""

    id: UUID
    from_agency_id: UUID
    purpose: str
    basis_id: str
    basis_in_force_from: date
    sent_by: UUID
    sent_at: datetime
    closes_at: datetime
    outcome: str | None
    answer_basis_id: str | None
    answer_in_force_from: date | None
    decided_by: UUID | None
    decided_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it can be answered."""
        return self.outcome is None and self.closes_at > clock.now()


@dataclass(frozen=True, slots=True)
class OpenReceived:
    """An urgent request opened by whoever is to take it; what was answered, once it is."""

    row: ReceivedRow
    words: Words
    answer: str


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """An answer as typed in, with the decision behind it."""

    words: str
    basis_id: str
    harm_test: str


@dataclass(frozen=True, slots=True)
class _Reply:
    """What of an answer bears on the legal basis."""

    recipient_id: UUID
    basis_id: str
    purpose: str = PURPOSE
    duty_id: str | None = None
    own_initiative: bool = False


def listed(actor: Actor) -> tuple[list[ReceivedRow], list[SentRow]]:
    """Return the urgent requests that are the actor's to take, and those they have sent, newest first. Logged. Raises Forbidden."""
    authorize(actor, Permission.DISCLOSURE_URGENT_READ, NO_CASE)
    came, went = _rows(actor, _told(actor)), sent(actor)
    audit.record(actor, Event.URGENT_LISTED, count=len(came) + len(went))
    return came, went


def undecided(actor: Actor) -> int:
    """Return how many urgent requests wait for the actor: a number for the start page."""
    return len(_rows(actor, and_(_told(actor), UrgentRequest.outcome.is_(None))))


def open_received(actor: Actor, urgent_id: UUID) -> OpenReceived:
    """Open an urgent request for whoever is to take it; the first opening is told the sender, each is logged and reviewed.

    Raises NotFound, Forbidden.
    """
    request = _request(actor, urgent_id, lock=True)
    if request.opened_at is None:
        request.opened_at, request.opened_by = clock.now(), actor.user_id
    notes = keys.open_notes(actor.agency_id, filter(None, (request.received_ref, request.answer_own_ref)))
    audit.record(actor, Event.URGENT_OPENED, urgent_id=request.id, from_agency=request.from_agency_id)
    answer = notes[request.answer_own_ref] if request.answer_own_ref else ""
    return OpenReceived(_row(request), words_of(notes[request.received_ref]), answer)


def answer(actor: Actor, urgent_id: UUID, draft: ReplyDraft) -> None:
    """Answer the sender: a disclosure on request, weighed as one.

    Raises NotFound, Forbidden, Conflict where it is too late, Invalid for what can be mended in the form.
    """
    request = _waiting(actor, urgent_id)
    age = words_of(keys.open_notes(actor.agency_id, [request.received_ref])[request.received_ref]).age
    asker = request.from_agency_id
    chosen = basis.fit_spoken(actor, age, _Reply(asker, draft.basis_id))
    terms_hold(chosen, draft.harm_test, "harm_test")
    _decide(actor, request, ANSWERED, draft.harm_test)
    request.answer_basis_id, request.answer_in_force_from = chosen.id, chosen.in_force_from
    request.answer_ref, request.answer_own_ref = (
        keys.seal_note(agency_id, request.municipality_id, draft.words.strip())
        for agency_id in (asker, actor.agency_id)
    )
    db.session.flush()
    audit.record(
        actor,
        Event.URGENT_ANSWERED,
        urgent_id=request.id,
        to_agency=asker,
        legal_basis=chosen.id,
        reason_code=None,
        reason_ref=request.weighed_ref,
    )
    audit.record(
        actor,
        Event.URGENT_ANSWER_RECEIVED,
        agency_id=asker,
        case_id=request.case_id,
        urgent_id=request.id,
        from_agency=actor.agency_id,
        legal_basis=chosen.id,
    )


def refuse(actor: Actor, urgent_id: UUID, reason_code: str, reason: str) -> None:
    """Refuse, with a reason that stays in the own log; the sender learns that it cannot be disclosed. Raises as ``answer``."""
    request = _waiting(actor, urgent_id)
    if reason_code not in REASONS:
        raise Invalid("refusal_reason_unknown", reason_code="refusal_reason_unknown")
    if len(" ".join(reason.split())) < SHORTEST:
        raise Invalid("refusal_reason_too_short", reason="refusal_reason_too_short")
    _decide(actor, request, REFUSED, reason)
    db.session.flush()
    audit.record(
        actor,
        Event.URGENT_REFUSED,
        urgent_id=request.id,
        to_agency=request.from_agency_id,
        reason_code=reason_code,
        reason_ref=request.weighed_ref,
    )
    audit.record_unattended(  # who refused is told nobody there
        request.municipality_id,
        request.from_agency_id,
        Event.URGENT_REFUSAL_RECEIVED,
        case_id=request.case_id,
        urgent_id=request.id,
        from_agency=actor.agency_id,
    )


def in_ledger(actor: Actor, wanted: Wanted, most: int) -> list[ReceivedRow]:
    """Return what the agency has been sent as far as the actor had to do with it, newest first. The ledger logs it."""
    me = actor.user_id
    took = or_(UrgentRequest.opened_by == me, UrgentRequest.decided_by == me, _was_on_call(actor))
    which = true() if actor.roles & WIDE else took
    return _rows(actor, which, *wanted.decided(UrgentRequest.sent_at), most=most)


def _told(actor: Actor) -> ColumnElement[bool]:
    """Tell whether the actor takes it: is on call now, or was when it came and it waits; nobody on call, and managers do."""
    on_now = {shift.user_id for shift in on_call.now_in(actor.agency_id)}
    stands_in = not on_now and Role.UNIT_MANAGER in actor.roles
    takes_all = true() if actor.user_id in on_now or stands_in else false()
    was = and_(UrgentRequest.outcome.is_(None), _was_on_call(actor)) if actor.roles & HANDLERS else false()
    return and_(UrgentRequest.closes_at > clock.now(), or_(takes_all, was))


def _was_on_call(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        OnCall.agency_id == actor.agency_id,
        OnCall.user_id == actor.user_id,
        on_call.covering(UrgentRequest.sent_at),
    )


def _request(actor: Actor, urgent_id: UUID, *, lock: bool = False) -> UrgentRequest:
    found = select(UrgentRequest).where(
        UrgentRequest.id == urgent_id, UrgentRequest.to_agency_id == actor.agency_id, _told(actor)
    )
    request = db.session.scalars(found.with_for_update() if lock else found).one_or_none()
    if request is None:
        raise NotFound
    authorize(actor, Permission.DISCLOSURE_URGENT_ANSWER, NO_CASE, same_municipality=True, assigned=True)
    return request


def _waiting(actor: Actor, urgent_id: UUID) -> UrgentRequest:
    request = _request(actor, urgent_id, lock=True)
    if request.outcome is not None:
        raise Conflict("urgent_decided")
    return request


def _decide(actor: Actor, request: UrgentRequest, outcome: str, weighed: str) -> None:
    request.outcome, request.decided_by, request.decided_at = outcome, actor.user_id, clock.now()
    request.weighed_ref = keys.seal_note(actor.agency_id, request.municipality_id, weighed.strip())


def _rows(actor: Actor, *which: ColumnElement[bool], most: int = MOST) -> list[ReceivedRow]:
    rows: Sequence[UrgentRequest] = db.session.scalars(
        select(UrgentRequest)
        .where(UrgentRequest.to_agency_id == actor.agency_id, *which)
        .order_by(UrgentRequest.id.desc())
        .limit(most)
    ).all()
    return [_row(row) for row in rows]


def _row(request: UrgentRequest) -> ReceivedRow:
    return ReceivedRow(
        id=request.id,
        from_agency_id=request.from_agency_id,
        purpose=request.purpose,
        basis_id=request.basis_id,
        basis_in_force_from=request.basis_in_force_from,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        closes_at=request.closes_at,
        outcome=request.outcome,
        answer_basis_id=request.answer_basis_id,
        answer_in_force_from=request.answer_in_force_from,
        decided_by=request.decided_by,
        decided_at=request.decided_at,
    )
