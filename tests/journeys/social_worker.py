"""What the social worker does who leads a case: opens it, brings people and parties in, records consent and takes it back."""

from policies.methods import method
from policies.permissions import AgencyKind, Role
from tests.journeys.handler import Handler

SCREENING = tuple(question.label_sv for question in method("sig").screening)
TARGET_GROUP = tuple(question.label_sv for question in method("sig").target_group)
"""What a method asks to be thought through."""


class SocialWorker(Handler):
    """The one who coordinates a social insatsgrupp."""

    kind = AgencyKind.SOCIAL_SERVICES
    role = Role.SIG_COORDINATOR

    def opens_a_case_about(self, given_name: str, family_name: str, number: str) -> str:
        """Start a case about a young person who may be named; return the case's address."""
        self.begins_a_case(given_name, family_name, number)
        self.considers("Pröva vad ni kan göra själva", *SCREENING)
        self.moves_to("Aktualisering")
        return self.case

    def begins_a_case(self, given_name: str, family_name: str, number: str) -> None:
        """Start a case as a consultation, in which nobody else is told who it is."""
        self.opens("/min-dag")
        self.follows("Nytt ärende")
        self.writes("Förnamn", given_name)
        self.writes("Efternamn", family_name)
        self.writes("Personnummer", number)
        self.presses("Starta ärendet")
        self.sees("Ärendet är startat.", "Det är inget beslut")
        self.case = self.path

    def considers(self, link: str, *questions: str) -> None:
        """Write down, from the case page, how something was considered."""
        self.opens(self.case)
        self.follows(link)
        self.chooses(*questions)
        self.writes("Vad ni kom fram till", "Vi har prövat eget stöd. Flera parter behövs.")
        self.presses("Spara prövningen")
        self.sees("Prövningen är antecknad.")

    def moves_to(self, phase: str) -> None:
        """Move the case to a phase for which nothing is missing."""
        self.opens(f"{self.case}/fas")
        self.chooses(phase)
        self.presses("Byt fas")
        self.sees("Ärendet är nu i en ny fas.")

    def adds(self, part: str, given_name: str, family_name: str, number: str) -> None:
        """Add somebody with a part in the case."""
        self.follows("Personer")
        self.follows("Lägg till person")
        self.chooses(part)
        self.writes("Förnamn", given_name)
        self.writes("Efternamn", family_name)
        self.writes("Personnummer", number)
        self.presses("Lägg till personen")
        self.sees("Personen är tillagd.", given_name)

    def invites(self, agency: str) -> None:
        """Bring another agency into the case."""
        self.opens(f"{self.case}/parter")
        self.chooses(agency)
        self.presses("Bjud in parten")
        self.sees("Parten är inbjuden.")

    def records_consent(self, guardian: str, *agencies: str, days: int = 90) -> None:
        """Record that the young person and a guardian have said yes."""
        self.opens(f"{self.case}/samtycke/nytt")
        self.chooses(*agencies, "Journal", "Ge stöd", "På papper", "Den unge har sagt ja", guardian)
        self.writes("Gäller till och med", self.last_day(days))
        self.writes("Vad som sades", "Hon nickade och sa ja.")
        self.presses("Spara samtycket")
        self.sees("Samtycket är sparat.")

    def withdraws_consent(self) -> None:
        """Record that the young person took the consent back, after reading what follows from it."""
        self.opens(f"{self.case}/samtycke")
        self.follows("Ta tillbaka")
        self.sees("kan inte tas tillbaka")
        self.chooses("Den unge")
        self.presses("Ta tillbaka samtycket")
        self.sees("Samtycket är taget tillbaka")
