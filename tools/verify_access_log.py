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
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from itertools import pairwise, repeat
from pathlib import Path

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
TEXT_START = len(b'{"entry":')
HASHED_LINE = re.compile(rb'\{"hashed":\{"leaf":"(?P<leaf>%b)","sequence":(?P<sequence>%b)\}\}' % (HASH, NUMBER))
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
CLAIM = re.compile(rb'\{"entry":.*"root":"(?P<root>%b)","size":(?P<size>%b)' % (HASH, NUMBER))
NOTE = re.compile(
    "(?P<text>(?P<origin>[^\0-\x1f]+)\n(?P<size>0|[1-9][0-9]{0,14})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    "(?:time (?P<at>[1-9][0-9]{15})\n)?(?:[^\0-\x1f]+\n)*)\n(?P<signatures>(?:— [^ +\0-\x1f]+ [A-Za-z0-9+/=]+\n){1,32})"
)
KEY = re.compile("(?P<name>[^ +\0-\x1f]+)[+](?P<id>[0-9a-f]{8})[+](?P<public>[A-Za-z0-9+/]{44})")

Note = re.Match[str]
Keys = dict[tuple[str, bytes], bytes]
Subtree = tuple[int, bytes]
Run = tuple[int, int, bytes, bytes, list[Subtree]]
"""Entries in a row: the first one's sequence, how many are told by hash only, the first and the last time, the subtrees they add."""


class Fault(Exception):
    """What is wrong and where: ``args`` is (what, sequence or None) and, outside a block, the line of the file."""


def refuse(sequence: int | None, *reasons: tuple[bool, str]) -> None:
    """Raise Fault for the first reason that holds."""
    for holds, what in reasons:
        if holds:
            raise Fault(what, sequence)


Items = list[tuple[int, Run | bytes | Fault]]
"""What some lines hold: runs, other lines, or a fault, each with its line number, counted from 0."""


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


def grow(edge: list[Subtree], level: int, top: bytes) -> None:
    """Add a perfect subtree to a tree, kept as the perfect subtrees along its right edge (RFC 9162, 2.1.1)."""
    while edge and edge[-1][0] == level:
        top, level = parent(edge.pop()[1], top), level + 1
    edge.append((level, top))


def root_of(edge: list[Subtree]) -> bytes:
    root = edge[-1][1] if edge else EMPTY_ROOT
    for _, left in reversed(edge[:-1]):
        root = parent(left, root)
    return root


def grown(old: int, new: int, proof: list[bytes], old_root: bytes | None) -> tuple[bytes, bytes]:
    """Return the roots of the old and the new tree that a consistency proof leads to, taking its nodes (RFC 9162, 2.1.4)."""
    if old == new:
        node = old_root or proof.pop()
        return node, node
    left_size, node = 1 << (new - 1).bit_length() - 1, proof.pop()
    if old <= left_size:
        first, second = grown(old, left_size, proof, old_root)
        return first, parent(second, node)
    first, second = grown(old - left_size, new - left_size, proof, None)
    return parent(node, first), parent(node, second)


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Tell whether the proof shows that the new tree begins with the old; every tree begins with the empty one."""
    try:
        return (old == 0 or grown(old, new, proof, old_root) == (old_root, new_root)) and not proof
    except (IndexError, ValueError):
        return False


MATCHERS = {b"": re.compile(b"(?!)").match}
"""By event: matches an entry from the event's name to its id, in the form last seen (keys in order, kinds of values)."""


def check_entry(line: bytes, agency: bytes, expected: int | None, last_at: bytes) -> tuple[bytes, bytes, int, bytes]:
    """Return event, time, sequence and leaf hash of an entry; remember its form. Raises Fault for the first thing wrong."""
    entry = ENTRY_LINE.fullmatch(line)
    keys = re.findall(rb'"([a-z0-9_]+)":("?)', entry["fields"]) if entry else []
    if entry is None or any(one >= other for (one, _), (other, _) in pairwise(keys)):
        raise Fault("the line is not an entry in its canonical form", expected)
    sequence, leaf = int(entry["sequence"]), sha256(b"\x00" + entry["text"]).digest()
    refuse(
        sequence,
        (entry["domain"] != DOMAIN, f"the entry has another domain tag: {entry['domain'][:80]!r}"),
        (entry["agency"] != agency, f"the entry belongs to another agency: {entry['agency'].decode()}"),
        *disorder(sequence, expected, entry["at"], last_at),
        (hexlify(leaf) != entry["leaf"], "the entry and its leaf hash do not belong together: one of them was changed"),
    )
    pairs = b",".join(b'"%b":%b' % (name, TEXT if quote else NUMBER) for name, quote in keys)
    form = rb'%b","fields":\{%b\},"id":"%b' % (re.escape(entry["event"]), pairs, UUID)
    MATCHERS[entry["event"]] = re.compile(form).match
    return entry["event"], entry["at"], sequence, leaf


def disorder(found: int, expected: int | None, at: bytes, last_at: bytes) -> list[tuple[bool, str]]:
    wrong = f"sequence {found} where {expected} should be: entries are missing, doubled or moved"
    return [
        (expected not in (None, found), wrong),
        (EARLIEST != at < last_at, "the entry is dated before the one it follows"),
    ]


class Block:
    """Reads some lines of the file by themselves: entries become runs, each other line is handed on with its number."""

    def __init__(self, agency: bytes) -> None:
        self.agency = agency
        self.items: Items = []
        self.hashes: list[bytes] = []
        self.line = self.next = self.hashed = 0
        self.first_at = self.last_at = EARLIEST

    def read(self, text: bytes) -> Items:
        """Read lines until one is at fault, and count them in ``line``."""
        at, end = 0, len(text)
        while (at := self.read_known(text, at)) < end:
            line_end = text.find(b"\n", at)
            line = text[at : line_end if line_end >= 0 else end]
            try:
                self.read_slowly(line, whole=line_end >= 0)
            except Fault as fault:
                self.close()
                return [*self.items, (self.line, fault)]
            at, self.line = at + len(line) + 1, self.line + 1
        self.close()
        return self.items

    def read_known(self, text: bytes, at: int) -> int:
        """Read entries as long as each has a known form, by the checks of ``check_entry`` but cheaply; return how far."""
        prefix = b'{"entry":{"agency":"%b","at":' % self.agency
        to_time, to_end, to_event = len(prefix), len(prefix) + 16, len(prefix) + 16 + len(BEFORE_EVENT)
        sequence, last_at, never = self.next, self.last_at, MATCHERS[b""]
        while self.hashes:
            event = at + to_event
            form = MATCHERS.get(text[event : text.find(b'"', event)], never)(text, event)
            if not form or not text.startswith(prefix, at) or not text.startswith(BEFORE_EVENT, at + to_end):
                break
            time, numbered = text[at + to_time : at + to_end], b'","sequence":%d}' % sequence
            leaf = sha256(b"\x00" + text[at + TEXT_START : form.end() + len(numbered)]).digest()
            tail = b'%b,"leaf":"%b"}\n' % (numbered, hexlify(leaf))
            if not text.startswith(tail, form.end()) or time < last_at or not time.isdigit():
                break
            self.hashes.append(leaf)
            at, sequence, last_at = form.end() + len(tail), sequence + 1, time
        self.line, self.next, self.last_at = self.line + sequence - self.next, sequence, last_at
        return at

    def read_slowly(self, line: bytes, *, whole: bool) -> None:
        """Read one line of any kind with every check, and say what is wrong with it."""
        expected = self.next if self.hashes else None
        if not whole or len(line) > LONGEST_LINE:
            raise Fault("the line has no end, or is longer than any line of a log", expected)
        if line.startswith(b'{"entry":'):
            event, at, sequence, leaf = check_entry(line, self.agency, expected, self.last_at)
            if event == b"log.checkpoint_made":
                MATCHERS.pop(event)  # so that each comes here, to be held against the checkpoints of the file
                self.close()
                self.items.append((self.line, line[: line.rindex(b'},"id":')]))
        elif hashed := HASHED_LINE.fullmatch(line):
            at, sequence, leaf = self.last_at, int(hashed["sequence"]), bytes.fromhex(hashed["leaf"].decode())
            refuse(sequence, *disorder(sequence, expected, at, at))
            self.hashed += 1
        else:
            self.close()
            self.items.append((self.line, line))
            return
        self.first_at, self.next, self.last_at = self.first_at if self.hashes else at, sequence + 1, at
        self.hashes.append(leaf)

    def close(self) -> None:
        """Turn the entries read since the last run into a run."""
        if self.hashes:
            first, count = self.next - len(self.hashes), len(self.hashes)
            run = (first, self.hashed, self.first_at, self.last_at, subtrees(self.hashes, first))
            self.items.append((self.line - count, run))
            self.hashes, self.hashed = [], 0


def read_block(path: Path, agency: bytes, start: int, end: int) -> tuple[Items, int]:
    """Read the lines that begin between two offsets; return what they hold and how many they are."""
    with path.open("rb") as file:
        file.seek(start - 1)
        while file.tell() < end and (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        text = file.read(max(0, end - file.tell()))
        text += file.readline(LONGEST_LINE) if text and not text.endswith(b"\n") else b""
    return Block(agency).read(text), text.count(b"\n")


def read_note(text: str) -> Note:
    """Read a checkpoint (C2SP tlog-checkpoint within a signed-note)."""
    if not (note := NOTE.fullmatch(text)):
        raise Fault("the checkpoint is not a note in the C2SP tlog-checkpoint format", None)
    return note


def read_key(text: str) -> tuple[tuple[str, bytes], bytes]:
    """Read a verifier key, ``name+id+base64(0x01 || public key)``; the id must be that of the key (C2SP signed-note)."""
    match = KEY.fullmatch(text)
    public = base64.b64decode(match["public"]) if match else b""
    key_id = sha256(f"{match['name']}\n".encode() + public).digest()[:4] if match else b""
    if match is None or public[:1] != b"\x01" or key_id.hex() != match["id"]:
        raise Fault("the key is not an Ed25519 verifier key, or its id is not its own", None)
    return (match["name"], key_id), public[1:]


def is_signed(note: Note, keys: Keys) -> bool:
    """Tell whether one of these keys signed; a wrong signature by one of them spoils the note (C2SP signed-note)."""
    known = False
    try:
        for line in note["signatures"].splitlines():
            _, name, encoded = line.split(" ")
            signature = base64.b64decode(encoded, validate=True)
            if public := keys.get((name, signature[:4])):
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], note["text"].encode())
                known = True
    except (InvalidSignature, ValueError):
        raise Fault("a signature of the checkpoint is wrong", None) from None
    return known


class Audit:
    """Follows the file from its first line to its last; raises Fault at the first thing that is wrong."""

    def __init__(self, first_line: bytes, pinned: Keys, kept: list[Note]) -> None:
        if not (header := HEADER_LINE.fullmatch(first_line)):
            raise Fault(f"the file does not begin as one of the format {FORMAT.decode()}", None)
        self.agency, self.size, self.root = header["agency"], int(header["size"]), header["root"]
        self.origin, own = header["origin"].decode(), dict(map(read_key, json.loads(b"[%b]" % header["keys"])))
        self.keys = pinned or {key: public for key, public in own.items() if key[0] == self.origin}
        refuse(
            None,
            (not self.keys.items() <= own.items(), "the log does not name the key you expect"),
            (any(key[0] != self.origin for key in self.keys), f"the key you expect is not one of {self.origin}"),
            (any(note["origin"] != self.origin for note in kept), "the checkpoint you kept is of another log"),
            (not all(is_signed(note, self.keys) for note in kept), "the checkpoint you kept is signed by another key"),
        )
        self.edge: list[Subtree] = []
        self.roots, self.signed, self.signed_at, self.last_at = {0: EMPTY_ROOT}, 0, 0, EARLIEST
        self.count, self.hashed, self.done, self.kept = 0, 0, False, kept

    def take(self, item: Run | bytes | Fault) -> None:
        if isinstance(item, Fault):
            raise item
        if self.done:
            raise Fault("the file goes on after its last line", None)
        if isinstance(item, tuple):
            self.take_run(*item)
        elif found := CHECKPOINT_LINE.fullmatch(item):
            self.take_checkpoint(read_note(json.loads(found["note"])), re.findall(HASH, found["proof"]))
        elif found := END_LINE.fullmatch(item):
            self.take_end(int(found["count"]), found["root"])
        elif found := CLAIM.fullmatch(item):
            told = hexlify(self.roots.get(int(found["size"]), b"")) == found["root"]
            refuse(self.count, (not told, "the entry tells of a checkpoint that is not in the file"))
        else:
            raise Fault("the line is neither an entry, a checkpoint nor the last line", self.count)

    def take_run(self, sequence: int, hashed: int, first_at: bytes, last_at: bytes, tops: list[Subtree]) -> None:
        refuse(sequence, *disorder(sequence, self.count, first_at, self.last_at))
        for level, top in tops:
            grow(self.edge, level, top)
            self.count += 1 << level
        self.hashed, self.last_at = self.hashed + hashed, max(last_at, self.last_at)

    def take_checkpoint(self, note: Note, proof: list[bytes]) -> None:
        size, signed, nodes = self.count, self.signed, [bytes.fromhex(node.decode()) for node in proof]
        root, at = base64.b64decode(note["root"]), int(note["at"] or 0)
        refuse(
            size,
            (note["origin"] != self.origin, f"the checkpoint is of another log: {note['origin'][:120]!a}"),
            (int(note["size"]) != size, f"the checkpoint covers {note['size']} entries but stands after {size}"),
            (not is_signed(note, self.keys), "the checkpoint is not signed by the log's key"),
            (root != root_of(self.edge), f"root mismatch: not all entries from {signed} to {size - 1} were signed"),
            ((at, size) <= (self.signed_at, signed), "the checkpoint is not dated after the one it follows"),
            (not is_consistent(signed, self.roots[signed], size, root, nodes), "the consistency proof is wrong"),
        )
        self.signed, self.signed_at, self.roots[size] = size, at, root

    def take_end(self, count: int, root: bytes) -> None:
        size, signed, self.done = self.count, self.signed, True
        same_root = hexlify(root_of(self.edge)) == root == self.root
        refuse(
            size,
            (not size == count == self.size, f"{size} entries where the first line says {self.size}, the last {count}"),
            (not same_root, "the root in the first or the last line is not that of the entries"),
            (size != signed, f"no checkpoint covers the entries from {signed}: is the end missing?"),
        )
        for kept, kept_root in [(int(note["size"]), base64.b64decode(note["root"])) for note in self.kept]:
            what = "the end of the log is missing" if kept > size else "the log was rewritten"
            lost = self.roots.get(kept) != kept_root
            refuse(kept, (lost, f"the checkpoint you kept, of {kept} entries, is not in the file: {what}"))


def verify(path: Path, pinned: Keys, kept: list[Note], jobs: int = 1, block: int = BLOCK) -> str:
    """Return the summary of a whole log. Raises Fault, or OSError if the file cannot be read."""
    with path.open("rb") as file:
        first_line = file.readline(LONGEST_LINE)
        starts = range(file.tell(), max(file.tell(), os.fstat(file.fileno()).st_size), block)
    line = at_line = 1
    with ProcessPoolExecutor(max(jobs, 1)) as pool:
        try:
            audit = Audit(first_line, pinned, kept)
            tasks = (repeat(path), repeat(audit.agency), starts, [*starts[1:], starts.stop])
            for items, lines in pool.map(read_block, *tasks) if min(jobs, len(starts)) > 1 else map(read_block, *tasks):
                for number, item in items:
                    at_line = line + 1 + number
                    audit.take(item)
                line += lines
            at_line = line + 1
            refuse(audit.count, (not audit.done, "the last line is missing: the file is cut off"))
        except Fault as fault:
            pool.shutdown(cancel_futures=True)
            raise Fault(*fault.args, at_line) from None
    signers = ", ".join(f"{name}+{key_id.hex()}" for name, key_id in audit.keys)
    trust = "the key you gave" if pinned else "a key known only from this file"
    checked = f"{len(audit.roots) - 1} checkpoints signed by {signers} ({trust}), {len(kept)} of them kept by you"
    return f"OK: {audit.size} entries ({audit.hashed} by their hash only), root {audit.root.decode()}, {checked}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported access log.")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--key", action="append", default=[], help="the key the log must be signed with")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="a checkpoint you kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes to read with")
    options = parser.parse_args(arguments)
    try:
        pinned = dict(map(read_key, options.key))
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
