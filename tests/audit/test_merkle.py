"""The tree is that of RFC 9162: known vectors, the RFC's own recursion as a second opinion, and proofs that bend break."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.audit import merkle

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The eight leaves that implementations of Certificate Transparency test with."""

ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): INCLUSIONS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (3, 8): [
        "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
        "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
}
KNOWN = [merkle.hash_leaf(bytes.fromhex(leaf)) for leaf in INPUTS]
MANY = [merkle.hash_leaf(b"%d" % number) for number in range(300)]
LARGEST = len(MANY)


class _Stored:
    """Nodes as a database holds them: leaf hashes and perfect subtrees, each written once, and counted when read."""

    def __init__(self, hashes: list[bytes]) -> None:
        self.nodes: dict[merkle.Position, bytes] = {}
        self.read: set[merkle.Position] = set()
        self.frontier = merkle.EMPTY
        for number, value in enumerate(hashes):
            self.frontier, born = self.frontier.append(value)
            for level, index, node in [(0, number, value), *born]:
                assert (level, index) not in self.nodes
                self.nodes[level, index] = node

    def __call__(self, level: int, index: int) -> bytes:
        self.read.add((level, index))
        return self.nodes[level, index]


STORED = _Stored(MANY)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_known_vectors(size: int) -> None:
    root = merkle.root_of(KNOWN[:size])

    assert root.hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_inclusion_proofs_are_those_of_the_known_vectors(index: int, size: int) -> None:
    proof = merkle.inclusion_proof(index, size, _Stored(KNOWN[:size]))

    assert [node.hex() for node in proof] == INCLUSIONS[index, size]
    assert merkle.verify_inclusion(index, size, KNOWN[index], proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCIES)
def test_consistency_proofs_are_those_of_the_known_vectors(first: int, second: int) -> None:
    proof = merkle.consistency_proof(first, second, _Stored(KNOWN[:second]))

    assert [node.hex() for node in proof] == CONSISTENCIES[first, second]
    roots = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second])
    assert merkle.verify_consistency(first, second, *roots, proof)


def test_every_root_equals_the_recursion_of_the_rfc() -> None:
    grown, frontier = [merkle.EMPTY_ROOT], merkle.EMPTY
    for value in MANY:
        frontier, _ = frontier.append(value)
        grown.append(frontier.root())

    assert grown == [_root_by_recursion(MANY[:size]) for size in range(LARGEST + 1)]
    assert grown[-1] == merkle.root_of(MANY)


@pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 255, 256, 257, 299, 300])
def test_a_frontier_read_from_stored_nodes_is_the_one_that_grew(size: int) -> None:
    grown = _Stored(MANY[:size]).frontier

    read = merkle.Frontier.stored(size, STORED)

    assert read == grown
    assert read.root() == merkle.root_from_frontier(read.hashes) == merkle.root_of(MANY[:size])
    assert len(merkle.frontier_positions(size)) == size.bit_count()


@given(st.data())
@settings(max_examples=200)
def test_every_leaf_is_proved_with_few_stored_nodes(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    STORED.read.clear()

    proof = merkle.inclusion_proof(index, size, STORED)

    assert merkle.verify_inclusion(index, size, MANY[index], proof, merkle.root_of(MANY[:size]))
    assert STORED.read == merkle.proof_positions(merkle.inclusion_positions(index, size))
    assert len(STORED.read) <= 2 * size.bit_length()
    assert all((index + 1) << level <= size for level, index in STORED.read)


@given(st.data())
@settings(max_examples=200)
def test_every_growth_is_proved_with_few_stored_nodes(data: st.DataObject) -> None:
    second = data.draw(st.integers(0, LARGEST))
    first = data.draw(st.integers(0, second))
    STORED.read.clear()

    proof = merkle.consistency_proof(first, second, STORED)

    roots = merkle.root_of(MANY[:first]), merkle.root_of(MANY[:second])
    assert merkle.verify_consistency(first, second, *roots, proof)
    assert STORED.read == merkle.proof_positions(merkle.consistency_positions(first, second))
    assert len(STORED.read) <= 2 * max(1, second.bit_length())


@given(st.data())
@settings(max_examples=300)
def test_a_bent_inclusion_proof_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(index, size, STORED), merkle.root_of(MANY[:size])

    bent = data.draw(_bent(proof))

    assert not merkle.verify_inclusion(index, size, MANY[index], bent, root)
    assert not merkle.verify_inclusion(index, size, MANY[index - 1], proof, root)
    assert not merkle.verify_inclusion((index + 1) % size, size, MANY[index], proof, root)
    assert not merkle.verify_inclusion(index, size, MANY[index], proof, merkle.EMPTY_ROOT)


@given(st.data())
@settings(max_examples=300)
def test_a_bent_consistency_proof_proves_nothing(data: st.DataObject) -> None:
    second = data.draw(st.integers(2, LARGEST))
    first = data.draw(st.integers(1, second - 1))
    proof = merkle.consistency_proof(first, second, STORED)
    old, new = merkle.root_of(MANY[:first]), merkle.root_of(MANY[:second])

    bent = data.draw(_bent(proof))

    assert not merkle.verify_consistency(first, second, old, new, bent)
    assert not merkle.verify_consistency(first, second, merkle.hash_leaf(old), new, proof)
    assert not merkle.verify_consistency(first, second, old, merkle.hash_leaf(new), proof)
    assert not merkle.verify_consistency(second, first, new, old, proof)


@pytest.mark.parametrize(
    ("first", "second", "roots", "proof"),
    [
        (0, 1, (MANY[0], MANY[0]), []),
        (0, 1, (merkle.EMPTY_ROOT, MANY[0]), [MANY[0]]),
        (1, 1, (MANY[0], MANY[1]), []),
        (1, 1, (MANY[0], MANY[0]), [MANY[0]]),
        (1, 2, (MANY[0], merkle.root_of(MANY[:2])), []),
        (3, 5, (merkle.root_of(MANY[:3]), merkle.root_of(MANY[:5])), []),
        (-1, 5, (merkle.EMPTY_ROOT, merkle.root_of(MANY[:5])), []),
    ],
)
def test_edges_that_prove_nothing(first: int, second: int, roots: tuple[bytes, bytes], proof: list[bytes]) -> None:
    assert not merkle.verify_consistency(first, second, *roots, proof)


def test_a_hash_of_another_length_proves_nothing() -> None:
    proof = merkle.inclusion_proof(1, 2, STORED)

    assert not merkle.verify_inclusion(1, 2, MANY[1] + b"\0", proof, merkle.root_of(MANY[:2]))
    assert not merkle.verify_consistency(2, 2, b"", b"", [])


def test_what_does_not_exist_cannot_be_proved() -> None:
    with pytest.raises(ValueError, match="has no leaf 5"):
        merkle.inclusion_positions(5, 5)
    with pytest.raises(ValueError, match="does not grow"):
        merkle.consistency_positions(6, 5)


def _root_by_recursion(hashes: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else merkle.EMPTY_ROOT
    split = max(1 << bit for bit in range(10) if 1 << bit < len(hashes))
    return merkle.hash_children(_root_by_recursion(hashes[:split]), _root_by_recursion(hashes[split:]))


@st.composite
def _bent(draw: st.DrawFn, proof: list[bytes]) -> list[bytes]:
    at = draw(st.integers(0, len(proof) - 1))
    bit = draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at]) ^ 1 << bit).to_bytes(32)
    ways = [
        [*proof[:at], flipped, *proof[at + 1 :]],
        proof[:at] + proof[at + 1 :],
        [*proof[:at], proof[at], *proof[at:]],
        [*proof, draw(st.binary(min_size=32, max_size=32))],
        [draw(st.binary(min_size=32, max_size=32)), *proof],
        [],
    ]
    return draw(st.sampled_from(ways))
