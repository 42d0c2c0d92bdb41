"""Whatever is done to a log in the database by somebody who may do anything there, the verification finds it."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.factories.log import GivenLog, given_log

SIGNED = 21
"""Entries when the first checkpoint is made; the next entry tells of it."""


@pytest.fixture
def log(app: Flask, owner_engine: Engine) -> GivenLog:
    """A log of 35 entries with two checkpoints, verified once."""
    log = given_log(app, owner_engine, SIGNED)
    log.is_signed()
    log.grows(10)
    log.verified()
    log.is_signed()
    log.grows(1)
    return log


def test_a_log_that_nobody_has_touched_is_whole(log: GivenLog) -> None:
    result = log.verified()

    assert (result.fault, result.size) == (None, SIGNED + 1 + 10 + 1 + 1 + 1)


def test_what_a_verification_finds_is_stored_and_logged(log: GivenLog) -> None:
    result = log.verified()

    stored = log.store("SELECT size, root, ok, fault FROM audit.verification WHERE agency_id = :agency ORDER BY at")
    last = log.store("SELECT action, canonical FROM audit.entry WHERE agency_id = :agency ORDER BY seq DESC LIMIT 1")
    assert stored[-1] == (result.size, result.root, True, None)
    assert last[0][0] == "log.verified"
    assert f'"result":"whole","root":"{result.root.hex()}","size":{result.size}' in str(last[0][1])


def test_an_empty_log_is_whole(app: Flask, owner_engine: Engine) -> None:
    assert given_log(app, owner_engine).verified().ok


CHANGES = {
    "a letter of an entry": (
        "UPDATE audit.entry SET canonical = replace(canonical, 'case.viewed', 'case.listed') WHERE agency_id = :agency AND seq = 3",
        "leaf_differs at 3",
    ),
    "who it was, in the column": ("UPDATE audit.entry SET user_id = gen_random_uuid() WHERE agency_id = :agency AND seq = 4", "entry_columns_differ at 4"),
    "nobody, in the column": ("UPDATE audit.entry SET user_id = NULL WHERE agency_id = :agency AND seq = 4", "entry_columns_differ at 4"),
    "which case, in the column": ("UPDATE audit.entry SET case_id = NULL WHERE agency_id = :agency AND seq = 5", "entry_columns_differ at 5"),
    "when, in the column": ("UPDATE audit.entry SET at = at - interval '1 second' WHERE agency_id = :agency AND seq = 6", "entry_columns_differ at 6"),
    "what, in the column": ("UPDATE audit.entry SET action = 'case.listed' WHERE agency_id = :agency AND seq = 7", "entry_columns_differ at 7"),
    "the outcome, in the column": ("UPDATE audit.entry SET outcome = 'denied' WHERE agency_id = :agency AND seq = 7", "entry_columns_differ at 7"),
    "the id, in the column": ("UPDATE audit.entry SET id = gen_random_uuid() WHERE agency_id = :agency AND seq = 8", "entry_columns_differ at 8"),
    "the municipality of an entry": ("UPDATE audit.entry SET municipality_id = gen_random_uuid() WHERE agency_id = :agency AND seq = 9", "entry_missing at 9"),
    "an entry taken away": ("DELETE FROM audit.entry WHERE agency_id = :agency AND seq = 10", "entry_missing at 10"),
    "an entry and its leaf taken away": (
        ("WITH gone AS (DELETE FROM audit.entry WHERE agency_id = :agency AND seq = 11)"
        " DELETE FROM audit.node WHERE agency_id = :agency AND level = 0 AND node_index = 11"),
        "entry_and_leaf_missing at 11",
    ),
    "two entries that changed places": (
        ("UPDATE audit.entry SET canonical = (SELECT other.canonical FROM audit.entry AS other WHERE other.agency_id = :agency"
        " AND other.seq = 27 - audit.entry.seq) WHERE agency_id = :agency AND seq IN (13, 14)"),
        "leaf_differs at 13",
    ),
    "an entry slipped in at the end": (
        ("INSERT INTO audit.entry SELECT agency_id, seq + 1, gen_random_uuid(), at, action, user_id, case_id, outcome, canonical,"
        " municipality_id FROM audit.entry WHERE agency_id = :agency ORDER BY seq DESC LIMIT 1"),
        "leaf_missing at 35",
    ),
    "an entry twice, with a leaf": (
        ("WITH twice AS (INSERT INTO audit.entry SELECT agency_id, 35, id, at, action, user_id, case_id, outcome, canonical,"
        " municipality_id FROM audit.entry WHERE agency_id = :agency AND seq = 34)"
        " INSERT INTO audit.node SELECT agency_id, 0, 35, hash, municipality_id FROM audit.node"
        " WHERE agency_id = :agency AND level = 0 AND node_index = 34"),
        "entry_columns_differ at 35",
    ),
    "an entry before the first": (
        ("INSERT INTO audit.entry SELECT agency_id, -1, gen_random_uuid(), at, action, user_id, case_id, outcome, canonical,"
        " municipality_id FROM audit.entry WHERE agency_id = :agency AND seq = 0"),
        "entry_before_the_first at -1",
    ),
    "the hash of a leaf": ("UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 2", "leaf_differs at 2"),
    "the hash of a node": ("UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 2 AND node_index = 1", "node_differs at 1, level 2"),
    "a leaf taken away": ("DELETE FROM audit.node WHERE agency_id = :agency AND level = 0 AND node_index = 12", "leaf_missing at 12"),
    "a node taken away": ("DELETE FROM audit.node WHERE agency_id = :agency AND level = 1 AND node_index = 4", "node_missing at 4, level 1"),
    "a node slipped in": (
        ("INSERT INTO audit.node SELECT agency_id, 9, 0, hash, municipality_id FROM audit.node"
        " WHERE agency_id = :agency AND level = 0 AND node_index = 0"),
        "node_without_entries at 0, level 9",
    ),
    "a leaf slipped in": (
        ("INSERT INTO audit.node SELECT agency_id, 0, 35, hash, municipality_id FROM audit.node"
        " WHERE agency_id = :agency AND level = 0 AND node_index = 0"),
        "entry_missing at 35",
    ),
    "a checkpoint taken away": ("DELETE FROM audit.checkpoint WHERE agency_id = :agency AND size = 21", "checkpoint_missing at 21"),
    "a checkpoint twice": (
        ("INSERT INTO audit.checkpoint (id, municipality_id, agency_id, size, root, note, made_at)"
        " SELECT gen_random_uuid(), municipality_id, agency_id, size, root, note, made_at FROM audit.checkpoint"
        " WHERE agency_id = :agency AND size = 21"),
        "checkpoint_twice at 21",
    ),
    "the size of a checkpoint": ("UPDATE audit.checkpoint SET size = 20 WHERE agency_id = :agency AND size = 21", "checkpoint_columns_differ at 20"),
    "the root of a checkpoint": ("UPDATE audit.checkpoint SET root = sha256('') WHERE agency_id = :agency AND size = 21", "checkpoint_columns_differ at 21"),
    "the time of a checkpoint": ("UPDATE audit.checkpoint SET made_at = made_at + interval '1 day' WHERE agency_id = :agency AND size = 21", "checkpoint_columns_differ at 21"),
    "the words of a checkpoint": ("UPDATE audit.checkpoint SET note = replace(note, E'\\n21\\n', E'\\n22\\n') WHERE agency_id = :agency AND size = 21", "checkpoint_not_signed at 21"),
    "the agency of a checkpoint": (
        "UPDATE audit.checkpoint SET note = replace(note, 'agency/', 'agency/x') WHERE agency_id = :agency AND size = 21",
        "checkpoint_not_signed at 21",
    ),
    "the root of a verification": ("UPDATE audit.verification SET root = sha256('') WHERE agency_id = :agency", "root_differs_from_verification at 32"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "fault"), CHANGES.values(), ids=CHANGES.keys())
def test_every_change_in_the_database_is_found_with_its_place(log: GivenLog, statement: str, fault: str) -> None:
    log.store(statement)

    assert str(log.verified().fault) == fault


TAILS = {
    "the entries": "DELETE FROM audit.entry WHERE agency_id = :agency AND seq >= 30",
    "the leaves": "DELETE FROM audit.node WHERE agency_id = :agency AND level = 0 AND node_index >= 30",
    "entries, leaves and nodes": (
        "WITH gone AS (DELETE FROM audit.entry WHERE agency_id = :agency AND seq >= 30)"
        " DELETE FROM audit.node WHERE agency_id = :agency AND (node_index + 1) << level > 30"
    ),
    "the last checkpoint too": (
        "WITH gone AS (DELETE FROM audit.entry WHERE agency_id = :agency AND seq >= 30),"
        " unsigned AS (DELETE FROM audit.checkpoint WHERE agency_id = :agency AND size > 30)"
        " DELETE FROM audit.node WHERE agency_id = :agency AND (node_index + 1) << level > 30"
    ),
}


@pytest.mark.parametrize("statement", TAILS.values(), ids=TAILS.keys())
def test_an_end_that_is_cut_off_is_found(log: GivenLog, statement: str) -> None:
    log.store(statement)

    assert not log.verified().ok


def test_an_end_cut_off_with_all_that_speaks_of_it_is_found_by_a_checkpoint_kept_elsewhere(log: GivenLog) -> None:
    kept = str(log.store("SELECT note FROM audit.checkpoint WHERE agency_id = :agency AND size > 30")[0][0])
    log.store(TAILS["the last checkpoint too"])
    log.store("DELETE FROM audit.verification WHERE agency_id = :agency")

    assert log.verified().ok
    assert str(log.verified(kept).fault) == "end_missing at 33"


def test_a_log_rewritten_from_an_entry_on_contradicts_the_checkpoint_kept(log: GivenLog) -> None:
    kept = str(log.store("SELECT note FROM audit.checkpoint WHERE agency_id = :agency AND size = 21")[0][0])
    log.store("DELETE FROM audit.entry WHERE agency_id = :agency")
    log.store("DELETE FROM audit.node WHERE agency_id = :agency")
    log.store("DELETE FROM audit.checkpoint WHERE agency_id = :agency")
    log.store("DELETE FROM audit.verification WHERE agency_id = :agency")
    log.grows(40)

    assert log.verified().ok
    assert str(log.verified(kept).fault) == "root_differs_from_kept_checkpoint at 21"


def test_a_checkpoint_of_another_agency_is_not_taken_for_ones_own(
    log: GivenLog, app: Flask, owner_engine: Engine
) -> None:
    other = given_log(app, owner_engine, 3)
    other.is_signed()
    log.store(
        "UPDATE audit.checkpoint SET note = (SELECT note FROM audit.checkpoint WHERE agency_id = :other) WHERE agency_id = :agency AND size = 21",
        other=other.agency_id,
    )

    assert str(log.verified().fault) == "checkpoint_not_signed at 21"


def test_the_result_is_stored_also_when_the_log_can_no_longer_grow(log: GivenLog) -> None:
    log.store(CHANGES["an entry slipped in at the end"][0])
    log.store("DELETE FROM audit.node WHERE agency_id = :agency AND level = 2")

    found = log.verified()

    assert not found.ok
    assert log.store("SELECT fault FROM audit.verification WHERE agency_id = :agency ORDER BY at DESC LIMIT 1") == [
        (str(found.fault),)
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bit_of_any_entry_or_hash_is_found(log: GivenLog, data: st.DataObject) -> None:
    seq = data.draw(st.integers(0, 34))
    bit = data.draw(st.integers(0, 255))
    log.store(
        "UPDATE audit.node SET hash = set_bit(hash, :bit, 1 - get_bit(hash, :bit)) WHERE agency_id = :agency AND level = 0 AND node_index = :seq",
        bit=bit,
        seq=seq,
    )
    found = log.verified()
    log.store(
        "UPDATE audit.node SET hash = set_bit(hash, :bit, 1 - get_bit(hash, :bit)) WHERE agency_id = :agency AND level = 0 AND node_index = :seq",
        bit=bit,
        seq=seq,
    )

    assert str(found.fault) == f"leaf_differs at {seq}"
