"""Statistics of the ledger without persons: how often, to and from whom, on which basis, by quarter.

Quarters only: periods that overlap would let somebody work out, by taking one from the other, what a small number hides.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.models import Case, ConsultationCount
from coordination.cases.queries import authorize
from coordination.core import clock
from coordination.core.db import db
from coordination.disclosure.ledger import Wanted
from coordination.disclosure.models import Disclosure, Refusal
from policies.access import NO_CASE, Actor
from policies.methods import METHODS, method, phases
from policies.permissions import Permission

SMALL = 5
"""A number below this is not told: with one or two of something, a number can be a person."""

SHOWN = 8
"""How many quarters back there are numbers for."""

_MONTHS = 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, from 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, _MONTHS * (self.number - 1) + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter.of(self.first - timedelta(days=1))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter of a day."""
        return cls(day.year, (day.month - 1) // _MONTHS + 1)


@dataclass(frozen=True, slots=True)
class Count:
    """How often, with one agency and on one basis. ``number`` is None below ``SMALL``; ``basis_id`` where nobody tried one."""

    agency_id: UUID
    basis_id: str | None
    number: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of a quarter."""

    quarter: Quarter
    given: Sequence[Count]
    received: Sequence[Count]
    refused: Sequence[Count]
    actions: Sequence["Plain"]
    consultations: Sequence["Plain"]


@dataclass(frozen=True, slots=True)
class Plain:
    """How often something was so, in the cases that the agency leads; ``number`` is None below ``SMALL``. ``method`` is empty where
    the code says it for all of them.
    """

    method: str
    code: str
    number: int | None


IN_TIME, LATE, NOT_YET = "in_time", "late", "not_yet"
"""How the first joint action came, held against the hours that the method says."""


def quarters() -> list[Quarter]:
    """Return the quarters there are numbers for, the running one first."""
    found = [Quarter.of(clock.today())]
    while len(found) < SHOWN:
        found.append(found[-1].before)
    return found


def counted(actor: Actor, quarter: Quarter) -> Counted:
    """Return what the actor's agency gave, was given and refused in a quarter, in all its cases, and log the reading.

    What was undone before anybody opened it does not count.
    """
    authorize(actor, Permission.DISCLOSURE_LEDGER_READ, NO_CASE)
    wanted = Wanted(first=quarter.first, last=quarter.last)
    stands = [Disclosure.revoked_why.is_distinct_from("undone"), *wanted.decided(Disclosure.decided_at)]
    audit.record(actor, Event.LEDGER_COUNTED, from_day=quarter.first, to_day=quarter.last)
    return Counted(
        quarter,
        given=_counts(
            _grouped(Disclosure.to_agency_id, Disclosure.basis_id).where(
                Disclosure.from_agency_id == actor.agency_id, *stands
            )
        ),
        received=_counts(
            _grouped(Disclosure.from_agency_id, Disclosure.basis_id).where(
                Disclosure.to_agency_id == actor.agency_id, *stands
            )
        ),
        refused=_counts(
            _grouped(Refusal.to_agency_id, Refusal.basis_id).where(
                Refusal.from_agency_id == actor.agency_id, *wanted.decided(Refusal.decided_at)
            )
        ),
        actions=_actions(actor, wanted),
        consultations=_consultations(actor, quarter),
    )


def _actions(actor: Actor, wanted: Wanted) -> list[Plain]:
    """Return how soon the agencies first did something together in the cases raised in the quarter, past their consultation."""
    rows = db.session.execute(
        select(Case.method, Case.raised_at, Case.first_action_at).where(
            Case.lead_agency_id == actor.agency_id,
            *(
                ~and_(
                    Case.method == name, Case.phase.in_([row.id for row in phases(name).values() if not row.identified])
                )
                for name in METHODS
            ),
            *wanted.decided(Case.raised_at),
        )
    )
    found = Counter(_soon(row.method, row.raised_at, row.first_action_at) for row in rows)
    return [
        Plain("", code, found[code] if found[code] >= SMALL else None)
        for code in (IN_TIME, LATE, NOT_YET)
        if found[code]
    ]


def _soon(name: str, raised_at: datetime, at: datetime | None) -> str:
    if at is None:
        return NOT_YET
    hours = method(name).limits["first_joint_action"].number
    return IN_TIME if at - raised_at <= timedelta(hours=hours) else LATE


def _consultations(actor: Actor, quarter: Quarter) -> list[Plain]:
    """Return how many consultations went nowhere in the quarter, and why: of those that have been disposed of."""
    number = func.sum(ConsultationCount.number).label("number")
    rows = db.session.execute(
        select(ConsultationCount.method, ConsultationCount.reason, number)
        .where(
            ConsultationCount.agency_id == actor.agency_id,
            ConsultationCount.month >= quarter.first,
            ConsultationCount.month <= quarter.last,
        )
        .group_by(ConsultationCount.method, ConsultationCount.reason)
        .order_by(ConsultationCount.method, ConsultationCount.reason)
    )
    return [Plain(row.method, row.reason, row.number if row.number >= SMALL else None) for row in rows]


def _grouped(agency: Any, basis: Any) -> Select[Any]:
    return select(agency.label("agency_id"), basis.label("basis_id"), func.count().label("number")).group_by(
        agency, basis
    )


def _counts(grouped: Select[Any]) -> list[Count]:
    rows = db.session.execute(grouped).all()
    found = [Count(row.agency_id, row.basis_id, row.number if row.number >= SMALL else None) for row in rows]
    return sorted(found, key=lambda one: (str(one.agency_id), str(one.basis_id)))
