"""What the social worker does who leads a case: opens it, brings people and parties in, records consent and takes it back."""

from policies.permissions import AgencyKind, Role
from tests.journeys.handler import Handler


class SocialWorker(Handler):
    """The one who coordinates a social insatsgrupp."""

    kind = AgencyKind.SOCIAL_SERVICES
    role = Role.SIG_COORDINATOR

    def opens_a_case_about(self, given_name: str, family_name: str, number: str) -> str:
        """Start a case about a young person; return the case's address."""
        self.opens("/min-dag")
        self.follows("Nytt ärende")
        self.writes("Förnamn", given_name)
        self.writes("Efternamn", family_name)
        self.writes("Personnummer", number)
        self.presses("Starta ärendet")
        self.sees("Ärendet är startat.")
        self.case = self.path
        return self.case

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
