"""The only doorway to cases, and the facts a decision about one needs."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, DateTime, Select, Uuid, and_, exists, false, or_, select

from coordination.cases.models import (
    Assignment,
    Case,
    CasePerson,
    ConflictOfInterest,
    Participation,
    ProtectedReader,
)
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Forbidden, NotFound
from coordination.core.prepared import Prepared, asked
from policies.access import Actor, CopyState, Facts, decide
from policies.permissions import Permission, Role

WIDE_ROLES = frozenset({Role.UNIT_MANAGER, Role.REGISTRAR})
"""Roles that find their agency's cases without an assignment: the neutral row, never the content."""

_NOWHERE = UUID(int=0)
"""The id of no case."""

Id = UUID | BindParameter[UUID]
Moment = datetime | BindParameter[datetime]

SUBJECT = "subject"
UNPROTECTED = "none"


def participates(agency_id: Id) -> ColumnElement[bool]:
    """Tell whether the agency takes part in the case now."""
    return exists().where(
        Participation.case_id == Case.id, Participation.agency_id == agency_id, Participation.ended_at.is_(None)
    )


def assigned(user_id: Id, agency_id: Id, at: Moment) -> ColumnElement[bool]:
    """Tell whether the user has an assignment in the case, for this agency, that has begun and not ended."""
    return exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == user_id,
        Assignment.agency_id == agency_id,
        Assignment.starts_at <= at,
        Assignment.ends_at > at,
    )


def appointed(user_id: Id, agency_id: Id, at: Moment) -> ColumnElement[bool]:
    """Tell whether the user has such an assignment that somebody gave them: not one of break-glass."""
    return exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == user_id,
        Assignment.agency_id == agency_id,
        Assignment.starts_at <= at,
        Assignment.ends_at > at,
        Assignment.emergency_reason.is_(None),
    )


def opened_in_emergency(user_id: Id, at: Moment) -> ColumnElement[bool]:
    """Tell whether the user has broken the glass of the case, and the three hours still run."""
    return exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == user_id,
        Assignment.starts_at <= at,
        Assignment.ends_at > at,
        Assignment.emergency_reason.is_not(None),
    )


def protected_subject() -> ColumnElement[bool]:
    """Tell whether the identity of the case's young person is protected."""
    return exists().where(
        CasePerson.case_id == Case.id, CasePerson.role == SUBJECT, CasePerson.protection != UNPROTECTED
    )


def named_for_subject(user_id: Id) -> ColumnElement[bool]:
    """Tell whether the user is named to open the protected identity of the case's young person."""
    return exists().where(
        ProtectedReader.user_id == user_id,
        ProtectedReader.person_id == CasePerson.id,
        CasePerson.case_id == Case.id,
        CasePerson.role == SUBJECT,
    )


def disqualified(user_id: Id) -> ColumnElement[bool]:
    """Tell whether the user has a conflict of interest in the case that runs: then the case is not there for them."""
    return exists().where(
        ConflictOfInterest.case_id == Case.id,
        ConflictOfInterest.user_id == user_id,
        ConflictOfInterest.ended_at.is_(None),
    )


def named_for(user_id: UUID) -> ColumnElement[bool]:
    """Tell whether the user is named to open the protected identity of the person, or has broken the glass of the case."""
    now = clock.now()
    named = exists().where(ProtectedReader.user_id == user_id, ProtectedReader.person_id == CasePerson.id)
    emergency = exists().where(
        Assignment.case_id == CasePerson.case_id,
        Assignment.user_id == user_id,
        Assignment.starts_at <= now,
        Assignment.ends_at > now,
        Assignment.emergency_reason.is_not(None),
    )
    return or_(named, emergency)


def visible_to(actor: Actor) -> Select[Case]:
    """Return the cases this actor may know of: the only doorway to ``Case`` rows.

    An assignment inside the own agency's participation; for a manager or registrar every case the agency takes part
    in, as a neutral row. A case whose young person has a protected identity is there only for those named (and the manager who
    names them). One in which the actor has a conflict of interest is not there, nor one that was disposed of.
    """
    return _visible(Viewer(actor.user_id, actor.agency_id, actor.municipality_id, clock.now()), _width(actor))


class Width(StrEnum):
    """Which cases of their agency somebody finds without an assignment: none, all, or all but the protected."""

    ASSIGNED = "assigned"
    ALL = "all"
    UNPROTECTED = "unprotected"


class Viewer(NamedTuple):
    """Who looks and when: the values themselves, or the places where a prepared statement asks for them."""

    user_id: Id
    agency_id: Id
    municipality_id: Id
    now: Moment


def _visible(viewer: Viewer, width: Width) -> Select[Case]:
    unprotected = or_(
        ~protected_subject(), named_for_subject(viewer.user_id), opened_in_emergency(viewer.user_id, viewer.now)
    )
    wide = {Width.ASSIGNED: false(), Width.ALL: Case.id.is_not(None), Width.UNPROTECTED: unprotected}[width]
    return select(Case).where(
        Case.municipality_id == viewer.municipality_id,
        Case.disposed_at.is_(None),
        participates(viewer.agency_id),
        ~disqualified(viewer.user_id),
        or_(and_(assigned(viewer.user_id, viewer.agency_id, viewer.now), unprotected), wide),
    )


def _width(actor: Actor) -> Width:
    if Role.UNIT_MANAGER in actor.roles:
        return Width.ALL
    return Width.UNPROTECTED if actor.roles & WIDE_ROLES else Width.ASSIGNED


_ASKED = Viewer(asked("user", Uuid()), asked("agency", Uuid()), asked("municipality", Uuid()), asked("now", DateTime()))


_WANTED = Case.id == asked("wanted", Uuid())


def _place() -> tuple[ColumnElement[bool], ...]:
    """Return the facts about the viewer's place in the case, as columns."""
    return (
        appointed(_ASKED.user_id, _ASKED.agency_id, _ASKED.now).label("appointed"),
        opened_in_emergency(_ASKED.user_id, _ASKED.now).label("emergency"),
        protected_subject().label("protected"),
        named_for_subject(_ASKED.user_id).label("named"),
    )


@cache  # every page of a case runs it; building it costs more than the answer
def _door(width: Width) -> Select[*tuple[Any, ...]]:
    return _visible(_ASKED, width).where(_WANTED).add_columns(*_place())


@dataclass(frozen=True, slots=True)
class Doorway:
    """A case the actor may know of, with the facts about their place in it."""

    case: Case
    facts: Facts


class Shell(NamedTuple):
    """What pages show of a case itself: neutral columns only. A change starts from ``find_case``."""

    id: UUID
    municipality_id: UUID
    reference: str
    method: str
    phase: str
    phase_since: date
    lead_agency_id: UUID
    raised_at: datetime
    first_action_at: datetime | None
    closed_at: datetime | None
    exit_code: str | None


class Entrance(NamedTuple):
    """A case the actor may know of, to be looked at, with the facts about their place in it."""

    case: Shell
    facts: Facts


def _shell(width: Width) -> Select[*tuple[Any, ...]]:
    columns = [getattr(Case, name) for name in Shell._fields]
    return _visible(_ASKED, width).where(_WANTED).with_only_columns(*columns, *_place())


_SHELLS = {width: Prepared(partial(_shell, width)) for width in Width}


def find_case(actor: Actor, case_id: UUID | None) -> Doorway:
    """Return a visible case and the facts about it. Raises NotFound for one that is hidden or not there.

    Whoever looks for a case by something in it asks also where there is no such thing (None), so that what is absent and
    what is hidden cost the same questions: time must not tell them apart.
    """
    row = db.session.execute(_door(_width(actor)), _asking(actor, case_id)).one_or_none()
    if row is None:
        raise NotFound
    return Doorway(row.Case, _facts(actor, row.Case, row))


def find_shell(actor: Actor, case_id: UUID) -> Entrance:
    """Return what ``find_case`` does, but of the case only what a page shows, which cannot be changed. Raises NotFound."""
    rows = _SHELLS[_width(actor)].rows(**_asking(actor, case_id))
    if not rows:
        raise NotFound
    [row] = rows
    shell = Shell(*row[: len(Shell._fields)])
    return Entrance(shell, _facts(actor, shell, row))


def _asking(actor: Actor, case_id: UUID | None) -> dict[str, object]:
    return {
        "user": actor.user_id,
        "agency": actor.agency_id,
        "municipality": actor.municipality_id,
        "now": clock.now(),
        "wanted": case_id or _NOWHERE,
    }


def _facts(actor: Actor, case: Shell | Case, row: Any) -> Facts:
    return Facts(
        same_municipality=case.municipality_id == actor.municipality_id,
        participates=True,
        assigned=row.appointed or row.emergency,
        emergency=row.emergency and not row.appointed,
        owns=True,
        copy=CopyState.NONE,
        protected=row.protected,
        named_for_protected=row.named or row.emergency,
        conflict_of_interest=False,
        review=False,
        reviewed_self=False,
        phase_open=case.closed_at is None,
    )


def case_for(actor: Actor, case_id: UUID | None, permission: Permission, **changed: bool | CopyState) -> Case:
    """Return a visible case on which the actor holds ``permission``; ``changed`` are facts about the thing in it.

    Raises NotFound when the case is hidden or not there, Forbidden with the reason when a condition fails.
    """
    door = find_case(actor, case_id)
    authorize(actor, permission, door.facts, **changed)
    return door.case


def authorize(actor: Actor, permission: Permission, facts: Facts, **changed: bool | CopyState) -> None:
    """Raise Forbidden with the reason unless the actor may."""
    decision = decide(actor, permission, _with(facts, changed))
    if not decision.allowed:
        raise Forbidden(decision.reason)


def _with(facts: Facts, changed: dict[str, bool | CopyState]) -> Facts:
    values = {name: getattr(facts, name) for name in Facts.__dataclass_fields__}
    if not changed.keys() <= values.keys():
        raise TypeError(f"unknown facts: {sorted(changed.keys() - values.keys())}")
    return Facts(**{**values, **changed})


PARTICIPATING = (
    select(Participation.agency_id)
    .where(Participation.case_id == asked("case", Uuid()), Participation.ended_at.is_(None))
    .order_by(Participation.started_at, Participation.id)
)
"""The agencies that take part in the case asked for, in the order they joined."""
_PARTICIPATING = Prepared(lambda: PARTICIPATING)


def participating_agencies(case_id: UUID) -> list[UUID]:
    """Return the ids of the agencies that take part now, in the order they joined."""
    return [row.agency_id for row in _PARTICIPATING.rows(case=case_id)]


def has_handler(case_id: UUID, agency_id: UUID) -> bool:
    """Tell whether the agency has somebody appointed who can receive; who broke the glass is not there to receive."""
    now = clock.now()
    found = db.session.scalar(
        select(
            exists().where(
                Assignment.case_id == case_id,
                Assignment.agency_id == agency_id,
                Assignment.starts_at <= now,
                Assignment.ends_at > now,
                Assignment.emergency_reason.is_(None),
            )
        )
    )
    return bool(found)
