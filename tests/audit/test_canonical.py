"""One entry has one form in bytes, and nothing else is read as an entry."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.audit import canonical
from coordination.audit.canonical import Entry, NotCanonical

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
VALUES = st.from_regex(r"[0-9A-Za-z_:.,-]{0,40}", fullmatch=True) | st.integers(0, 10**15 - 1)
ENTRIES = st.builds(
    Entry,
    agency=st.uuids(),
    sequence=st.integers(0, 10**15 - 1),
    id=st.uuids(),
    at=st.datetimes(datetime(2002, 1, 1), datetime(2280, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    event=st.from_regex(r"[a-z][a-z0-9_]{0,10}\.[a-z_]{1,10}", fullmatch=True),
    fields=st.dictionaries(NAMES, VALUES, max_size=8),
)
ENTRY = Entry(
    agency=UUID(int=1),
    sequence=7,
    id=UUID(int=2),
    at=datetime(2026, 11, 2, 8, 0, 0, 5, tzinfo=UTC),
    event="case.viewed",
    fields={"parts": 3, "case_id": str(UUID(int=3))},
)
TEXT = (
    b'{"agency":"00000000-0000-0000-0000-000000000001","at":1793606400000005,"domain":"samverkan/access-log/v1",'
    b'"event":"case.viewed","fields":{"case_id":"00000000-0000-0000-0000-000000000003","parts":3},'
    b'"id":"00000000-0000-0000-0000-000000000002","sequence":7}'
)


def test_an_entry_has_these_bytes() -> None:
    assert canonical.encode(ENTRY) == TEXT


@given(ENTRIES)
def test_what_is_written_is_read_back(entry: Entry) -> None:
    assert canonical.decode(canonical.encode(entry)) == entry


@given(ENTRIES)
def test_the_bytes_are_ascii_json_without_spaces_or_escapes(entry: Entry) -> None:
    text = canonical.encode(entry)

    assert text.isascii()
    assert not set(text) & set(b" \\\n\t")
    assert json.loads(text)["sequence"] == entry.sequence


@given(ENTRIES, st.data())
def test_a_changed_byte_is_another_entry_or_none(entry: Entry, data: st.DataObject) -> None:
    text = bytearray(canonical.encode(entry))
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))

    try:
        read = canonical.decode(bytes(text))
    except NotCanonical:
        return

    assert read != entry
    assert canonical.encode(read) == bytes(text)


@given(
    st.binary() | st.text().map(str.encode) | st.recursive(st.none(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_garbage_is_not_an_entry(text: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"parts":3', b'"parts":3.0'),
        (b'"parts":3', b'"parts":03'),
        (b'"parts":3', b'"parts":-3'),
        (b'"parts":3', b'"parts":true'),
        (b'"parts":3', b'"parts":null'),
        (b'"parts":3', b'"parts":[]'),
        (b'"parts":3', b'"parts":3,"parts":3'),
        (b'"parts":3', b'"parts":1000000000000000'),
        (b'"parts":3', b'"parts":"\\u0033"'),
        (b'"parts":3', b'"parts":"Anna Andersson"'),
        (b'"parts":3', '"parts":"Åsa"'.encode()),
        (b'"parts":3', b'"parts": 3'),
        (b'"parts":3', b'"aaa":3'),
        (b'"parts":3', b'"Parts":3'),
        (b"samverkan/access-log/v1", b"samverkan/access-log/v2"),
        (b'"sequence":7', b'"sequence":"7"'),
        (b'"sequence":7', b'"sequence":7,"z":1'),
        (b',"sequence":7', b""),
        (b'"at":1793606400000005', b'"at":179360640000000'),
        (b'"at":1793606400000005', b'"at":1.793606400000005e15'),
        (b'"case.viewed"', b'"Case viewed"'),
        (b'"case.viewed"', b"7"),
        (b"000000000001", b"00000000000A"),
        (b'{"agency"', b' {"agency"'),
        (b'{"agency"', b'\xef\xbb\xbf{"agency"'),
    ],
)
def test_another_form_of_an_entry_is_refused(old: bytes, new: bytes) -> None:
    assert old in TEXT

    with pytest.raises(NotCanonical):
        canonical.decode(TEXT.replace(old, new, 1))


def test_utf_16_and_deep_nesting_are_refused() -> None:
    for text in (TEXT.decode().encode("utf-16"), b"[" * 100_000, b'{"a":' * 50_000):
        with pytest.raises(NotCanonical):
            canonical.decode(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": -1},
        {"sequence": True},
        {"at": datetime(1999, 1, 1, tzinfo=UTC)},
        {"event": "Case viewed"},
        {"fields": {"name": "Anna Andersson"}},
        {"fields": {"name": "Åsa"}},
        {"fields": {"a name": "x"}},
        {"fields": {"x": 1.5}},
        {"fields": {"x": None}},
    ],
)
def test_what_has_no_form_cannot_be_written(changes: dict[str, Any]) -> None:
    values = {name: getattr(ENTRY, name) for name in ("agency", "sequence", "id", "at", "event", "fields")}

    with pytest.raises(NotCanonical):
        canonical.encode(Entry(**values | changes))


@given(st.integers(10**15, 10**16 - 1))
def test_a_moment_keeps_its_microseconds(count: int) -> None:
    assert canonical.microseconds(canonical.moment(count)) == count


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    there = ENTRY.at.astimezone(tz=None) + timedelta(0)

    assert canonical.microseconds(there) == canonical.microseconds(ENTRY.at)
