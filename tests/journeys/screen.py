"""Somebody at a browser: what every person can do there, and what the browser has to say about our pages.

The words are those on the screen: labels, buttons and links, found as a screen reader finds them.
"""

import re
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from coordination.core import clock
from coordination.core.db import transaction
from coordination.core.ids import new_id
from coordination.identity import sessions
from policies.access import Actor
from policies.permissions import AgencyKind, Role
from tests.factories.identity import Account, code_now
from tests.journeys.given import Town

REFUSED = "Failed to load resource: the server responded with a status of"
"""What Chromium notes when a page answers 404 or 422, which is how a form comes back."""


class Person:
    """A person at a browser of their own. Each sort says where it works and as what."""

    kind: ClassVar[AgencyKind] = AgencyKind.SOCIAL_SERVICES
    role: ClassVar[Role] = Role.SIG_COORDINATOR

    def __init__(self, page: Page, town: Town, actor: Actor | None) -> None:
        """Sit down at a browser; ``actor`` is None for a visitor."""
        self.page = page
        self.town = town
        self.actor = actor
        self.faults: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    @property
    def account(self) -> Account:
        """The person's own account."""
        assert self.actor is not None
        return self.town.accounts[self.actor.user_id]

    @property
    def path(self) -> str:
        """The address of the page the person looks at."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """What the page's content says, as it is seen."""
        return " ".join(self.page.locator("main").inner_text().split())

    def is_signed_in(self, *, confirmed: timedelta = timedelta()) -> None:
        """Begin with a session, confirmed just now or so long ago: quick, and as often as one likes."""
        token = sessions.new_token()
        with self.town.app.app_context(), transaction():
            data = {"confirmed_at": (clock.now() - confirmed).timestamp()}
            sessions.create(new_id(), token, self.account.id, data, "Chrome, Linux")
        address = self.town.app.extensions["settings"].public_url
        self.page.context.add_cookies([{"name": "session", "value": token, "url": address}])

    def signs_in(self) -> None:
        """Sign in as a person does: address, password, then the code in the app."""
        self.opens("/logga-in")
        self.signs_in_here()

    def signs_in_here(self) -> None:
        """Sign in on the page that asks for it, and go on where it leads."""
        self._password()
        self.writes("Kod", code_now(self.town.app, self.account))
        self.presses("Logga in")

    def shows_password(self) -> None:
        """Take the first of the two steps of signing in."""
        self.opens("/logga-in")
        self._password()

    def _password(self) -> None:
        self.writes("E-postadress", self.account.email)
        self.writes("Lösenord", self.account.password)
        self.presses("Fortsätt")

    def opens(self, path: str) -> int:
        """Go to an address; return how it answered."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def presses(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follows(self, name: str) -> None:
        """Follow a link in the page, by how its words begin."""
        self.page.get_by_role("link", name=re.compile(rf"^\s*{re.escape(name)}")).first.click()

    def writes(self, label: str, text: str, place: int = 0) -> None:
        """Write in a field; ``place`` tells alike ones apart."""
        self._field(label).nth(place).fill(text)

    def chooses(self, *labels: str) -> None:
        """Choose radio buttons and check boxes by how their labels begin."""
        for label in labels:
            begins = re.compile(rf"^\s*{re.escape(label)}")
            radio, box = (self.page.get_by_role(sort, name=begins) for sort in ("radio", "checkbox"))
            radio.or_(box).first.check()

    def picks(self, label: str, choice: str) -> None:
        """Pick a choice in a list."""
        self._field(label).first.select_option(label=choice)

    def sees(self, *texts: str) -> None:
        """Look for texts in the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        """Make sure that the whole page, also what is hidden in it, does not hold the texts."""
        content = self.page.content()
        assert [text for text in texts if text in content] == []

    def panel(self, heading: str) -> Locator:
        """Return the section under a heading."""
        return self.page.locator("section").filter(has=self.page.get_by_role("heading", name=heading)).last

    def _field(self, label: str) -> Locator:
        labelled = self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}"))
        return labelled.and_(self.page.locator("input, select, textarea"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.faults.append(f"{self.page.url}: {message.text}")
