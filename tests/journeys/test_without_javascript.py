"""Every essential task in a browser that runs no script."""

from collections.abc import Callable
from typing import Any

from policies.permissions import AgencyKind
from tests.factories.world import GUARDIAN_NUMBER, SUBJECT_NUMBER, shared_case
from tests.journeys.coordinator import RegionalCoordinator
from tests.journeys.given import Town
from tests.journeys.handler import CONSENT, SchoolContact
from tests.journeys.social_worker import SocialWorker
from tests.journeys.unit_manager import UnitManager

AsUser = Callable[..., Any]


def test_a_case_is_opened_shared_and_closed_again(town: Town, seated: AsUser, as_user: AsUser) -> None:
    sofia = as_user(SchoolContact, java_script_enabled=False)
    karin = seated(SocialWorker, town.actor(SocialWorker.kind, SocialWorker.role), java_script_enabled=False)
    karin.signs_in()
    case = karin.opens_a_case_about("Alva", "Lindqvist", SUBJECT_NUMBER)
    karin.adds("Vårdnadshavare", "Marcus", "Lindqvist", GUARDIAN_NUMBER)
    karin.invites("Skolan")
    as_user(UnitManager, java_script_enabled=False).assigns("Sofia Lund", case)
    karin.writes_a_record("Hembesök", "Hon sover dåligt.", "Hemma är det trångt.", kind="Journal")
    karin.records_consent("Marcus Lindqvist", "Skolan")

    karin.prepares_to_share("Hon sover dåligt.", with_="Skolan")
    karin.weighs(CONSENT)
    karin.sees("Så här ser mottagaren det")
    karin.presses("Dela med Skolan")
    karin.sees("Delat med Skolan.")
    sofia.works_in(case)
    sofia.sees("Hon sover dåligt.")
    assert "Alva L., 15 år" in karin.searches("Alva Lindqvist")

    karin.withdraws_consent()
    sofia.works_in(case)
    sofia.does_not_see("Hon sover dåligt.")
    sofia.disposes_of_the_copy()


def test_a_log_is_reviewed(town: Town, as_user: AsUser) -> None:
    case = shared_case(town, AgencyKind.POLICE)
    maria = as_user(RegionalCoordinator, java_script_enabled=False)
    manager = as_user(UnitManager, case.managers[town.agency(AgencyKind.POLICE)], java_script_enabled=False)
    manager.lets_review("Maria Holm", "Regionen")

    maria.reviews("Polisen")
    maria.looks_for(Vem="Pia Sand")

    assert maria.lines() != []
    assert all("Pia Sand" in line for line in maria.lines())
