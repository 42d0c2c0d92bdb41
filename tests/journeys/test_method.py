"""A case on its way through its method: a consultation without names, what is missing and where it is mended, and a relative."""

from collections.abc import Callable
from typing import Any

from tests.factories.world import SUBJECT_NUMBER
from tests.journeys import sound
from tests.journeys.given import Town
from tests.journeys.handler import SchoolContact
from tests.journeys.house import PERSONAL
from tests.journeys.social_worker import SCREENING, TARGET_GROUP, SocialWorker
from tests.journeys.unit_manager import UnitManager

AsUser = Callable[..., Any]


def test_a_consultation_becomes_a_case_and_is_gone_for_whoever_is_too_close(town: Town, as_user: AsUser) -> None:
    karin: SocialWorker = as_user(SocialWorker)
    sofia: SchoolContact = as_user(SchoolContact)
    pia: UnitManager = as_user(UnitManager)

    karin.begins_a_case("Alva", "Lindqvist", SUBJECT_NUMBER)
    karin.sees("Sedan kommer:", "Det här saknas", "Ni har prövat vad ni kan göra själva", "senast")
    karin.opens(f"{karin.case}/fas")
    karin.chooses("Aktualisering")
    karin.presses("Byt fas")
    karin.sees("Ärendet kan inte gå vidare dit än.", "Det här saknas")
    karin.considers("Pröva vad ni kan göra själva", *SCREENING)
    karin.invites("Skolan")
    pia.assigns("Sofia Lund", karin.case)
    sofia.opens(karin.case)
    sofia.sees("Ungdom, 15 år")
    sofia.does_not_see("Alva", "Det här saknas")

    karin.moves_to("Aktualisering")
    karin.considers("Pröva målgruppen", *TARGET_GROUP)
    karin.moves_to("Bedömning")
    karin.sees("Bedömning är skriven")
    assert sound.faults(karin.page, PERSONAL) == []
    sofia.opens(f"{karin.case}/personer")
    sofia.presses("Vi ska göra något")
    sofia.sees("Ni har svarat att ni ska göra något i ärendet.")

    sofia.follows("Jag är jävig i ärendet")
    sofia.writes("Varför är du jävig?", "Nära släkt med familjen")
    sofia.presses("Jag är jävig")
    sofia.sees("Ärendet visas inte längre för dig.")
    assert sofia.opens(karin.case) == 404
    pia.opens(f"{karin.case}/jav")
    pia.sees("Sofia Lund", "Nära släkt med familjen")
