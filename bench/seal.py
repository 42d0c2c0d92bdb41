"""Opening a page of parts: how much our checks cost on top of AES-GCM itself.

The floor is the bare loop over the same bytes, already cut into nonce and ciphertext: unwrap, set up the key, decrypt.
"""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coordination.keys import vault

PARTS = 200
PART_BYTES = 800
"""About 130 Swedish words: an ordinary part."""


def run(scale: float = 1.0) -> dict[str, Any]:
    """Return the best time of many repetitions for both loops over the same 200 parts."""
    kek = vault.new_key()
    parts = [_part(kek, number) for number in range(PARTS)]
    bare = [_cut(part) for part in parts]
    repetitions = max(3, round(300 * scale))

    ours, floor = _best_of(repetitions, lambda: vault.open_many(kek, parts), lambda: _bare_loop(kek, bare))
    return {
        "question": f"open {PARTS} sealed parts of {PART_BYTES} bytes",
        "ours_seconds": ours,
        "floor_seconds": floor,
        "ratio": ours / floor,
        "aim": "<= 2",
    }


def _part(kek: bytes, number: int) -> vault.Locked:
    key, place = vault.new_key(), vault.context("part_version", UUID(int=number), UUID(int=number), 1)
    text = bytes(number % 256 for _ in range(PART_BYTES))
    return vault.wrap(kek, key, place), place, vault.seal(key, text, place), place


def _cut(part: vault.Locked) -> tuple[bytes, ...]:
    wrapped, wrap_place, sealed, seal_place = part
    return wrapped[1:13], wrapped[13:], wrapped[:1] + wrap_place, sealed[1:13], sealed[13:], sealed[:1] + seal_place


def _bare_loop(kek: bytes, parts: list[tuple[bytes, ...]]) -> list[bytes]:
    outer = AESGCM(kek)
    return [
        AESGCM(outer.decrypt(nonce, wrapped, place)).decrypt(part_nonce, sealed, part_place)
        for nonce, wrapped, place, part_nonce, sealed, part_place in parts
    ]


def _best_of(repetitions: int, *loops: Callable[[], object]) -> list[float]:
    """Take turns, so that a busy moment of the machine strikes both."""
    best = [float("inf")] * len(loops)
    for _ in range(repetitions):
        for index, loop in enumerate(loops):
            started = time.perf_counter()
            loop()
            best[index] = min(best[index], time.perf_counter() - started)
    return best


if __name__ == "__main__":
    print(json.dumps(run()))
