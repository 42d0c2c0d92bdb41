"""Deciding to share and deciding not to: several at once, by duty, undone in time, refused with its reason, and asked about beforehand."""

from playwright.sync_api import expect

from policies.permissions import AgencyKind
from tests.factories.disclosure import consented
from tests.factories.world import SharedCase
from tests.journeys import sound
from tests.journeys.given import SLEEP
from tests.journeys.handler import CONSENT, SchoolContact
from tests.journeys.house import PERSONAL
from tests.journeys.police import PoliceLiaison
from tests.journeys.social_worker import SocialWorker

WORRY = "Hon har blåmärken och vågar inte gå hem."


def test_one_decision_reaches_two_agencies_once_what_stands_in_the_way_of_one_is_gone(
    case: SharedCase, karin: SocialWorker, sofia: SchoolContact, amir: PoliceLiaison
) -> None:
    consented(case, case.world.agency(AgencyKind.POLICE))
    karin.prepares_to_share(SLEEP, with_="Skolan", and_="Polisen")
    karin.weighs(CONSENT)
    karin.sees("Inget är delat.", "Samtycket omfattar inte mottagaren.")
    assert sound.faults(karin.page, PERSONAL) == []

    consented(case, case.world.agency(AgencyKind.POLICE), case.world.agency(AgencyKind.SCHOOL))
    karin.presses("Visa för mottagaren")
    karin.sees("Förhandsvisa som Polisen", "Förhandsvisa som Skolan")
    assert sound.faults(karin.page, PERSONAL) == []
    karin.presses("Dela med Polisen och Skolan")

    karin.sees("Delat med Polisen och Skolan.", "Samma beslut")
    for reader in (sofia, amir):
        reader.works_in(karin.case)
        reader.sees(SLEEP)
        reader.does_not_see("Hemma är det trångt.")


def test_the_school_reports_its_concern_because_a_statute_says_so(
    case: SharedCase, sofia: SchoolContact, karin: SocialWorker
) -> None:
    sofia.writes_a_record("Iakttagelse", WORRY)
    sofia.prepares_to_share(WORRY, with_="Socialtjänsten", purpose="Skydda ett barn")
    sofia.reports_by_duty("Orosanmälan", "Anmälan om oro. Allt som kan behövas för att skydda barnet är med.")
    sofia.sees("Så här ser mottagaren det", "19 kap. 1 §")
    sofia.presses("Dela med Socialtjänsten")

    sofia.sees("Delat med Socialtjänsten.")
    karin.works_in(karin.case)
    karin.sees(WORRY)
    karin.reads_of_sharing(WORRY, "Skolan", "Ni", "19 kap. 1 §")


def test_what_was_shared_by_mistake_is_undone_before_anybody_has_seen_it(
    case: SharedCase, karin: SocialWorker, sofia: SchoolContact
) -> None:
    consented(case, case.world.agency(AgencyKind.SCHOOL))
    karin.prepares_to_share(SLEEP, with_="Skolan")
    karin.weighs(CONSENT)
    karin.presses("Dela med Skolan")

    karin.undoes()

    karin.sees("Ångrad innan någon hade öppnat den")
    sofia.works_in(sofia.case)
    sofia.does_not_see(SLEEP)


def test_the_social_worker_refuses_with_a_reason_that_stays_in_the_house(
    case: SharedCase, karin: SocialWorker, amir: PoliceLiaison
) -> None:
    why = "Det finns inget samtycke, och polisen behöver det inte för det de ska göra."
    karin.prepares_to_share(SLEEP, with_="Polisen")
    karin.refuses("Hur hon mår", why, "Samtycke saknas")

    karin.sees("Inte utlämnat till Polisen", "Hur hon mår", why)
    karin.opens("/delningar?visa=nekat")
    karin.sees("Polisen", "fick inte", "Samtycke saknas eller räcker inte")
    karin.does_not_see("Hur hon mår", why)
    for path in ("/min-dag", amir.case, f"{amir.case}/insyn", "/delningar", "/delningar?visa=nekat"):
        amir.opens(path)
        amir.does_not_see("Hur hon mår", why, "fick inte")


def test_anyone_asks_what_the_law_lets_them_share_without_a_case_or_a_name(amir: PoliceLiaison) -> None:
    amir.opens("/min-dag")
    amir.follows("Får jag dela det här?")
    expect(amir.page.get_by_label("Vem lämnar?")).to_have_value("police")
    amir.picks("Vem tar emot?", "Socialtjänsten")
    amir.picks("Vem handlar uppgiften om?", "Den unge det gäller")
    amir.writes("Hur gammal", "16")
    amir.picks("Vad är det för uppgift?", "Polisens brottsförebyggande arbete")
    amir.picks("Vad behöver mottagaren den till?", "Förebygga brott")
    amir.presses("Visa vad som gäller")

    amir.sees("Stöd som passar", "10 kap. 15 a §", "Samverkan som inte bryter sekretess", "Kontrollera mot lagtexten")
    assert sound.faults(amir.page, PERSONAL) == []
