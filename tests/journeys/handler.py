"""What everybody who works in cases does: read what is new, open a case, write, share after a preview, search."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, expect

from coordination.core import clock
from policies.permissions import AgencyKind, Role
from tests.journeys.screen import Person

HARM = "Mottagaren behöver veta det för att kunna ge stöd. Mindre räcker inte. Den unge vet om det."
CONSENT = "Samtycke från personen själv"
DUTY = "Uppgiftsskyldighet"
WEIGHING = "Behövs för att förebygga eller utreda brott"


class Handler(Person):
    """Somebody who works in a case; ``case`` is its address."""

    case = ""

    def works_in(self, case: str) -> None:
        """Go to the case."""
        self.case = case
        self.opens(case)

    def writes_a_record(self, title: str, *texts: str, kind: str = "Anteckning") -> None:
        """Write a record, a part for each text."""
        self.opens(f"{self.case}/uppgifter/ny")
        self.writes("Rubrik", title)
        self.picks("Slag", kind)
        for place, text in enumerate(texts):
            if place:
                self.presses("Lägg till stycke")
            self.writes("Text", text, place)
        self.presses("Spara uppgiften")
        self.sees("Uppgiften är sparad.")

    def attaches(self, title: str, name: str, content: bytes) -> None:
        """Attach a file to one of the case's records."""
        self.opens_record(title)
        self.follows("Bifoga fil")
        self._field("Fil").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
        self.presses("Bifoga filen")
        self.sees("Filen är bifogad.")

    def takes_home(self, name: str, folder: Path) -> bytes:
        """Download an attachment that the page shows; return what is in the file."""
        with self.page.expect_download() as waiting:
            self.follows(name)
        waiting.value.save_as(folder / name)
        return (folder / name).read_bytes()

    def opens_record(self, title: str) -> None:
        """Open one record of the case."""
        self.opens(self.case)
        self.record(title).get_by_role("link", name="Öppna").first.click()

    def changes(self, title: str, old: str, new: str) -> None:
        """Write something else in a part of an own record."""
        self.opens_record(title)
        self.follows("Ändra")
        for box in self._field("Text").all():
            if box.input_value() == old:
                box.fill(new)
        self.presses("Spara uppgiften")

    def prepares_to_share(self, *texts: str, with_: str, and_: str = "", purpose: str = "Ge stöd") -> None:
        """Choose parts, a recipient or two and a purpose, and ask which legal bases fit."""
        self.opens(f"{self.case}/dela")
        for text in texts:
            self.page.locator(".option").filter(has_text=text).get_by_role("checkbox").last.check()
        self.chooses(*filter(None, (with_, and_)), purpose)
        self.presses("Visa stöd")

    def weighs(self, basis: str, *, until: str = "30 dagar", harm: str = HARM) -> None:
        """Choose a basis and an end, write the harm test, and look at what the recipient will see."""
        self.chooses(basis, until)
        self.writes("Hur påverkas den unge", harm)
        self.presses("Visa för mottagaren")

    def reports_by_duty(self, duty: str, harm: str) -> None:
        """Choose the duty that a statute lays down, write what it asks for, and look at what the recipient will see."""
        self.chooses(DUTY, duty)
        self.weighs(DUTY, harm=harm)

    def refuses(self, what: str, why: str, reason: str) -> None:
        """Think better of sharing, and write down why."""
        self.presses("Dela inte: anteckna varför")
        self.chooses("Ja, de frågade", reason)
        self.writes("Vad gällde frågan", what)
        self.writes("Er prövning", why)
        self.presses("Spara beslutet")
        self.sees("Beslutet att inte lämna ut är antecknat.")

    def asks(self, agency: str, why: str) -> None:
        """Ask another agency whether it works with the young person."""
        self.opens(f"{self.case}/personer")
        self.follows("Frågor till andra parter")
        self.follows("Ny fråga")
        self.sees("Frågan är själv ett utlämnande")
        self.chooses("Alva", agency)
        self.picks("Vad behöver ni svaret till", "Förebygga brott")
        self._field("Med vilket stöd frågar ni").first.select_option("OSL_10_15A")
        self.writes("Varför behöver ni fråga", why)
        self.presses("Ställ frågan")
        self.sees("Frågan är ställd.", "Inget svar")

    def meets_a_question(self, from_: str) -> None:
        """Find on the first page that somebody has asked, and open the question."""
        self.opens("/min-dag")
        self.page.get_by_role("link", name="fråga från en annan part").click()
        self.sees(from_, "Väntar på svar")
        self.follows("Ta ställning")

    def answers_yes(self, contact: str, words: str, why: str) -> None:
        """Say that one works with the young person."""
        self.picks("Vem hos er", contact)
        self.writes("Något mer de behöver veta", words)
        self._field("Med vilket stöd svarar ni").first.select_option("OSL_10_15A")
        self.writes("Hur påverkas den unge", why)
        self.presses("Svara ja")
        self.sees("Svaret är lämnat.", "Besvarad")

    def declines(self, why: str) -> None:
        """Leave the question without an answer."""
        self.follows("Svara inte")
        self.chooses("Någon kan skadas")
        self.writes("Er prövning", why)
        self.presses("Svara inte")
        self.sees("Ni svarar inte. Den som frågade får inte veta det.")

    def breaks_the_glass(self, words: str, why: str) -> None:
        """Open a case of the own agency in an emergency."""
        self.opens("/min-dag")
        self.follows("Nödöppning")
        self.sees("Ring 112")
        self.writes("Ärendenummer", words)
        self.writes("Varför behöver du öppna", why)
        self.chooses("Jag har tänkt på 112")
        self.presses("Öppna ärendet")

    def undoes(self) -> None:
        """Take back what was shared a moment ago, by the link in the receipt."""
        self.page.locator(".messages").get_by_role("link", name="Ångra").click()
        self.sees("Ingen hos mottagaren har öppnat kopian.")
        self.presses("Ångra delningen")
        self.sees("Delningen är ångrad.")

    def must_keep(self, text: str, ground: str, why: str) -> None:
        """Take the task that waits, and take what the law says must be documented into the own file; the rest is disposed of."""
        self.opens("/min-dag")
        self.follows("Ta ställning till en kopia")
        self.follows("Ta in i er akt")
        self.does_not_see(text)
        self.chooses(ground)
        self.writes("Varför ska ni dokumentera det?", why)
        self.presses("Öppna texten för att välja")
        self.page.locator(".option").filter(has_text=text).get_by_role("checkbox").check()
        self.picks("Slag i er akt", "Anteckning")
        self.chooses("Gallra kopian genast")
        self.presses("Ta in i er akt")
        self.sees("Intaget i er akt som en uppgift.")

    def basis(self, name: str) -> Locator:
        """Return what the page says about one legal basis."""
        return self.page.locator(".choice").filter(has=self.page.get_by_role("radio", name=name))

    def record(self, title: str) -> Locator:
        """Return a record in the timeline."""
        return self.page.locator("li.record").filter(has=self.page.get_by_role("heading", name=title))

    def reads_of_sharing(self, text: str, *answers: str) -> None:
        """Read at a glance, above a part: who owns it, who sees it, on what basis, until when."""
        section = self.page.locator(".record-section").filter(has_text=text)
        for answer in answers:
            expect(section.locator(".visibility-band")).to_contain_text(answer)

    def searches(self, words: str) -> str:
        """Search from the bar on top; return what the page answers."""
        box = self.page.get_by_role("banner").get_by_role("searchbox")
        box.fill(words)
        with self.page.expect_navigation(url="**/arenden/sok"):
            box.press("Enter")
        return self.text

    def last_day(self, days: int) -> str:
        """Return a date as a date field takes it."""
        return (clock.today() + timedelta(days=days)).isoformat()


class SchoolContact(Handler):
    """The counsellor at the school."""

    kind = AgencyKind.SCHOOL
    role = Role.SCHOOL_CONTACT

    def finds_new(self, agency: str) -> None:
        """See on the first page what has been shared with the school."""
        self.opens("/")
        expect(self.panel("Nytt delat med Skolan")).to_contain_text(agency)

    def disposes_of_the_copy(self) -> None:
        """Take the task that waits, and dispose of the copy."""
        self.opens("/min-dag")
        expect(self.panel("Väntar på dig")).to_contain_text("Ta ställning till en kopia")
        self.follows("Ta ställning till en kopia")
        self.sees("Det går inte att ångra")
        self.presses("Gallra kopian")
        self.sees("Kopian är gallrad.")
