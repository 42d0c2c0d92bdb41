"""``coordination audit``: what an operator is told of the logs, and the file a reviewer verifies without us."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.commands import ROOT, environment, run
from tests.factories.log import GivenLog, given_log


@pytest.fixture
def env(settings: Settings) -> dict[str, str]:
    """The variables of this installation."""
    return environment(settings)


@pytest.fixture
def log(app: Flask, owner_engine: Engine) -> GivenLog:
    """The log of the police, with a checkpoint in the middle."""
    log = given_log(app, owner_engine, 9)
    log.is_signed()
    log.grows(4)
    return log


def test_all_logs_are_verified_one_line_each(
    log: GivenLog, env: dict[str, str], app: Flask, owner_engine: Engine
) -> None:
    given_log(app, owner_engine, 2, AgencyKind.SCHOOL)

    answer = run(env, "audit", "verify")

    assert answer.exit_code == 0, answer.output
    assert [": whole, " in line for line in answer.output.splitlines()] == [True, True]


def test_a_broken_log_is_named_with_its_first_fault_and_the_exit_code_is_1(
    log: GivenLog, env: dict[str, str], app: Flask, owner_engine: Engine
) -> None:
    whole = given_log(app, owner_engine, 2, AgencyKind.SCHOOL)
    log.store("UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 6")

    answer = run(env, "audit", "verify")

    assert answer.exit_code == 1
    broken = next(line for line in answer.output.splitlines() if str(log.agency_id) in line)
    assert broken.endswith("BROKEN, leaf_differs at 6")
    assert run(env, "audit", "verify", "--agency", str(whole.agency_id)).exit_code == 0


def test_a_checkpoint_kept_outside_is_held_against_the_log(log: GivenLog, env: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(
        str(log.store("SELECT note FROM audit.checkpoint WHERE agency_id = :agency")[0][0]), encoding="utf-8"
    )
    agency = ("--agency", str(log.agency_id))

    before = run(env, "audit", "verify", *agency, "--checkpoint", str(kept))
    for table in ("entry", "node", "checkpoint", "verification"):
        log.store(f"DELETE FROM audit.{table} WHERE agency_id = :agency")
    after = run(env, "audit", "verify", *agency, "--checkpoint", str(kept))

    assert (before.exit_code, after.exit_code) == (0, 1)
    assert "end_missing at 9" in after.output


def test_an_export_proves_itself_to_somebody_who_does_not_trust_us(
    log: GivenLog, env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "log.jsonl"

    answer = run(env, "audit", "export", "--agency", str(log.agency_id), "--out", str(file))

    assert answer.exit_code == 0, answer.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["log.jsonl"]
    code, said = _verified(file)
    assert (code, said.startswith("OK: 15 entries")) == (0, True), said


def test_the_exports_of_one_log_grow_out_of_each_other(log: GivenLog, env: dict[str, str], tmp_path: Path) -> None:
    first, second, kept = tmp_path / "first", tmp_path / "second", tmp_path / "kept"
    arguments = ("audit", "export", "--agency", str(log.agency_id), "--out")
    run(env, *arguments, str(first))
    kept.write_text(
        str(log.store("SELECT note FROM audit.checkpoint WHERE agency_id = :agency ORDER BY size DESC LIMIT 1")[0][0]),
        encoding="utf-8",
    )
    log.grows(5)
    run(env, *arguments, str(second))

    code, said = _verified(second, "--checkpoint", str(kept))

    assert (code, "1 of them kept by you" in said or "kept" in said) == (0, True), said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.entry SET canonical = replace(canonical, 'viewed', 'listed') WHERE agency_id = :agency AND seq = 3",
        "DELETE FROM audit.entry AS e USING audit.node AS n WHERE e.agency_id = :agency AND e.seq = 5 AND n.agency_id = :agency AND false",
        "UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 2",
        "DELETE FROM audit.checkpoint WHERE agency_id = :agency",
        "UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 3 AND node_index = 0",
    ],
    ids=["entry", "nothing", "leaf", "checkpoint", "node"],
)
def test_what_is_wrong_in_the_database_is_wrong_in_the_file(
    log: GivenLog, env: dict[str, str], tmp_path: Path, statement: str
) -> None:
    log.store(statement)
    file = tmp_path / "log.jsonl"

    run(env, "audit", "export", "--agency", str(log.agency_id), "--out", str(file))

    harmless = "AND false" in statement
    assert _verified(file)[0] == (0 if harmless else 1)


def test_a_file_that_cannot_be_written_is_told_in_one_line(log: GivenLog, env: dict[str, str], tmp_path: Path) -> None:
    answer = run(env, "audit", "export", "--agency", str(log.agency_id), "--out", str(tmp_path / "no" / "log.jsonl"))

    assert answer.exit_code == 1
    assert "cannot be written" in answer.output
    assert len(answer.output.splitlines()) == 1


def test_an_agency_that_is_not_there_is_told_in_one_line(app: Flask, env: dict[str, str]) -> None:
    answer = run(env, "audit", "verify", "--agency", "01999999-0000-7000-8000-000000000000")

    assert (answer.exit_code, len(answer.output.splitlines())) == (1, 1)


def test_a_checkpoint_can_be_made_on_demand(log: GivenLog, env: dict[str, str]) -> None:
    answer = run(env, "audit", "checkpoint", "--agency", str(log.agency_id))

    sizes = log.store("SELECT size FROM audit.checkpoint WHERE agency_id = :agency ORDER BY size")
    assert answer.exit_code == 0, answer.output
    assert sizes == [(9,), (14,)]
    assert log.verified().ok


def _verified(file: Path, *options: str) -> tuple[int, str]:
    program = [sys.executable, str(ROOT / "tools" / "verify_access_log.py"), "--jobs", "1", *options, str(file)]
    answer = subprocess.run(program, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout
