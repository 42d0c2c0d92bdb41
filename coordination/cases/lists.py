"""Lists of cases: reference, name where the agency may know it, dates and neutral states. Nothing sensitive (2001:454, 7 a §)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import people, reading
from coordination.cases.models import Case, CasePerson, Participation
from coordination.cases.queries import SUBJECT, UNPROTECTED, authorize, case_for, visible_to
from coordination.cases.queries import assigned as is_assigned
from coordination.core import clock
from coordination.core.db import db
from policies.access import NO_CASE, Actor
from policies.permissions import GRANTS, Permission

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. ``name`` is None where it may not be shown; ``agency_ids`` has the lead agency first."""

    id: UUID
    reference: str
    method: str
    phase: str
    phase_since: date
    closed: bool
    assigned: bool
    name: str | None
    age_years: int | None
    protected: bool
    agency_ids: tuple[UUID, ...]
    handler_wanted: bool
    """Whether somebody has asked the actor's agency to name a handler, and nobody has been named since."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a list, with the key to ask for the next; no total, for a total tells what is hidden."""

    rows: Sequence[CaseRow]
    next_after: UUID | None


def mine(actor: Actor, after: UUID | None = None, limit: int = PAGE) -> CasePage:
    """Return the cases the actor works in, newest first, from ``after`` on, and log how many were listed."""
    authorize(actor, Permission.CASE_LIST_READ, NO_CASE)
    return _page(actor, _own(actor), after, limit)


def own_ids(actor: Actor, limit: int) -> list[UUID]:
    """Return which cases ``mine`` would list, with nothing of them opened: for counting what waits in them."""
    authorize(actor, Permission.CASE_LIST_READ, NO_CASE)
    return list(db.session.scalars(_own(actor).with_only_columns(Case.id).order_by(Case.id.desc()).limit(limit)))


def of_agency(actor: Actor, after: UUID | None = None, limit: int = PAGE) -> CasePage:
    """Return every case the actor may know of, newest first: for a manager or registrar that is the whole agency's."""
    authorize(actor, Permission.CASE_LIST_READ, NO_CASE)
    return _page(actor, visible_to(actor), after, limit)


def one(actor: Actor, case_id: UUID, permission: Permission) -> CaseRow:
    """Return the neutral row of one case on which the actor holds ``permission``, and log it. Raises NotFound, Forbidden."""
    case = case_for(actor, case_id, permission, owns=True)
    audit.record(actor, Event.CASE_LISTED, count=1)
    return rows_for(actor, [case])[0]


def rows_for(actor: Actor, cases: Sequence[Case]) -> list[CaseRow]:
    """Return list rows for cases that came through ``visible_to``."""
    ids = [case.id for case in cases]
    subjects = {
        person.case_id: person
        for person in db.session.scalars(
            select(CasePerson).where(CasePerson.case_id.in_(ids), CasePerson.role == SUBJECT)
        )
    }
    working = _assigned_among(actor, ids)
    names = _names(actor, [subjects[case_id] for case_id in working if case_id in subjects])
    agencies, asked = _agencies(ids), _asked_to_name(actor, ids)
    return [
        _row(
            case,
            subjects.get(case.id),
            names,
            agencies.get(case.id, []),
            working=case.id in working,
            wanted=case.id in asked,
        )
        for case in cases
    ]


def _own(actor: Actor) -> Select[Case]:
    return visible_to(actor).where(is_assigned(actor.user_id, actor.agency_id, clock.now()))


def _page(actor: Actor, wanted: Select[Case], after: UUID | None, limit: int) -> CasePage:
    if after is not None:
        wanted = wanted.where(Case.id < after)
    cases = db.session.scalars(wanted.order_by(Case.id.desc()).limit(limit + 1)).all()
    shown = cases[:limit]
    audit.record(actor, Event.CASE_LISTED, count=len(shown))
    return CasePage(rows_for(actor, shown), shown[-1].id if len(cases) > limit else None)


def _assigned_among(actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    """Return the cases the actor works in. An assignment left from a role that worked in cases opens no name."""
    if GRANTS[Permission.CASE_READ].isdisjoint(actor.roles):
        return set()
    rows = db.session.scalars(
        select(Case.id).where(Case.id.in_(ids), is_assigned(actor.user_id, actor.agency_id, clock.now()))
    )
    return set(rows)


def _names(actor: Actor, subjects: Sequence[CasePerson]) -> dict[UUID, str]:
    open_to_lists = [person.id for person in subjects if person.protection == UNPROTECTED]
    found = reading.names_of(actor.agency_id, open_to_lists) if open_to_lists else {}
    return {person_id: people.short_name(name) for person_id, name in found.items()}


def _agencies(ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    rows = db.session.execute(
        select(Participation.case_id, Participation.agency_id)
        .where(Participation.case_id.in_(ids), Participation.ended_at.is_(None))
        .order_by(Participation.started_at, Participation.id)
    )
    for row in rows:
        found.setdefault(row.case_id, []).append(row.agency_id)
    return found


def _asked_to_name(actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    own = and_(Participation.agency_id == actor.agency_id, Participation.ended_at.is_(None))
    asked = own & Participation.handler_asked_at.is_not(None)
    return set(db.session.scalars(select(Participation.case_id).where(Participation.case_id.in_(ids), asked)))


def _row(
    case: Case, subject: CasePerson | None, names: dict[UUID, str], agencies: list[UUID], *, working: bool, wanted: bool
) -> CaseRow:
    lead_first = sorted(agencies, key=lambda agency_id: agency_id != case.lead_agency_id)
    return CaseRow(
        id=case.id,
        reference=case.reference,
        method=case.method,
        phase=case.phase,
        phase_since=case.phase_since,
        closed=case.closed_at is not None,
        assigned=working,
        name=names.get(subject.id) if subject else None,
        age_years=subject.age_years if subject else None,
        protected=subject is not None and subject.protection != UNPROTECTED,
        agency_ids=tuple(lead_first),
        handler_wanted=wanted,
    )
