"""A plan as one agency sees it, and what is late: whoever can open none of the words knows of no goal and no action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading
from coordination.cases.models import Case, Record
from coordination.cases.queries import assigned, authorize, case_for, visible_to
from coordination.cases.reading import OpenRecord
from coordination.core import clock
from coordination.core.db import db
from coordination.planning.models import Action, Goal, GoalStep
from policies.access import NO_CASE, Actor
from policies.permissions import Permission, Role
from policies.planning import plan_table


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action with its words as far as they could be opened."""

    row: Action
    record: OpenRecord

    @property
    def late(self) -> bool:
        """Whether its last day has passed and something is still waited for."""
        return self.row.due_on < clock.today() and not plan_table().actions[self.row.status].over


@dataclass(frozen=True, slots=True)
class PlannedGoal:
    """A goal with its words as far as they could be opened, how it has gone (the newest first), and the actions towards it."""

    row: Goal
    record: OpenRecord
    steps: Sequence[GoalStep]
    actions: Sequence[PlannedAction]


@dataclass(frozen=True, slots=True)
class Plan:
    """Goals in the order they were added; ``loose``: actions towards goals that the agency cannot read."""

    goals: Sequence[PlannedGoal]
    loose: Sequence[PlannedAction]


@dataclass(frozen=True, slots=True)
class LateRow:
    """An action in a list: nothing of what it says."""

    id: UUID
    case_id: UUID
    reference: str
    agency_id: UUID
    due_on: date

    @property
    def days(self) -> int:
        """How many days it is late."""
        return (clock.today() - self.due_on).days


def plan_of(opened: Sequence[OpenRecord]) -> Plan:
    """Return the plan among what an agency has opened. The page that opened it has logged that."""
    words = {record.id: record for record in opened}
    goals = db.session.scalars(select(Goal).where(Goal.record_id.in_(words)).order_by(Goal.id)).all()
    rows = db.session.scalars(select(Action).where(Action.record_id.in_(words)).order_by(Action.due_on, Action.id))
    actions = [PlannedAction(row, words[row.record_id]) for row in rows]
    steps = _steps([goal.id for goal in goals])
    known = {goal.id for goal in goals}
    return Plan(
        goals=[
            PlannedGoal(
                goal,
                words[goal.record_id],
                steps.get(goal.id, []),
                [action for action in actions if action.row.goal_id == goal.id],
            )
            for goal in goals
        ],
        loose=[action for action in actions if action.row.goal_id not in known],
    )


def late(actor: Actor) -> list[LateRow]:
    """Return the late actions that the actor answers for, or that nobody at their agency is named for, the latest first.

    Only in cases the actor works in, and only where their agency can read what is to be done. For the day and the daily digest.
    """
    mine = and_(
        Action.responsible_agency_id == actor.agency_id,
        or_(Action.responsible_user_id == actor.user_id, Action.responsible_user_id.is_(None)),
    )
    return _late(actor, mine, clock.today())


def escalated(actor: Actor) -> list[LateRow]:
    """Return the actions that have been late for so long that the coordinator is told, other people's among them.

    Only for a coordinator, in cases they work in, and where their agency can read what is to be done.
    """
    if Role.SIG_COORDINATOR not in actor.roles:
        return []
    before = clock.today() - timedelta(days=plan_table().escalate_days)
    others = or_(Action.responsible_user_id.is_(None), Action.responsible_user_id != actor.user_id)
    return _late(actor, others, before)


def to_print(actor: Actor, case_id: UUID, record_ids: Sequence[UUID], file_format: str) -> Plan:
    """Return what was chosen of the plan for paper, opened, and log that it was printed: paper carries no end date.

    What the actor's agency cannot read is left out, whatever was asked for. Raises NotFound, Forbidden.
    """
    case = case_for(actor, case_id, Permission.PLANNING_PLAN_PRINT)
    wanted = set(record_ids)
    opened = [record for record in reading.plan(actor.agency_id, case.id) if record.id in wanted]
    parts = [part.id for record in opened for part in record.parts]
    if parts:
        audit.record(actor, Event.PLAN_PRINTED, case_id=case.id, parts=parts, format=file_format)
    return plan_of(opened)


def _steps(goal_ids: Sequence[UUID]) -> Mapping[UUID, list[GoalStep]]:
    found: dict[UUID, list[GoalStep]] = {}
    for step in db.session.scalars(select(GoalStep).where(GoalStep.goal_id.in_(goal_ids)).order_by(GoalStep.id.desc())):
        found.setdefault(step.goal_id, []).append(step)
    return found


def _late(actor: Actor, which: ColumnElement[bool], before: date) -> list[LateRow]:
    authorize(actor, Permission.CASE_LIST_READ, NO_CASE)
    rows = db.session.execute(_waiting(actor).where(which, Action.due_on < before).order_by(Action.due_on, Action.id))
    found = [LateRow(row.id, row.case_id, row.reference, row.responsible_agency_id, row.due_on) for row in rows]
    if found:
        audit.record(actor, Event.CASE_LISTED, count=len({row.case_id for row in found}))
    return found


def _waiting(actor: Actor) -> Select[UUID, UUID, str, UUID, date]:
    """Select the actions that are not over, in cases the actor works in, where their agency can read what is to be done."""
    over = [status.id for status in plan_table().actions.values() if status.over]
    working = assigned(actor.user_id, actor.agency_id, clock.now())
    return (
        visible_to(actor)
        .join(Action, Action.case_id == Case.id)
        .join(Record, Record.id == Action.record_id)
        .where(working, Case.closed_at.is_(None), Action.status.not_in(over))
        .where(reading.opens_to(actor.agency_id, clock.today()))
        .with_only_columns(Action.id, Action.case_id, Case.reference, Action.responsible_agency_id, Action.due_on)
    )
