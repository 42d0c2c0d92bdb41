"""``coordination run``, as an operator meets it: up, down, killed, in the way of others. Nothing is left behind."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = [str(Path(sys.executable).with_name("coordination")), "run"]
LONGEST_SECONDS = 300  # so that a fault ends the test


@pytest.fixture(scope="module")
def instance() -> Iterator[Path]:
    """The folder of one installation, kept between the tests of this module."""
    folder = Path(tempfile.mkdtemp(prefix="run"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def env(instance: Path) -> dict[str, str]:
    """An environment that names nothing but where to keep files and which port to use."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return kept | {"INSTANCE_DIR": str(instance), "PORT": str(port), "DEMO": "false"}


def test_it_starts_answers_and_stops_cleanly(env: dict[str, str], instance: Path) -> None:
    with _Running(env) as running:
        status = _get(env)
        children = running.descendants()
        running.process.send_signal(signal.SIGINT)
        said = running.rest()

    assert status < 500
    assert f"http://localhost:{env['PORT']}" in running.said
    assert said.rstrip().endswith("Stopped.")
    assert running.process.returncode == 0
    assert _alive(children) == []
    assert not (instance / "pgdata" / "postmaster.pid").exists()


def test_its_keys_are_for_its_own_account_only(instance: Path) -> None:
    modes = {name: (instance / name).stat().st_mode & 0o777 for name in ("master.key", "secret_key")}

    assert modes == {"master.key": 0o600, "secret_key": 0o600}


def test_killed_it_leaves_nothing_running_and_starts_again_at_once(env: dict[str, str]) -> None:
    with _Running(env) as running:
        children = running.descendants()
        running.process.kill()
        with _Running(env) as again:
            left = _alive(children)
            again.process.send_signal(signal.SIGTERM)

    assert left == []
    assert again.process.wait(30) == 0


def test_when_the_worker_dies_the_rest_stops_with_one_line(env: dict[str, str]) -> None:
    with _Running(env) as running:
        children = running.descendants()
        next(child for child in children if child.cmdline()[1:] == ["-m", "coordination.jobs"]).kill()
        said = running.rest()

    assert running.process.returncode == 1
    assert "Error: The worker ended by itself with exit code 137." in said
    assert _alive(children) == []


def test_a_second_one_in_the_same_folder_is_refused(env: dict[str, str], instance: Path) -> None:
    with (instance / "run.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        assert _refused(env).startswith("Error: Samverkan runs already in ")


def test_a_port_in_use_is_told_in_one_line(env: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env["PORT"])))
        taken.listen()

        assert _refused(env).startswith(f"Error: Port {env['PORT']} is in use")


def test_a_malformed_setting_is_told_in_one_line(env: dict[str, str]) -> None:
    assert _refused(env | {"PORT": "åtta", "LOG_LEVEL": "x"}).startswith("Error: Settings: PORT should be")


def test_a_lost_master_key_is_not_replaced_in_silence(env: dict[str, str], instance: Path) -> None:
    (instance / "master.key").rename(instance / "away")

    refused = _refused(env)

    (instance / "away").rename(instance / "master.key")
    assert "MASTER_KEY_FILE should name a file that exists" in refused


def test_an_unreachable_database_is_told_in_one_line(env: dict[str, str], instance: Path) -> None:
    far = {"DATABASE_URL": "postgresql://samverkan_app:hemligt@127.0.0.1:1/samverkan", "SECRET_KEY": "s" * 40}
    far |= {"MASTER_KEY_FILE": str(instance / "master.key"), "PUBLIC_URL": "https://samverkan.example.se"}

    refused = _refused(env | far)

    assert refused.startswith("Error: The database at 127.0.0.1:1/samverkan cannot be reached")
    assert "hemligt" not in refused


def test_a_web_server_started_by_itself_refuses_in_one_line_too(env: dict[str, str]) -> None:
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:application"]

    done = subprocess.run(gunicorn, env=env, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("Settings: DATABASE_URL is missing; SECRET_KEY is missing")
    assert len(done.stderr.strip().splitlines()) == 1


class _Running:
    """``coordination run`` in the background, ready when entered and gone when left."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            RUN, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.said = ""
        self._watch = threading.Timer(LONGEST_SECONDS, self.process.kill)
        self._watch.start()

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops" in line:
                break
        assert "Ctrl-C stops" in self.said, self.said
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        if self.process.poll() is None:
            self.process.terminate()
        self.rest()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def rest(self) -> str:
        """Wait for the end and return what was said after the start."""
        if self.process.stdout is not None and not self.process.stdout.closed:
            self.said += self.process.stdout.read()
        self.process.wait(60)
        return self.said.partition("Ctrl-C stops")[2]

    def descendants(self) -> list[psutil.Process]:
        """Return every process it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)


def _refused(env: dict[str, str]) -> str:
    """Return the one line with which a start is refused."""
    done = subprocess.run(RUN, env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def _get(env: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that have not ended within half a minute."""
    return psutil.wait_procs(processes, timeout=30)[1]
