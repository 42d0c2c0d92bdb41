"""The second factor besides passkeys: codes from an authenticator app (TOTP, RFC 6238) and recovery codes.

The library seals the app's secret before it is stored and checks codes; we give it a memory, so that no code works twice.
Recovery codes are stored as keyed digests.
"""

from functools import lru_cache
from typing import Any

from flask_security.totp import Totp

from coordination.identity.models import User
from coordination.identity.queries import locked
from coordination.identity.secrets import Secrets

ISSUER = "Samverkan"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
"""A code is taken one step late or early: clocks differ (RFC 6238, 5.2)."""


class OnceOnlyTotp(Totp):
    """The library's TOTP, with the counter of the last code kept on the user.

    The library would have its own user class here, whose columns we do not have; hence ``Any``.
    """

    def get_last_counter(self, user: Any) -> int | None:
        """Return the counter of the last code that was taken."""
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the counter of the code just taken: it and all before it are spent."""
        user.totp_counter = tmatch.counter

    def seal(self, key: str) -> str:
        """Return a known key (base32), sealed as ``generate_totp_secret`` seals a new one."""
        sealed: str = self._totp(key=key).to_json(encrypt=True)
        return sealed


@lru_cache(maxsize=4)
def _totp(secrets: Secrets) -> OnceOnlyTotp:
    return OnceOnlyTotp({"1": secrets.key("totp").hex()}, ISSUER)


def new_totp_secret(secrets: Secrets) -> str:
    """Return a new secret for an authenticator app, sealed."""
    return _totp(secrets).generate_totp_secret()


def seal_totp_key(secrets: Secrets, key: str) -> str:
    """Return a secret whose key (base32) is known already, sealed: for accounts that come with their app, as the demo's do."""
    return _totp(secrets).seal(key)


def current_code(secrets: Secrets, sealed: str) -> str:
    """Return the code that the app shows now."""
    return _totp(secrets).generate_totp_password(sealed)


def totp_uri(secrets: Secrets, user: User, sealed: str) -> str:
    """Return the address that a QR code holds for the app."""
    return _totp(secrets).get_totp_uri(user.email, sealed)


def totp_key(secrets: Secrets, sealed: str) -> str:
    """Return the secret as text, to type into the app where there is no camera."""
    return _totp(secrets).get_totp_pretty_key(sealed)


def use_totp(secrets: Secrets, user: User, code: str) -> bool:
    """Spend a code from the user's app; False if it is wrong, too old or already spent."""
    user = locked(user)
    return user.totp_secret is not None and _taken(secrets, user, user.totp_secret, code)


def set_totp(secrets: Secrets, user: User, sealed: str, code: str) -> bool:
    """Make ``sealed`` the user's app secret once a code shows that the app has it; False for a wrong code."""
    user = locked(user)
    before, user.totp_counter = user.totp_counter, None
    if not _taken(secrets, user, sealed, code):
        user.totp_counter = before
        return False
    user.totp_secret = sealed
    return True


def new_recovery_codes(secrets: Secrets, user: User) -> list[str]:
    """Give the user new recovery codes and return them, this once; the old ones no longer work."""
    codes = _totp(secrets).generate_recovery_codes(RECOVERY_CODES)
    user.recovery_digests = [_recovery_digest(secrets, user, code) for code in codes]
    return codes


def use_recovery_code(secrets: Secrets, user: User, code: str) -> bool:
    """Spend a recovery code; False if the user has no such code (left)."""
    user = locked(user)
    given = _recovery_digest(secrets, user, code)
    left = [digest for digest in user.recovery_digests if digest != given]
    if len(left) == len(user.recovery_digests):
        return False
    user.recovery_digests = left
    return True


def remove_all(user: User) -> None:
    """Take away app, passkeys and recovery codes: the user must set up anew before anything else."""
    user.totp_secret = user.totp_counter = None
    user.passkeys.clear()
    user.recovery_digests = []


def _taken(secrets: Secrets, user: User, sealed: str, code: str) -> bool:
    holder: Any = user
    return _totp(secrets).verify_totp("".join(code.split()), sealed, holder, window=_STEP_SECONDS)


def _recovery_digest(secrets: Secrets, user: User, code: str) -> bytes:
    plain = "".join(code.split()).replace("-", "").lower()
    return secrets.digest("recovery", user.id.bytes + plain.encode())
