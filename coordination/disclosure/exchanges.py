"""Questions and answers between agencies as the ledger shows them: each a line of its own, for a question and a yes are disclosures too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.queries import authorize
from coordination.core.errors import Invalid
from coordination.disclosure import matched, matching, urgent, urgent_received
from coordination.disclosure.ledger import MOST, Wanted
from coordination.disclosure.matched import HitRow
from coordination.disclosure.matching import MatchRow
from coordination.disclosure.urgent import SentRow
from coordination.disclosure.urgent_received import ReceivedRow
from policies.access import NO_CASE, Actor
from policies.permissions import Permission

ASKED, ANSWER_RECEIVED = "asked", "answer_received"
QUESTION_RECEIVED, ANSWERED, DECLINED = "question_received", "answered", "declined"
URGENT_SENT, URGENT_ANSWER_RECEIVED = "urgent_sent", "urgent_answer_received"
URGENT_REFUSAL_RECEIVED = "urgent_refusal_received"
URGENT_RECEIVED, URGENT_ANSWERED, URGENT_REFUSED = "urgent_received", "urgent_answered", "urgent_refused"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question or answer: which, with whom, in which case if any, on which basis, when and by whom. Neutral columns."""

    what: str
    reference: str
    agency_id: UUID
    purpose: str
    basis_id: str | None
    basis_in_force_from: date | None
    at: datetime
    by: UUID | None


def listed(actor: Actor, wanted: Wanted) -> list[Exchange]:
    """Return the newest questions and answers in the cases the actor may know of, and log the reading. Raises Forbidden."""
    authorize(actor, Permission.DISCLOSURE_LEDGER_READ, NO_CASE)
    found = _found(actor, wanted, MOST)[:MOST]
    audit.record(actor, Event.LEDGER_VIEWED, count=len(found))
    return found


def every(actor: Actor, wanted: Wanted, most: int) -> list[Exchange]:
    """Return what ``listed`` does, all of it at once, to be taken out as a file. Raises Forbidden, and Invalid where there are
    more rows than ``most``.
    """
    authorize(actor, Permission.DISCLOSURE_LEDGER_EXPORT, NO_CASE)
    found = _found(actor, wanted, most + 1)
    if len(found) > most:
        raise Invalid("ledger_too_long", fran="ledger_too_long")
    return found


def _found(actor: Actor, wanted: Wanted, most: int) -> list[Exchange]:
    lines = [line for row in matching.asked(actor, wanted, most) for line in _asked(row)]
    lines += [line for row in matched.received(actor, wanted, most) for line in _received(row)]
    lines += [line for sent in urgent.in_ledger(actor, wanted, most) for line in _urgent_sent(sent)]
    lines += [line for came in urgent_received.in_ledger(actor, wanted, most) for line in _urgent_received(came)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _asked(row: MatchRow) -> Iterator[Exchange]:
    place = (row.reference, row.to_agency_id, row.purpose)
    yield Exchange(ASKED, *place, row.basis_id, row.basis_in_force_from, row.asked_at, row.asked_by)
    if row.answer is not None:
        yield Exchange(
            ANSWER_RECEIVED, *place, row.answer.basis_id, row.answer.basis_in_force_from, row.answer.at, row.answer.by
        )


def _received(row: HitRow) -> Iterator[Exchange]:
    place = (row.reference, row.from_agency_id, row.purpose)
    yield Exchange(QUESTION_RECEIVED, *place, row.basis_id, row.basis_in_force_from, row.found_at, None)
    if row.outcome is not None and row.decided_at is not None:
        what = ANSWERED if row.outcome == matching.ANSWERED else DECLINED
        yield Exchange(what, *place, row.answer_basis_id, row.answer_in_force_from, row.decided_at, row.decided_by)


def _urgent_sent(row: SentRow) -> Iterator[Exchange]:
    place = (row.reference, row.to_agency_id, row.purpose)
    yield Exchange(URGENT_SENT, *place, row.basis_id, row.basis_in_force_from, row.sent_at, row.sent_by)
    if row.decided_at is not None:
        what = URGENT_ANSWER_RECEIVED if row.outcome == urgent.ANSWERED else URGENT_REFUSAL_RECEIVED
        yield Exchange(what, *place, row.answer_basis_id, row.answer_in_force_from, row.decided_at, None)


def _urgent_received(row: ReceivedRow) -> Iterator[Exchange]:
    place = ("", row.from_agency_id, row.purpose)
    yield Exchange(URGENT_RECEIVED, *place, row.basis_id, row.basis_in_force_from, row.sent_at, row.sent_by)
    if row.decided_at is not None:
        what = URGENT_ANSWERED if row.outcome == urgent.ANSWERED else URGENT_REFUSED
        yield Exchange(what, *place, row.answer_basis_id, row.answer_in_force_from, row.decided_at, row.decided_by)
