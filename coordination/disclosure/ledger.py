"""The ledger as each agency sees it: what it gave, what it was given, open and ended. Neutral columns, no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Case, Copy
from coordination.cases.queries import authorize, visible_to
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Invalid, NotFound
from coordination.disclosure import endings
from coordination.disclosure.models import Disclosure, DisclosureItem
from policies.access import NO_CASE, Actor
from policies.permissions import Permission

PAGE = 50
MOST = 200
"""How many rows a page without a next one shows; also how many agencies one decision can be about."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One disclosure. ``opened_on`` is told to the recipient, and to the sender as a receipt.

    ``decision_id`` binds what one decision gave to several agencies; it is the sender's alone.
    """

    id: UUID
    decision_id: UUID
    case_id: UUID
    reference: str
    from_agency_id: UUID
    to_agency_id: UUID
    basis_id: str
    basis_in_force_from: date
    purpose: str
    own_initiative: bool
    decided_at: datetime
    decided_by: UUID
    until: date
    ended_on: date | None
    ended_why: str | None
    parts: int
    opened_on: date | None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of the ledger, and the key to ask for the next."""

    rows: Sequence[LedgerRow]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted: those that still run, those that have ended or all; decided from a day, to a day."""

    running: bool | None = None
    first: date | None = None
    last: date | None = None

    def decided(self, column: InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
        """Return what the day of the decision must be."""
        after = [column >= _midnight(self.first)] if self.first else []
        before = [column < _midnight(self.last + timedelta(days=1))] if self.last else []
        return [*after, *before]

    def of(self) -> ColumnElement[bool]:
        """Return what a disclosure must be."""
        runs = _runs()
        state = {None: true(), True: runs, False: not_(runs)}[self.running]
        return and_(state, *self.decided(Disclosure.decided_at))


ALL = Wanted()


def given(actor: Actor, after: UUID | None = None, wanted: Wanted = ALL) -> LedgerPage:
    """Return what the actor's agency gave in the cases the actor may know of, newest first, and log the reading.

    What one decision gave to several agencies stands together, on one page.
    """
    return _page(actor, and_(Disclosure.from_agency_id == actor.agency_id, wanted.of()), after)


def received(actor: Actor, after: UUID | None = None, wanted: Wanted = ALL) -> LedgerPage:
    """Return what the actor's agency was given in the cases the actor may know of, newest first, and log the reading."""
    return _page(actor, and_(Disclosure.to_agency_id == actor.agency_id, wanted.of()), after)


def every(actor: Actor, wanted: Wanted, most: int, *, given: bool) -> list[LedgerRow]:
    """Return what ``given`` or ``received`` does, all of it at once, to be taken out as a file. Raises Forbidden, and Invalid
    where there are more rows than ``most``.
    """
    authorize(actor, Permission.DISCLOSURE_LEDGER_EXPORT, NO_CASE)
    side = Disclosure.from_agency_id if given else Disclosure.to_agency_id
    rows = _rows(actor, and_(side == actor.agency_id, wanted.of()), None, most + 1)
    if len(rows) > most:
        raise Invalid("ledger_too_long", fran="ledger_too_long")
    return rows


def of_decision(actor: Actor, decision_id: UUID) -> list[LedgerRow]:
    """Return what one decision of the actor's agency gave, in the order it was given. The page it stands on logs the opening."""
    which = and_(Disclosure.decision_record_id == decision_id, Disclosure.from_agency_id == actor.agency_id)
    return _rows(actor, which, None, MOST)[::-1]


def new_to(actor: Actor, limit: int = 5) -> list[LedgerRow]:
    """Return what the actor's agency was given and nobody there has opened, newest first."""
    unopened = (
        select(Copy.disclosure_id)
        .where(Copy.agency_id == actor.agency_id, Copy.first_opened_at.is_(None), Copy.closed_at.is_(None))
        .where(Copy.readable_until >= clock.today(), Copy.disposed_at.is_(None))
    )
    return _rows(actor, Disclosure.id.in_(unopened), None, limit)


def in_case(actor: Actor, case_id: UUID, limit: int = MOST) -> list[LedgerRow]:
    """Return what the actor's agency gave and was given in one case, newest first. The page it stands on logs the opening."""
    ours = or_(Disclosure.from_agency_id == actor.agency_id, Disclosure.to_agency_id == actor.agency_id)
    return _rows(actor, and_(Disclosure.case_id == case_id, ours), None, limit)


def standing_on(actor: Actor, consent_id: UUID, limit: int = MOST) -> list[LedgerRow]:
    """Return the own disclosures that still run on a consent: those that end if it is taken back."""
    running = _runs()
    own = and_(Disclosure.consent_id == consent_id, Disclosure.from_agency_id == actor.agency_id)
    return _rows(actor, and_(own, running), None, limit)


def one(actor: Actor, disclosure_id: UUID) -> LedgerRow:
    """Return one disclosure that the actor's agency gave or was given. Raises NotFound."""
    ours = or_(Disclosure.from_agency_id == actor.agency_id, Disclosure.to_agency_id == actor.agency_id)
    rows = _rows(actor, and_(Disclosure.id == disclosure_id, ours), None, 1)
    if not rows:
        raise NotFound
    return rows[0]


def _page(actor: Actor, which: ColumnElement[bool], after: UUID | None) -> LedgerPage:
    authorize(actor, Permission.DISCLOSURE_LEDGER_READ, NO_CASE)
    rows = _rows(actor, which, after, PAGE + 1)
    shown = _whole(rows, actor)
    audit.record(actor, Event.LEDGER_VIEWED, count=len(shown))
    return LedgerPage(shown, shown[-1].id if len(rows) > PAGE else None)


def _whole(rows: list[LedgerRow], actor: Actor) -> list[LedgerRow]:
    """Return the rows of a page: not the first of a decision whose last would stand on the next."""
    shown, beyond = rows[:PAGE], rows[PAGE:]
    if not beyond or beyond[0].from_agency_id != actor.agency_id:
        return shown
    whole = [row for row in shown if row.decision_id != beyond[0].decision_id]
    return whole or shown


def _rows(actor: Actor, which: ColumnElement[bool], after: UUID | None, limit: int) -> list[LedgerRow]:
    visible = visible_to(actor).with_only_columns(Case.id)
    parts = (
        select(func.count())
        .where(DisclosureItem.disclosure_id == Disclosure.id)
        .correlate(Disclosure)
        .scalar_subquery()
    )
    opened = (
        select(func.min(Copy.first_opened_at))
        .where(Copy.disclosure_id == Disclosure.id)
        .correlate(Disclosure)
        .scalar_subquery()
    )
    wanted = (
        select(
            Disclosure, Case.reference, parts.label("parts"), opened.label("opened"), endings.left_at().label("left")
        )
        .join(Case, Case.id == Disclosure.case_id)
        .where(which, Disclosure.case_id.in_(visible))
        .order_by(Disclosure.id.desc())
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(Disclosure.id < after)
    return [_row(row.Disclosure, row) for row in db.session.execute(wanted)]


def _runs() -> ColumnElement[bool]:
    """Tell whether the recipient's handlers can still read what a disclosure gave, as far as the sender knows."""
    return and_(Disclosure.revoked_at.is_(None), endings.left_at().is_(None), Disclosure.until >= clock.today())


def _row(disclosure: Disclosure, row: Row[Any]) -> LedgerRow:
    ended_on, ended_why = endings.ended(disclosure, row.left)
    return LedgerRow(
        id=disclosure.id,
        decision_id=disclosure.decision_record_id,
        case_id=disclosure.case_id,
        reference=row.reference,
        from_agency_id=disclosure.from_agency_id,
        to_agency_id=disclosure.to_agency_id,
        basis_id=disclosure.basis_id,
        basis_in_force_from=disclosure.basis_in_force_from,
        purpose=disclosure.purpose,
        own_initiative=disclosure.own_initiative,
        decided_at=disclosure.decided_at,
        decided_by=disclosure.decided_by,
        until=disclosure.until,
        ended_on=ended_on,
        ended_why=ended_why,
        parts=row.parts,
        opened_on=_day(row.opened),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.STOCKHOLM)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.STOCKHOLM).date() if moment else None
