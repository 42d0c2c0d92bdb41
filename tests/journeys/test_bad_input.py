"""What goes wrong in a form is said in it, with everything that was typed still there."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from policies.permissions import AgencyKind
from tests.factories.world import SharedCase, shared_case
from tests.journeys import sound
from tests.journeys.administrator import Administrator
from tests.journeys.given import Town
from tests.journeys.social_worker import SocialWorker

AsUser = Callable[..., Any]

FORMS = {
    "nytt": ("Kontaktuppgifter", "Starta ärendet", "Skriv både förnamn och efternamn."),
    "{case}/personer/ny": ("Varför är personen med?", "Lägg till personen", "Välj vilken del personen har i ärendet."),
    "{case}/uppgifter/ny": ("Den unges egen syn", "Spara uppgiften", "Skriv en rubrik."),
    "{case}/samtycke/nytt": ("Vad som sades", "Spara samtycket", "Välj minst en part."),
    "{case}/dela": ("Hur påverkas den unge", "Visa för mottagaren", "Välj minst ett stycke att dela."),
}
"""Each form: a field that holds, the button, and what is said of a field that was left out."""

ONCE = "Det här är skrivet en gång och ska inte behöva skrivas igen."


@pytest.fixture
def case(town: Town) -> SharedCase:
    return shared_case(town, AgencyKind.POLICE)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_back_filled_in_and_says_what_is_wrong(form: str, case: SharedCase, as_user: AsUser) -> None:
    karin, (label, button, said) = as_user(SocialWorker, case.social), FORMS[form]
    karin.opens(f"/arenden/{form.format(case=case.id)}")

    karin.writes(label, ONCE)
    karin.presses(button)

    karin.sees(said)
    expect(karin.page.locator(".error-summary")).to_be_focused()
    assert karin.page.title().startswith("Fel:")
    assert ONCE in [box.input_value() for box in karin.page.locator("textarea").all()]
    assert sound.faults(karin.page) == []


def test_a_user_cannot_be_invited_twice_with_one_address(town: Town, as_user: AsUser) -> None:
    town.agency(AgencyKind.SCHOOL)
    anna = as_user(Administrator)
    anna.invites("Eva Ljung", "Skolan", "Kontakt i skolan")

    anna.opens(f"/administration/parter/{town.agency(AgencyKind.SCHOOL)}/anvandare/ny")
    anna.writes("Namn", "Eva Ljung")
    anna.writes("E-postadress", "ny.rektor@example.se")
    anna.presses("Skapa inbjudan")

    anna.sees("Fyll i fältet.")
    assert anna.page.get_by_label("E-postadress").input_value() == "ny.rektor@example.se"
    anna.writes("Titel", "Rektor")
    anna.chooses("Kontakt i skolan")
    anna.presses("Skapa inbjudan")
    anna.sees("Det finns redan en användare med den e-postadressen.")
