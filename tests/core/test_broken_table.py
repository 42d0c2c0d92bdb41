"""A broken table of rules stops every program at the start, in one line that names file, row and field."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coordination.settings import Settings
from tests.factories.commands import ROOT, environment

APPLICATION = """
import os, sys
from coordination.app import create_app
from coordination.settings import Settings
try:
    create_app(Settings.from_env(os.environ))
except ValueError as error:
    sys.exit(str(error))
"""
PROGRAMS = {
    "everything": [str(Path(sys.executable).with_name("coordination")), "run"],
    "a command": [str(Path(sys.executable).with_name("coordination")), "keys", "status"],
    "the worker": [sys.executable, "-m", "coordination.jobs"],
    "the web server": [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(ROOT / "gunicorn.conf.py"),
        "wsgi:application",
    ],
    "the application": [sys.executable, "-c", APPLICATION],
}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder whose rules are ours, but for one that says something impossible."""
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "policies" / "secrecy.toml"
    said = table.read_text(encoding="utf-8")
    table.write_text(said.replace('provisions = ["26:1"]', 'provisions = ["tjugosex"]', 1), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_broken_table_stops_the_start_in_one_line(elsewhere: Path, settings: Settings, program: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    env = kept | environment(settings, PYTHONPATH=str(elsewhere), INSTANCE_DIR=str(elsewhere / "instance"))

    done = subprocess.run(
        PROGRAMS[program], env=env, cwd=elsewhere, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert "secrecy.toml: row socialtjanst: field provisions" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
