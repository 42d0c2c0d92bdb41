"""Passwords: argon2id (RFC 9106) over a keyed digest, and a check against what others would guess first.

The keyed digest means that a thief of the database alone cannot even begin to guess. The rules follow NIST SP 800-63B, 5.1.1.2:
length and known bad ones, no demand for digits or signs, no forced change.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from coordination.identity.secrets import Secrets

SHORTEST = 12
LONGEST = 200
"""More is refused: hashing must not be a way to keep the server busy."""
_FEWEST_DIFFERENT = 5
_OWN_WORD = 4

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash("no account has this password")
"""What is verified where there is no account, so that its absence takes as long as its presence."""


def hash_password(secrets: Secrets, password: str) -> str:
    """Return the argon2id hash to store."""
    return _hasher.hash(_keyed(secrets, password))


def matches(secrets: Secrets, stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; without a stored one the same work is done and the answer is no."""
    try:
        _hasher.verify(stored or _NOBODYS, _keyed(secrets, password))
    except VerifyMismatchError:
        return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Tell whether the stored hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def fault(password: str, *own_words: str) -> str | None:
    """Return the code of what is wrong with a new password, or None; ``own_words`` are the user's name and e-mail."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST:
        return "password_too_short"
    if len(password) > LONGEST:
        return "password_too_long"
    if len(set(plain)) < _FEWEST_DIFFERENT or _root(plain) in _common():
        return "password_common"
    words = (word for own in own_words for word in re.split(r"[\W_]+", own.casefold()))
    if any(len(word) >= _OWN_WORD and word in plain for word in words):
        return "password_contains_own_name"
    return None


def _keyed(secrets: Secrets, password: str) -> bytes:
    # NFKC, so that "å" typed on another keyboard is the same password (NIST SP 800-63B, 5.1.1.2).
    return secrets.digest("password", unicodedata.normalize("NFKC", password).encode()).hex().encode()


def _root(plain: str) -> str:
    """Return the word that is left when the digits and signs people add around it are taken away."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain) or re.sub(r"[\W_]+", "", plain)


@cache
def _common() -> frozenset[str]:
    text = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
