"""What the registrar does: answers for what the agency holds, also when no handler reads it any more."""

from policies.permissions import AgencyKind, Role
from tests.journeys.screen import Person


class Registrar(Person):
    """The registrar, at the school unless the story says otherwise."""

    kind = AgencyKind.SCHOOL
    role = Role.REGISTRAR

    def opens_a_closed_copy(self, reason: str) -> None:
        """Open the one copy that is held closed, for a stated reason."""
        self.opens("/stangda-kopior")
        self.page.get_by_role("link", name="Öppna kopian").click()
        self.sees("Öppna den stängda kopian?")
        self.writes("Skäl", reason)
        self.presses("Öppna kopian")
