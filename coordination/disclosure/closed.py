"""The copies an agency holds closed, whatever case they came in: also where it no longer takes part, and nobody there finds the case.

The list begins with the agency's own copies, not with cases. Of a case it tells the reference, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, false, func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies
from coordination.cases.models import Case, Copy
from coordination.cases.queries import authorize, disqualified, named_for_subject, protected_subject
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import NotFound
from coordination.disclosure.models import Disclosure
from policies.access import NO_CASE, Actor, CopyState, Facts
from policies.permissions import Permission, Role

PAGE = 50


@dataclass(frozen=True, slots=True)
class ClosedCopies:
    """What an agency holds closed of one disclosure."""

    disclosure_id: UUID
    reference: str
    from_agency_id: UUID
    basis_id: str
    basis_in_force_from: date
    received_on: date
    closed_on: date
    why: str
    parts: int
    due: date | None


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """A page of the list, and the key to ask for the next."""

    rows: Sequence[ClosedCopies]
    next_after: UUID | None


def held(actor: Actor, after: UUID | None = None) -> ClosedPage:
    """Return what the actor's agency holds closed, newest first, and log the reading. Raises Forbidden.

    Copies from the case of a protected young person are there only for those named, and for the manager.
    """
    authorize(actor, Permission.DISCLOSURE_CLOSED_DECIDE, _facts(protected=False, named=False))
    hidden = false() if Role.UNIT_MANAGER in actor.roles else _hidden_from(actor)
    which = [~hidden] if after is None else [~hidden, Disclosure.id < after]
    rows = _rows(actor, PAGE + 1, *which)
    shown = [_copies(row) for row in rows[:PAGE]]
    audit.record(actor, Event.CLOSED_COPIES_VIEWED, count=len(shown))
    return ClosedPage(shown, shown[-1].disclosure_id if len(rows) > PAGE else None)


def one(
    actor: Actor, disclosure_id: UUID, permission: Permission = Permission.DISCLOSURE_CLOSED_DECIDE
) -> ClosedCopies:
    """Return what the actor's agency holds closed of one disclosure, for an actor who may decide about it, or do what else
    ``permission`` says. Raises NotFound, or Forbidden with what fails.
    """
    rows = _rows(actor, 1, Disclosure.id == disclosure_id)
    if not rows:
        raise NotFound
    facts = _facts(protected=rows[0].protected, named=rows[0].named)
    authorize(actor, permission, facts)
    return _copies(rows[0])


def dispose(actor: Actor, disclosure_id: UUID) -> int:
    """Dispose of what the actor's agency holds closed of a disclosure; return how many copies. Raises as ``one``."""
    one(actor, disclosure_id)
    return copies.dispose_closed(actor, disclosure_id)


def _facts(*, protected: bool, named: bool) -> Facts:
    return replace(
        NO_CASE,
        same_municipality=True,
        copy=CopyState.CLOSED,
        protected=protected,
        named_for_protected=named,
        conflict_of_interest=False,
    )


def _hidden_from(actor: Actor) -> ColumnElement[bool]:
    return and_(protected_subject(), ~named_for_subject(actor.user_id))


def _rows(actor: Actor, limit: int, *which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    own = (
        select(
            Copy.disclosure_id,
            func.count().label("parts"),
            func.min(Copy.created_at).label("received"),
            func.min(Copy.closed_at).label("closed"),
            func.min(Copy.readable_until).label("until"),
            func.min(Copy.closed_why).label("why"),
            func.min(Copy.decision_due).label("due"),
        )
        .where(Copy.agency_id == actor.agency_id, Copy.disposed_at.is_(None), ~copies.readable(clock.today()))
        .group_by(Copy.disclosure_id)
        .subquery()
    )
    wanted = (
        select(
            Disclosure,
            Case.reference,
            own,
            protected_subject().label("protected"),
            named_for_subject(actor.user_id).label("named"),
        )
        .join(own, own.c.disclosure_id == Disclosure.id)
        .join(Case, Case.id == Disclosure.case_id)
        .where(~disqualified(actor.user_id), *which)
        .order_by(Disclosure.id.desc())
        .limit(limit)
    )
    return db.session.execute(wanted).all()


def _copies(row: Row[Any]) -> ClosedCopies:
    """Return what a row tells. A copy whose date has passed is closed before the nightly job has written it down."""
    return ClosedCopies(
        disclosure_id=row.Disclosure.id,
        reference=row.reference,
        from_agency_id=row.Disclosure.from_agency_id,
        basis_id=row.Disclosure.basis_id,
        basis_in_force_from=row.Disclosure.basis_in_force_from,
        received_on=row.received.astimezone(clock.STOCKHOLM).date(),
        closed_on=row.closed.astimezone(clock.STOCKHOLM).date() if row.closed else row.until + timedelta(days=1),
        why=row.why or "expired",
        parts=row.parts,
        due=row.due,
    )
