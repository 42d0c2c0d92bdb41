"""The only doorway to cases, and the facts a decision about one needs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from coordination.cases.models import Assignment, Case, CasePerson, Participation, ProtectedReader
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Forbidden, NotFound
from policies.access import Actor, CopyState, Facts, decide
from policies.permissions import Permission, Role

WIDE_ROLES = frozenset({Role.UNIT_MANAGER, Role.REGISTRAR})
"""Roles that find their agency's cases without an assignment: the neutral row, never the content."""

_NOWHERE = UUID(int=0)
"""The id of no case."""

SUBJECT = "subject"
UNPROTECTED = "none"


def participates(agency_id: UUID) -> ColumnElement[bool]:
    """Tell whether the agency takes part in the case now."""
    return exists().where(
        Participation.case_id == Case.id, Participation.agency_id == agency_id, Participation.ended_at.is_(None)
    )


def assigned(user_id: UUID, agency_id: UUID, at: datetime) -> ColumnElement[bool]:
    """Tell whether the user has an assignment in the case, for this agency, that has begun and not ended."""
    return exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == user_id,
        Assignment.agency_id == agency_id,
        Assignment.starts_at <= at,
        Assignment.ends_at > at,
    )


def protected_subject() -> ColumnElement[bool]:
    """Tell whether the identity of the case's young person is protected."""
    return exists().where(
        CasePerson.case_id == Case.id, CasePerson.role == SUBJECT, CasePerson.protection != UNPROTECTED
    )


def named_for_subject(user_id: UUID) -> ColumnElement[bool]:
    """Tell whether the user is named to open the protected identity of the case's young person."""
    return exists().where(
        ProtectedReader.user_id == user_id,
        ProtectedReader.person_id == CasePerson.id,
        CasePerson.case_id == Case.id,
        CasePerson.role == SUBJECT,
    )


def named_for(user_id: UUID) -> ColumnElement[bool]:
    """Tell whether the user is named to open the protected identity of the person."""
    return exists().where(ProtectedReader.user_id == user_id, ProtectedReader.person_id == CasePerson.id)


def visible_to(actor: Actor) -> Select[Case]:
    """Return the cases this actor may know of: the only doorway to ``Case`` rows.

    An assignment inside the own agency's participation; for a manager or registrar every case the agency takes part
    in, as a neutral row. A case whose young person has a protected identity is there only for those named (and the manager who
    names them).
    """
    now = clock.now()
    unprotected = or_(~protected_subject(), named_for_subject(actor.user_id))
    return select(Case).where(
        Case.municipality_id == actor.municipality_id,
        participates(actor.agency_id),
        or_(and_(assigned(actor.user_id, actor.agency_id, now), unprotected), _wide(actor, unprotected)),
    )


def _wide(actor: Actor, unprotected: ColumnElement[bool]) -> ColumnElement[bool]:
    if Role.UNIT_MANAGER in actor.roles:
        return Case.id.is_not(None)
    return unprotected if actor.roles & WIDE_ROLES else false()


@dataclass(frozen=True, slots=True)
class Doorway:
    """A case the actor may know of, with the facts about their place in it."""

    case: Case
    facts: Facts


def find_case(actor: Actor, case_id: UUID | None) -> Doorway:
    """Return a visible case and the facts about it. Raises NotFound for one that is hidden or not there.

    Whoever looks for a case by something in it asks also where there is no such thing (None), so that what is absent and
    what is hidden cost the same questions: time must not tell them apart.
    """
    now = clock.now()
    row = db.session.execute(
        visible_to(actor)
        .where(Case.id == (case_id or _NOWHERE))
        .add_columns(
            assigned(actor.user_id, actor.agency_id, now).label("assigned"),
            protected_subject().label("protected"),
            named_for_subject(actor.user_id).label("named"),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    facts = Facts(
        same_municipality=row.Case.municipality_id == actor.municipality_id,
        participates=True,
        assigned=row.assigned,
        owns=True,
        copy=CopyState.NONE,
        protected=row.protected,
        named_for_protected=row.named,
        conflict_of_interest=False,
        review=False,
        reviewed_self=False,
        phase_open=row.Case.closed_at is None,
    )
    return Doorway(row.Case, facts)


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


def participating_agencies(case_id: UUID) -> list[UUID]:
    """Return the ids of the agencies that take part now, in the order they joined."""
    rows = db.session.scalars(
        select(Participation.agency_id)
        .where(Participation.case_id == case_id, Participation.ended_at.is_(None))
        .order_by(Participation.started_at, Participation.id)
    )
    return list(rows)


def has_handler(case_id: UUID, agency_id: UUID) -> bool:
    """Tell whether the agency has somebody assigned who can receive."""
    now = clock.now()
    found = db.session.scalar(
        select(
            exists().where(
                Assignment.case_id == case_id,
                Assignment.agency_id == agency_id,
                Assignment.starts_at <= now,
                Assignment.ends_at > now,
            )
        )
    )
    return bool(found)
