"""A plan as its page draws it: goals with how they go, and actions with who, when, and whether they are late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from coordination.cases.content import PartKind, Text
from coordination.cases.reading import OpenRecord
from coordination.core.clock import STOCKHOLM
from coordination.planning.plan import Action, Responsible
from coordination.planning.queries import LateRow, Plan, PlannedAction, PlannedGoal
from coordination.web.forms.plans import value_of
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.records import RecordView
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView
from policies.planning import Status, plan_table

Drawn = Callable[[OpenRecord], RecordView]


@dataclass(frozen=True, slots=True)
class StepLine:
    """How it went with a goal on a day."""

    status: str
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action: what, whose, who does it, when, how it goes."""

    anchor: str
    text: str
    record: RecordView
    owner: AgencyView
    agency: AgencyView
    name: str
    starts: date
    due: date
    status: str
    tone: str
    late: str
    change_url: str
    words_url: str


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal: what, in whose own words, how it goes and has gone, and the actions towards it."""

    anchor: str
    number: int
    record: RecordView
    owner: AgencyView
    status: str
    tone: str
    follow_up: date | None
    follow_up_late: bool
    steps: Sequence[StepLine]
    actions: Sequence[ActionView]
    follow_url: str
    words_url: str
    add_url: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """The whole plan."""

    goals: Sequence[GoalView]
    loose: Sequence[ActionView]


@dataclass(frozen=True, slots=True)
class SavedTerms:
    """The neutral side of an action as somebody has saved it while the reader wrote."""

    by: str
    responsible: str
    starts: date
    due: date
    status: str


@dataclass(frozen=True, slots=True)
class LateLine:
    """A late action in a list."""

    text: str
    url: str
    reference: str
    agency: AgencyView
    due: str


def users_of(plan: Plan) -> set[UUID]:
    """Return everybody a plan names."""
    actions = [*plan.loose, *(action for goal in plan.goals for action in goal.actions)]
    responsible = {action.row.responsible_user_id for action in actions if action.row.responsible_user_id}
    return responsible | {step.set_by for goal in plan.goals for step in goal.steps}


def of(plan: Plan, reader: Reader, drawn: Drawn, *, write: bool) -> PlanView:
    """Return a plan as it is drawn; ``write`` offers what changes it, of the reader's own only."""
    return PlanView(
        [_goal(number, goal, reader, drawn, write=write) for number, goal in enumerate(plan.goals, start=1)],
        [_action(action, reader, drawn, write=write) for action in plan.loose],
    )


def responsible_choices(people: Sequence[Responsible], reader: Reader) -> list[tuple[str, str]]:
    """Return who can be responsible, as a list to pick from."""
    return [(value_of(who), _who(who, reader)) for who in people]


def choices(plan: Plan) -> list[tuple[UUID, str]]:
    """Return what can go on paper: every goal and action by the first words of it."""
    goals = [
        row
        for number, goal in enumerate(plan.goals, start=1)
        for row in (
            (goal.record.id, _("Mål %(number)s: %(text)s", number=number, text=words(goal.record))),
            *((action.record.id, _("Åtgärd: %(text)s", text=words(action.record))) for action in goal.actions),
        )
    ]
    return [*goals, *((one.record.id, _("Åtgärd: %(text)s", text=words(one.record))) for one in plan.loose)]


def words(record: OpenRecord, kind: PartKind = PartKind.TEXT) -> Written:
    """Return what a record of the plan says, or what the young person says of it."""
    part = record.part(kind)
    return Written(part.content.body if part is not None and isinstance(part.content, Text) else "")


def late_lines(rows: Sequence[LateRow], reader: Reader) -> list[LateLine]:
    """Return late actions as a list shows them: nothing of what they say."""
    return [
        LateLine(
            str(_("Åtgärd i planen")),
            f"{url_for('plans.show', case_id=row.case_id)}#action-{row.id}",
            row.reference,
            reader.agencies[row.agency_id],
            late_words(row.days),
        )
        for row in rows
    ]


def saved_terms(action: Action, reader: Reader) -> SavedTerms:
    """Return the neutral side of an action as somebody has saved it."""
    return SavedTerms(
        by=reader.name(action.changed_by),
        responsible=_who(Responsible(action.responsible_agency_id, action.responsible_user_id), reader),
        starts=action.starts_on,
        due=action.due_on,
        status=phrases.said(plan_table().actions[action.status].label),
    )


def late_words(days: int) -> str:
    """Return how late something is."""
    return str(ngettext("försenad %(num)s dag", "försenad %(num)s dagar", days))


def _goal(number: int, goal: PlannedGoal, reader: Reader, drawn: Drawn, *, write: bool) -> GoalView:
    row, own = goal.row, write and goal.row.owner_agency_id == reader.agency_id
    status = plan_table().goals[row.status]
    return GoalView(
        anchor=f"goal-{row.id}",
        number=number,
        record=drawn(goal.record),
        owner=reader.agencies[row.owner_agency_id],
        status=phrases.said(status.label),
        tone="good" if status.over else "",
        follow_up=None if status.over else row.follow_up_on,
        follow_up_late=row.follow_up_on is not None and row.follow_up_on < reader.today,
        steps=[
            StepLine(
                phrases.said(plan_table().goals[step.status].label),
                step.set_at.astimezone(STOCKHOLM).date(),
                reader.signed(step.set_by),
            )
            for step in goal.steps
        ],
        actions=[_action(action, reader, drawn, write=write) for action in goal.actions],
        follow_url=url_for("plans.follow_up", goal_id=row.id) if own else "",
        words_url=url_for("records.edit", record_id=row.record_id) if own else "",
        add_url=url_for("plans.new_action", goal_id=row.id) if write else "",
    )


def _action(action: PlannedAction, reader: Reader, drawn: Drawn, *, write: bool) -> ActionView:
    row, own = action.row, write and action.row.owner_agency_id == reader.agency_id
    status = plan_table().actions[row.status]
    return ActionView(
        anchor=f"action-{row.id}",
        text=words(action.record),
        record=drawn(action.record),
        owner=reader.agencies[row.owner_agency_id],
        agency=reader.agencies[row.responsible_agency_id],
        name=reader.name(row.responsible_user_id) if row.responsible_user_id else Written(""),
        starts=row.starts_on,
        due=row.due_on,
        status=phrases.said(status.label),
        tone=_tone(status),
        late=late_words((reader.today - row.due_on).days) if action.late else "",
        change_url=url_for("plans.change_action", action_id=row.id) if own else "",
        words_url=url_for("records.edit", record_id=row.record_id) if own else "",
    )


def _tone(status: Status) -> str:
    return "good" if status.over else ""


def _who(who: Responsible, reader: Reader) -> str:
    agency = reader.agencies[who.agency_id].name
    return f"{agency}: {reader.signed(who.user_id)}" if who.user_id else agency
