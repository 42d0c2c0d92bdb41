"""The police liaison officer on a Monday morning: what is new, why it may be read, and what may be told in return."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from policies.permissions import AgencyKind
from tests.factories.cases import written
from tests.factories.disclosure import consented, given
from tests.factories.world import SharedCase, shared_case
from tests.journeys.given import Town
from tests.journeys.handler import CONSENT, WEIGHING
from tests.journeys.police import PoliceLiaison
from tests.journeys.social_worker import SocialWorker

AsUser = Callable[..., Any]

SLEEP, SQUARE = "Hon sover dåligt.", "De äldre pojkarna väntar vid torget efter skolan."


@pytest.fixture
def case(town: Town) -> SharedCase:
    """A case in which social services have given the police one of two parts."""
    case = shared_case(town, AgencyKind.POLICE)
    record = written(case, case.social, "Hembesök", SLEEP, "Hemma är det trångt.", kind="journal_note")
    consented(case, town.agency(AgencyKind.POLICE))
    given(case, case.social, record, town.agency(AgencyKind.POLICE), only=[1])
    return case


@pytest.fixture
def amir(case: SharedCase, as_user: AsUser) -> PoliceLiaison:
    """The officer who works in the case."""
    amir: PoliceLiaison = as_user(PoliceLiaison, case.handlers[case.world.agency(AgencyKind.POLICE)])
    amir.case = f"/arenden/{case.id}"
    return amir


def test_the_day_shows_what_is_new_and_the_case_shows_owner_basis_and_end(amir: PoliceLiaison) -> None:
    amir.finds_new("Socialtjänsten")
    amir.sees("1 delning är ny för er")

    amir.works_in(amir.case)

    amir.sees(SLEEP)
    amir.reads_of_sharing(SLEEP, "Ägs av", "Socialtjänsten", "Ses av", "Ni", "Med stöd av", "Samtycke", "Till och med")
    amir.does_not_see("Hemma är det trångt.")
    amir.opens("/")
    expect(amir.panel("Nytt delat med Polisen")).to_contain_text("Inget nytt")


def test_an_own_record_with_a_file_is_told_on_weighing_and_what_does_not_fit_says_why(
    amir: PoliceLiaison, case: SharedCase, as_user: AsUser, tmp_path: Path
) -> None:
    karin = as_user(SocialWorker, case.social)
    amir.writes_a_record("Torget", SQUARE)
    amir.attaches("Torget", "skiss.txt", b"Bron, kiosken, skolan.")

    amir.prepares_to_share(SQUARE, "skiss.txt", with_="Socialtjänsten", purpose="Förebygga brott")
    expect(amir.basis(CONSENT).get_by_role("radio")).to_be_disabled()
    expect(amir.basis(CONSENT)).to_contain_text("Samtycket omfattar inte uppgifterna.")
    amir.weighs(WEIGHING, harm="Kort.")
    amir.sees("Den är för kort.")
    amir.weighs(WEIGHING, harm="Socialtjänsten behöver veta det för att förebygga brott. Skälen väger över.")
    amir.sees("Så här ser mottagaren det", "10 kap. 15 a § OSL")
    karin.works_in(amir.case)
    karin.does_not_see(SQUARE)
    amir.presses("Dela med Socialtjänsten")

    amir.sees("Delat med Socialtjänsten.", "Menprövning")
    karin.works_in(amir.case)
    karin.sees(SQUARE)
    karin.reads_of_sharing(SQUARE, "Polisen", "Ni", "10 kap. 15 a §")
    assert karin.takes_home("skiss.txt", tmp_path) == b"Bron, kiosken, skolan."


def test_a_search_answers_alike_whether_somebody_is_unknown_or_hidden(
    amir: PoliceLiaison, case: SharedCase, town: Town, as_user: AsUser
) -> None:
    hidden = shared_case(town, subject_number="201205142399")
    reference = _reference(as_user(SocialWorker, hidden.social), hidden)

    unknown = amir.opens("/arenden") == 200 and amir.searches("Zacharias")
    veiled = amir.searches("Alva Lindqvist")
    numbered = amir.searches("20120514-2399")
    named = amir.searches(reference)

    assert unknown == veiled == numbered == named
    amir.sees("Ingen träff")


def _reference(karin: SocialWorker, case: SharedCase) -> str:
    karin.works_in(f"/arenden/{case.id}")
    return karin.page.locator(".case-line li").filter(has_text="SIG").first.inner_text()
