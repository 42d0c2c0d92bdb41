"""A child process that never outlives its parent, not even one that was killed.

Between the two stands a keeper (this file, run as a program): it holds one end of a pipe, and when the parent closes
the other end, or dies, it stops the child. It stands in a session of its own, so that Ctrl-C reaches the parent only.
"""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_GRACE = 5.0


class Child:
    """A running program, stopped with ``stop_signal`` and killed if it has not ended ``patience`` seconds later."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        output: IO[bytes] | None = None,
        account: str = "",
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
    ) -> None:
        self._patience = patience
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(int(stop_signal)), str(patience), account, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )

    @property
    def exit_code(self) -> int | None:
        """The code the program ended with, or None while it runs."""
        return self._keeper.poll()

    def stop(self) -> None:
        """Stop the program and wait until it has ended; nothing happens to one that already has."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(self._patience + _GRACE)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()


def _keep(stop_signal: signal.Signals, patience: float, account: str, command: list[str]) -> int:
    """Run ``command`` until it ends or the pipe on standard input closes; return its exit code."""
    # A handler, not SIG_IGN: the child would inherit that. The pipe alone decides when to stop.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, lambda *_: None)
    program = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        user=account or None,
        group=account or None,
        extra_groups=[] if account else None,
    )

    ended, end = os.pipe()
    threading.Thread(target=_tell_end, args=(program, end), daemon=True).start()
    select.select([sys.stdin.fileno(), ended], [], [])
    if program.poll() is None:
        program.send_signal(stop_signal)
        try:
            program.wait(patience)
        except subprocess.TimeoutExpired:
            program.kill()
    code = program.wait()
    return code if code >= 0 else 128 - code


def _tell_end(program: subprocess.Popen[bytes], end: int) -> None:
    """Close ``end`` when the program has ended."""
    program.wait()
    os.close(end)


if __name__ == "__main__":
    _number, _seconds, _account, *_command = sys.argv[1:]
    sys.exit(_keep(signal.Signals(int(_number)), float(_seconds), _account, _command))
