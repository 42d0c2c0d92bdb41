"""Decisions not to disclose: to whom, about what in neutral words, and why not. The refusing agency's own; nobody else sees one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading, writing
from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.models import Case
from coordination.cases.queries import authorize, case_for, find_case, visible_to
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid
from coordination.core.ids import new_id
from coordination.disclosure.ledger import ALL, PAGE, Wanted
from coordination.disclosure.models import Refusal
from coordination.identity import queries as identity
from policies.access import NO_CASE, Actor
from policies.bases import basis_table
from policies.permissions import Permission
from policies.vocabulary import Purpose

REASONS = (
    "no_basis",
    "no_consent",
    "harm",
    "secrecy_weighs_more",
    "measures_hurt",
    "less_is_enough",
    "other",
)
SHORTEST = 20
"""A reason shorter than this tells nobody else why (the house's rule, as for a harm test)."""


@dataclass(frozen=True, slots=True)
class RefusalDraft:
    """A refusal as typed in. ``asked_on`` is the day the other asked, ``None`` where nobody did; ``what`` is in neutral words."""

    agency_id: UUID
    asked_on: date | None
    purpose: str
    what: str
    basis_id: str | None
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A refusal in a list: neutral columns, no text."""

    id: UUID
    case_id: UUID
    reference: str
    to_agency_id: UUID
    own_initiative: bool
    asked_on: date | None
    purpose: str
    basis_id: str | None
    basis_in_force_from: date | None
    reason_code: str
    decided_by: UUID
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class OpenRefusal:
    """A refusal opened by the agency that made it."""

    row: RefusalRow
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """A page of refusals, and the key to ask for the next."""

    rows: Sequence[RefusalRow]
    next_after: UUID | None


def refuse(actor: Actor, case_id: UUID, draft: RefusalDraft) -> Refusal:
    """Write down that something is not given to an agency, and why. Raises NotFound, Forbidden, and Invalid for what can be mended."""
    case = case_for(actor, case_id, Permission.CASE_REFUSE)
    _check(actor, case, draft)
    basis = basis_table().on(draft.basis_id, clock.today()) if draft.basis_id else None
    decision = writing.new_record(actor, case.id, reading.DECISION, clock.today(), None)
    writing.add_part(actor, decision, 0, PartKind.TEXT, Nature.FACT, Text("", draft.what.strip()))
    writing.add_part(actor, decision, 1, PartKind.TEXT, Nature.ASSESSMENT, Text("", draft.reason.strip()))
    refusal = Refusal(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        from_agency_id=actor.agency_id,
        to_agency_id=draft.agency_id,
        own_initiative=draft.asked_on is None,
        asked_on=draft.asked_on,
        purpose=draft.purpose,
        basis_id=basis.id if basis else None,
        basis_in_force_from=basis.in_force_from if basis else None,
        reason_code=draft.reason_code,
        decision_record_id=decision.id,
        decided_by=actor.user_id,
        decided_at=clock.now(),
    )
    db.session.add(refusal)
    db.session.flush()
    _log(actor, refusal)
    return refusal


def listed(actor: Actor, after: UUID | None = None, wanted: Wanted = ALL) -> RefusalPage:
    """Return what the actor's agency refused in the cases the actor may know of, newest first, and log the reading."""
    authorize(actor, Permission.DISCLOSURE_LEDGER_READ, NO_CASE)
    which = [] if after is None else [Refusal.id < after]
    rows = _rows(actor, PAGE + 1, *which, *wanted.decided(Refusal.decided_at))
    shown = rows[:PAGE]
    audit.record(actor, Event.LEDGER_VIEWED, count=len(shown))
    return RefusalPage(shown, shown[-1].id if len(rows) > PAGE else None)


def every(actor: Actor, wanted: Wanted, most: int) -> list[RefusalRow]:
    """Return what ``listed`` does, all of it at once, to be taken out as a file. Raises Forbidden, and Invalid where there are
    more rows than ``most``.
    """
    authorize(actor, Permission.DISCLOSURE_LEDGER_EXPORT, NO_CASE)
    rows = _rows(actor, most + 1, *wanted.decided(Refusal.decided_at))
    if len(rows) > most:
        raise Invalid("ledger_too_long", fran="ledger_too_long")
    return rows


def open_refusal(actor: Actor, refusal_id: UUID) -> OpenRefusal:
    """Open a refusal of the actor's agency, and log it. Raises NotFound, Forbidden."""
    rows = _rows(actor, 1, Refusal.id == refusal_id)
    door = find_case(actor, rows[0].case_id if rows else None)
    authorize(actor, Permission.CASE_READ, door.facts)
    refusal = db.session.get_one(Refusal, refusal_id)
    audit.record(actor, Event.REFUSAL_VIEWED, case_id=refusal.case_id, refusal_id=refusal.id)
    record = reading.one_record(actor.agency_id, refusal.decision_record_id)
    texts = [part.content.body for part in record.parts if isinstance(part.content, Text)] if record else []
    what, reason = [*texts, "", ""][:2]
    return OpenRefusal(rows[0], what, reason)


def _check(actor: Actor, case: Case, draft: RefusalDraft) -> None:
    wrong = {
        "agency": (draft.agency_id == actor.agency_id or not _knows(case, draft.agency_id), "agency_unknown"),
        "asked_on": (draft.asked_on is not None and draft.asked_on > clock.today(), "asked_in_future"),
        "purpose": (draft.purpose not in set(Purpose), "purpose_missing"),
        "basis": (_unknown(draft.basis_id), "basis_not_in_force"),
        "reason_code": (draft.reason_code not in REASONS, "refusal_reason_unknown"),
        "reason": (len(" ".join(draft.reason.split())) < SHORTEST, "refusal_reason_too_short"),
        "what": (not draft.what.strip(), "refusal_what_missing"),
    }
    found = {field: code for field, (is_wrong, code) in wrong.items() if is_wrong}
    if found:
        raise Invalid(next(iter(found.values())), **found)


def _knows(case: Case, agency_id: UUID) -> bool:
    return identity.open_agency(case.municipality_id, agency_id) is not None


def _unknown(basis_id: str | None) -> bool:
    return bool(basis_id) and basis_table().on(str(basis_id), clock.today()) is None


def _log(actor: Actor, refusal: Refusal) -> None:
    audit.record(
        actor,
        Event.REFUSED,
        case_id=refusal.case_id,
        refusal_id=refusal.id,
        to_agency=refusal.to_agency_id,
        legal_basis=refusal.basis_id,
        reason_code=refusal.reason_code,
        reason_ref=refusal.decision_record_id,
    )


def _rows(actor: Actor, limit: int, *which: ColumnElement[bool]) -> list[RefusalRow]:
    visible = visible_to(actor).with_only_columns(Case.id)
    rows = db.session.execute(
        select(Refusal, Case.reference)
        .join(Case, Case.id == Refusal.case_id)
        .where(Refusal.from_agency_id == actor.agency_id, Refusal.case_id.in_(visible), *which)
        .order_by(Refusal.id.desc())
        .limit(limit)
    ).all()
    return [_row(row.Refusal, row.reference) for row in rows]


def _row(refusal: Refusal, reference: str) -> RefusalRow:
    return RefusalRow(
        id=refusal.id,
        case_id=refusal.case_id,
        reference=reference,
        to_agency_id=refusal.to_agency_id,
        own_initiative=refusal.own_initiative,
        asked_on=refusal.asked_on,
        purpose=refusal.purpose,
        basis_id=refusal.basis_id,
        basis_in_force_from=refusal.basis_in_force_from,
        reason_code=refusal.reason_code,
        decided_by=refusal.decided_by,
        decided_at=refusal.decided_at,
    )
