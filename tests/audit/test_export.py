"""The export shows what is stored, in the order it belongs, and repairs nothing."""

import json
from datetime import UTC, datetime
from typing import Any

from coordination.audit import checkpoints, export, merkle
from tests.audit.logs import AGENCY, build_log

AT = datetime(2026, 11, 3, tzinfo=UTC)


def test_the_header_says_whose_log_it_is_and_what_its_head_was() -> None:
    log = build_log(5)

    header = json.loads(log.lines()[0])["header"]

    assert header == {
        "agency": str(AGENCY),
        "exported_at": 1793775600000000,
        "format": "samverkan/access-log-export/v1",
        "keys": [str(log.signing.key)],
        "origin": log.signing.key.name,
        "root": log.root().hex(),
        "size": 5,
    }


def test_an_entry_lies_in_its_line_as_the_bytes_that_were_hashed() -> None:
    log = build_log(5)

    line = log.lines()[3]

    assert log.texts[2] in line
    assert json.loads(line)["leaf"] == merkle.hash_leaf(log.texts[2]).hex()


def test_each_checkpoint_stands_after_the_last_entry_it_covers() -> None:
    log = build_log(6, [0, 2, 2, 6])

    kinds = [_kind(line) for line in log.lines()]

    assert kinds == ["header", 0, "entry", "entry", 2, 2, "entry", "entry", "entry", "entry", 6, "end"]


def test_an_entry_without_its_text_is_told_by_its_hash() -> None:
    log = build_log(3)

    lines = [json.loads(line) for line in log.lines(hashed=[0])]

    assert lines[1] == {"hashed": {"leaf": merkle.hash_leaf(log.texts[0]).hex(), "sequence": 0}}
    assert lines[-1]["end"] == {"count": 3, "root": log.root().hex()}


def test_the_last_line_counts_what_the_file_holds_and_not_what_it_should() -> None:
    log = build_log(4)
    header = export.Header(AGENCY, log.signing.key.name, [log.signing.key], 4, log.root(), AT)
    entries = [export.StoredEntry(number, log.hashes[number], log.texts[number]) for number in (0, 1, 3)]

    lines = list(export.export_lines(header, entries, [export.StoredCheckpoint(4, log.note(4), [])]))

    root = merkle.root_of([log.hashes[number] for number in (0, 1, 3)])
    assert json.loads(lines[-1]) == {"end": {"count": 3, "root": root.hex()}}
    assert _kind(lines[-2]) == 4


def test_what_is_broken_in_the_database_comes_out_as_it_is() -> None:
    log = build_log(1)
    header = export.Header(AGENCY, log.signing.key.name, [log.signing.key], 1, log.root(), AT)
    broken = export.StoredEntry(0, bytes(32), "{inte json, Åsa".encode())

    lines = list(export.export_lines(header, [broken], [export.StoredCheckpoint(1, "inte en not", [b"x"])]))

    assert lines[1] == '{"entry":{inte json, Åsa,"leaf":"'.encode() + b"0" * 64 + b'"}\n'
    assert json.loads(lines[2]) == {"checkpoint": {"note": "inte en not", "proof": ["78"]}}


def _kind(line: bytes) -> Any:
    kind, value = next(iter(json.loads(line).items()))
    return checkpoints.parse(value["note"]).checkpoint.size if kind == "checkpoint" else kind
