"""The administrator, who brings people in and lets them go."""

from collections.abc import Callable
from typing import Any

from policies.permissions import AgencyKind
from tests.factories.world import shared_case
from tests.journeys import sound
from tests.journeys.administrator import Administrator, Newcomer
from tests.journeys.given import Town
from tests.journeys.police import PoliceLiaison
from tests.journeys.unit_manager import UnitManager

AsUser = Callable[..., Any]


def test_somebody_is_invited_by_a_link_that_works_once(town: Town, as_user: AsUser, seated: AsUser) -> None:
    town.agency(AgencyKind.SCHOOL)
    anna, newcomer = as_user(Administrator), seated(Newcomer, None)

    link = anna.invites("Eva Ljung", "Skolan", "Kontakt i skolan")
    assert sound.faults(anna.page) == []
    newcomer.opens(link)
    assert sound.faults(newcomer.page) == []
    newcomer.chooses_a_password(link)
    assert sound.faults(newcomer.page) == []
    codes = newcomer.sets_up_an_app()
    assert sound.faults(newcomer.page) == []
    newcomer.follows("Jag har sparat koderna")
    newcomer.sees("Min dag", "Du har inga ärenden än")

    newcomer.signs_in_again("ny.rektor@example.se", codes[0])
    newcomer.sees("Min dag")
    assert newcomer.opens(link) == 410
    newcomer.sees("Länken fungerar inte längre")


def test_somebody_who_leaves_loses_session_and_assignments_at_once(town: Town, as_user: AsUser) -> None:
    case = shared_case(town, AgencyKind.POLICE)
    police = town.agency(AgencyKind.POLICE)
    amir, pia = as_user(PoliceLiaison, case.handlers[police]), as_user(UnitManager, case.managers[police])
    amir.works_in(f"/arenden/{case.id}")
    amir.sees("Ungdom, 15 år")

    as_user(Administrator).lets_leave(amir)

    amir.opens(f"/arenden/{case.id}")
    assert amir.path == "/logga-in"
    pia.opens(f"/arenden/{case.id}/handlaggare")
    pia.sees("Ingen är utsedd")
    pia.does_not_see("Amir Haddad")
