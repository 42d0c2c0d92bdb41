"""What the administrator does, and what the one does who has been invited."""

import base64
import hmac
import struct
import time

from policies.permissions import AgencyKind, Role
from tests.journeys.screen import Person

CHOSEN = "fyra ord som inte rimmar"


class Administrator(Person):
    """The one who looks after agencies, users and roles."""

    kind = AgencyKind.SOCIAL_SERVICES
    role = Role.ADMINISTRATOR

    def invites(self, name: str, agency: str, role: str) -> str:
        """Invite somebody to an agency; return the link to hand over."""
        self.opens("/administration/anvandare")
        self.picks("Part", agency)
        self.presses("Visa")
        self.follows("Bjud in till")
        self.writes("Namn", name)
        self.writes("Titel", "Rektor")
        self.writes("E-postadress", "ny.rektor@example.se")
        self.chooses(role)
        self.presses("Skapa inbjudan")
        self.sees("Länk att lämna över", name)
        return self.page.locator("main code").inner_text()

    def lets_leave(self, person: Person) -> None:
        """End somebody's account."""
        self.opens(f"/administration/anvandare/{person.account.id}")
        self.follows("Avsluta användaren")
        self.sees("upphör genast")
        self.presses("Avsluta användaren")
        self.sees("upphörde genast")


class Newcomer(Person):
    """Somebody who has been handed a link."""

    def chooses_a_password(self, link: str) -> None:
        """Open the link and choose a password."""
        self.opens(link)
        self.writes("Nytt lösenord", CHOSEN)
        self.writes("Lösenordet en gång till", CHOSEN)
        self.presses("Fortsätt")

    def sets_up_an_app(self) -> list[str]:
        """Type the key into an app and show its first code; return the recovery codes."""
        key = self.page.locator("main code").inner_text()
        self.writes("Sex siffror från appen", _code(key))
        self.presses("Spara appen")
        self.sees("Dina återställningskoder")
        return self.page.locator("main code").all_inner_texts()

    def signs_in_again(self, email: str, code: str) -> None:
        """Leave, and sign in with the chosen password and a recovery code."""
        self.page.context.clear_cookies()
        self.opens("/logga-in")
        self.writes("E-postadress", email)
        self.writes("Lösenord", CHOSEN)
        self.presses("Fortsätt")
        self.writes("Kod", code)
        self.presses("Logga in")


def _code(key: str) -> str:
    """Return what an app shows now for a key (RFC 6238)."""
    letters = "".join(sign for sign in key if sign.isalnum())
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    digest = hmac.digest(secret, struct.pack(">Q", int(time.time()) // 30), "sha1")
    number = struct.unpack_from(">I", digest, digest[-1] & 15)[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
