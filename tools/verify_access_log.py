#!/usr/bin/env python3
"""Verify an exported access log, offline, without trusting whoever runs the service.

Exit 0 and one line: the log is whole. Exit 1 and one line: the first fault, with its line and sequence number. Bring the
key and a checkpoint you kept (C2SP note): a log rewritten and signed anew is whole in itself; only what you hold can tell.
"""

import argparse
import base64
import json
import os
import re
import sys
from binascii import hexlify
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, DOMAIN = "samverkan/access-log-export/v1", b"samverkan/access-log/v1"
LONGEST_LINE, BLOCK = 1 << 20, 4 << 20
EMPTY_ROOT = sha256(b"").digest()
EARLIEST = b"1000000000000000"

UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
HASH = rb"[0-9a-f]{64}"
NUMBER = rb"(?:0|[1-9][0-9]{0,14}+)"
TEXT = rb'"[0-9A-Za-z_:.,-]*+"'
PAIR = rb'"[a-z][a-z0-9_]{0,39}+":(?:%b|%b)' % (TEXT, NUMBER)
ENTRY_LINE = re.compile(
    rb'\{"entry":(?P<text>\{"agency":"(?P<agency>%b)","at":(?P<at>[1-9][0-9]{15}),"domain":"(?P<domain>[^"\\]*+)",'
    rb'"event":"(?P<event>[a-z][a-z0-9_.]{0,79}+)","fields":\{(?P<fields>(?:%b(?:,%b)*+)?)\},"id":"%b",'
    rb'"sequence":(?P<sequence>%b)\}),"leaf":"(?P<leaf>%b)"\}' % (UUID, PAIR, PAIR, UUID, NUMBER, HASH)
)
DELETED_LINE = re.compile(rb'\{"deleted":\{"leaf":"(?P<leaf>%b)","sequence":(?P<sequence>%b)\}\}' % (HASH, NUMBER))
BEFORE_EVENT = b',"domain":"%b","event":"' % DOMAIN
TEXT_START, TEXT_END = len(b'{"entry":'), -len(b',"leaf":""}') - 64
NOTE = re.compile(
    "(?P<text>(?P<origin>[^\0-\x1f]+)\n(?P<size>0|[1-9][0-9]{0,14})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    "(?:time (?P<at>[1-9][0-9]{15})\n)?(?:[^\0-\x1f]+\n)*)\n(?P<signatures>(?:— [^ +\0-\x1f]+ [A-Za-z0-9+/=]+\n){1,32})"
)

Subtree = tuple[int, bytes]


class Fault(Exception):
    """What is wrong and where: ``args`` is (what, sequence or None, line or None)."""


class Run(NamedTuple):
    """Entries in a row, from the line ``at_line`` of a block; ``pieces`` are the subtrees they add, up to each stop."""

    at_line: int
    sequence: int
    deleted: int
    first_at: bytes
    last_at: bytes
    pieces: list[tuple[int, list[Subtree]]]


class Line(NamedTuple):
    """A line that is no entry, or a fault."""

    at_line: int
    what: bytes | Fault


class Frame(NamedTuple):
    """What a block is read against: the file, whose log it is, and the sizes at which somebody wants to know the root."""

    path: str
    agency: bytes
    stops: tuple[int, ...]


class Note(NamedTuple):
    """A checkpoint: which log, its size and root, when (microseconds, 0 if not told), and what was signed by whom."""

    origin: str
    size: int
    root: bytes
    at: int = 0
    text: bytes = b""
    signatures: tuple[tuple[str, bytes], ...] = ()


class Key(NamedTuple):
    """A name that signs, the key id that stands in its signatures, and the public key."""

    name: str
    key_id: bytes
    public: bytes


def parent(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def subtrees(hashes: list[bytes], first: int) -> list[Subtree]:
    """Return the largest perfect subtrees over leaf hashes, the first of which is leaf ``first``, from left to right."""
    left: list[Subtree] = []
    right: list[Subtree] = []
    level = 0
    while hashes:
        if first & 1:
            left.append((level, hashes[0]))
            hashes, first = hashes[1:], first + 1
        if len(hashes) & 1:
            right.append((level, hashes[-1]))
        sides = iter(hashes)
        hashes = [sha256(b"\x01" + a + b).digest() for a, b in zip(sides, sides, strict=False)]
        first, level = first >> 1, level + 1
    return left + right[::-1]


class Tree:
    """A growing Merkle tree (RFC 9162, 2.1.1): its size and the perfect subtrees along its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[Subtree] = []

    def add(self, level: int, top: bytes) -> None:
        self.size += 1 << level
        while self.edge and self.edge[-1][0] == level:
            top, level = parent(self.edge.pop()[1], top), level + 1
        self.edge.append((level, top))

    def root(self) -> bytes:
        root = self.edge[-1][1] if self.edge else EMPTY_ROOT
        for _, left in reversed(self.edge[:-1]):
            root = parent(left, root)
        return root


def is_consistent(old: Note, new: Note, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2; every tree begins with the empty one, by an empty proof."""
    if old.size in (0, new.size) or not proof:
        return old.size in (0, new.size) and not proof and old.root in (EMPTY_ROOT, new.root)
    path, last = old.size - 1, new.size - 1
    nodes = [old.root, *proof] if old.size & path == 0 else proof
    while path & 1:
        path, last = path >> 1, last >> 1
    first = second = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if path & 1 or path == last:
            first, second = parent(node, first), parent(node, second)
            while path and not path & 1:
                path, last = path >> 1, last >> 1
        else:
            second = parent(second, node)
        path, last = path >> 1, last >> 1
    return last == 0 and first == old.root and second == new.root


MATCHERS = {b"": re.compile(b"(?!)").match}
"""By event, what matches an entry from the event's name to its id, in the forms seen: keys in order, kinds of values."""
FORMS: dict[bytes, set[bytes]] = {}


def check_entry(line: bytes, agency: bytes, expected: int | None, last_at: bytes) -> tuple[int, bytes, bytes]:
    """Return sequence, time and leaf hash of an entry; remember its form. Raises Fault with the first thing wrong."""
    entry = ENTRY_LINE.fullmatch(line)
    keys = re.findall(rb'"([a-z0-9_]+)":("?)', entry["fields"]) if entry else []
    if entry is None or any(one >= other for (one, _), (other, _) in pairwise(keys)):
        raise Fault("the line is not an entry in its canonical form", expected)
    sequence, leaf = int(entry["sequence"]), sha256(b"\x00" + entry["text"]).digest()
    if entry["domain"] != DOMAIN:
        raise Fault(f"the entry has another domain tag: {entry['domain'][:80]!r}", sequence)
    if entry["agency"] != agency:
        raise Fault(f"the entry belongs to another agency: {entry['agency'].decode()}", sequence)
    check_sequence(expected, sequence)
    if hexlify(leaf) != entry["leaf"]:
        raise Fault("the entry and its leaf hash do not belong together: one of them was changed", sequence)
    if entry["at"] < last_at:
        raise Fault("the entry is dated before the one it follows", sequence)
    pairs = b",".join(b'"%b":%b' % (name, TEXT if quote else NUMBER) for name, quote in keys)
    forms = FORMS.setdefault(entry["event"], set())
    if len(forms) < 16:
        forms.add(rb'%b","fields":\{%b\},"id":"%b' % (re.escape(entry["event"]), pairs, UUID))
        MATCHERS[entry["event"]] = re.compile(b"|".join(forms)).match
    return sequence, entry["at"], leaf


def check_sequence(expected: int | None, found: int) -> None:
    if expected is not None and found > expected:
        raise Fault(f"sequence {expected} is missing: the next is {found}", expected)
    if expected is not None and found < expected:
        raise Fault(f"sequence {found} comes again or too late: {expected} was expected", found)


class Block:
    """Reads some lines of the file by themselves: entries become runs, other lines are handed on."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.items: list[Run | Line] = []
        self.hashes: list[bytes] = []
        self.next = self.deleted = 0
        self.first_at = self.last_at = EARLIEST

    def read(self, lines: list[bytes]) -> None:
        """Read lines until one is at fault. A line in a known form passes on the same checks as the others, but cheaply."""
        prefix = b'{"entry":{"agency":"%b","at":' % self.frame.agency
        at_start, at_end, event = len(prefix), len(prefix) + 16, len(prefix) + 16 + len(BEFORE_EVENT)
        never = MATCHERS[b""]
        for number, line in enumerate(lines):
            form = MATCHERS.get(line[event : line.find(b'"', event)], never)(line, event)
            if form and line.startswith(prefix) and line.startswith(BEFORE_EVENT, at_end):
                leaf, at = sha256(b"\x00" + line[TEXT_START:TEXT_END]).digest(), line[at_start:at_end]
                tail = b'","sequence":%d},"leaf":"%b"}' % (self.next, hexlify(leaf))
                ends_right = form.end() == len(line) - len(tail) and line.endswith(tail)
                if ends_right and self.last_at <= at and at.isdigit() and self.hashes:
                    self.hashes.append(leaf)
                    self.next, self.last_at = self.next + 1, at
                    continue
            try:
                self.read_slowly(number, line)
            except Fault as fault:
                self.close(number)
                self.items.append(Line(number, fault))
                return
        self.close(len(lines))

    def read_slowly(self, number: int, line: bytes) -> None:
        """Read one line of any kind with every check, and say what is wrong with it."""
        expected = self.next if self.hashes else None
        if line.startswith(b'{"entry":'):
            sequence, at, leaf = check_entry(line, self.frame.agency, expected, self.last_at)
        elif deleted := DELETED_LINE.fullmatch(line):
            sequence, at, leaf = int(deleted["sequence"]), self.last_at, bytes.fromhex(deleted["leaf"].decode())
            check_sequence(expected, sequence)
            self.deleted += 1
        else:
            self.close(number)
            self.items.append(Line(number, line))
            return
        self.first_at = self.first_at if self.hashes else at
        self.hashes.append(leaf)
        self.next, self.last_at = sequence + 1, at

    def close(self, number: int) -> None:
        """Turn the entries read since the last run, which end before line ``number``, into a run."""
        if not self.hashes:
            return
        first = self.next - len(self.hashes)
        cuts = [first, *(stop for stop in self.frame.stops if first < stop < self.next), self.next]
        pieces = [(to, subtrees(self.hashes[start - first : to - first], start)) for start, to in pairwise(cuts)]
        self.items.append(Run(number - len(self.hashes), first, self.deleted, self.first_at, self.last_at, pieces))
        self.hashes, self.deleted = [], 0


def read_block(frame: Frame, start: int, end: int) -> tuple[list[Run | Line], int]:
    """Read the lines that begin between two offsets; return what they hold and how many they are."""
    with Path(frame.path).open("rb") as file:
        file.seek(start - 1)
        while file.tell() < end and (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        text = file.read(max(0, end - file.tell()))
        text += file.readline(LONGEST_LINE) if text and not text.endswith(b"\n") else b""
    *lines, cut_off = text.split(b"\n")
    too_long = [number for number, line in enumerate([*lines, cut_off]) if len(line) >= LONGEST_LINE]
    block = Block(frame)
    block.read(lines[: too_long[0]] if too_long else lines)
    if too_long or cut_off:
        what = "the line is longer than any line of a log" if too_long else "the file ends within a line"
        block.items.append(Line(too_long[0] if too_long else len(lines), Fault(what, None)))
    return block.items, len(lines)


def blocks(frame: Frame, first: int, size: int, block: int, jobs: int) -> Iterator[tuple[list[Run | Line], int]]:
    """Yield what each block of the file holds, in order, read ahead by ``jobs`` processes."""
    tasks = ((frame, start, min(start + block, size)) for start in range(first, size, block))
    if jobs < 2 or size - first <= block:
        yield from (read_block(*task) for task in tasks)
        return
    waiting: deque[Future[tuple[list[Run | Line], int]]] = deque()
    with ProcessPoolExecutor(jobs) as pool:
        for task in tasks:
            waiting.append(pool.submit(read_block, *task))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def members(value: object, kinds: dict[str, type]) -> list[Any]:
    """Return the members of a JSON object that has these and no others, in this order."""
    if not isinstance(value, dict) or {name: type(member) for name, member in value.items()} != kinds:
        raise Fault("the line lacks something, or holds something it should not", None)
    return [value[name] for name in kinds]


def parsed(line: bytes, name: str) -> object:
    """Return what a line of canonical JSON says under the one name it has."""
    try:
        value = json.loads(line)
        again = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        again = b""
    if again != line or not isinstance(value, dict):
        raise Fault("the line is not canonical JSON", None)
    return members(value, {name: dict})[0]


def hash_in(text: object) -> bytes:
    if not isinstance(text, str) or not re.fullmatch(HASH.decode(), text):
        raise Fault("something is not a hash where one should be", None)
    return bytes.fromhex(text)


def read_note(note: str) -> Note:
    """Read a checkpoint (C2SP tlog-checkpoint within a signed-note)."""
    found = NOTE.fullmatch(note)
    if found is None:
        raise Fault("the checkpoint is not a note in the C2SP tlog-checkpoint format", None)
    try:
        lines = [line.split(" ") for line in found["signatures"].splitlines()]
        signatures = tuple((name, base64.b64decode(value, validate=True)) for _, name, value in lines)
        root = base64.b64decode(found["root"])
    except ValueError:
        raise Fault("a signature of the checkpoint is malformed", None) from None
    return Note(found["origin"], int(found["size"]), root, int(found["at"] or 0), found["text"].encode(), signatures)


def read_key(text: object) -> Key:
    """Read a verifier key, ``name+id+base64(0x01 || public key)``; the id must be that of the key (C2SP signed-note)."""
    name, _, rest = str(text).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        public = base64.b64decode(encoded, validate=True)
        right_id = sha256(name.encode() + b"\n" + public).digest()[:4]
    except ValueError:
        public = right_id = b""
    if len(public) != 33 or public[:1] != b"\x01" or key_id != right_id.hex():
        raise Fault("the key is not an Ed25519 verifier key, or its id is not its own", None)
    return Key(name, right_id, public[1:])


def is_signed(note: Note, keys: list[Key]) -> bool:
    """Tell whether one of these keys signed; a wrong signature by one of them spoils the note (C2SP signed-note)."""
    public = {(key.name, key.key_id): key.public for key in keys}
    mine = [(public[name, value[:4]], value[4:]) for name, value in note.signatures if (name, value[:4]) in public]
    try:
        for key, signature in mine:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, note.text)
    except InvalidSignature:
        raise Fault("a signature of the checkpoint is wrong", None) from None
    return bool(mine)
