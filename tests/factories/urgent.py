"""Something urgent between the social services and the police, and who is on call there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coordination.core import clock
from coordination.disclosure import on_call, urgent
from coordination.disclosure.on_call import ShiftDraft
from coordination.disclosure.urgent import UrgentDraft, Words
from coordination.disclosure.urgent_received import ReplyDraft
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.world import World

DANGER = "En pojke skriver att han ska hoppa från järnvägsbron i kväll."
WHY = "Ni behöver veta det för att kunna ingripa i tid. Mindre räcker inte."
TELEPHONE = "010-565 00 00"
NECESSARY = "OSL_10_2_NODV"


@dataclass
class Urgent:
    """Who sends, who takes it, who manages them, and a colleague who does neither."""

    world: World
    sender: Actor
    officer: Actor
    manager: Actor
    colleague: Actor


def between(world: World) -> Urgent:
    """People in the social services and in the police; nobody is on call yet."""
    police = AgencyKind.POLICE
    return Urgent(
        world,
        world.actor(AgencyKind.SOCIAL_SERVICES),
        world.actor(police),
        world.actor(police, Role.UNIT_MANAGER),
        world.actor(police),
    )


def shift(
    user_id: UUID, *, starts: datetime | None = None, hours: float = 12, telephone: str = TELEPHONE
) -> ShiftDraft:
    """A shift as typed in, from now."""
    begins = starts or clock.now()
    return ShiftDraft(user_id, begins, begins + timedelta(hours=hours), telephone)


def on_duty(town: Urgent, hours: float = 12) -> UUID:
    """Let the officer be on call from now on; return the shift."""
    return town.world.act(town.manager, on_call.add, shift(town.officer.user_id, hours=hours))


def request(
    agency_id: UUID, *, case_id: UUID | None = None, about: str = "Sam, går i nian", danger: str = DANGER
) -> UrgentDraft:
    """An urgent request as typed in."""
    words = Words(danger, "Var han är nu.", about, 15, "070-174 06 05")
    return UrgentDraft(agency_id, case_id, words, NECESSARY)


def sent(town: Urgent, about: str = "Sam, går i nian", danger: str = DANGER) -> UUID:
    """Send an urgent request to the police; return it."""
    return town.world.act(town.sender, urgent.send, request(town.officer.agency_id, about=about, danger=danger))


def reply(words: str = "Vi har en bil vid bron.") -> ReplyDraft:
    """An answer, weighed."""
    return ReplyDraft(words, NECESSARY, WHY)
