"""Mappings and plans as somebody types them in."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from coordination.cases.content import Nature
from coordination.core import clock
from coordination.planning import mapping, plan
from coordination.planning.mapping import MappingDraft, Rating, Statement
from coordination.planning.plan import GoalDraft, Responsible, Terms
from policies.access import Actor
from tests.factories.world import SharedCase

Rated = dict[str, int]
SAID = "Mamma säger att det är lugnt hemma sedan sommaren."
WHY = "Tre samtal i höst"
GOAL, OWN_WORDS = "Vara i skolan varje dag", "Jag vill bara slippa idrotten."
ACTION = "Byta omklädningsrum"


def mapped(rated: Rated, *, on: date | None = None, said: str = SAID, why: str = WHY) -> MappingDraft:
    """A mapping with one statement, and these factors rated."""
    statements = [Statement("family", "Mamma", said, Nature.FACT)] if said else []
    return MappingDraft(on or clock.today(), statements, [Rating(key, value, why) for key, value in rated.items()])


def has_mapped(shared: SharedCase, actor: Actor, rated: Rated, *, days_ago: int = 0, said: str = SAID) -> UUID:
    """Write a mapping in the case; return its record."""
    on = clock.today() - timedelta(days=days_ago)
    return shared.world.act(actor, mapping.write, shared.id, mapped(rated, on=on, said=said)).id


def has_goal(shared: SharedCase, actor: Actor, text: str = GOAL, own_words: str = OWN_WORDS) -> tuple[UUID, UUID]:
    """Write a goal in the case; return it and its record."""
    goal = shared.world.act(actor, plan.add_goal, shared.id, GoalDraft(text, own_words, None))
    return goal.id, goal.record_id


def terms(
    agency_id: UUID, user_id: UUID | None = None, *, days: Sequence[int] = (0, 14), status: str = "planned"
) -> Terms:
    """Who does an action, from and until so many days from today, and how it goes."""
    first, last = (clock.today() + timedelta(days=number) for number in days)
    return Terms(Responsible(agency_id, user_id), first, last, status)


def has_action(shared: SharedCase, actor: Actor, goal_id: UUID, who: Terms, text: str = ACTION) -> tuple[UUID, UUID]:
    """Write an action towards a goal; return it and its record."""
    action = shared.world.act(actor, plan.add_action, goal_id, text, who)
    return action.id, action.record_id
