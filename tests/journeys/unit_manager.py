"""What a manager does: names who works in a case, without seeing what is in it, and lets a coordinator review the log."""

from datetime import timedelta

from coordination.core import clock
from policies.permissions import AgencyKind, Role
from tests.journeys.screen import Person


class UnitManager(Person):
    """The manager of a unit; at the school unless the story says otherwise."""

    kind = AgencyKind.SCHOOL
    role = Role.UNIT_MANAGER

    def assigns(self, name: str, case: str) -> None:
        """Name a colleague to work in a case."""
        self.opens(f"{case}/handlaggare")
        self.picks("Kollega", name)
        self.presses("Utse för 90 dagar")
        self.sees("Uppdraget gäller nu")

    def lets_review(self, name: str, agency: str) -> None:
        """Let a regional coordinator review the agency's log of the last month."""
        today = clock.today()
        self.opens("/logg/uppdrag/nytt")
        self.picks("Vem som granskar", f"{name}, {agency}")
        self.writes("Loggen från", (today - timedelta(days=30)).isoformat())
        self.writes("Loggen till och med", today.isoformat())
        self.writes("Uppdraget gäller", (today + timedelta(days=30)).isoformat())
        self.presses("Ge uppdraget")
        self.sees("Uppdraget är givet.", name)
