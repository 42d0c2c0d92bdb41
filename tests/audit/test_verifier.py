"""The outside verifier as a program: what it says of a whole log, and that nothing makes it stumble."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audit.logs import LINES, LOG, Answer, Verify, build_log, with_line

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_access_log.py"


def test_a_whole_log_gives_one_line_and_exit_0(verify: Verify) -> None:
    answer = verify(LINES, "--key", str(LOG.signing.key), kept=LOG.note(8))

    assert answer.exit_code == 0
    assert answer.text.count("\n") == 1
    assert answer.text.startswith(f"OK: 20 entries (0 by their hash only), root {LOG.root().hex()}, 4 checkpoints")
    assert "(the key you gave), 1 of them kept by you" in answer.text


def test_a_key_that_only_the_file_vouches_for_is_named_as_such(verify: Verify) -> None:
    answer = verify(LINES)

    assert answer.exit_code == 0
    assert f"{LOG.signing.key.name}+{LOG.signing.key.key_id.hex()} (a key known only from this file)" in answer.text


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9])
def test_logs_of_any_size_are_whole(verify: Verify, size: int) -> None:
    assert verify(build_log(size, [*range(size + 1)]).lines()).exit_code == 0


@pytest.mark.parametrize("hashed", [[0], [19], range(4), range(20), [0, 1, 2, 7, 8, 11]])
def test_entries_told_by_hash_only_still_prove_the_rest(verify: Verify, hashed: list[int]) -> None:
    answer = verify(LOG.lines(hashed))

    assert answer.exit_code == 0
    assert f"({len(hashed)} by their hash only)" in answer.text


@given(st.binary(max_size=300))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_refused_in_one_line(verify: Verify, garbage: bytes) -> None:
    for content in (garbage, LINES[0] + garbage, b"".join(LINES[:6]) + garbage + b"\n" + b"".join(LINES[6:])):
        answer = verify(content)

        assert answer.exit_code == 1
        assert answer.text.startswith("FAULT line ")
        assert answer.text.count("\n") == 1
        assert answer.text.isprintable() or answer.text[:-1].isprintable()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\0" * 5000,
        b"[" * 200_000 + b"\n",
        b"x" * 3_000_000,
        LINES[0] + b"x" * 9_000_000 + b"\n",
        LINES[0] + b'{"entry":' + b"9" * 2_000_000 + b"}\n",
        LINES[0] + b'{"checkpoint":' + b"[" * 100_000 + b"\n",
        LINES[0].replace(b'"size":20', b'"size":' + b"9" * 6000),
    ],
)
def test_empty_huge_and_binary_files_are_refused_in_one_line(verify: Verify, content: bytes) -> None:
    answer = verify(content)

    assert answer.exit_code == 1
    assert answer.text.startswith("FAULT line ")
    assert len(answer.text) < 300


def test_a_directory_and_an_absent_file_are_refused_in_one_line(
    verifier: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        assert verifier.main([str(path)]) == 1
        assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("block", [1, 100, 700, 1500, 10_000])
@pytest.mark.parametrize("broken", [None, 6, 13])
def test_blocks_of_any_size_give_the_same_answer(
    verifier: ModuleType, tmp_path: Path, block: int, broken: int | None
) -> None:
    file = tmp_path / "log.jsonl"
    lines = LINES if broken is None else with_line(broken, LINES[broken].replace(b'"outcome":"', b'"outcome":"x'))
    file.write_bytes(b"".join(lines))

    if broken is None:
        assert verifier.verify(file, {}, [], 1, block) == verifier.verify(file, {}, [])
    else:
        with pytest.raises(verifier.Fault) as fault:
            verifier.verify(file, {}, [], 1, block)
        assert fault.value.args[2] == broken + 1


@pytest.mark.parametrize("broken", [None, 9_001])
def test_several_processes_find_what_one_finds(tmp_path: Path, broken: int | None) -> None:
    log = build_log(9_500, [3_000, 9_500])
    lines = log.lines()
    if broken is not None:
        lines[broken + 2] = lines[broken + 2].replace(b'"outcome":"', b'"outcome":"x')
    (tmp_path / "log.jsonl").write_bytes(b"".join(lines))

    answers = [_run("log.jsonl", "--jobs", str(jobs), folder=tmp_path) for jobs in (1, 3)]

    assert answers[0] == answers[1]
    assert answers[0].exit_code == (0 if broken is None else 1)
    assert broken is None or answers[0].found("its leaf hash", line=broken + 3, sequence=broken)


def test_it_runs_alone_from_anywhere_without_any_of_our_code(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"".join(LINES))
    (tmp_path / "verify.py").write_bytes(VERIFIER.read_bytes())

    answer = _run("log.jsonl", folder=tmp_path, program=tmp_path / "verify.py")

    assert answer.exit_code == 0
    assert "coordination" not in VERIFIER.read_text()


@pytest.mark.parametrize(
    "options", [["--key", "nonsense"], ["--checkpoint", "absent"], ["--checkpoint", "log.jsonl"], ["--unknown"]]
)
def test_a_mistake_on_the_command_line_is_exit_2(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"".join(LINES))

    assert _run("log.jsonl", *options, folder=tmp_path).exit_code == 2


def _run(*arguments: str, folder: Path, program: Path = VERIFIER) -> Answer:
    command = [sys.executable, "-I", str(program), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return Answer(done.returncode, done.stdout)
