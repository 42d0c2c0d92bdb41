"""The social worker who opens a shared case, and knows at every moment who owns a thing, who sees it, why and until when."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from policies.permissions import AgencyKind
from tests.factories.world import GUARDIAN_NUMBER, SUBJECT_NUMBER
from tests.journeys import sound
from tests.journeys.given import Town
from tests.journeys.handler import CONSENT, SchoolContact
from tests.journeys.house import PERSONAL
from tests.journeys.police import PoliceLiaison
from tests.journeys.social_worker import SocialWorker
from tests.journeys.unit_manager import UnitManager

SLEEP, HOME, CHANGED = "Alva sover dåligt.", "Hemma är det trångt.", "Alva sover bättre nu."

AsUser = Callable[..., Any]


@pytest.fixture
def karin(seated: AsUser, town: Town) -> SocialWorker:
    """The social worker, signed in with password and app."""
    karin: SocialWorker = seated(SocialWorker, town.actor(SocialWorker.kind, SocialWorker.role))
    karin.signs_in()
    return karin


@pytest.fixture
def sofia(as_user: AsUser) -> SchoolContact:
    """The counsellor at the school."""
    sofia: SchoolContact = as_user(SchoolContact)
    return sofia


@pytest.fixture
def shared(karin: SocialWorker, sofia: SchoolContact, town: Town, as_user: AsUser) -> str:
    """A case that Karin has opened, brought school and police into, and shared one part of with the school."""
    town.agency(AgencyKind.POLICE)
    case = karin.opens_a_case_about("Alva", "Lindqvist", SUBJECT_NUMBER)
    karin.adds("Vårdnadshavare", "Marcus", "Lindqvist", GUARDIAN_NUMBER)
    karin.invites("Skolan")
    karin.invites("Polisen")
    as_user(UnitManager).assigns("Sofia Lund", case)
    karin.writes_a_record("Hembesök", SLEEP, HOME, kind="Journal")
    karin.records_consent("Marcus Lindqvist", "Skolan")
    karin.prepares_to_share(SLEEP, with_="Skolan")
    karin.weighs(CONSENT, until="Så länge samtycket gäller")
    karin.sees("Så här ser mottagaren det", "Skolan ser inte", "Du delar 1 stycke med")
    assert sound.faults(karin.page, PERSONAL) == []
    karin.presses("Dela med Skolan")
    karin.sees("Delat med Skolan.")
    return case


def test_the_social_worker_sees_at_a_glance_who_sees_what_and_the_school_sees_exactly_that(
    shared: str, karin: SocialWorker, sofia: SchoolContact
) -> None:
    karin.opens(shared)
    karin.reads_of_sharing(SLEEP, "Socialtjänsten (ni)", "Skolan", "Samtycke", "Till och med")
    karin.reads_of_sharing(HOME, "Socialtjänsten (ni)", "Bara Socialtjänsten", "Inte delad")

    sofia.finds_new("Socialtjänsten")
    sofia.works_in(shared)

    sofia.sees(SLEEP)
    sofia.reads_of_sharing(SLEEP, "Socialtjänsten", "Ni", "Samtycke")
    sofia.does_not_see(HOME, "Hembesök", "Marcus")


def test_what_is_changed_afterwards_is_not_shared_and_a_withdrawn_consent_closes_the_copy(
    shared: str, karin: SocialWorker, sofia: SchoolContact
) -> None:
    karin.changes("Hembesök", SLEEP, CHANGED)
    karin.sees("Det som redan har delats är som det var.")
    sofia.works_in(shared)
    sofia.sees(SLEEP)
    sofia.does_not_see(CHANGED)

    karin.withdraws_consent()

    sofia.works_in(shared)
    sofia.does_not_see(SLEEP, CHANGED)
    sofia.disposes_of_the_copy()
    sofia.opens("/min-dag")
    expect(sofia.panel("Väntar på dig")).not_to_contain_text("Ta ställning")
    karin.opens(shared)
    karin.sees(CHANGED, HOME)


def test_another_agency_in_the_case_sees_nothing_of_it_before_somebody_shares(
    shared: str, town: Town, as_user: AsUser
) -> None:
    manager = as_user(UnitManager, town.actor(AgencyKind.POLICE, UnitManager.role))
    amir = as_user(PoliceLiaison)
    assert amir.opens(shared) == 404
    manager.opens(f"{shared}/handlaggare")
    manager.does_not_see(SLEEP, HOME, "Alva", "Lindqvist")

    manager.page.get_by_label("Kollega").select_option(str(amir.account.id))
    manager.presses("Utse för 90 dagar")

    assert amir.opens(shared) == 200
    amir.sees("Ungdom, 15 år")
    amir.does_not_see(SLEEP, HOME, "Alva", "Lindqvist")
