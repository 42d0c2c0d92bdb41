"""The case list of a user with 40 of 100,000 cases, against the same list for somebody who may see them all."""

import random

from bench import house
from bench.case_open import figure, paired
from coordination.cases import lists
from policies.permissions import AgencyKind, Role
from tests.factories.world import World

CASES = 100_000
ASSIGNED = 40


def run(scale: float = 1.0) -> dict[str, object]:
    """Return the figure. Both read a page of 40 rows, both work in the cases they list."""
    with house.house() as place:
        world = World(place.app)
        user = world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
        manager = world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
        cases = house.fill_cases(place, user, int(CASES * scale))
        house.assign(place, user, random.Random(1).sample(cases, ASSIGNED))
        house.assign(place, manager, cases[-ASSIGNED:])

        def mine() -> None:
            _expect(len(world.act(user, lists.mine, None, ASSIGNED).rows))

        def everything() -> None:
            _expect(len(world.act(manager, lists.of_agency, None, ASSIGNED).rows))

        ours, floor = paired(mine, everything)
    return figure(f"case list, {ASSIGNED} of {len(cases):,} cases", ours, floor, "<= 1.1 x")


def _expect(rows: int) -> None:
    if rows != ASSIGNED:
        raise RuntimeError(f"{rows} rows instead of {ASSIGNED}")
