"""What the police liaison officer does."""

from playwright.sync_api import expect

from policies.permissions import AgencyKind, Role
from tests.journeys.handler import Handler


class PoliceLiaison(Handler):
    """The officer who works with a municipality's young people."""

    kind = AgencyKind.POLICE
    role = Role.POLICE_LIAISON

    def finds_new(self, agency: str) -> None:
        """See on the first page what has been shared with the police."""
        self.opens("/")
        expect(self.panel("Nytt delat med Polisen")).to_contain_text(agency)
