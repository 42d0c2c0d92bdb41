"""Logs built from a seed, with their checkpoints, proofs and exports."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coordination.audit import canonical, checkpoints, export, merkle
from coordination.audit.checkpoints import Checkpoint, VerifierKey
from coordination.audit.events import Event, Who, fields_of
from policies.permissions import Role

AGENCY, OTHER_AGENCY = UUID(int=0xA), UUID(int=0xB)
START = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)


class Signing:
    """A key pair made from a number, under a name."""

    def __init__(self, name: str, number: int = 1) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.key = VerifierKey(name, self.private.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> str:
        return checkpoints.sign(checkpoint, self.key, self.private.sign)


@dataclass(frozen=True)
class Log:
    """An agency's log: canonical entries, and checkpoints at some sizes."""

    texts: Sequence[bytes]
    sizes: Sequence[int]
    signing: Signing
    agency: UUID = AGENCY

    @property
    def hashes(self) -> list[bytes]:
        return [merkle.hash_leaf(text) for text in self.texts]

    def root(self, size: int | None = None) -> bytes:
        return merkle.root_of(self.hashes[:size])

    def note(self, size: int) -> str:
        at = START + timedelta(days=1, seconds=size)
        return self.signing.sign(Checkpoint(self.signing.key.name, size, self.root(size), at))

    def node(self, level: int, index: int) -> bytes:
        return merkle.root_of(self.hashes[index << level : (index + 1) << level])

    def lines(self, hashed: Iterable[int] = ()) -> list[bytes]:
        """Return the lines of the export; of the entries at ``hashed`` only the hash is told."""
        gone = set(hashed)
        name, size = self.signing.key.name, len(self.texts)
        at = START + timedelta(days=2)
        header = export.Header(self.agency, name, [self.signing.key], size, self.root(), at)
        entries = (
            export.StoredEntry(number, leaf, None if number in gone else text)
            for number, (text, leaf) in enumerate(zip(self.texts, self.hashes, strict=True))
        )
        olds = [0, *self.sizes]
        stored = (
            export.StoredCheckpoint(new, self.note(new), merkle.consistency_proof(old, new, self.node))
            for old, new in zip(olds, self.sizes, strict=False)
        )
        return list(export.export_lines(header, entries, stored))


def entry_text(rng: random.Random, sequence: int, agency: UUID = AGENCY) -> bytes:
    """Return the canonical bytes of a believable entry."""

    def some_id() -> UUID:
        return UUID(int=rng.getrandbits(128))

    choices: list[tuple[Event, Mapping[str, object]]] = [
        (Event.CASE_VIEWED, {"case_id": some_id(), "parts": rng.randrange(200)}),
        (Event.PART_OPENED, {"case_id": some_id(), "record_id": some_id(), "part_id": some_id(), "version": 1}),
        (Event.DENIED, {"permission": "case:case:read", "reason_code": "not_assigned"}),
        (Event.SIGN_OUT, {}),
    ]
    event, given = rng.choice(choices)
    who = Who(some_id(), agency, frozenset({Role.CASE_WORKER}), some_id(), f"192.0.2.{rng.randrange(256)}")
    at = START + timedelta(seconds=sequence)
    return canonical.encode(canonical.Entry(agency, sequence, some_id(), at, event.tag, fields_of(event, who, given)))


def build_log(size: int, sizes: Sequence[int] | None = None, agency: UUID = AGENCY, key: int = 1) -> Log:
    rng = random.Random(int(agency))
    signing = Signing(checkpoints.origin_of("test.example", agency), key)
    texts = [entry_text(rng, sequence, agency) for sequence in range(size)]
    return Log(texts, [size] if sizes is None else sizes, signing, agency)


LOG = build_log(20, [4, 8, 15, 20])
LINES = LOG.lines()
"""The export that tests tamper with."""


class Answer(NamedTuple):
    """What the verifier said."""

    exit_code: int
    text: str

    def found(self, what: str, *, line: int, sequence: int | None = None) -> bool:
        place = f"FAULT line {line}: " if sequence is None else f"FAULT line {line}, sequence {sequence}: "
        return self.exit_code == 1 and self.text.startswith(place) and what in self.text and self.text.count("\n") == 1


Verify = Callable[..., Answer]
"""Verifies these bytes or lines with these options, and with the note the reviewer kept as ``kept``."""


def with_line(at: int, line: bytes) -> list[bytes]:
    return [*LINES[:at], line, *LINES[at + 1 :]]
