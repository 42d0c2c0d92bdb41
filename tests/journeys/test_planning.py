"""A young person's life is mapped, a plan is made and followed up, one action of it is given to the school, and the plan printed."""

from datetime import timedelta

from coordination.core import clock
from policies.permissions import AgencyKind
from tests.factories.disclosure import consented, given
from tests.factories.planning import ACTION, GOAL, OWN_WORDS, has_action, has_goal, has_mapped, terms
from tests.factories.world import SharedCase
from tests.journeys import sound
from tests.journeys.handler import SchoolContact
from tests.journeys.house import PERSONAL
from tests.journeys.police import PoliceLiaison
from tests.journeys.social_worker import SocialWorker

SAID = "Borta varje måndag sedan höstlovet."


def _maps(karin: SocialWorker, path: str) -> None:
    karin.opens(path)
    karin.follows("Kartläggning")
    karin.follows("Ny kartläggning")
    karin.presses("Spara kartläggningen")
    karin.sees("Skriv minst ett påstående, eller bedöm minst en faktor.")
    karin.picks("Livsområde", "Skola")
    karin.writes("Påstående", SAID)
    karin.writes("Källa", "Mentor")
    karin.picks("Frånvaro från skolan", "2 delvis")
    karin.picks("Nära kontakt med en vuxen hemma", "3 tydligt")
    assert sound.faults(karin.page, PERSONAL) == []
    karin.presses("Spara kartläggningen")
    karin.sees("Kartläggningen är sparad.", "Skola. Källa: Mentor", SAID, "ner 2 steg")
    assert karin.page.get_by_role("img", name="Tydliga riskfaktorer gick från 1").count() == 1
    assert sound.faults(karin.page, PERSONAL) == []


def _plans(karin: SocialWorker) -> None:
    today = clock.today()
    karin.follows("Plan")
    karin.sees("Ingen plan att läsa än")
    karin.follows("Nytt mål")
    karin.writes("Vad ska bli bättre", GOAL)
    karin.writes("Den unges egna ord", OWN_WORDS)
    karin.presses("Spara målet")
    karin.sees("Målet är sparat.", GOAL, OWN_WORDS, "Inte påbörjat")
    karin.follows("Ny åtgärd")
    karin.writes("Vad ska göras", ACTION)
    karin._field("Vem ansvarar").select_option(label="Skolan: Sofia Lund, Kurator")
    karin.writes("Senast klar", (today - timedelta(days=1)).isoformat())
    karin.presses("Spara åtgärden")
    karin.sees("Sista dagen är före dagen då åtgärden börjar.")
    assert sound.faults(karin.page, PERSONAL) == []
    karin.writes("Senast klar", (today + timedelta(days=7)).isoformat())
    karin.presses("Spara åtgärden")
    karin.sees("Åtgärden är sparad.", ACTION, "Sofia Lund")
    karin.follows("Följ upp")
    karin.chooses("På väg")
    karin.presses("Spara uppföljningen")
    karin.sees("Uppföljningen är sparad.", "På väg")
    assert sound.faults(karin.page, PERSONAL) == []


def _prints(karin: SocialWorker) -> None:
    karin.follows("Skriv ut till den unge")
    karin.sees("Bara det du väljer kommer med.")
    assert sound.faults(karin.page, PERSONAL) == []
    karin.presses("Visa utskriften")
    karin.sees("Din plan", GOAL, OWN_WORDS, "Det går framåt.", "Karin Ek")
    assert sound.faults(karin.page, PERSONAL) == []


def test_what_is_found_out_becomes_a_plan(
    case: SharedCase, karin: SocialWorker, sofia: SchoolContact, amir: PoliceLiaison
) -> None:
    has_mapped(case, case.social, {"absence": 4, "close_adult": 1}, days_ago=60)
    _maps(karin, f"/arenden/{case.id}")
    _plans(karin)
    _prints(karin)

    school = case.world.agency(AgencyKind.SCHOOL)
    consented(case, school)
    goal_id, _ = has_goal(case, case.social, "Sova bättre", "")
    late = terms(school, case.handlers[school].user_id, days=(-20, -9))
    _, record_id = has_action(case, case.social, goal_id, late, "Prata med skolsköterskan")
    has_action(
        case, case.social, goal_id, terms(case.social.agency_id, case.social.user_id, days=(-9, -2)), "Ringa pappa"
    )
    karin.opens(f"/arenden/{case.id}/plan")
    karin.sees("försenad 2 dagar")
    assert sound.faults(karin.page, PERSONAL) == []
    sofia.opens("/min-dag")
    sofia.does_not_see("örsenad")
    given(case, case.social, record_id, school)
    sofia.opens("/min-dag")
    sofia.sees("Försenade åtgärder", "försenad 9 dagar")
    sofia.does_not_see("skolsköterskan")
    sofia.follows("Åtgärd i planen")
    sofia.sees("Prata med skolsköterskan", "försenad 9 dagar")
    sofia.does_not_see("Sova bättre", GOAL)
    amir.opens(f"/arenden/{case.id}/plan")
    amir.sees("Ingen plan att läsa än")
    amir.opens(f"/arenden/{case.id}/kartlaggning")
    amir.sees("Ingen kartläggning att läsa än")
