"""Signed tree heads: the C2SP ``tlog-checkpoint`` text inside a C2SP ``signed-note``, which other tools can read.

Signing and verifying are handed in as functions, so that this module knows no key. A note can carry several signatures:
the log's own, and those of reviewers who countersign what they have seen.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from coordination.audit import canonical
from coordination.audit.merkle import HASH_SIZE

Signer = Callable[[bytes], bytes]
"""Signs a message with Ed25519 (RFC 8032)."""

Verify = Callable[[bytes, bytes, bytes], bool]
"""``verify(public_key, signature, message)`` for Ed25519."""

ED25519 = b"\x01"
KEY_SIZE = 32
SIGNATURE_SIZE = 64
MOST_SIGNATURES = 32
"""The format asks for at least 16 and for a limit."""

_SIGNATURE_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_TIME = re.compile(r"time ([1-9][0-9]{15})")


class BadNote(ValueError):
    """The text is not a checkpoint note, or none of the known keys stands behind it."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name it signs with."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Refuse what a signature line could not carry. Raises ValueError."""
        if not self.name or "+" in self.name or self.name.split() != [self.name] or not self.name.isprintable():
            raise ValueError("a key name has no spaces and no plus sign")
        if len(self.public) != KEY_SIZE:
            raise ValueError("an Ed25519 public key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x01 || public key), the first four bytes (C2SP signed-note)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """Write the key as one word, for a reviewer to keep: name, id and key with plus signs between."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote. Raises ValueError."""
        name, _, rest = text.partition("+")
        _, _, encoded = rest.partition("+")
        public = base64.b64decode(encoded, validate=True)
        if public[:1] != ED25519:
            raise ValueError("not an Ed25519 key")
        key = cls(name, public[1:])
        if str(key) != text:
            raise ValueError("the key and its id do not fit together")
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: the log, its size, its root, and when. The time is an extension line, which others may ignore."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None

    def text(self) -> str:
        """Return the note text (C2SP tlog-checkpoint). Raises ValueError for an origin that cannot be one line."""
        if not self.origin or not self.origin.isprintable():
            raise ValueError("an origin is one line")
        time = "" if self.at is None else f"time {canonical.microseconds(self.at)}\n"
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{time}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text; extension lines that are not a time are let through. Raises BadNote."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or not all(line and line.isprintable() for line in lines):
            raise BadNote("a checkpoint has at least three lines, none of them empty")
        origin, size, root, *extensions = lines
        times = [match for match in map(_TIME.fullmatch, extensions) if match]
        if not _SIZE.fullmatch(size):
            raise BadNote("the size is not a decimal number")
        return cls(origin, int(size), _decoded(root, HASH_SIZE), canonical.moment(int(times[0][1])) if times else None)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """Write the line, without its end."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint with its signatures, as it is stored and handed out."""

    text: str
    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Write the note: the text, an empty line, the signature lines."""
        return f"{self.text}\n" + "".join(f"{signature}\n" for signature in self.signatures)


def origin_of(installation: str, agency: object) -> str:
    """Return the name of an agency's log, which is also the name its key signs with."""
    return f"samverkan/{installation}/agency/{agency}"


def sign(checkpoint: Checkpoint, key: VerifierKey, signer: Signer) -> str:
    """Return the checkpoint as a note signed by one key."""
    text = checkpoint.text()
    return str(Note(text, checkpoint, (_signed(text, key, signer),)))


def countersign(note: str, key: VerifierKey, signer: Signer) -> str:
    """Return the note with one signature more: somebody says that this is the tree they have seen. Raises BadNote."""
    parsed = parse(note)
    if any((signature.name, signature.key_id) == (key.name, key.key_id) for signature in parsed.signatures):
        raise BadNote("this key has signed already")
    signature = _signed(parsed.text, key, signer)
    return str(Note(parsed.text, parsed.checkpoint, (*parsed.signatures, signature)))


def parse(note: str) -> Note:
    """Read a note without trusting it. Raises BadNote unless it is written exactly as the format says."""
    text, divider, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not divider or lines.pop() != "" or not 1 <= len(lines) <= MOST_SIGNATURES:
        raise BadNote("a note is a text, an empty line and its signatures")
    checkpoint = Checkpoint.parse(text + "\n")
    return Note(text + "\n", checkpoint, tuple(_parse_signature(line) for line in lines))


def verify(note: str, keys: Iterable[VerifierKey], verify_with: Verify) -> tuple[Checkpoint, tuple[str, ...]]:
    """Return the checkpoint and the names of the known keys that signed it.

    Signatures of unknown keys are passed over; a known key's signature that does not verify spoils the whole note, and so
    does a note that no known key has signed (C2SP signed-note). Raises BadNote.
    """
    parsed = parse(note)
    known = {(key.name, key.key_id): key for key in keys}
    names = []
    for signature in parsed.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not verify_with(key.public, signature.value, parsed.text.encode()):
            raise BadNote(f"the signature of {key.name} is wrong")
        names.append(key.name)
    if not names:
        raise BadNote("no known key has signed")
    return parsed.checkpoint, tuple(names)


def _signed(text: str, key: VerifierKey, signer: Signer) -> Signature:
    return Signature(key.name, key.key_id, signer(text.encode()))


def _parse_signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None or "+" in match[1]:
        raise BadNote("a signature line is a dash, a key name and a signature")
    value = _decoded(match[2], None)
    if len(value) <= 4:
        raise BadNote("a signature line holds no signature")
    return Signature(match[1], value[:4], value[4:])


def _decoded(encoded: str, size: int | None) -> bytes:
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None
    if base64.b64encode(value).decode() != encoded or (size is not None and len(value) != size):
        raise BadNote("not base64 of the right length")
    return value
