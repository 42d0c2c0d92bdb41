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
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from itertools import pairwise, repeat
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, DOMAIN = b"samverkan/access-log-export/v1", b"samverkan/access-log/v1"
LONGEST_LINE, BLOCK = 1 << 20, 4 << 20
EMPTY_ROOT, EARLIEST = sha256(b"").digest(), b"1000000000000000"

UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
HASH = rb"[0-9a-f]{64}"
NUMBER = rb"(?:0|[1-9][0-9]{0,14}+)"
TEXT = rb'"[0-9A-Za-z_:.,-]*+"'
PAIR = rb'"[a-z][a-z0-9_]{0,39}+":(?:%b|%b)' % (TEXT, NUMBER)
WORD = rb'"[!#-\[\]-~]+"'
ENTRY_LINE = re.compile(
    rb'\{"entry":(?P<text>\{"agency":"(?P<agency>%b)","at":(?P<at>[1-9][0-9]{15}),"domain":"(?P<domain>[^"\\]*+)",'
    rb'"event":"(?P<event>[a-z][a-z0-9_.]{0,79}+)","fields":\{(?P<fields>(?:%b(?:,%b)*+)?)\},"id":"%b",'
    rb'"sequence":(?P<sequence>%b)\}),"leaf":"(?P<leaf>%b)"\}' % (UUID, PAIR, PAIR, UUID, NUMBER, HASH)
)
BEFORE_EVENT = b',"domain":"%b","event":"' % DOMAIN
TEXT_START, TEXT_END = len(b'{"entry":'), -len(b',"leaf":""}') - 64
DELETED_LINE = re.compile(rb'\{"deleted":\{"leaf":"(?P<leaf>%b)","sequence":(?P<sequence>%b)\}\}' % (HASH, NUMBER))
HEADER_LINE = re.compile(
    rb'\{"header":\{"agency":"(?P<agency>%b)","exported_at":[1-9][0-9]{15},"format":"%b","keys":\[(?P<keys>%b(?:,%b)*)\],'
    rb'"origin":"(?P<origin>[!#-\[\]-~]+)","root":"(?P<root>%b)","size":(?P<size>%b)\}\}\n'
    % (UUID, FORMAT, WORD, WORD, HASH, NUMBER)
)
CHECKPOINT_LINE = re.compile(
    rb'\{"checkpoint":\{"note":(?P<note>"(?:[ !#-\[\]-~]|\\n|\\u2014)*+"),"proof":\[(?P<proof>(?:"%b"(?:,"%b")*+)?)\]\}\}'
    % (HASH, HASH)
)
END_LINE = re.compile(rb'\{"end":\{"count":(?P<count>%b),"root":"(?P<root>%b)"\}\}' % (NUMBER, HASH))
CLAIM = re.compile(rb'"root":"(?P<root>%b)","size":(?P<size>%b)$' % (HASH, NUMBER))
NOTE = re.compile(
    "(?P<text>(?P<origin>[^\0-\x1f]+)\n(?P<size>0|[1-9][0-9]{0,14})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    "(?:time (?P<at>[1-9][0-9]{15})\n)?(?:[^\0-\x1f]+\n)*)\n(?P<signatures>(?:— [^ +\0-\x1f]+ [A-Za-z0-9+/=]+\n){1,32})"
)

Subtree = tuple[int, bytes]


class Fault(Exception):
    """What is wrong and where: ``args`` is (what, sequence or None) and, outside a block, the line of the file."""


class Run(NamedTuple):
    """Entries in a row: the first one's sequence and time, the last one's time, and the subtrees that they add."""

    sequence: int
    deleted: int
    first_at: bytes
    last_at: bytes
    tops: list[Subtree]


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
"""By event: matches an entry from the event's name to its id, in the form last seen (keys in order, kinds of values)."""


def check_entry(line: bytes, agency: bytes, expected: int | None, last_at: bytes) -> tuple[bytes, bytes, int, bytes]:
    """Return event, time, sequence and leaf hash of an entry; remember its form. Raises Fault for the first thing wrong."""
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
    form = rb'%b","fields":\{%b\},"id":"%b' % (re.escape(entry["event"]), pairs, UUID)
    MATCHERS[entry["event"]] = re.compile(form).match
    return entry["event"], entry["at"], sequence, leaf


def check_sequence(expected: int | None, found: int) -> None:
    if expected is not None and found > expected:
        raise Fault(f"sequence {expected} is missing: the next is {found}", expected)
    if expected is not None and found < expected:
        raise Fault(f"sequence {found} comes again or too late: {expected} was expected", found)


class Block:
    """Reads some lines of the file by themselves: entries become runs, each other line is handed on with its number."""

    def __init__(self, agency: bytes) -> None:
        self.agency = agency
        self.items: list[tuple[int, Run | bytes | Fault]] = []
        self.hashes: list[bytes] = []
        self.next = self.deleted = 0
        self.first_at = self.last_at = EARLIEST

    def read(self, lines: list[bytes]) -> None:
        """Read lines until one is at fault. A line in a known form passes on the same checks as the others, but cheaply."""
        prefix = b'{"entry":{"agency":"%b","at":' % self.agency
        at_start, at_end, event = len(prefix), len(prefix) + 16, len(prefix) + 16 + len(BEFORE_EVENT)
        never = MATCHERS[b""]
        for number, line in enumerate(lines):
            form = MATCHERS.get(line[event : line.find(b'"', event)], never)(line, event)
            if form and line.startswith(prefix) and line.startswith(BEFORE_EVENT, at_end) and self.hashes:
                leaf, at = sha256(b"\x00" + line[TEXT_START:TEXT_END]).digest(), line[at_start:at_end]
                tail = b'","sequence":%d},"leaf":"%b"}' % (self.next, hexlify(leaf))
                ends_right = form.end() == len(line) - len(tail) and line.endswith(tail)
                if ends_right and self.last_at <= at and at.isdigit():
                    self.hashes.append(leaf)
                    self.next, self.last_at = self.next + 1, at
                    continue
            try:
                self.read_slowly(number, line)
            except Fault as fault:
                self.close(number)
                self.items.append((number, fault))
                return
        self.close(len(lines))

    def read_slowly(self, number: int, line: bytes) -> None:
        """Read one line of any kind with every check, and say what is wrong with it."""
        expected = self.next if self.hashes else None
        if line.startswith(b'{"entry":'):
            event, at, sequence, leaf = check_entry(line, self.agency, expected, self.last_at)
            if event == b"log.checkpoint_made":
                MATCHERS.pop(event)
                self.items.append((number, line[: line.rindex(b'},"id":')]))
        elif deleted := DELETED_LINE.fullmatch(line):
            at, sequence, leaf = self.last_at, int(deleted["sequence"]), bytes.fromhex(deleted["leaf"].decode())
            check_sequence(expected, sequence)
            self.deleted += 1
        else:
            self.close(number)
            self.items.append((number, line))
            return
        self.first_at = self.first_at if self.hashes else at
        self.hashes.append(leaf)
        self.next, self.last_at = sequence + 1, at

    def close(self, number: int) -> None:
        """Turn the entries read since the last run, which end before line ``number``, into a run."""
        if self.hashes:
            first, count = self.next - len(self.hashes), len(self.hashes)
            run = Run(first, self.deleted, self.first_at, self.last_at, subtrees(self.hashes, first))
            self.items.append((number - count, run))
            self.hashes, self.deleted = [], 0


def read_block(path: Path, agency: bytes, start: int, end: int) -> tuple[list[tuple[int, Run | bytes | Fault]], int]:
    """Read the lines that begin between two offsets; return what they hold and how many they are."""
    with path.open("rb") as file:
        file.seek(start - 1)
        while file.tell() < end and (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        text = file.read(max(0, end - file.tell()))
        text += file.readline(LONGEST_LINE) if text and not text.endswith(b"\n") else b""
    lines = text.split(b"\n")
    cut_off = [number for number, line in enumerate(lines) if len(line) >= LONGEST_LINE] + [len(lines) - 1][
        : len(lines[-1])
    ]
    block = Block(agency)
    block.read(lines[: cut_off[0] if cut_off else -1])
    if cut_off:
        block.items.append((cut_off[0], Fault("the line has no end, or is longer than any line of a log", None)))
    return block.items, len(lines) - 1


def read_note(note: str) -> Note:
    """Read a checkpoint (C2SP tlog-checkpoint within a signed-note)."""
    found = NOTE.fullmatch(note)
    try:
        lines = [line.split(" ") for line in found["signatures"].splitlines()] if found else []
        signatures = tuple((name, base64.b64decode(value, validate=True)) for _, name, value in lines)
    except ValueError:
        found = None
    if found is None:
        raise Fault("the checkpoint is not a note in the C2SP tlog-checkpoint format", None)
    root, at = base64.b64decode(found["root"]), int(found["at"] or 0)
    return Note(found["origin"], int(found["size"]), root, at, found["text"].encode(), signatures)


def read_key(text: str) -> Key:
    """Read a verifier key, ``name+id+base64(0x01 || public key)``; the id must be that of the key (C2SP signed-note)."""
    name, _, rest = text.partition("+")
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


class Audit:
    """Follows the file from its first line to its last; raises Fault at the first thing that is wrong."""

    def __init__(self, first_line: bytes, pinned: list[Key], kept: list[Note]) -> None:
        header = HEADER_LINE.fullmatch(first_line)
        if header is None:
            raise Fault(f"the file does not begin as one of the format {FORMAT.decode()}", None)
        self.agency, self.size, self.root = header["agency"], int(header["size"]), header["root"]
        self.origin, own = header["origin"].decode(), json.loads(b"[%b]" % header["keys"])
        self.keys = [key for key in map(read_key, own) if key.name == self.origin and (key in pinned or not pinned)]
        if not self.keys or not set(pinned) <= set(self.keys):
            raise Fault("the log is not signed by the key you expect", None)
        if any(note.origin != self.origin or not is_signed(note, self.keys) for note in kept):
            raise Fault("the checkpoint you kept is of another log, or signed by a key this log does not know", None)
        self.tree, self.last, self.roots = Tree(), Note(self.origin, 0, EMPTY_ROOT), {0: EMPTY_ROOT}
        self.last_at, self.deleted, self.done, self.kept = EARLIEST, 0, False, kept

    def take(self, item: Run | bytes | Fault) -> None:
        """Take the next thing in the file."""
        if isinstance(item, Fault):
            raise item
        if self.done:
            raise Fault("the file goes on after its last line", None)
        if isinstance(item, Run):
            self.take_run(item)
        elif found := CHECKPOINT_LINE.fullmatch(item):
            self.take_checkpoint(read_note(json.loads(found["note"])), re.findall(HASH, found["proof"]))
        elif found := END_LINE.fullmatch(item):
            self.take_end(int(found["count"]), found["root"])
        elif found := CLAIM.search(item):
            if hexlify(self.roots.get(int(found["size"]), b"")) != found["root"]:
                raise Fault(f"the entry tells of a checkpoint of {int(found['size'])} entries that is not there", None)
        else:
            raise Fault("the line is neither an entry, a checkpoint nor the last line", self.tree.size)

    def take_run(self, run: Run) -> None:
        check_sequence(self.tree.size, run.sequence)
        if run.first_at < self.last_at and run.first_at != EARLIEST:
            raise Fault("the entry is dated before the one it follows", run.sequence)
        for level, top in run.tops:
            self.tree.add(level, top)
        self.deleted, self.last_at = self.deleted + run.deleted, max(run.last_at, self.last_at)

    def take_checkpoint(self, note: Note, proof: list[bytes]) -> None:
        size, signed = self.tree.size, self.last.size
        if note.origin != self.origin:
            raise Fault(f"the checkpoint is of another log: {note.origin[:120]!a}", size)
        if note.size != size:
            raise Fault(f"the checkpoint covers {note.size} entries but stands after {size}", size)
        if not is_signed(note, self.keys):
            raise Fault("the checkpoint is not signed by the log's key", size)
        if note.root != self.tree.root():
            raise Fault(f"root mismatch: some entry from {signed} to {size - 1} is not the one that was signed", signed)
        if note.at < self.last.at:
            raise Fault("the checkpoint is dated before the one it follows", size)
        if not is_consistent(self.last, note, [bytes.fromhex(node.decode()) for node in proof]):
            raise Fault("the proof that the tree grew from the checkpoint before is wrong", size)
        self.last = note
        self.roots[size] = note.root

    def take_end(self, count: int, root: bytes) -> None:
        size, signed, self.done = self.tree.size, self.last.size, True
        if not size == count == self.size:
            raise Fault(f"the file holds {size} entries, its first line says {self.size} and its last {count}", size)
        if not hexlify(self.tree.root()) == root == self.root:
            raise Fault("the root in the first or the last line is not that of the entries", None)
        if signed != size or not self.last.text:
            raise Fault(f"no checkpoint covers the entries from {signed}: their end may be missing", signed)
        for note in self.kept:
            if self.roots.get(note.size) != note.root:
                what = "the end of the log is missing" if note.size > size else "the log was rewritten"
                raise Fault(f"the checkpoint you kept, of {note.size} entries, is not in the file: {what}", note.size)


def blocks(
    path: Path, agency: bytes, starts: range, jobs: int
) -> Iterator[tuple[list[tuple[int, Run | bytes | Fault]], int]]:
    """Yield what each block of the file holds, in order, read by ``jobs`` processes."""
    tasks = (repeat(path), repeat(agency), starts, [*starts[1:], starts.stop])
    if jobs < 2 or len(starts) < 2:
        yield from map(read_block, *tasks)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(read_block, *tasks)


def verify(path: Path, pinned: list[Key], kept: list[Note], jobs: int = 1, block: int = BLOCK) -> str:
    """Return the summary of a whole log. Raises Fault, or OSError if the file cannot be read."""
    with path.open("rb") as file:
        first_line = file.readline(LONGEST_LINE)
        starts = range(file.tell(), max(file.tell(), os.fstat(file.fileno()).st_size), block)
    line = at_line = 1
    try:
        audit = Audit(first_line, pinned, kept)
        for items, lines in blocks(path, audit.agency, starts, jobs):
            for number, item in items:
                at_line = line + 1 + number
                audit.take(item)
            line += lines
        if not audit.done:
            at_line = line + 1
            raise Fault("the last line is missing: the file is cut off", audit.tree.size)  # noqa: TRY301
    except Fault as fault:
        raise Fault(*fault.args, at_line) from None
    keys = ", ".join(f"{key.name}+{key.key_id.hex()}" for key in audit.keys)
    text = f"OK: {audit.size} entries, root {audit.root.decode()}, {len(audit.roots) - 1} checkpoints, signed by {keys}"
    text += " (the key you gave)" if pinned else " (a key known only from this file)"
    text += f", {len(kept)} of them kept by you" if kept else ""
    return text + (f"; {audit.deleted} entries deleted after retention" if audit.deleted else "")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported access log.")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--key", action="append", default=[], help="the key the log must be signed with")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help="a checkpoint you kept from before"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes to read with")
    options = parser.parse_args(arguments)
    try:
        pinned = [read_key(text) for text in options.key]
        kept = [read_note(path.read_text("utf-8")) for path in options.checkpoint]
    except (Fault, OSError, ValueError) as problem:
        parser.error(str(problem.args[0] if isinstance(problem, Fault) else problem))
    try:
        print(verify(options.file, pinned, kept, options.jobs))
    except Fault as fault:
        what, sequence, line = fault.args
        print(f"FAULT line {line}{'' if sequence is None else f', sequence {sequence}'}: {what}")
    except OSError as error:
        print(f"FAULT {options.file}: {error.strerror}")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
