"""The Merkle tree of RFC 9162, section 2.1, as pure functions over hashes.

A log grows without end, so nothing here needs all of it: appending needs the frontier (one hash per set bit of the
size), a proof needs the few stored nodes that its positions name. Storage is the caller's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Position = tuple[int, int]
"""``(level, index)`` of a perfect subtree: level 0 is a leaf, ``index`` counts the subtrees of that level from the left."""

Node = tuple[int, int, bytes]
"""``(level, index, hash)`` of a perfect subtree; once there, no later append changes it."""

NodeGetter = Callable[[int, int], bytes]
"""Gives the stored hash at ``(level, index)``."""


def hash_leaf(data: bytes) -> bytes:
    """Hash an entry; the prefix 0x00 keeps it from ever being taken for a node (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent, with the prefix 0x01 (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def frontier_positions(size: int) -> list[Position]:
    """Return where the perfect subtrees lie that together cover the first ``size`` leaves, the largest (leftmost) first."""
    return _covering(0, size)


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append to it and to know its root."""

    size: int
    hashes: tuple[bytes, ...]

    @classmethod
    def stored(cls, size: int, node: NodeGetter) -> Self:
        """Read the frontier of a tree of ``size`` leaves from its stored nodes."""
        return cls(size, tuple(node(level, index) for level, index in frontier_positions(size)))

    def append(self, leaf_hash: bytes) -> tuple["Frontier", list[Node]]:
        """Return the frontier with one leaf more, and the interior nodes that became perfect by it, lowest first."""
        hashes, top, level = list(self.hashes), leaf_hash, 0
        born: list[Node] = []
        while self.size >> level & 1:
            top, level = hash_children(hashes.pop(), top), level + 1
            born.append((level, self.size >> level, top))
        return Frontier(self.size + 1, (*hashes, top)), born

    def root(self) -> bytes:
        """Return the root of the tree (RFC 9162, 2.1.1)."""
        return root_from_frontier(self.hashes)


EMPTY = Frontier(0, ())


def root_from_frontier(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the subtrees of a frontier, the leftmost first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = hash_children(left, root)
    return root


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, in one pass and with the memory of a frontier."""
    frontier = EMPTY
    for leaf_hash in leaf_hashes:
        frontier, _ = frontier.append(leaf_hash)
    return frontier.root()


def inclusion_positions(index: int, size: int) -> list[list[Position]]:
    """Return, for each hash of the inclusion proof, the stored nodes it is made of (RFC 9162, 2.1.3.1).

    All but one at most are a single stored node; the one at the right edge is folded from several.
    Raises ValueError if there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, siblings = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append(_covering(middle, end))
            end = middle
        else:
            siblings.append(_covering(start, middle))
            start = middle
    return siblings[::-1]


def consistency_positions(first: int, second: int) -> list[list[Position]]:
    """Return, for each hash of the consistency proof, the stored nodes it is made of (RFC 9162, 2.1.4.1).

    Empty when ``first`` is 0 or equals ``second``. Raises ValueError if the first tree is the larger.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves does not grow from one of {first}")
    if first in (0, second):
        return []
    start, end, rest = 0, second, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            rest.append(_covering(middle, end))
            end = middle
        else:
            rest.append(_covering(start, middle))
            start = middle
    known_as_root = start == 0
    return ([] if known_as_root else [_covering(start, end)]) + rest[::-1]


def proof_positions(parts: Iterable[Iterable[Position]]) -> set[Position]:
    """Return every stored node a proof needs, for fetching them in one question to the database."""
    return {position for part in parts for position in part}


def inclusion_proof(index: int, size: int, node: NodeGetter) -> list[bytes]:
    """Return the proof that the tree of ``size`` leaves holds leaf ``index`` (RFC 9162, 2.1.3.1)."""
    return _folded(inclusion_positions(index, size), node)


def consistency_proof(first: int, second: int, node: NodeGetter) -> list[bytes]:
    """Return the proof that the tree of ``second`` leaves begins with that of ``first`` (RFC 9162, 2.1.4.1)."""
    return _folded(consistency_positions(first, second), node)


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the proof shows that leaf ``index`` of the tree with this root has this hash (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf_hash, root, *proof):
        return False
    path, last, result = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if path & 1 or path == last:
            result = hash_children(sibling, result)
            path, last = _climb_to_right_child(path, last)
        else:
            result = hash_children(result, sibling)
        path, last = path >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that the second tree begins with the first (RFC 9162, 2.1.4.2).

    The RFC leaves the empty tree out; every tree begins with it, and its proof is empty.
    """
    if not 0 <= first <= second or not _are_hashes(first_root, second_root, *proof):
        return False
    if first in (0, second):
        return not proof and first_root == (second_root if first == second else EMPTY_ROOT)
    return _verify_growth(first, second, first_root, second_root, proof)


def _verify_growth(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    if not proof:
        return False
    first_is_perfect = first & (first - 1) == 0
    nodes = [first_root, *proof] if first_is_perfect else proof
    path, last = first - 1, second - 1
    while path & 1:
        path, last = path >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if path & 1 or path == last:
            old, new = hash_children(node, old), hash_children(node, new)
            path, last = _climb_to_right_child(path, last)
        else:
            new = hash_children(new, node)
        path, last = path >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _climb_to_right_child(path: int, last: int) -> tuple[int, int]:
    while path and not path & 1:
        path, last = path >> 1, last >> 1
    return path, last


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size`` (RFC 9162, 2.1.1)."""
    return 1 << (size - 1).bit_length() - 1


def _covering(start: int, end: int) -> list[Position]:
    """Return the perfect subtrees that cover leaves ``start`` to ``end``, where ``start`` is where a subtree of the RFC begins."""
    positions, size = [], end - start
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            positions.append((level, start >> level))
            start += 1 << level
    return positions


def _folded(parts: Iterable[Sequence[Position]], node: NodeGetter) -> list[bytes]:
    return [root_from_frontier([node(level, index) for level, index in part]) for part in parts]


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
