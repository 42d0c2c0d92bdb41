"""A child is stopped in the way asked for, killed when it will not, and follows its parent into death."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from coordination.core.child import Child

POLITE = "import signal, sys, time; signal.signal(signal.SIGUSR1, lambda *_: sys.exit(7)); print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = """
import sys, time
from pathlib import Path
from coordination.core.child import Child
Child([sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], cwd=Path("/"))
time.sleep(60)
"""


def test_a_child_gets_the_signal_asked_for_and_its_exit_code_is_told(tmp_path: Path) -> None:
    child = _started(POLITE, tmp_path, stop_signal=signal.SIGUSR1)

    child.stop()

    assert child.exit_code == 7


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    child = _started(STUBBORN, tmp_path, patience=0.2)

    child.stop()

    assert child.exit_code == 128 + signal.SIGKILL


def test_a_child_that_ends_by_itself_is_seen_to_have_ended(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "raise SystemExit(3)"], cwd=tmp_path)

    deadline = time.monotonic() + 20
    while child.exit_code is None and time.monotonic() < deadline:
        time.sleep(0.02)

    assert child.exit_code == 3
    child.stop()


def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert child.wait(20) is None
    assert not child.is_running()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_keeper_does_not_end_the_child(tmp_path: Path, number: signal.Signals) -> None:
    child = _started(POLITE, tmp_path, stop_signal=signal.SIGUSR1)

    child._keeper.send_signal(number)
    time.sleep(0.2)

    assert child.exit_code is None
    child.stop()


def _started(
    program: str, folder: Path, *, stop_signal: signal.Signals = signal.SIGTERM, patience: float = 10
) -> Child:
    """Start a program and wait until it says that it is up."""
    said = folder / "said"
    with said.open("wb") as output:
        child = Child(
            [sys.executable, "-c", program], cwd=folder, output=output, stop_signal=stop_signal, patience=patience
        )
    deadline = time.monotonic() + 20
    while not said.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.02)
    return child
