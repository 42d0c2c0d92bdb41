"""The kinds of values that the access log holds: none of them can hold a name or a text.

Each turns a value into what is stored, or raises TypeError that never says the value.
"""

import re
from collections.abc import Callable
from datetime import date
from ipaddress import ip_address
from uuid import UUID

from policies.permissions import Permission, Role

Kind = Callable[[object], str | int]
"""Turns a value into what the log holds, or raises TypeError."""

MOST_PARTS = 2_000
"""More part ids than this do not fit a line that a verifier is willing to read."""

_CODE = re.compile(r"(?=.*[a-z])(?!.*[0-9]{5})[a-z0-9_:.-]{1,80}")
_BASIS = re.compile(r"(?!.*[0-9]{5})[A-Z][A-Z0-9_]{1,79}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBERS_END = 10**15


def uuid(value: object) -> str:
    """Take the id of a row."""
    if not isinstance(value, UUID):
        raise TypeError("not a UUID")
    return str(value)


def uuid_if_any(value: object) -> str:
    """Take the id of a row, or None."""
    return "" if value is None else uuid(value)


def uuids(value: object) -> str:
    """Take the ids of several rows; they are sorted, so that the same rows always give the same bytes."""
    if not isinstance(value, list | tuple | set | frozenset) or len(value) > MOST_PARTS:
        raise TypeError(f"not a collection of at most {MOST_PARTS} UUIDs")
    return ",".join(sorted(uuid(item) for item in value))


def number(value: object) -> int:
    """Take a count, a size or a version."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _NUMBERS_END:
        raise TypeError("not a number from 0")
    return value


def code(value: object) -> str:
    """Take a word of ours: small letters, no space, and no run of digits in which a personnummer could hide."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise TypeError("not a code")
    return str(value)


def code_if_any(value: object) -> str:
    """Take a code, or None."""
    return "" if value is None else code(value)


def basis(value: object) -> str:
    """Take the id of a row of ``policies/legal_bases.toml``."""
    if not isinstance(value, str) or not _BASIS.fullmatch(value):
        raise TypeError("not the id of a legal basis")
    return str(value)


def basis_if_any(value: object) -> str:
    """Take the id of a legal basis, or None where nobody considered one."""
    return "" if value is None else basis(value)


def day(value: object) -> str:
    """Take a date without a time."""
    if type(value) is not date:
        raise TypeError("not a date")
    return value.isoformat()


def digest(value: object) -> str:
    """Take a SHA-256 or HMAC-SHA-256 value, as bytes or as hexadecimal digits."""
    text = value.hex() if isinstance(value, bytes) else value
    if not isinstance(text, str) or not _DIGEST.fullmatch(text):
        raise TypeError("not a digest of 32 bytes")
    return text


def digest_if_any(value: object) -> str:
    """Take a digest, or None."""
    return "" if value is None else digest(value)


def address(value: object) -> str:
    """Take an internet address, or None for a command or a job; the zone of a local IPv6 address is dropped."""
    if value is None:
        return ""
    try:
        return str(ip_address(str(value).partition("%")[0]))
    except ValueError:
        raise TypeError("not an internet address") from None


def roles(value: object) -> str:
    """Take the roles the actor held; they are sorted."""
    if not isinstance(value, frozenset | set) or not all(isinstance(role, Role) for role in value):
        raise TypeError("not a set of roles")
    return ",".join(sorted(value))


def permission(value: object) -> str:
    """Take a permission of the one vocabulary, or "none" where a refusal met no permission."""
    if value != "none" and value not in set(Permission):
        raise TypeError("not a permission")
    return str(value)


def one_of(*words: str) -> Kind:
    """Make a kind that takes these words only."""

    def word(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise TypeError(f"not one of {', '.join(words)}")
        return str(value)

    return word
