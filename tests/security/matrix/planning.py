"""A mapping and a plan in the town's main case: some of it is given away with the record that others can read."""

from uuid import UUID

from coordination.cases import records
from coordination.cases.content import PartKind
from coordination.planning import mapping, plan
from coordination.planning.plan import GoalDraft
from policies.access import Actor
from tests.factories.planning import mapped, terms
from tests.security.matrix.building import Builder
from tests.security.matrix.people import MAIN
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import What

OWNER, READER, NAME = "social_services", "police", "shared"
"""They are given away together with the record of this name."""


def planned(made: Builder, lead: Actor) -> list[UUID]:
    """Write a mapping, a goal and an action; return the parts that others may be given: a statement, a goal and what is to be done."""
    said = made.seeds.sow(Kind.MAPPED, NAME, MAIN, OWNER, readers=[READER])
    why = made.seeds.sow(Kind.MAPPED, NAME, MAIN, OWNER)
    draft = mapped({"absence": 3}, said=said, why=why)
    record = made.act(lead, mapping.write, made.cases[MAIN], draft)
    made.add(What.MAPPING, NAME, MAIN, OWNER, readers=[READER], record_id=record.id)
    goal_words, action_words = (made.seeds.sow(Kind.PLANNED, NAME, MAIN, OWNER, readers=[READER]) for _ in range(2))
    goal = made.act(lead, plan.add_goal, made.cases[MAIN], GoalDraft(goal_words, "Så vill jag ha det.", None))
    made.add(What.GOAL, NAME, MAIN, OWNER, readers=[READER], goal_id=goal.id)
    who = terms(lead.agency_id, days=(0, 90))
    action = made.act(lead, plan.add_action, goal.id, action_words, who)
    made.add(What.ACTION, NAME, MAIN, OWNER, readers=[READER], action_id=action.id)
    return [
        _part(made, lead, record.id, PartKind.STATEMENT),
        *(_part(made, lead, one.record_id, PartKind.TEXT) for one in (goal, action)),
    ]


def _part(made: Builder, lead: Actor, record_id: UUID, kind: PartKind) -> UUID:
    opened = made.act(lead, records.open_record, record_id)
    return next(part.id for part in opened.parts if part.kind is kind)
