"""Writing a plan: goals, how it goes with them, and actions with somebody responsible and a last day.

The words are records of the agency that writes them, changed and merged as every record. Here stand the neutral columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import reading, records, service
from coordination.cases.content import Nature, PartKind
from coordination.cases.models import CasePerson, Record
from coordination.cases.queries import SUBJECT, authorize, case_for, find_case, participating_agencies
from coordination.cases.records import PartDraft, RecordDraft
from coordination.core import clock
from coordination.core.db import db
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.planning.models import Action as Action
from coordination.planning.models import Goal, GoalStep
from policies.access import Actor
from policies.permissions import Permission
from policies.planning import plan_table

KIND = "plan"
GOAL_TITLE, ACTION_TITLE = "Mål", "Åtgärd"


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """A goal as typed in."""

    text: str
    own_words: str
    follow_up_on: date | None


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who does something: an agency, and somebody who works in the case there if one has been named."""

    agency_id: UUID
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The neutral side of an action as typed in."""

    responsible: Responsible
    starts_on: date
    due_on: date
    status: str


def add_goal(actor: Actor, case_id: UUID, draft: GoalDraft) -> Goal:
    """Add a goal to the case's plan, owned by the actor's agency. Raises NotFound, Forbidden, Invalid."""
    case = case_for(actor, case_id, Permission.PLANNING_PLAN_WRITE, owns=True)
    _not_past(draft.follow_up_on)
    parts = [
        PartDraft(PartKind.TEXT, Nature.ASSESSMENT, "", draft.text),
        PartDraft(PartKind.OWN_VIEW, Nature.NONE, "", draft.own_words),
    ]
    record_id = _written(actor, case.id, GOAL_TITLE, parts)
    goal = Goal(
        id=new_id(),
        municipality_id=case.municipality_id,
        case_id=case.id,
        record_id=record_id,
        owner_agency_id=actor.agency_id,
        status=next(iter(plan_table().goals)),
        follow_up_on=draft.follow_up_on,
        added_by=actor.user_id,
        added_at=clock.now(),
    )
    db.session.add(goal)
    db.session.flush()
    _step(actor, goal)
    audit.record(actor, Event.GOAL_ADDED, case_id=case.id, record_id=record_id, goal_id=goal.id)
    return goal


def follow_up(actor: Actor, goal_id: UUID, status: str, follow_up_on: date | None) -> None:
    """Say how it goes with a goal, and when to look again. What was said before stays in its history."""
    goal = own_goal(actor, goal_id, lock=True)
    if status not in plan_table().goals:
        raise Invalid("status_unknown", status="status_unknown")
    _not_past(follow_up_on)
    goal.follow_up_on = follow_up_on
    goal.status = status
    _step(actor, goal)
    audit.record(actor, Event.GOAL_FOLLOWED_UP, case_id=goal.case_id, goal_id=goal.id, status=status)


def add_action(actor: Actor, goal_id: UUID, text: str, terms: Terms) -> Action:
    """Add an action towards a goal that the actor's agency can read; the action is the actor's agency's own.

    Raises NotFound, Forbidden; Invalid for a last day before the first and for somebody who does not work in the case.
    """
    goal = readable_goal(actor, goal_id, Permission.PLANNING_PLAN_WRITE)
    _check(goal.case_id, terms)
    record_id = _written(actor, goal.case_id, ACTION_TITLE, [PartDraft(PartKind.TEXT, Nature.FACT, "", text)])
    now = clock.now()
    action = Action(
        id=new_id(),
        municipality_id=goal.municipality_id,
        case_id=goal.case_id,
        goal_id=goal.id,
        record_id=record_id,
        owner_agency_id=actor.agency_id,
        responsible_agency_id=terms.responsible.agency_id,
        responsible_user_id=terms.responsible.user_id,
        starts_on=terms.starts_on,
        due_on=terms.due_on,
        status=terms.status,
        version=1,
        added_by=actor.user_id,
        added_at=now,
        changed_by=actor.user_id,
        changed_at=now,
    )
    db.session.add(action)
    db.session.flush()
    audit.record(
        actor, Event.ACTION_ADDED, case_id=goal.case_id, record_id=record_id, goal_id=goal.id, action_id=action.id
    )
    return action


def change_action(actor: Actor, action_id: UUID, read_version: int, terms: Terms) -> None:
    """Change who does an action, when, and how it goes. Raises Conflict when somebody saved after ``read_version``."""
    action = own_action(actor, action_id, lock=True)
    if action.version != read_version:
        raise Conflict("action_changed_meanwhile")
    _check(action.case_id, terms)
    action.responsible_agency_id = terms.responsible.agency_id
    action.responsible_user_id = terms.responsible.user_id
    action.starts_on, action.due_on, action.status = terms.starts_on, terms.due_on, terms.status
    action.version += 1
    action.changed_by, action.changed_at = actor.user_id, clock.now()
    audit.record(actor, Event.ACTION_CHANGED, case_id=action.case_id, action_id=action.id, status=terms.status)


def own_goal(actor: Actor, goal_id: UUID, *, lock: bool = False) -> Goal:
    """Return a goal of the actor's own agency that they may follow up. Raises NotFound, Forbidden."""
    wanted = select(Goal).where(Goal.id == goal_id, Goal.owner_agency_id == actor.agency_id)
    goal = db.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    _through_the_door(actor, goal)
    if goal is None:
        raise NotFound
    return goal


def own_action(actor: Actor, action_id: UUID, *, lock: bool = False) -> Action:
    """Return an action of the actor's own agency that they may change. Raises NotFound, Forbidden."""
    wanted = select(Action).where(Action.id == action_id, Action.owner_agency_id == actor.agency_id)
    action = db.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    _through_the_door(actor, action)
    if action is None:
        raise NotFound
    return action


def readable_goal(actor: Actor, goal_id: UUID, permission: Permission) -> Goal:
    """Return a goal of which the actor's agency can read something. Raises NotFound, Forbidden."""
    wanted = (
        select(Goal)
        .join(Record, Record.id == Goal.record_id)
        .where(Goal.id == goal_id, reading.opens_to(actor.agency_id, clock.today()))
    )
    goal = db.session.scalars(wanted).one_or_none()
    door = find_case(actor, goal.case_id if goal else None)
    if goal is None:
        raise NotFound
    authorize(actor, permission, door.facts, owns=True)
    return goal


def to_be_responsible(case_id: UUID) -> Sequence[Responsible]:
    """Return who can be responsible for an action: every agency in the case, alone and with each who works in it there."""
    return [
        who
        for agency_id in participating_agencies(case_id)
        for who in (
            Responsible(agency_id, None),
            *(Responsible(agency_id, row.user_id) for row in service.handlers(case_id, agency_id)),
        )
    ]


def _through_the_door(actor: Actor, thing: Goal | Action | None) -> None:
    door = find_case(actor, thing.case_id if thing else None)
    if thing is not None:
        authorize(actor, Permission.PLANNING_PLAN_WRITE, door.facts, owns=True)


def _written(actor: Actor, case_id: UUID, title: str, parts: Sequence[PartDraft]) -> UUID:
    subject = db.session.scalar(
        select(CasePerson.id).where(CasePerson.case_id == case_id, CasePerson.role == SUBJECT).limit(1)
    )
    return records.write(actor, case_id, RecordDraft(KIND, clock.today(), subject, title, parts)).id


def _step(actor: Actor, goal: Goal) -> None:
    db.session.add(
        GoalStep(
            id=new_id(),
            municipality_id=goal.municipality_id,
            goal_id=goal.id,
            status=goal.status,
            set_by=actor.user_id,
            set_at=clock.now(),
        )
    )
    db.session.flush()


def _not_past(follow_up_on: date | None) -> None:
    if follow_up_on is not None and follow_up_on < clock.today():
        raise Invalid("follow_up_past", follow_up_on="follow_up_past")


def _check(case_id: UUID, terms: Terms) -> None:
    if terms.due_on < terms.starts_on:
        raise Invalid("due_before_start", due_on="due_before_start")
    if terms.status not in plan_table().actions:
        raise Invalid("status_unknown", status="status_unknown")
    if terms.responsible not in to_be_responsible(case_id):
        raise Invalid("responsible_unknown", responsible="responsible_unknown")
