"""An agency's log as one file that proves itself: JSON Lines, read and verified by ``tools/verify_access_log.py``.

A header, one line an entry, each checkpoint right after the last entry it covers, and a last line with the count and the
root. Nothing is repaired on the way out: what is wrong in the database stays wrong in the file, for the verifier to find.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coordination.audit import canonical, checkpoints
from coordination.audit.merkle import EMPTY

FORMAT = "samverkan/access-log-export/v1"


@dataclass(frozen=True, slots=True)
class Header:
    """Whose log it is, the keys that sign it, and the tree as the log's head knew it."""

    agency: UUID
    origin: str
    keys: Sequence[checkpoints.VerifierKey]
    size: int
    root: bytes
    exported_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is stored; its text is None when only its hash is told: deleted after the log's retention, or not asked for."""

    sequence: int
    leaf_hash: bytes
    text: bytes | None


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it is stored, with the proof that its tree begins with that of the checkpoint before it."""

    size: int
    note: str
    proof: Sequence[bytes]


def export_lines(header: Header, entries: Iterable[StoredEntry], stored: Iterable[StoredCheckpoint]) -> Iterator[bytes]:
    """Yield the lines of the file, in one pass over entries by sequence and checkpoints from the oldest to the newest.

    The newest checkpoint must be of the header's size, or the verifier says that the entries after it stand unsigned.
    """
    yield _line({"header": _header(header)})
    frontier, waiting = EMPTY, deque(stored)
    for entry in entries:
        while waiting and waiting[0].size <= entry.sequence:
            yield _checkpoint_line(waiting.popleft())
        yield _entry_line(entry)
        frontier, _ = frontier.append(entry.leaf_hash)
    yield from map(_checkpoint_line, waiting)
    yield _line({"end": {"count": frontier.size, "root": frontier.root().hex()}})


def _header(header: Header) -> dict[str, object]:
    return {
        "agency": str(header.agency),
        "exported_at": canonical.microseconds(header.exported_at),
        "format": FORMAT,
        "keys": [str(key) for key in header.keys],
        "origin": header.origin,
        "root": header.root.hex(),
        "size": header.size,
    }


def _entry_line(entry: StoredEntry) -> bytes:
    leaf = entry.leaf_hash.hex()
    if entry.text is None:
        return _line({"hashed": {"leaf": leaf, "sequence": entry.sequence}})
    return b'{"entry":%b,"leaf":"%b"}\n' % (entry.text, leaf.encode())


def _checkpoint_line(checkpoint: StoredCheckpoint) -> bytes:
    proof = [node.hex() for node in checkpoint.proof]
    return _line({"checkpoint": {"note": checkpoint.note, "proof": proof}})


def _line(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii") + b"\n"
