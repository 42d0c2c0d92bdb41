"""Steps of the disclosure machine about asking and breaking the glass: a question from another case, a colleague not appointed.

Whatever the agencies do to each other, who is outside sees nothing of a question, and the asker nothing but a yes.
"""

from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from coordination.cases import break_glass, lists
from coordination.cases.break_glass import BreakGlassDraft
from coordination.core import clock
from coordination.core.errors import DomainError
from coordination.disclosure import matched, matching, overview
from policies.access import Actor
from policies.permissions import AgencyKind, Permission, Role
from tests.factories.disclosure import named
from tests.factories.matching import WHY, asking, question, yes
from tests.factories.world import SharedCase, World
from tests.security.disclosure_model import Model

GONE = "Den unge har varit borta sedan i natt."


class Requests:
    """What the machine does besides: ask from another case about the same person, and break the glass of the shared one."""

    shared: SharedCase
    model: Model
    actors: list[Actor]

    def prepare_requests(self) -> None:
        """Tell the others who the young person is; bring in a case to ask from, a colleague at each agency and an outsider."""
        world: World = self.shared.world
        for actor in self.actors[1:]:
            named(self.shared, actor.agency_id, days=60)
        self.asking = asking(world)
        self.asks_until: datetime = clock.now() + timedelta(days=90)
        self.asked = self.answered = 0
        roles = (Role.CASE_WORKER, None, None)
        self.colleagues = [world.actor(actor.agency_kind, role) for actor, role in zip(self.actors, roles, strict=True)]
        self.outsider = world.actor(AgencyKind.OUTREACH)
        row = world.act(self.shared.social, lists.one, self.shared.id, Permission.CASE_READ)
        self.draft_of_glass = BreakGlassDraft(row.reference, GONE, thought_of_112=True)

    @rule(agency=st.integers(0, 3))
    def break_the_glass(self, agency: int) -> None:
        """A colleague opens the case by its reference if their agency takes part in it; to anybody else there is none."""
        colleague = [*self.colleagues, self.outsider][agency]
        found = self.shared.world.act(colleague, break_glass.open_case, self.draft_of_glass)
        assert found == (self.shared.id if agency in self.model.participating else None)
        if found:
            self.model.broken_until[agency] = clock.now() + timedelta(hours=3)

    @rule(agency=st.integers(0, 2))
    def end_the_emergency(self, agency: int) -> None:
        """End it before its time, where it runs."""
        if not self.is_broken(agency):
            self.fails(self.colleagues[agency], break_glass.end, self.shared.id)
            return
        self.shared.world.act(self.colleagues[agency], break_glass.end, self.shared.id)
        self.model.broken_until[agency] = clock.now()

    def is_broken(self, agency: int) -> bool:
        """Tell whether the colleague has the case open by break-glass."""
        until = self.model.broken_until.get(agency)
        return until is not None and until > clock.now()

    @rule(agency=st.integers(1, 2), decides=st.sampled_from(["answer", "decline", "wait"]))
    def ask_from_another_case(self, agency: int, decides: str) -> None:
        """Ask, and let whoever works in the case that was met decide, if anybody does."""
        if self.asks_until <= clock.now():
            return
        draft = question(self.asking, self.actors[agency].agency_id)
        self.shared.world.act(self.asking.social, matching.ask, self.asking.id, draft)
        self.asked += 1
        actor = self.actors[agency]
        for hit in (row for row in self.shared.world.act(actor, matched.waiting) if row.outcome is None):
            assert self.model.assigned_until[agency] > clock.now()
            for stranger in (self.outsider, self.colleagues[agency], self.actors[3 - agency]):
                self.fails(stranger, matched.open_hit, hit.id)
            if hit.closes_at <= clock.now() or decides == "wait":
                continue
            if decides == "answer":
                self.shared.world.act(actor, matched.answer, hit.id, yes(actor))
                self.answered += 1
            else:
                self.shared.world.act(actor, matched.decline, hit.id, "harm", WHY)

    def fails(self, actor: Actor, *use_case: object) -> None:
        """Do something that is refused."""
        step, *arguments = use_case
        assert callable(step)
        with pytest.raises(DomainError):
            self.shared.world.act(actor, step, *arguments)

    @invariant()
    def the_glass_opens_what_the_agency_sees_and_no_more(self) -> None:
        """A colleague sees what those appointed see, as long as the glass is broken, and else nothing."""
        if not hasattr(self, "colleagues"):
            return
        for agency in self.model.broken_until:  # who never broke it is not there at all
            colleague = self.colleagues[agency]
            if not self.is_broken(agency):
                self.fails(colleague, overview.open_case, self.shared.id)
                continue
            seen = self.shared.world.act(colleague, overview.open_case, self.shared.id)
            self.model.note_opened(agency, clock.today())
            shown = {part.id for record in seen.records for part in record.parts}
            assert shown == set(self.model.reads(agency, clock.today())), f"colleague at {agency}"

    @invariant()
    def the_asker_learns_of_nothing_but_a_yes(self) -> None:
        """However many cases the questions met, and whatever was decided there."""
        if not hasattr(self, "colleagues") or not self.asked or self.asks_until <= clock.now():
            return
        rows = self.shared.world.act(self.asking.social, matching.in_case, self.asking.id)
        assert sum(row.answer is not None for row in rows) == self.answered
        assert self.shared.world.act(self.outsider, matched.waiting) == []
