"""``coordination run``: database, web server and worker together, started in order and stopped in order.

None outlives this process, however it ends; if one of them ends, so does the rest.
"""

import fcntl
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import click

from coordination.cli.local import instance_dir, prepared
from coordination.core import migrate
from coordination.core.child import Child
from coordination.keys import source
from coordination.settings import Settings
from policies.loading import load_all

_ROOT = Path(__file__).resolve().parents[2]
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ANSWER_SECONDS = 120.0
_PORT_SECONDS = 3.0
_PULSE_SECONDS = 0.2

PROGRAMS = {
    "web server": [sys.executable, "-m", "gunicorn", "wsgi:application"],
    "worker": [sys.executable, "-m", "coordination.jobs"],
}


class _Stopped(BaseException):
    """The operator wants us to stop. Not an Exception: nothing on the way may take it for a fault."""


@click.command()
def command() -> None:
    """Start database, web server and worker, and run until Ctrl-C."""
    load_all()  # the programs ask too, but would each end by itself
    with _stopping_on_signals(), ExitStack() as stack:
        stack.enter_context(_alone(instance_dir(os.environ)))
        settings, env = stack.enter_context(prepared(os.environ))
        load_all(settings.tables_dir)
        _check_port(settings.port)
        new = _bring_up_to_date(settings)
        demo = _Demo(settings)
        if new:
            demo.load()  # before anybody can come in
        children: dict[str, Child] = {}
        for name, program in PROGRAMS.items():
            children[name] = Child(program, cwd=_ROOT, env=_without_owner(env))
            stack.callback(children[name].stop)
        demo.load()  # while they start
        _until(lambda: _answers(settings.port), children, settings.port)
        click.echo(f"\nSamverkan {version('coordination')}: {settings.public_url}  (Ctrl-C stops)")
        click.echo(demo.accounts, nl=bool(demo.accounts))
        _until(lambda: False, children, settings.port, seconds=None)


class _Demo:
    """The demo, in an environment for tests; elsewhere nothing.

    Its module brings the whole application, which takes seconds to import: an old database lets it wait until the web
    server is starting beside us.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.accounts = ""

    def load(self) -> None:
        """See that the demo is loaded, once, and keep what there is to tell of its accounts."""
        if self._settings.test_environment and self._settings.demo and not self.accounts:
            demo = import_module("coordination.cli.demo")
            demo.load_once(self._settings)
            self.accounts = demo.accounts_text(self._settings)


def _bring_up_to_date(settings: Settings) -> bool:
    """Migrate if we may, otherwise see that it has been done; return whether the database was empty."""
    source.configured(settings.master_key, settings.master_key_file, settings.master_key_pkcs11)
    new = False
    if settings.database_owner_url is not None:
        migrate.check_reachable(settings.database_owner_url)
        new = migrate.current(settings.database_owner_url) is None
        migrate.upgrade(settings.database_owner_url)
    migrate.check_current(settings.database_url)
    return new


def _until(
    reached: Callable[[], bool], children: Mapping[str, Child], port: int, seconds: float | None = _ANSWER_SECONDS
) -> None:
    """Wait, as long as every child lives. Raises ClickException when one ends, or at the deadline."""
    deadline = time.monotonic() + (seconds or float("inf"))
    while not reached():
        for name, child in children.items():
            if child.exit_code is not None:
                raise click.ClickException(f"The {name} ended by itself with exit code {child.exit_code}.")
        if time.monotonic() > deadline:
            raise click.ClickException(f"The web server does not answer on port {port}.")
        time.sleep(_PULSE_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


def _check_port(port: int) -> None:
    """Raise ClickException if somebody listens there. A server that is just being stopped gets time to let go."""
    deadline = time.monotonic() + _PORT_SECONDS
    while True:
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except PermissionError:
                raise click.ClickException(
                    f"Port {port} needs more rights than we have: choose one above 1023."
                ) from None
            except OSError:
                if time.monotonic() > deadline:
                    raise click.ClickException(
                        f"Port {port} is in use: stop what listens there, or give PORT."
                    ) from None
            else:
                return
        time.sleep(_PULSE_SECONDS)


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """Hold the instance folder for this process. Raises ClickException while another one runs in it."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (instance / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"Samverkan runs already in {instance}.") from None
        yield


def _without_owner(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Turn the first stop signal into a clean end with exit code 0; later ones do not disturb it."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in _STOP_SIGNALS:
            signal.signal(number, lambda *_: None)
        raise _Stopped

    for number in _STOP_SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    except _Stopped:
        click.echo("\nStopped.")
