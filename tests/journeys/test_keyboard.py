"""The keyboard alone is enough."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from policies.permissions import AgencyKind
from tests.factories.cases import written
from tests.factories.disclosure import consented
from tests.factories.world import shared_case
from tests.journeys.given import Town
from tests.journeys.handler import CONSENT, HARM
from tests.journeys.keyboard import KeyboardUser

AsUser = Callable[..., Any]


def test_the_first_stop_on_a_page_leads_past_the_menu(as_user: AsUser) -> None:
    karin = as_user(KeyboardUser)
    karin.opens("/min-dag")

    karin.press("Tab")
    assert karin.focused() == "Hoppa till innehållet"
    karin.press("Enter")
    expect(karin.page.locator("main")).to_be_focused()
    karin.press("Tab")
    assert karin.focused() == "Nytt ärende"


def test_something_is_shared_without_a_mouse(town: Town, as_user: AsUser) -> None:
    case = shared_case(town, AgencyKind.POLICE)
    consented(case, town.agency(AgencyKind.POLICE))
    written(case, case.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    karin = as_user(KeyboardUser, case.social)
    karin.opens(f"/arenden/{case.id}/dela")

    karin.ticks("Hon sover dåligt.")
    karin.selects("Polisen")
    karin.selects("Ge stöd", "Samordna insatserna")
    karin.goes_on("Visa stöd")
    karin.selects(CONSENT)
    karin.tabs_to("Hur påverkas den unge")
    karin.page.keyboard.type(HARM)
    karin.selects("30 dagar")
    karin.goes_on("Visa för mottagaren")
    karin.sees("Så här ser mottagaren det")
    karin.goes_on("Dela med Polisen")

    karin.sees("Delat med Polisen.")
