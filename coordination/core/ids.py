"""Ids that sort in the order they were made and need no round trip to the database."""

import secrets
import time
from uuid import UUID

_NS_PER_MS = 1_000_000


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562, 5.7): milliseconds, then the fraction of the millisecond (6.2, method 3), then 62 random bits."""
    milliseconds, nanoseconds = divmod(time.time_ns(), _NS_PER_MS)
    fraction = (nanoseconds << 12) // _NS_PER_MS
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
