"""An attachment opens whole and in order, or stops where somebody touched it."""

import itertools
from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from coordination.keys import vault

KEY = bytes(range(32))
PLACE = b"place"
CHUNK = vault.CHUNK_BYTES
CONTENT = bytes(itertools.islice(itertools.cycle(range(251)), 3 * CHUNK + 1000))
CHUNKS = tuple(vault.seal_stream(KEY, [CONTENT], PLACE))


def _opened_until_refusal(sealed: Iterable[bytes], key: bytes = KEY, place: bytes = PLACE) -> tuple[bytes, bool]:
    """Return what came out and whether the end was confirmed."""
    opened = bytearray()
    try:
        for chunk in vault.open_stream(key, sealed, place):
            opened += chunk
    except vault.CannotOpen:
        return bytes(opened), False
    return bytes(opened), True


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_an_attachment_of_any_size_opens_to_what_it_was(size: int) -> None:
    content = CONTENT[:size]

    sealed = list(vault.seal_stream(KEY, [content], PLACE))

    assert len(sealed) == max(1, -(-size // CHUNK))
    assert _opened_until_refusal(sealed) == (content, True)


@given(cuts=st.lists(st.integers(min_value=0, max_value=len(CONTENT)), max_size=12))
def test_how_an_upload_was_cut_does_not_matter(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(CONTENT)]
    pieces = [CONTENT[start:end] for start, end in itertools.pairwise(edges)]

    sealed = list(vault.seal_stream(KEY, pieces, PLACE))

    assert [len(chunk) for chunk in sealed] == [len(chunk) for chunk in CHUNKS]
    assert _opened_until_refusal(sealed) == (CONTENT, True)


def test_an_upload_without_any_piece_is_an_empty_attachment() -> None:
    assert _opened_until_refusal(vault.seal_stream(KEY, [], PLACE)) == (b"", True)


@given(order=st.lists(st.integers(min_value=0, max_value=len(CHUNKS) - 1), max_size=7))
def test_only_all_chunks_in_their_order_are_confirmed_to_the_end(order: list[int]) -> None:
    opened, confirmed = _opened_until_refusal(CHUNKS[index] for index in order)

    assert confirmed == (order == list(range(len(CHUNKS))))
    assert CONTENT.startswith(opened)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param([1, 0, 2, 3], id="first two swapped"),
        pytest.param([0, 2, 1, 3], id="middle two swapped"),
        pytest.param([0, 1, 3], id="one dropped"),
        pytest.param([1, 2, 3], id="the first dropped"),
        pytest.param([0, 1, 1, 2, 3], id="one repeated"),
        pytest.param([0, 1, 2], id="the last cut off"),
        pytest.param([0], id="all but the first cut off"),
        pytest.param([0, 1, 2, 3, 3], id="the last repeated"),
        pytest.param([0, 1, 2, 3, 0], id="the first appended"),
        pytest.param([], id="nothing left"),
    ],
)
def test_a_rearranged_attachment_is_never_confirmed(order: list[int]) -> None:
    opened, confirmed = _opened_until_refusal([CHUNKS[index] for index in order])

    assert not confirmed
    assert opened != CONTENT


def test_a_chunk_comes_out_as_soon_as_it_is_verified_and_a_cut_tail_shows_at_the_end() -> None:
    stream = vault.open_stream(KEY, CHUNKS[:3], PLACE)

    assert next(stream) == CONTENT[:CHUNK]
    assert next(stream) == CONTENT[CHUNK : 2 * CHUNK]
    with pytest.raises(vault.CannotOpen, match=r"^cannot be opened$"):
        next(stream)


@given(data=st.data())
def test_a_flipped_bit_stops_the_attachment_before_its_chunk(data: st.DataObject) -> None:
    where = data.draw(st.integers(min_value=0, max_value=len(CHUNKS) - 1))
    changed = bytearray(CHUNKS[where])
    bit = data.draw(st.integers(min_value=0, max_value=8 * len(changed) - 1))
    changed[bit // 8] ^= 1 << bit % 8

    opened, confirmed = _opened_until_refusal([*CHUNKS[:where], bytes(changed), *CHUNKS[where + 1 :]])

    assert not confirmed
    assert opened == CONTENT[: where * CHUNK]


@given(where=st.integers(min_value=0, max_value=len(CHUNKS) - 1), length=st.integers(min_value=0, max_value=60))
def test_a_shortened_chunk_cannot_be_opened(where: int, length: int) -> None:
    sealed = [*CHUNKS[:where], CHUNKS[where][:length], *CHUNKS[where + 1 :]]

    assert _opened_until_refusal(sealed) == (CONTENT[: where * CHUNK], False)


def test_a_chunk_of_another_attachment_under_the_same_key_does_not_fit() -> None:
    other = list(vault.seal_stream(KEY, [CONTENT], PLACE))

    assert _opened_until_refusal([CHUNKS[0], other[1], *CHUNKS[2:]]) == (CONTENT[:CHUNK], False)


def test_another_key_or_another_row_opens_no_chunk() -> None:
    assert _opened_until_refusal(CHUNKS, key=bytes(32)) == (b"", False)
    assert _opened_until_refusal(CHUNKS, place=b"other place") == (b"", False)


def test_content_sealed_whole_is_not_an_attachment() -> None:
    assert _opened_until_refusal([vault.seal(KEY, b"text", PLACE)]) == (b"", False)


def test_no_two_attachments_share_a_salt() -> None:
    salts = {next(vault.seal_stream(KEY, [b"text"], PLACE))[1:33] for _ in range(2000)}

    assert len(salts) == 2000


def test_the_stored_form_is_stream_over_a_key_derived_with_the_salt_in_the_first_chunk() -> None:
    derived = HKDF(SHA256(), 39, CHUNKS[0][1:33], b"samverkan/stream/v1").derive(KEY)
    cipher, prefix = AESGCM(derived[:32]), derived[32:]
    bodies = [CHUNKS[0][33:], *(chunk[1:] for chunk in CHUNKS[1:])]
    nonces = [prefix + number.to_bytes(4) + bytes([number == 3]) for number in range(4)]

    opened = [cipher.decrypt(nonce, body, b"\x03" + PLACE) for nonce, body in zip(nonces, bodies, strict=True)]

    assert {chunk[0] for chunk in CHUNKS} == {3}
    assert b"".join(opened) == CONTENT
