"""What is sealed opens with its key in its place; anything else gives the same refusal and not a byte."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from coordination.keys import vault

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
PLACE = vault.context("part_version", UUID(int=1), UUID(int=2), 3)

keys = st.binary(min_size=32, max_size=32)
places = st.builds(
    vault.context, st.text(max_size=60), st.uuids(), st.uuids(), st.integers(min_value=0, max_value=2**64 - 1)
)


def _refusal(opening: Callable[[], object]) -> str:
    with pytest.raises(vault.CannotOpen) as refused:
        opening()
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return str(refused.value)


def _locked(kek: bytes, text: bytes, number: int) -> vault.Locked:
    key = vault.new_key()
    wrap_place = vault.context("key_grant", UUID(int=number), UUID(int=7), 1)
    seal_place = vault.context("part_version", UUID(int=number), UUID(int=number), 1)
    return vault.wrap(kek, key, wrap_place), wrap_place, vault.seal(key, text, seal_place), seal_place


@given(key=keys, text=st.binary(max_size=2000), place=places)
def test_what_is_sealed_opens_with_its_key_in_its_place(key: bytes, text: bytes, place: bytes) -> None:
    assert vault.open_sealed(key, vault.seal(key, text, place), place) == text


@given(kek=keys, key=keys, place=places)
def test_a_wrapped_key_unwraps_with_the_key_above_it_in_its_row(kek: bytes, key: bytes, place: bytes) -> None:
    assert vault.unwrap(kek, vault.wrap(kek, key, place), place) == key


@given(text=st.binary(max_size=200), data=st.data())
def test_a_flipped_bit_cannot_be_opened(text: bytes, data: st.DataObject) -> None:
    sealed = bytearray(vault.seal(KEY, text, PLACE))
    bit = data.draw(st.integers(min_value=0, max_value=8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    assert _refusal(lambda: vault.open_sealed(KEY, bytes(sealed), PLACE)) == "cannot be opened"


def test_no_bit_of_a_wrapped_key_can_be_flipped() -> None:
    wrapped = vault.wrap(KEY, OTHER_KEY, PLACE)

    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        assert _refusal(partial(vault.unwrap, KEY, bytes(changed), PLACE)) == "cannot be opened"


@given(text=st.binary(max_size=100), here=places, there=places)
def test_content_moved_to_another_row_cannot_be_opened(text: bytes, here: bytes, there: bytes) -> None:
    sealed = vault.seal(KEY, text, here)

    if here == there:
        assert vault.open_sealed(KEY, sealed, there) == text
    else:
        assert _refusal(lambda: vault.open_sealed(KEY, sealed, there)) == "cannot be opened"


@given(text=st.binary(max_size=100), key=keys, other=keys)
def test_another_key_cannot_open(text: bytes, key: bytes, other: bytes) -> None:
    sealed = vault.seal(key, text, PLACE)

    if key != other:
        assert _refusal(lambda: vault.open_sealed(other, sealed, PLACE)) == "cannot be opened"


@given(text=st.binary(max_size=60), data=st.data())
def test_a_shortened_value_cannot_be_opened(text: bytes, data: st.DataObject) -> None:
    sealed = vault.seal(KEY, text, PLACE)
    length = data.draw(st.integers(min_value=0, max_value=len(sealed) - 1))

    assert _refusal(lambda: vault.open_sealed(KEY, sealed[:length], PLACE)) == "cannot be opened"


@given(text=st.binary(max_size=60), more=st.binary(min_size=1, max_size=40))
def test_an_extended_value_cannot_be_opened(text: bytes, more: bytes) -> None:
    sealed = vault.seal(KEY, text, PLACE)

    assert _refusal(lambda: vault.open_sealed(KEY, sealed + more, PLACE)) == "cannot be opened"
    assert _refusal(lambda: vault.open_sealed(KEY, more + sealed, PLACE)) == "cannot be opened"


@pytest.mark.parametrize("key", [b"", KEY[:16], KEY[:24], KEY + b"\0"])
def test_a_key_of_another_length_opens_nothing_and_seals_nothing(key: bytes) -> None:
    sealed = vault.seal(KEY, b"text", PLACE)

    assert _refusal(lambda: vault.open_sealed(key, sealed, PLACE)) == "cannot be opened"
    assert _refusal(lambda: vault.open_many(key, [])) == "cannot be opened"
    assert _refusal(lambda: list(vault.open_stream(key, [], PLACE))) == "cannot be opened"
    with pytest.raises(ValueError, match="256 bit"):
        vault.seal(key, b"text", PLACE)
    with pytest.raises(ValueError, match="256 bit"):
        vault.wrap(KEY, key, PLACE)
    with pytest.raises(ValueError, match="256 bit"):
        vault.seal_stream(key, [b"text"], PLACE)
    with pytest.raises(ValueError, match="256 bit"):
        vault.blind_digest(key, b"name:anna")


@pytest.mark.parametrize("version", [0, 3, 4, 127, 255])
def test_an_unknown_version_byte_cannot_be_opened(version: int) -> None:
    sealed = vault.seal(KEY, b"text", PLACE)

    assert _refusal(lambda: vault.open_sealed(KEY, bytes([version]) + sealed[1:], PLACE)) == "cannot be opened"


def test_a_wrapped_key_never_opens_as_content_nor_content_as_a_key() -> None:
    wrapped, sealed = vault.wrap(KEY, OTHER_KEY, PLACE), vault.seal(KEY, OTHER_KEY, PLACE)

    for passed_off in (wrapped, sealed[:1] + wrapped[1:]):
        assert _refusal(partial(vault.open_sealed, KEY, passed_off, PLACE)) == "cannot be opened"
    for passed_off in (sealed, wrapped[:1] + sealed[1:]):
        assert _refusal(partial(vault.unwrap, KEY, passed_off, PLACE)) == "cannot be opened"


def test_no_nonce_and_no_key_comes_twice() -> None:
    sealed = [vault.seal(KEY, b"", PLACE) for _ in range(20_000)]

    assert len({value[1:13] for value in sealed}) == 20_000
    assert len({vault.new_key() for _ in range(1000)}) == 1000


def test_two_seals_of_the_same_text_have_nothing_in_common_but_the_version() -> None:
    first, second = vault.seal(KEY, b"text", PLACE), vault.seal(KEY, b"text", PLACE)

    assert first[0] == second[0]
    assert first[1:] != second[1:]


Place = tuple[str, UUID, UUID, int]
place_fields = st.tuples(st.text(max_size=60), st.uuids(), st.uuids(), st.integers(min_value=0, max_value=2**64 - 1))


@given(one=place_fields, other=place_fields)
def test_two_places_never_encode_alike(one: Place, other: Place) -> None:
    assert (vault.context(*one) == vault.context(*other)) == (one == other)


@pytest.mark.parametrize(("table", "version"), [("t" * 256, 1), ("t", -1), ("t", 2**64)])
def test_a_place_that_does_not_fit_its_encoding_is_refused(table: str, version: int) -> None:
    with pytest.raises(OverflowError):
        vault.context(table, UUID(int=1), UUID(int=1), version)


@given(texts=st.lists(st.binary(max_size=100), max_size=20))
def test_many_parts_open_in_order(texts: list[bytes]) -> None:
    parts = [_locked(KEY, text, number) for number, text in enumerate(texts)]

    assert vault.open_many(KEY, iter(parts)) == texts


@pytest.mark.parametrize("field", range(4))
def test_one_part_with_another_parts_bytes_stops_the_whole_page(field: int) -> None:
    parts = [_locked(KEY, b"text", number) for number in range(3)]
    mixed = list(parts[1])
    mixed[field] = parts[2][field]
    wrapped, wrap_place, sealed, seal_place = mixed

    opening = [parts[0], (wrapped, wrap_place, sealed, seal_place), parts[2]]

    assert _refusal(lambda: vault.open_many(KEY, opening)) == "cannot be opened"


def test_many_parts_do_not_open_with_another_agencys_key() -> None:
    assert _refusal(lambda: vault.open_many(OTHER_KEY, [_locked(KEY, b"text", 1)])) == "cannot be opened"


def test_the_stored_form_is_version_nonce_ciphertext_and_tag_with_the_version_authenticated() -> None:
    sealed, wrapped = vault.seal(KEY, b"text", PLACE), vault.wrap(KEY, OTHER_KEY, PLACE)

    assert sealed[0] == 1
    assert AESGCM(KEY).decrypt(sealed[1:13], sealed[13:], b"\x01" + PLACE) == b"text"
    assert wrapped[0] == 2
    assert AESGCM(KEY).decrypt(wrapped[1:13], wrapped[13:], b"\x02" + PLACE) == OTHER_KEY


def test_what_an_earlier_release_sealed_still_opens() -> None:
    sealed = bytes.fromhex(
        "011400b6588030867606ab0c2c36bf34f651235b83588a599e82f41b39abc390ca08d6a34254d75d381fdbf959fc22f8"
        "2d7a57bbd0af62f739"
    )
    wrapped = bytes.fromhex(
        "020151b841c057f455c1359d847d31879e308ee0342086d9b4d92ed4e427e9d398a85815e8f1caea37c9c7c606429bfd"
        "ff6083693b196902dbc8955168"
    )

    assert vault.open_sealed(KEY, sealed, PLACE) == "Vi kom överens om tisdagar.".encode()
    assert vault.unwrap(KEY, wrapped, PLACE) == OTHER_KEY
