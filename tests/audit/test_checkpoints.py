"""Checkpoints are notes that other tools read, and a note says nothing unless a known key stands behind it."""

import base64
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from coordination.audit import checkpoints
from coordination.audit.checkpoints import BadNote, Checkpoint, VerifierKey
from tests.audit.logs import Signing

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
"""The example of the package golang.org/x/mod/sumdb/note, which the format comes from."""

ORIGIN = "samverkan/example/agency/1"
LOG, REVIEWER, STRANGER = Signing(ORIGIN, 1), Signing("review.example/anders", 2), Signing("stranger.example", 3)
AT = datetime(2026, 11, 2, 5, tzinfo=UTC)
CHECKPOINT = Checkpoint(ORIGIN, 42, bytes(range(32)), AT)
NOTE = LOG.sign(CHECKPOINT)


def test_a_checkpoint_is_written_as_the_format_says() -> None:
    lines = NOTE.split("\n")

    assert lines[:5] == [ORIGIN, "42", base64.b64encode(bytes(range(32))).decode(), "time 1793595600000000", ""]
    assert lines[5].startswith(f"— {ORIGIN} ")
    assert lines[6:] == [""]


def test_the_key_id_is_the_hash_of_name_newline_type_and_key() -> None:
    key = LOG.key

    assert key.key_id == sha256(ORIGIN.encode() + b"\x0a\x01" + key.public).digest()[:4]
    assert str(key) == "+".join([ORIGIN, key.key_id.hex(), base64.b64encode(b"\x01" + key.public).decode()])
    assert VerifierKey.parse(str(key)) == key


def test_a_key_and_a_signature_of_another_implementation_are_understood() -> None:
    key = VerifierKey.parse(GO_KEY)
    signed = base64.b64decode(GO_SIGNATURE)

    assert signed[:4] == key.key_id
    assert _verify(key.public, signed[4:], GO_TEXT.encode())


def test_a_signed_checkpoint_is_read_back() -> None:
    checkpoint, names = checkpoints.verify(NOTE, [LOG.key], _verify)

    assert checkpoint == CHECKPOINT
    assert names == (ORIGIN,)


def test_a_checkpoint_without_a_time_is_read_back() -> None:
    bare = Checkpoint(ORIGIN, 0, bytes(32))

    assert checkpoints.verify(LOG.sign(bare), [LOG.key], _verify)[0] == bare


def test_a_reviewer_countersigns_what_the_log_signed() -> None:
    both = checkpoints.countersign(NOTE, REVIEWER.key, REVIEWER.private.sign)

    assert checkpoints.verify(both, [LOG.key, REVIEWER.key], _verify)[1] == (ORIGIN, REVIEWER.key.name)
    assert checkpoints.verify(both, [REVIEWER.key], _verify)[1] == (REVIEWER.key.name,)
    with pytest.raises(BadNote, match="signed already"):
        checkpoints.countersign(both, REVIEWER.key, REVIEWER.private.sign)


def test_a_signature_of_an_unknown_key_counts_for_nothing() -> None:
    with pytest.raises(BadNote, match="no known key"):
        checkpoints.verify(NOTE, [STRANGER.key], _verify)
    with pytest.raises(BadNote, match="no known key"):
        checkpoints.verify(NOTE, [], _verify)


def test_another_key_under_the_same_name_counts_for_nothing() -> None:
    impostor = Signing(ORIGIN, 9)

    with pytest.raises(BadNote, match="no known key"):
        checkpoints.verify(impostor.sign(CHECKPOINT), [LOG.key], _verify)


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    both = checkpoints.countersign(NOTE, REVIEWER.key, lambda text: bytes(64))

    with pytest.raises(BadNote, match="anders is wrong"):
        checkpoints.verify(both, [LOG.key, REVIEWER.key], _verify)
    assert checkpoints.verify(both, [LOG.key], _verify)[1] == (ORIGIN,)


@given(st.data())
def test_a_changed_byte_is_never_the_same_checkpoint_verified(data: st.DataObject) -> None:
    raw = bytearray(NOTE.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises((BadNote, UnicodeDecodeError)):
        checkpoints.verify(bytes(raw).decode(), [LOG.key], _verify)


@given(st.text())
def test_garbage_is_not_a_note(text: str) -> None:
    for note in (text, text + "\n\n— a b\n", NOTE + text + "x", f"a\n1\n{text}\n\n— a AAAAAAAA\n"):
        with pytest.raises(BadNote):
            checkpoints.parse(note)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n42\n", "\n042\n"),
        ("\n42\n", "\n-42\n"),
        ("\n42\n", "\n4 2\n"),
        ("\n42\n", "\n"),
        ("=\n", "\n"),
        ("—", "--"),
        ("time ", "\r"),
        ("\n\n", "\n"),
        ("\n\n", "\n\n" + NOTE.rpartition("\n\n")[2] * checkpoints.MOST_SIGNATURES),
    ],
)
def test_a_note_of_another_form_is_refused(old: str, new: str) -> None:
    assert old in NOTE

    with pytest.raises(BadNote):
        checkpoints.parse(NOTE.replace(old, new, 1))


def test_a_note_without_its_last_line_end_is_refused() -> None:
    with pytest.raises(BadNote):
        checkpoints.parse(NOTE[:-1])


def test_extension_lines_of_others_are_let_through() -> None:
    text = CHECKPOINT.text() + "witness-hint 7\n"
    note = checkpoints.parse(f"{text}\n— {ORIGIN} {base64.b64encode(LOG.key.key_id + bytes(64)).decode()}\n")

    assert note.checkpoint == CHECKPOINT
    assert note.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b+c",
        GO_KEY[:-1],
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("PeterNeumann", "Peter Neumann"),
        GO_KEY.replace("+ARpc", "+ERpc"),
        GO_KEY + "\n",
    ],
)
def test_what_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        VerifierKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2028b"])
def test_a_key_name_has_no_spaces_and_no_plus_sign(name: str) -> None:
    with pytest.raises(ValueError, match="key name"):
        VerifierKey(name, bytes(32))


def test_an_origin_is_one_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        Checkpoint("samverkan\n99", 1, bytes(32)).text()


def _verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
