"""The bytes of a log entry: one entry has one form, and only that form is read back.

The tree hashes these bytes, so two readings of the same bytes, or two byte strings for the same entry, would let a log be
argued about. Values use letters, digits and ``_ : . , -`` only: nothing to escape, and no room for a text.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

DOMAIN = "samverkan/access-log/v1"
"""Inside every hash, so that an entry can never be taken for something else that is signed or hashed."""

_KEYS = ["agency", "at", "domain", "event", "fields", "id", "sequence"]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VALUE = re.compile(r"[0-9A-Za-z_:.,-]*")
_TAG = re.compile(r"[a-z][a-z0-9_.]{0,79}")
_NUMBERS_END = 10**15
_EARLIEST, _LATEST = 10**15, 10**16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotCanonical(ValueError):
    """The bytes are not the one form of an entry, or the entry cannot have one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of one agency's log. ``at`` is when it was appended, so within a log it never goes backwards."""

    agency: UUID
    sequence: int
    id: UUID
    at: datetime
    event: str
    fields: Mapping[str, str | int]


def encode(entry: Entry) -> bytes:
    """Return the one form of the entry: JSON with sorted keys and no spaces. Raises NotCanonical if it has none."""
    _check(entry)
    return _dump(
        {
            "agency": str(entry.agency),
            "at": microseconds(entry.at),
            "domain": DOMAIN,
            "event": entry.event,
            "fields": dict(entry.fields),
            "id": str(entry.id),
            "sequence": entry.sequence,
        }
    )


def template(entry: Entry) -> tuple[str, str]:
    """Return the one form without what only the head of the log knows: before the time, and between it and the sequence.

    The form is the first, the time in microseconds, the second, the sequence, and a closing brace. Raises NotCanonical.
    """
    before, mark, rest = encode(entry).decode("ascii").partition(f'"at":{microseconds(entry.at)},')
    middle, sequence, _ = rest.rpartition('"sequence":')
    return before + mark[:5], "," + middle + sequence


def decode(text: bytes) -> Entry:
    """Read an entry back. Raises NotCanonical for every byte string that ``encode`` could not have written."""
    try:
        raw = json.loads(text)
        if not isinstance(raw, dict) or list(raw) != _KEYS or raw["domain"] != DOMAIN:
            raise NotCanonical("not an entry of this log format")
        entry = Entry(
            agency=UUID(raw["agency"]),
            sequence=raw["sequence"],
            id=UUID(raw["id"]),
            at=moment(raw["at"]),
            event=raw["event"],
            fields=MappingProxyType(raw["fields"]),
        )
        again = encode(entry)
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise NotCanonical("not the canonical form of an entry") from error
    if again != text:
        raise NotCanonical("not the canonical form of an entry")
    return entry


def microseconds(at: datetime) -> int:
    """Return a moment as whole microseconds since 1970 in UTC, without ever passing through a float."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(count: int) -> datetime:
    """Return the moment that ``microseconds`` wrote."""
    return _EPOCH + timedelta(microseconds=count)


def _check(entry: Entry) -> None:
    if not _TAG.fullmatch(entry.event):
        raise NotCanonical("the event has no tag")
    if not _EARLIEST <= microseconds(entry.at) < _LATEST:
        raise NotCanonical("the time does not have 16 digits")
    if not _is_number(entry.sequence):
        raise NotCanonical("the sequence is not a number from 0")
    for name, value in entry.fields.items():
        if not _NAME.fullmatch(name) or not (_is_number(value) or _is_text(value)):
            raise NotCanonical("a field has a name or a value that the log does not take")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _NUMBERS_END


def _is_text(value: object) -> bool:
    return isinstance(value, str) and _VALUE.fullmatch(value) is not None


def _dump(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
