"""How a case in the demo goes: a chapter for each phase of a social insatsgrupp, up to the one it has reached."""

from collections.abc import Callable, Mapping
from datetime import datetime

from coordination.demo import turns
from coordination.demo.actions import Event, GiveExit, MovePhase, OpenCase
from coordination.demo.relatives import Relatives
from coordination.demo.script import kind_of
from coordination.demo.stories import Deck
from coordination.demo.telling import Telling
from coordination.demo.youth import Youth
from policies.methods import phases
from policies.permissions import AgencyKind

_DAYS_IN = {"inquiry": 4, "referral": 7, "assessment": 8, "consent": 9, "mapping": 18, "planning": 14}
"""How long the first phases last."""
_DAYS_AGO: Mapping[str, Mapping[str, int]] = {
    "follow_up": {"follow_up": 60},
    "closing": {"follow_up": 110, "closing": 24},
    "evaluated": {"follow_up": 150, "closing": 92, "evaluated": 64},
}
"""When the later phases were entered, by the phase the case has reached."""


class Course(Telling):
    """One case from the table of ``youth``."""

    def __init__(self, youth: Youth, anchor: datetime, deck: Deck, relatives: Relatives) -> None:
        """Take what the case is to become."""
        super().__init__(youth, anchor, deck, relatives)
        self.entered = _entered(youth)

    def told(self) -> list[Event]:
        """Return the events of the whole case."""
        reached = list(phases())
        for phase in reached[: reached.index(self.youth.phase) + 1]:
            _CHAPTERS[phase](self)
        turns.take_last(self)
        return self.script.events()

    def inquiry(self) -> None:
        """Open the case; somebody asks without saying whom it is about."""
        script = self.script
        script.on(self.youth.days)
        script.starts(script.lead)
        script.do(script.lead, OpenCase())
        script.check(self.deck, "own_screening")
        script.write(script.lead, self.deck.step("request"), about=None)
        if not self.youth.name:
            script.join(self.youth.parties[0])

    def referral(self) -> None:
        """Say who it is, and let the first agencies in."""
        self._enter("referral")
        self.add_people()
        self.script.write(self.script.lead, self.deck.step("referral"))
        for agency in self.youth.parties[:2]:
            self.script.join(agency, named=self.has("subject_protected"))
        self.add_others()
        if self.has("oros"):
            turns.report_of_concern(self)

    def assessment(self) -> None:
        """Assess risk and protection; where there is a risk in sight, tell the police."""
        self.script.on(self.entered["assessment"])
        self.script.check(self.deck, "target_group_checked")
        self._enter("assessment")
        self.script.write(self.script.lead, self.deck.step("assessment"))
        if self.has("18a"):
            turns.prevent(self)
        if self.has("27"):
            turns.general_clause(self)

    def consent(self) -> None:
        """Ask for consent; when it is there, the agencies learn the name."""
        script = self.script
        self._enter("consent")
        for agency in self.youth.parties[2:]:
            script.join(agency, named=self.has("subject_protected"))
        if self.has("no_sharing"):
            return
        self.agree()
        for agency in script.parties:
            if not self.has("subject_protected"):
                script.tell_name(self.deck, agency, number=kind_of(agency) is AgencyKind.POLICE)

    def mapping(self) -> None:
        """Gather what each agency knows."""
        self.script.on(self.entered["mapping"])
        self.script.answer()
        self._enter("mapping")
        self.work(self.entered["mapping"] - 2, self._before("planning", 3), 8)
        self.script.on(self._before("planning", 1))
        self.give_to_some(self.script.write(self.script.lead, self.deck.step("mapping")), (1, 2, 3))

    def planning(self) -> None:
        """Make the plan, and give it to everybody."""
        self._enter("planning")
        plan = self.script.write(self.script.lead, self.deck.step("plan"))
        for agency in self.script.parties:
            self.script.share(self.deck, plan, (1, 2, 3), agency)
        if self.has("15a"):
            turns.weigh(self)
        self.work(self.entered["planning"] - 4, self._before("active", 2), 13)

    def active(self) -> None:
        """Do what the plan says."""
        self._enter("active")
        if self.has("taken_over"):
            turns.take_over(self)
        self.give_to_some(self.script.write(self.script.lead, self.deck.step("work")), (1,))
        self.work(self.entered["active"] - 6, self._before("follow_up", 3), 28)

    def follow_up(self) -> None:
        """Meet and look at the goals."""
        self._enter("follow_up")
        self.renew_if_needed()
        self.give_to_some(self.script.write(self.script.lead, self.deck.step("minutes")), (1, 2))
        self.work(self.entered["follow_up"] - 8, self._before("closing", 3), 28)
        if self.has("revoked") and not self.has("18a"):
            turns.revoke(self)

    def closing(self) -> None:
        """End the work together."""
        self._enter("closing")
        self.script.write(self.script.lead, self.deck.step("closing"))
        if self.has("left"):
            turns.let_go(self)

    def evaluated(self) -> None:
        """Close the case."""
        self.script.on(self.entered["evaluated"])
        self.script.do(self.script.lead, GiveExit("goal_met"))
        self._enter("evaluated")
        self.script.until = self.script.now

    def _enter(self, phase: str) -> None:
        self.script.on(self.entered[phase])
        self.script.do(self.script.lead, MovePhase(phase))

    def _before(self, phase: str, days: int) -> int:
        """Return the day so many days before a later phase, or the last day there is something to tell of."""
        return max(self.entered.get(phase, 0) + days, self.last_day)


_CHAPTERS: Mapping[str, Callable[[Course], None]] = {
    "inquiry": Course.inquiry,
    "referral": Course.referral,
    "assessment": Course.assessment,
    "consent": Course.consent,
    "mapping": Course.mapping,
    "planning": Course.planning,
    "active": Course.active,
    "follow_up": Course.follow_up,
    "closing": Course.closing,
    "evaluated": Course.evaluated,
}


def _entered(youth: Youth) -> dict[str, int]:
    """Return how many days ago each phase was entered."""
    names = list(phases())
    reached = names[1 : names.index(youth.phase) + 1]
    found, days = {}, youth.days
    for before, phase in zip(names, reached, strict=False):
        if before in _DAYS_IN:
            days -= _DAYS_IN[before]
            found[phase] = days
    return {**found, **_DAYS_AGO.get(youth.phase, {})}
