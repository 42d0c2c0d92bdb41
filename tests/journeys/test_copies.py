"""What becomes of copies: a consent taken back as three agencies see it, what one of them must keep, and who may still open the rest."""

from collections.abc import Callable
from typing import Any

import pytest

from coordination.cases import reading
from policies.permissions import AgencyKind
from tests.factories.disclosure import consented, given
from tests.factories.world import SharedCase
from tests.journeys import sound
from tests.journeys.given import HOME, SLEEP, Town
from tests.journeys.handler import SchoolContact
from tests.journeys.house import PERSONAL
from tests.journeys.police import PoliceLiaison
from tests.journeys.registrar import Registrar
from tests.journeys.social_worker import SocialWorker

WHY = "Förundersökningen bygger på det, och vi är skyldiga att dokumentera den."
ASKED = "Begäran om allmän handling, dnr 2026/118"


@pytest.fixture
def shared(case: SharedCase) -> SharedCase:
    """The case once the record has been given to school and police, on one consent."""
    school, police = case.world.agency(AgencyKind.SCHOOL), case.world.agency(AgencyKind.POLICE)
    consented(case, school, police)
    with case.world.acting(case.social):
        [record] = [
            one.id for one in reading.records_in_case(case.social.agency_id, case.id) if one.kind == "journal_note"
        ]
    for recipient in (school, police):
        given(case, case.social, record, recipient)
    return case


def test_a_consent_taken_back_closes_every_copy_and_each_agency_decides_about_its_own(
    shared: SharedCase, karin: SocialWorker, sofia: SchoolContact, amir: PoliceLiaison
) -> None:
    for reader in (sofia, amir):
        reader.works_in(karin.case)
        reader.sees(SLEEP, HOME)

    karin.withdraws_consent()

    for reader in (sofia, amir):
        reader.works_in(karin.case)
        reader.does_not_see(SLEEP, HOME)
    amir.must_keep(SLEEP, "Behövs i polisens brottsbekämpning", WHY)
    amir.works_in(karin.case)
    amir.sees(SLEEP, "Ur delning från Socialtjänsten")
    amir.does_not_see(HOME)
    sofia.disposes_of_the_copy()
    sofia.works_in(karin.case)
    sofia.does_not_see(SLEEP, HOME)
    karin.works_in(karin.case)
    karin.sees(SLEEP, HOME)
    karin.does_not_see("Ur delning", WHY, "gallrad")


def test_the_registrar_opens_a_closed_copy_for_a_reason_and_nobody_else_does(
    shared: SharedCase, karin: SocialWorker, sofia: SchoolContact, town: Town, as_user: Callable[..., Any]
) -> None:
    karin.withdraws_consent()
    rolf = as_user(Registrar, town.actor(AgencyKind.SCHOOL, Registrar.role))

    rolf.opens_a_closed_copy(ASKED)

    rolf.sees(SLEEP, HOME, "Visningen är loggad och granskas.")
    assert sound.faults(rolf.page, PERSONAL) == []
    sofia.opens(rolf.path)
    sofia.does_not_see(SLEEP, HOME)
