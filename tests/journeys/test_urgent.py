"""Somebody is in danger: the on-call list, an urgent request read and answered, one that cannot be disclosed, and the reviewer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from coordination.core import clock
from policies.permissions import AgencyKind, Role
from tests.factories.urgent import DANGER, NECESSARY, TELEPHONE, WHY
from tests.journeys import sound
from tests.journeys.coordinator import RegionalCoordinator
from tests.journeys.given import Town
from tests.journeys.police import PoliceLiaison
from tests.journeys.social_worker import SocialWorker
from tests.journeys.unit_manager import UnitManager

AsUser = Callable[..., Any]

NOTHING = "Vi har inget om honom, och det ska ingen kunna sluta sig till."


@pytest.fixture
def pia(town: Town, as_user: AsUser) -> UnitManager:
    """The manager at the police."""
    pia: UnitManager = as_user(UnitManager, town.actor(AgencyKind.POLICE, Role.UNIT_MANAGER))
    return pia


@pytest.fixture
def amir(town: Town, as_user: AsUser) -> PoliceLiaison:
    """The officer who will be on call, at a telephone."""
    amir: PoliceLiaison = as_user(PoliceLiaison, town.actor(AgencyKind.POLICE))
    amir.page.set_viewport_size({"width": 390, "height": 844})
    return amir


def _puts_on_call(pia: UnitManager, name: str) -> None:
    now = clock.now().astimezone(clock.STOCKHOLM)
    pia.opens("/arenden")
    pia.follows("Jourlista")
    pia.sees("Ingen har jouren de här tiderna")
    pia.picks("Vem har jouren", name)
    pia.writes("Från", f"{now:%Y-%m-%dT%H:%M}")
    pia.writes("Till", f"{now:%Y-%m-%dT%H:%M}")
    pia.writes("Jourens telefon", TELEPHONE)
    pia.presses("Lägg in jouren")
    pia.sees("Jouren ska sluta efter att den börjar")
    pia.writes("Till", f"{now + timedelta(hours=12):%Y-%m-%dT%H:%M}")
    pia.presses("Lägg in jouren")
    pia.sees("Jouren är inlagd.", name, TELEPHONE)
    assert sound.faults(pia.page) == []


def _sends(karin: SocialWorker) -> str:
    karin.opens("/min-dag")
    karin.follows("Brådskande begäran")
    karin.follows("Ny brådskande begäran")
    karin.sees("Ring 112 nu", "ersätter aldrig telefonen", "Begäran är själv ett utlämnande")
    karin.picks("Till vilken part", "Polisen")
    for label, words in (
        ("Vilken är faran", DANGER),
        ("Vad behöver ni", "Var han är nu."),
        ("Vem gäller det", "Sam, går i nian"),
        ("Personens ålder", "15"),
        ("På vilket nummer", "070-174 06 05"),
    ):
        karin.writes(label, words)
    karin._field("Med vilket stöd lämnar").first.select_option(NECESSARY)
    karin.presses("Skicka begäran")
    karin.sees("Begäran är skickad.", TELEPHONE, "Inte än")
    return karin.path


def _answers(amir: PoliceLiaison, path: str) -> None:
    amir.opens("/min-dag")
    amir.sees("brådskande begäranden väntar på er")
    amir.does_not_see(DANGER)
    assert amir.opens(f"{path}/svar") == 200
    amir.sees(DANGER, "070-174 06 05", "Karin Ek")
    assert sound.faults(amir.page) == []
    amir.writes("Svar", "Vi har en bil vid bron.")
    amir._field("Med vilket stöd svarar ni").first.select_option(NECESSARY)
    amir.writes("Hur påverkas", WHY)
    amir.presses("Lämna svaret")
    amir.sees("Svaret är lämnat.")


def _refuses(amir: PoliceLiaison, path: str) -> None:
    amir.opens(f"{path}/svar")
    amir.follows("Kan inte lämnas ut")
    amir.chooses("Någon kan skadas")
    amir.writes("Er prövning", NOTHING)
    amir.presses("Kan inte lämnas ut")
    amir.sees("De får veta att det inte kan lämnas ut, och inget mer.")


def test_something_urgent_reaches_whoever_is_on_call(
    town: Town, pia: UnitManager, amir: PoliceLiaison, as_user: AsUser, seated: AsUser
) -> None:
    karin = as_user(SocialWorker, town.actor(AgencyKind.SOCIAL_SERVICES))
    assert amir.actor is not None
    _puts_on_call(pia, "Amir Haddad, Kommunpolis")
    first, second = _sends(karin), _sends(karin)
    assert sound.faults(karin.page) == []

    _answers(amir, first)
    _refuses(amir, second)
    assert pia.opens(f"{first}/svar") == 404

    karin.opens(first)
    karin.sees("Vi har en bil vid bron.", "mindre än en minut")
    karin.does_not_see(WHY)
    karin.opens(second)
    karin.sees("Kan inte lämnas ut")
    karin.does_not_see(NOTHING, "Läst av dem")

    maria = seated(RegionalCoordinator, town.actor(AgencyKind.REGION, RegionalCoordinator.role))
    pia.lets_review("Maria Holm", "Regionen")
    maria.signs_in()
    maria.reviews("Polisen")
    maria.looks_for(Händelse="Granskas alltid")
    for line in ("Läste en annan parts brådskande begäran", "Svarade på en brådskande begäran", NOTHING):
        assert [one for one in maria.lines() if line in one]
    maria.does_not_see(DANGER, "Vi har en bil vid bron.")
