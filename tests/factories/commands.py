"""Running the command ``coordination`` as an operator does: in this process, or in one of its own that can be killed."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from coordination.cli import main
from coordination.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def environment(settings: Settings, **changed: str) -> dict[str, str]:
    """Return the variables that spell these settings out."""
    return {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "MASTER_KEY": settings.master_key or "",
        "PUBLIC_URL": settings.public_url,
        **changed,
    }


def run(env: Mapping[str, str], *arguments: str) -> Result:
    """Run a command here; what it says is in ``output``."""
    return CliRunner(env=env).invoke(main, arguments)


def started(env: Mapping[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own."""
    program = [sys.executable, "-c", "from coordination.cli import main; main()", *arguments]
    return subprocess.Popen(program, cwd=ROOT, env=os.environ | dict(env), stderr=subprocess.DEVNULL)


def said_apart(env: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Run a command in a process of its own; return how it ended and all it said."""
    program = [sys.executable, "-c", "from coordination.cli import main; main()", *arguments]
    ended = subprocess.run(
        program, cwd=ROOT, env=os.environ | dict(env), capture_output=True, text=True, timeout=120, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr
