"""Asking without giving away, and opening in an emergency: a question answered, one not, and broken glass that everybody sees."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from policies.permissions import AgencyKind, Role
from tests.factories.cases import written
from tests.factories.matching import ELSEWHERE, asking, known_to_police
from tests.factories.world import SUBJECT_NUMBER, SharedCase
from tests.journeys import sound
from tests.journeys.coordinator import RegionalCoordinator
from tests.journeys.given import Town
from tests.journeys.house import PERSONAL
from tests.journeys.police import PoliceLiaison
from tests.journeys.social_worker import SocialWorker
from tests.journeys.unit_manager import UnitManager

AsUser = Callable[..., Any]

WHY = "Vi behöver veta vem mer som arbetar med henne. Hon vet om att vi frågar."
NEEDED = "De behöver veta vem de ska tala med. Mindre räcker inte."
HARM = "Hon kan skadas om det kommer fram att vi känner henne."


@pytest.fixture
def amir(town: Town, as_user: AsUser) -> PoliceLiaison:
    """The police officer, who works with Alva in a case."""
    met = known_to_police(town)
    amir: PoliceLiaison = as_user(PoliceLiaison, met.handlers[town.agency(AgencyKind.POLICE)])
    return amir


def _asker(as_user: AsUser, case: SharedCase) -> SocialWorker:
    karin: SocialWorker = as_user(SocialWorker, case.social)
    karin.case = f"/arenden/{case.id}"
    karin.asks("Polisen", WHY)
    return karin


def _reads_the_question(asker: SocialWorker) -> str:
    """Open the question; return what the page says, but for references, ids, times and tokens."""
    asker.opens(f"{asker.case}/fragor")
    asker.follows("Fråga till Polisen")
    content = asker.page.locator("main").inner_html()
    return re.sub(r"SIG 2026-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|\d\d:\d\d", "", content)


def test_a_question_meets_a_case_and_is_answered(town: Town, amir: PoliceLiaison, as_user: AsUser) -> None:
    karin = _asker(as_user, asking(town))
    assert sound.faults(karin.page, PERSONAL) == []

    amir.meets_a_question("Socialtjänsten")
    amir.sees(WHY)
    assert sound.faults(amir.page, PERSONAL) == []
    amir.answers_yes("Amir Haddad, Kommunpolis", "Ring efter tre.", NEEDED)

    _reads_the_question(karin)
    karin.sees("Ja, Polisen arbetar med personen.", "Amir Haddad", "Ring efter tre.")
    karin.does_not_see(NEEDED)
    for person, line in ((karin, "Ni fick svar"), (amir, "Ni svarade")):
        person.opens("/delningar?visa=fragor")
        person.sees(line)


def test_a_refusal_and_no_hit_look_the_same_to_whoever_asked(town: Town, amir: PoliceLiaison, as_user: AsUser) -> None:
    refused, unknown = _asker(as_user, asking(town)), _asker(as_user, asking(town, ELSEWHERE))
    amir.meets_a_question("Socialtjänsten")
    amir.declines(HARM)

    pages = [_reads_the_question(refused), _reads_the_question(unknown)]

    assert "Inget svar" in pages[0]
    assert pages[0] == pages[1]
    refused.does_not_see(HARM)


def test_broken_glass_is_seen_by_who_works_in_the_case_and_by_the_reviewer(
    town: Town, seated: AsUser, as_user: AsUser
) -> None:
    case, why = asking(town), "Mamman ringer och hon är borta sedan i natt."
    written(case, case.social, "Hembesök", "Hon sover dåligt.", kind="journal_note")
    tove = as_user(SocialWorker, town.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER))
    karin = as_user(SocialWorker, case.social)
    assert tove.opens(f"/arenden/{case.id}") == 404

    tove.breaks_the_glass(SUBJECT_NUMBER, why)
    tove.sees("Hon sover dåligt.", "kvar")
    assert sound.faults(tove.page, PERSONAL) == []

    karin.opens("/min-dag")
    karin.sees("har nödöppnats", "Tove Nyman")
    karin.follows("Se skälet under Åtkomst")
    karin.sees("Nödöppnade ärendet", why)
    karin.page.get_by_role("button", name="Jag har sett det").click()
    karin.sees("Du har kvitterat nödöppningen.")

    pia = as_user(UnitManager, town.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER))
    maria = seated(RegionalCoordinator, town.actor(AgencyKind.REGION, RegionalCoordinator.role))
    pia.lets_review("Maria Holm", "Regionen")
    maria.signs_in()
    maria.reviews("Socialtjänsten")
    maria.looks_for(Händelse="Granskas alltid")
    assert [line for line in maria.lines() if "Nödöppnade ärendet" in line and "Tove Nyman" in line and why in line]
    maria.does_not_see("Hon sover dåligt.")
