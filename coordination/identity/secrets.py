"""Keys for signing in, derived from the one secret key of the installation; each purpose has its own.

Losing the secret key makes every password and authenticator app useless (users are then invited anew), never the content:
that hangs on the master key.
"""

import hmac
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Secrets:
    """Derives a key per purpose (HMAC-SHA-256 as a pseudorandom function, RFC 2104) and digests values with it."""

    _root: bytes = field(repr=False)

    @classmethod
    def of(cls, secret_key: str) -> Self:
        """Return the keys that hang on this secret key."""
        return cls(hmac.digest(secret_key.encode(), b"samverkan sign-in", "sha256"))

    def key(self, purpose: str) -> bytes:
        """Return the 256-bit key of a purpose."""
        return hmac.digest(self._root, purpose.encode(), "sha256")

    def digest(self, purpose: str, value: bytes) -> bytes:
        """Return the keyed digest of a value: the same for the same value and purpose, and for nobody without the key."""
        return hmac.digest(self.key(purpose), value, "sha256")
