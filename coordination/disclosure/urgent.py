"""Urgent requests as the sender meets them: to one other agency's on-call person, when somebody is in danger.

Nothing is looked up, here or there: a person reads and answers. A refusal says one sentence, whatever the cause, so that it does
not tell whether anything exists.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Case
from coordination.cases.queries import assigned, authorize, case_for, visible_to
from coordination.core import clock, outbox
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from coordination.core.ids import new_id
from coordination.core.outbox import Kind
from coordination.disclosure import basis, on_call
from coordination.disclosure.ledger import MOST, Wanted
from coordination.disclosure.matching import terms_hold
from coordination.disclosure.models import UrgentRequest
from coordination.identity import queries as identity
from coordination.keys import service as keys
from policies.access import NO_CASE, Actor
from policies.bases import LegalBasis
from policies.permissions import HANDLERS, Permission, Role
from policies.vocabulary import Purpose

PURPOSE = Purpose.IMMEDIATE_DANGER
ANSWERED, REFUSED = "answered", "refused"
OPEN_FOR = timedelta(hours=24)
"""An urgent request closes by itself: what was urgent then is another question now (the house's rule)."""
RING_AFTER = timedelta(minutes=60)
"""So long without an answer, and the sender is told to ring."""
WIDE = frozenset({Role.UNIT_MANAGER, Role.REGISTRAR})
"""Who meets every line of the agency's ledger that stands in no case."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an urgent request says; sealed once for each of the two agencies."""

    danger: str
    needed: str
    about: str
    age: int | None
    call_back: str


@dataclass(frozen=True, slots=True)
class UrgentDraft:
    """An urgent request as typed in."""

    agency_id: UUID
    case_id: UUID | None
    words: Words
    basis_id: str


@dataclass(frozen=True, slots=True)
class _Request:
    """What of an urgent request bears on the legal basis."""

    recipient_id: UUID
    basis_id: str
    purpose: str = PURPOSE
    duty_id: str | None = None
    own_initiative: bool = True


@dataclass(frozen=True, slots=True)
class SentRow:
    """An urgent request of the agency's own: neutral columns. Of a refusal there is that it is one, and nothing else."""

    id: UUID
    case_id: UUID | None
    reference: str
    to_agency_id: UUID
    purpose: str
    basis_id: str
    basis_in_force_from: date
    sent_by: UUID
    sent_at: datetime
    closes_at: datetime
    opened_at: datetime | None
    outcome: str | None
    decided_at: datetime | None
    answer_basis_id: str | None
    answer_in_force_from: date | None

    @property
    def closed(self) -> bool:
        """Whether it can no longer be answered."""
        return self.outcome is None and self.closes_at <= clock.now()

    @property
    def overdue(self) -> bool:
        """Whether it has waited so long that one should ring."""
        return self.outcome is None and not self.closed and clock.now() - self.sent_at >= RING_AFTER


@dataclass(frozen=True, slots=True)
class OpenSent:
    """An urgent request opened by the agency that sent it: its words, the answer if any, and where to ring meanwhile."""

    row: SentRow
    words: Words
    answer: str
    telephones: Sequence[str]


def send(actor: Actor, draft: UrgentDraft) -> UUID:
    """Send an urgent request to another agency; return it. Sending is itself a disclosure, and weighed as one.

    Raises NotFound for a case that is not the actor's, Forbidden, Invalid for what can be mended in the form.
    """
    authorize(actor, Permission.DISCLOSURE_URGENT_SEND, NO_CASE, same_municipality=True)
    case = case_for(actor, draft.case_id, Permission.CASE_READ) if draft.case_id else None
    if draft.agency_id == actor.agency_id or identity.open_agency(actor.municipality_id, draft.agency_id) is None:
        raise Invalid("agency_unknown", agency="agency_unknown")
    chosen = basis.fit_spoken(actor, draft.words.age, _Request(draft.agency_id, draft.basis_id))
    terms_hold(chosen, draft.words.danger, "danger")
    request = _stored(actor, case, draft, chosen)
    outbox.queue(Kind.URGENT, on_call.takers(request.to_agency_id), actor.municipality_id, request.id)
    _log(actor, request)
    return request.id


def sent(actor: Actor) -> list[SentRow]:
    """Return the urgent requests the actor has sent, or that were sent in a case they work in, newest first. The list they stand in logs it."""
    return _rows(actor, _own(actor))


def open_sent(actor: Actor, urgent_id: UUID) -> OpenSent:
    """Open an urgent request for whoever sent it or works in its case, and log it. Raises NotFound, Forbidden."""
    authorize(actor, Permission.DISCLOSURE_URGENT_READ, NO_CASE)
    rows = _rows(actor, and_(UrgentRequest.id == urgent_id, _own(actor)))
    if not rows:
        raise NotFound
    [row] = rows
    if row.case_id is not None:
        case_for(actor, row.case_id, Permission.CASE_READ)
    request = db.session.get_one(UrgentRequest, urgent_id)
    notes = keys.open_notes(actor.agency_id, filter(None, (request.sent_ref, request.answer_ref)))
    audit.record(actor, Event.URGENT_VIEWED, case_id=row.case_id, urgent_id=urgent_id)
    waits = row.outcome is None and not row.closed
    return OpenSent(
        row,
        words_of(notes[request.sent_ref]),
        notes[request.answer_ref] if request.answer_ref else "",
        on_call.telephones(row.to_agency_id) if waits else [],
    )


def in_ledger(actor: Actor, wanted: Wanted, most: int) -> list[SentRow]:
    """Return what the agency has sent as far as the actor may know of it, newest first. The ledger logs it."""
    mine = UrgentRequest.sent_by == actor.user_id
    free = UrgentRequest.case_id.is_(None) if actor.roles & WIDE else and_(UrgentRequest.case_id.is_(None), mine)
    return _rows(actor, or_(free, _in_visible_case(actor)), *wanted.decided(UrgentRequest.sent_at), most=most)


def words_of(text: str) -> Words:
    """Return what was sealed, as words."""
    return Words(**json.loads(text))


def _stored(actor: Actor, case: Case | None, draft: UrgentDraft, chosen: LegalBasis) -> UrgentRequest:
    text, now = json.dumps(asdict(draft.words), ensure_ascii=False), clock.now()
    sent_ref, received_ref = (
        keys.seal_note(agency_id, actor.municipality_id, text) for agency_id in (actor.agency_id, draft.agency_id)
    )
    request = UrgentRequest(
        id=new_id(),
        municipality_id=actor.municipality_id,
        case_id=case.id if case else None,
        from_agency_id=actor.agency_id,
        to_agency_id=draft.agency_id,
        purpose=PURPOSE,
        basis_id=chosen.id,
        basis_in_force_from=chosen.in_force_from,
        sent_ref=sent_ref,
        received_ref=received_ref,
        sent_by=actor.user_id,
        sent_at=now,
        closes_at=now + OPEN_FOR,
    )
    db.session.add(request)
    db.session.flush()
    return request


def _log(actor: Actor, request: UrgentRequest) -> None:
    audit.record(
        actor,
        Event.URGENT_SENT,
        case_id=request.case_id,
        urgent_id=request.id,
        to_agency=request.to_agency_id,
        legal_basis=request.basis_id,
    )
    audit.record(
        actor,
        Event.URGENT_RECEIVED,
        agency_id=request.to_agency_id,
        urgent_id=request.id,
        from_agency=actor.agency_id,
        legal_basis=request.basis_id,
    )


def _own(actor: Actor) -> ColumnElement[bool]:
    """Tell whether the actor may open it: sent by themself outside any case, or in a case they work in."""
    if not actor.roles & HANDLERS:
        return false()
    alone = and_(UrgentRequest.case_id.is_(None), UrgentRequest.sent_by == actor.user_id)
    works_in = visible_to(actor).where(assigned(actor.user_id, actor.agency_id, clock.now()))
    return or_(alone, UrgentRequest.case_id.in_(works_in.with_only_columns(Case.id)))


def _in_visible_case(actor: Actor) -> ColumnElement[bool]:
    return UrgentRequest.case_id.in_(visible_to(actor).with_only_columns(Case.id))


def _rows(actor: Actor, *which: ColumnElement[bool], most: int = MOST) -> list[SentRow]:
    rows = db.session.execute(
        select(UrgentRequest, Case.reference)
        .outerjoin(Case, Case.id == UrgentRequest.case_id)
        .where(UrgentRequest.from_agency_id == actor.agency_id, *which)
        .order_by(UrgentRequest.id.desc())
        .limit(most)
    )
    return [_row(row.UrgentRequest, row.reference or "") for row in rows]


def _row(request: UrgentRequest, reference: str) -> SentRow:
    return SentRow(
        id=request.id,
        case_id=request.case_id,
        reference=reference,
        to_agency_id=request.to_agency_id,
        purpose=request.purpose,
        basis_id=request.basis_id,
        basis_in_force_from=request.basis_in_force_from,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        closes_at=request.closes_at,
        opened_at=request.opened_at,
        outcome=request.outcome,
        decided_at=request.decided_at,
        answer_basis_id=request.answer_basis_id,
        answer_in_force_from=request.answer_in_force_from,
    )
