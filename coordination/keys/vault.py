"""The only importer of ``cryptography``: what is sealed here opens with its key, in its place, or not at all.

Keys are random 256 bit. Content and wrapped keys are AES-256-GCM (NIST SP 800-38D), attachments STREAM over it,
derived keys HKDF-SHA-256 (RFC 5869), blind digests HMAC-SHA-256 (RFC 2104), signatures Ed25519 (RFC 8032).
A sealed value is ``version byte | nonce (12) | ciphertext | tag (16)``; the version byte is authenticated too.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
CHUNK_BYTES = 64 * 1024
"""How much of an attachment lies in one sealed chunk."""

Locked: TypeAlias = tuple[bytes, bytes, bytes, bytes]
"""``(wrapped key, its context, sealed content, its context)``: one part as it lies in the database."""

# One number space for all three, so that a wrapped key is never mistaken for content, whoever moves it.
_SEALED_V1 = b"\x01"
_WRAPPED_V1 = b"\x02"
_STREAM_V1 = b"\x03"

_NONCE_BYTES = 12
_TAG_BYTES = 16
_BODY = 1 + _NONCE_BYTES
_SMALLEST = _BODY + _TAG_BYTES

_SALT_BYTES = 32
_PREFIX_BYTES = 7
_COUNTER_BYTES = 4


class CannotOpen(Exception):
    """What was given does not open with this key in this place. Always the same words: it never tells why."""

    def __init__(self) -> None:
        super().__init__("cannot be opened")


def new_key() -> bytes:
    """Return a new random 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def context(table: str, row_id: UUID, part_id: UUID, key_version: int) -> bytes:
    """Return the place something is sealed to, as bytes no other place can give.

    The table's name carries its length and the rest has fixed width, so no two places encode alike.
    Raises ``OverflowError`` for a name over 255 bytes, or a version below 0 or over 64 bits.
    """
    return _named(table) + row_id.bytes + part_id.bytes + key_version.to_bytes(8)


def seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Seal content with its own key to its place. Raises ``ValueError`` for a key that is not 256 bit."""
    return _sealed(_cipher(key), _SEALED_V1, plaintext, context)


def open_sealed(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Return the content that ``seal`` sealed with this key to this place. Raises ``CannotOpen``."""
    return _opened(_opening_cipher(key), _SEALED_V1, sealed, context)


def wrap(kek: bytes, key: bytes, context: bytes) -> bytes:
    """Wrap a key with the key above it, bound to the row it will lie in.

    AES-GCM with the row as associated data, not AES key wrap (RFC 3394, RFC 5649): those have no associated data, so
    a wrapped key copied to another row (another agency's grant, an older version) would open there unnoticed.
    The price is a random nonce, which allows 2**32 wraps for each ``kek`` (NIST SP 800-38D, 8.3); an agency key
    is rotated long before. Raises ``ValueError`` for a key that is not 256 bit.
    """
    _require_key(key)
    return _sealed(_cipher(kek), _WRAPPED_V1, key, context)


def unwrap(kek: bytes, wrapped: bytes, context: bytes) -> bytes:
    """Return the key that ``wrap`` wrapped with this key for this row. Raises ``CannotOpen``."""
    return _opened(_opening_cipher(kek), _WRAPPED_V1, wrapped, context)


def open_many(kek: bytes, items: Iterable[Locked]) -> list[bytes]:
    """Return the content of many parts, in order: the same as ``unwrap`` then ``open_sealed`` on each, but quicker.

    All or nothing: raises ``CannotOpen`` if any of them does not open.
    """
    outer = _opening_cipher(kek)
    return [
        _opened(_opening_cipher(_opened(outer, _WRAPPED_V1, wrapped, place)), _SEALED_V1, sealed, part)
        for wrapped, place, sealed, part in items
    ]


def seal_stream(key: bytes, chunks: Iterable[bytes], context: bytes) -> Iterator[bytes]:
    """Yield an attachment as sealed chunks of 64 KiB, however it was cut when it came in; an empty one gives one chunk.

    STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
    Misuse-Resistance, 2015): each nonce is ``prefix | counter | last?``, so chunks cannot be moved, repeated, left
    out or cut off. The first chunk starts with a random salt, from which key and prefix of this one attachment are
    derived; nonces therefore repeat neither within a part nor across its attachments.
    Raises ``ValueError`` for a key that is not 256 bit, before the first chunk.
    """
    _require_key(key)
    salt = secrets.token_bytes(_SALT_BYTES)
    cipher, prefix = _stream_cipher(key, salt)

    def sealed() -> Iterator[bytes]:
        head = _STREAM_V1 + salt
        for counter, (chunk, last) in enumerate(_with_last(_recut(chunks))):
            yield head + cipher.encrypt(_stream_nonce(prefix, counter, last=last), chunk, _STREAM_V1 + context)
            head = _STREAM_V1

    return sealed()


def open_stream(key: bytes, sealed_chunks: Iterable[bytes], context: bytes) -> Iterator[bytes]:
    """Yield an attachment's content, each chunk once it has been verified.

    Raises ``CannotOpen`` at the first chunk that is changed, moved, repeated or missing; a cut tail shows only at the
    end, so whoever must not act on part of a file waits for the iterator to finish.
    """
    _require_opening_key(key)
    chunks = _with_last(sealed_chunks)
    first, last = next(chunks, (b"", True))
    salt, body = first[1 : 1 + _SALT_BYTES], first[1 + _SALT_BYTES :]
    cipher, prefix = _stream_cipher(key, salt)
    yield _opened_chunk(cipher, _stream_nonce(prefix, 0, last=last), first[:1], body, context)

    for counter, (chunk, last) in enumerate(chunks, start=1):
        yield _opened_chunk(cipher, _stream_nonce(prefix, counter, last=last), chunk[:1], chunk[1:], context)


def derive(master: bytes, info: bytes) -> bytes:
    """Return the 256-bit key for one purpose, derived from a master key (HKDF-SHA-256 without salt, RFC 5869).

    Raises ``ValueError`` for a master key under 128 bit.
    """
    if len(master) < KEY_BYTES // 2:
        raise ValueError("a key to derive from has at least 128 bit")
    return _hkdf(master, salt=b"", info=info, length=KEY_BYTES)


def blind_digest(key: bytes, normalised: bytes) -> bytes:
    """Return what a search term is stored and looked up as (HMAC-SHA-256).

    Raises ``ValueError`` for a key that is not 256 bit.
    """
    _require_key(key)
    return hmac.digest(key, normalised, "sha256")


def signing_key_new() -> bytes:
    """Return a new private Ed25519 key (32 bytes, RFC 8032)."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    """Return the public key (32 bytes) of a private one. Raises ``ValueError`` if it is not 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """Return the Ed25519 signature (64 bytes) of a message. Raises ``ValueError`` if the key is not 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the holder of the private key signed exactly this message; a malformed key or signature did not."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@cache  # a page asks for hundreds of places in a handful of tables
def _named(table: str) -> bytes:
    name = table.encode()
    return len(name).to_bytes(1) + name


def _require_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:  # AESGCM would take 128 and 192 bit too
        raise ValueError("a key has 256 bit")


def _require_opening_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise CannotOpen


def _cipher(key: bytes) -> AESGCM:
    _require_key(key)
    return AESGCM(key)


def _opening_cipher(key: bytes) -> AESGCM:
    _require_opening_key(key)
    return AESGCM(key)


def _sealed(cipher: AESGCM, version: bytes, plaintext: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return version + nonce + cipher.encrypt(nonce, plaintext, version + context)


def _opened(cipher: AESGCM, version: bytes, sealed: bytes, context: bytes) -> bytes:
    if len(sealed) < _SMALLEST or sealed[:1] != version:
        raise CannotOpen
    try:
        return cipher.decrypt(sealed[1:_BODY], sealed[_BODY:], version + context)
    except InvalidTag:
        raise CannotOpen from None


def _opened_chunk(cipher: AESGCM, nonce: bytes, version: bytes, body: bytes, context: bytes) -> bytes:
    if version != _STREAM_V1:
        raise CannotOpen
    try:
        return cipher.decrypt(nonce, body, _STREAM_V1 + context)
    except InvalidTag:
        raise CannotOpen from None


def _stream_cipher(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    derived = _hkdf(key, salt=salt, info=b"samverkan/stream/v1", length=KEY_BYTES + _PREFIX_BYTES)
    return AESGCM(derived[:KEY_BYTES]), derived[KEY_BYTES:]


def _stream_nonce(prefix: bytes, counter: int, *, last: bool) -> bytes:
    return prefix + counter.to_bytes(_COUNTER_BYTES) + bytes([last])


def _hkdf(key: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(key)


def _recut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut into full chunks and a rest; only an empty attachment has an empty rest."""
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        while len(buffer) > CHUNK_BYTES:
            yield bytes(buffer[:CHUNK_BYTES])
            del buffer[:CHUNK_BYTES]
    yield bytes(buffer)


def _with_last(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pair each chunk with whether it is the last; one chunk is held back to know it."""
    waiting: bytes | None = None
    for chunk in chunks:
        if waiting is not None:
            yield waiting, False
        waiting = chunk
    if waiting is not None:
        yield waiting, True
