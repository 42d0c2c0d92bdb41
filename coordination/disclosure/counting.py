"""Statistics of the ledger without persons: how often, to and from whom, on which basis, by quarter.

Quarters only: periods that overlap would let somebody work out, by taking one from the other, what a small number hides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases.queries import authorize
from coordination.core import clock
from coordination.core.db import db
from coordination.disclosure.ledger import Wanted
from coordination.disclosure.models import Disclosure, Refusal
from policies.access import NO_CASE, Actor
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
    )


def _grouped(agency: Any, basis: Any) -> Select[Any]:
    return select(agency.label("agency_id"), basis.label("basis_id"), func.count().label("number")).group_by(
        agency, basis
    )


def _counts(grouped: Select[Any]) -> list[Count]:
    rows = db.session.execute(grouped).all()
    found = [Count(row.agency_id, row.basis_id, row.number if row.number >= SMALL else None) for row in rows]
    return sorted(found, key=lambda one: (str(one.agency_id), str(one.basis_id)))
