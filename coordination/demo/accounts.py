"""How the demo's people sign in: one password for all, and an authenticator key each, both following from the seed.

They are printed on the screen, so they protect nothing: only a test environment has them.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from coordination.demo.cast import Worker, agencies, workers
from coordination.demo.plan import SEED
from coordination.identity import second_factor
from coordination.identity.secrets import Secrets
from policies.permissions import ROLE_NAMES

PASSWORD = "fyra lugna renar badar"  # noqa: S105  # everybody may know it: it opens nothing but the demo

_SHOWN = (
    "maria.ekdahl",
    "helena.brandt",
    "sara.holm",
    "petra.sjogren",
    "johan.bergstrom",
    "birgitta.nystrom",
    "lena.forsman",
    "thomas.akerlund",
    "anders.wallin",
    "nadia.rahimi",
)


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody needs to sign in as one of the demo's people."""

    name: str
    role: str
    agency: str
    email: str
    key: str
    code: str


def totp_key(worker: Worker, seed: str = SEED) -> str:
    """Return a person's authenticator key, base32 without padding (160 bits, RFC 4226, 4)."""
    return base64.b32encode(hashlib.sha256(f"{seed} {worker.email}".encode()).digest()[:20]).decode()


def accounts(secrets: Secrets) -> Iterator[Account]:
    """Yield the accounts worth knowing, one for each role, with the code that is right just now."""
    for key in _SHOWN:
        worker = workers()[key]
        agency = agencies()[worker.agency]
        secret = totp_key(worker)
        yield Account(
            name=worker.name,
            role=", ".join(ROLE_NAMES[role] for role in worker.roles),
            agency=f"{agency.name}, {agency.town.name}",
            email=worker.email,
            key=secret,
            code=second_factor.current_code(secrets, second_factor.seal_totp_key(secrets, secret)),
        )
