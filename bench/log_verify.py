"""Verifying an exported access log: what the whole verifier costs on top of SHA-256 over the same lines.

The verifier runs as its reader runs it, as a program of its own, start-up included. The floor is the bare loop of one hash
a line, which any tree over entries must pay; the ratio to a single hash over the whole file is told beside it.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coordination.audit import canonical, checkpoints, export, merkle
from coordination.audit.events import Event, Who, fields_of
from policies.permissions import Role

VERIFIER = Path(__file__).resolve().parents[1] / "tools" / "verify_access_log.py"
ENTRIES = 1_000_000
A_DAY = 5_000
"""Entries between two daily checkpoints."""
AGENCY = UUID(int=0xA)
START = datetime(2026, 1, 1, tzinfo=UTC)


def run(scale: float = 1.0) -> dict[str, Any]:
    """Return the best of three times for the verifier and for the floors over the same file, taking turns."""
    entries = max(1, round(ENTRIES * scale))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.jsonl"
        key = write_log(file, entries)
        floor, one_hash, ours, alone = _best_of(
            3,
            lambda: _hash_lines(file),
            lambda: _hash_file(file),
            lambda: _verify(file, key, os.cpu_count() or 1),
            lambda: _verify(file, key, 1),
        )
        size = file.stat().st_size
    return {
        "question": f"verify {entries} log entries",
        "ours_seconds": ours,
        "floor_seconds": floor,
        "ratio": ours / floor,
        "aim": "<= 5",
        "bytes": size,
        "processes": os.cpu_count() or 1,
        "ratio_with_one_process": alone / floor,
        "ratio_to_one_hash_of_the_file": ours / one_hash,
    }


def write_log(file: Path, entries: int) -> str:
    """Write an export of believable entries, with a checkpoint a day; return the key that signed it."""
    private = Ed25519PrivateKey.generate()
    origin = checkpoints.origin_of("bench.example", AGENCY)
    key = checkpoints.VerifierKey(origin, private.public_key().public_bytes_raw())
    sizes = [*range(A_DAY, entries, A_DAY), entries]
    nodes, roots = _tree(entries, set(sizes))
    stored = [
        export.StoredCheckpoint(
            new,
            checkpoints.sign(checkpoints.Checkpoint(origin, new, roots[new], _at(new)), key, private.sign),
            merkle.consistency_proof(old, new, lambda level, index: nodes[level, index]),
        )
        for old, new in zip([0, *sizes], sizes, strict=False)
    ]
    header = export.Header(AGENCY, origin, [key], entries, roots[entries], _at(entries))
    lines = (export.StoredEntry(number, nodes[0, number], text) for number, text in enumerate(_texts(entries)))
    with file.open("wb") as out:
        out.writelines(export.export_lines(header, lines, stored))
    return str(key)


def _tree(entries: int, sizes: set[int]) -> tuple[dict[tuple[int, int], bytes], dict[int, bytes]]:
    nodes: dict[tuple[int, int], bytes] = {}
    roots: dict[int, bytes] = {}
    frontier = merkle.EMPTY
    for number, text in enumerate(_texts(entries)):
        leaf = merkle.hash_leaf(text)
        frontier, born = frontier.append(leaf)
        nodes[0, number] = leaf
        nodes.update({(level, index): value for level, index, value in born})
        if frontier.size in sizes:
            roots[frontier.size] = frontier.root()
    return nodes, roots


def _texts(entries: int) -> Iterator[bytes]:
    rng = random.Random(1)
    for number in range(entries):
        event, given = _event(rng)
        who = Who(_id(rng), AGENCY, frozenset({Role.CASE_WORKER}), _id(rng), f"192.0.2.{rng.randrange(256)}")
        fields = fields_of(event, who, given)
        yield canonical.encode(canonical.Entry(AGENCY, number, _id(rng), _at(number), event.tag, fields))


def _event(rng: random.Random) -> tuple[Event, dict[str, object]]:
    case = {"case_id": _id(rng)}
    part = {**case, "record_id": _id(rng), "part_id": _id(rng), "version": rng.randrange(1, 9)}
    kinds: list[tuple[Event, dict[str, object]]] = [
        (Event.CASE_VIEWED, {**case, "parts": rng.randrange(200)}),
        (Event.PART_OPENED, {**part}),
        (Event.ATTACHMENT_OPENED, {**part}),
        (Event.CASE_LISTED, {"count": rng.randrange(50)}),
        (Event.DENIED, {"permission": "case:case:read", "reason_code": "not_assigned"}),
    ]
    return rng.choices(kinds, weights=[40, 35, 10, 10, 5])[0]


def _id(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128))


def _at(number: int) -> datetime:
    return START + timedelta(seconds=number)


def _hash_lines(file: Path) -> None:
    with file.open("rb") as source:
        for line in source:
            sha256(line).digest()


def _hash_file(file: Path) -> None:
    digest = sha256()
    with file.open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    digest.digest()


def _verify(file: Path, key: str, jobs: int) -> None:
    command = [sys.executable, str(VERIFIER), str(file), "--key", key, "--jobs", str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _best_of(times: int, *actions: Callable[[], None]) -> list[float]:
    """Take turns, so that a busy moment of the machine strikes all."""
    best = [float("inf")] * len(actions)
    for _ in range(times):
        for index, action in enumerate(actions):
            started = time.perf_counter()
            action()
            best[index] = min(best[index], time.perf_counter() - started)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = run(options.entries / ENTRIES)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(
            "{question}: {ours_seconds:.2f} s, floor {floor_seconds:.2f} s, ratio {ratio:.1f} (aim {aim})".format(
                **figures
            )
        )


if __name__ == "__main__":
    main()
