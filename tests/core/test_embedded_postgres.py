"""The PostgreSQL from the wheel: real, shut to others, gone with its starter, and whole whatever ended it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from coordination.core import embedded_postgres as embedded
from coordination.core.embedded_postgres import APP, DATABASE, OWNER, EmbeddedPostgresError, Server

HOLDER = """
import sys, time
from pathlib import Path
from coordination.core import embedded_postgres
server = embedded_postgres.start(Path(sys.argv[1]))
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a short name, so that the socket fits beside the data."""
    path = Path(tempfile.mkdtemp(prefix="pg"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """The server of the module's data directory, started for one test."""
    started = embedded.start(folder / "pgdata", durable=False)
    yield started
    started.stop()


def test_the_roles_can_no_more_than_they_need(server: Server) -> None:
    rights = (
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,"
        " has_schema_privilege('public', 'CREATE'), has_database_privilege(current_database(), 'CREATE'),"
        " has_database_privilege(current_database(), 'TEMP') FROM pg_roles WHERE rolname = current_user"
    )

    assert _rows(server, APP, rights) == [(False, False, False, False)]
    assert _rows(server, OWNER, rights) == [(False, True, True, True)]


def test_it_is_postgresql_18_on_a_socket_alone_and_logs_no_values(server: Server) -> None:
    shown = "SELECT current_setting(name) FROM unnest(ARRAY['server_version_num', 'listen_addresses', 'log_error_verbosity',"
    shown += " 'log_min_error_statement', 'timezone']) AS name"

    version, *others = (value for (value,) in _rows(server, OWNER, shown))

    assert str(version).startswith("18")
    assert others == ["", "terse", "panic", "UTC"]


def test_its_folder_is_closed_to_other_accounts(server: Server) -> None:
    assert server.data_dir.stat().st_mode & 0o077 == 0
    assert server.data_dir.with_name("pgdata.log").stat().st_mode & 0o077 == 0


def test_what_is_written_is_there_after_a_restart(folder: Path) -> None:
    first = embedded.start(folder / "pgdata")
    _rows(first, OWNER, "CREATE TABLE kept (value int)")
    _rows(first, OWNER, "INSERT INTO kept VALUES (7)")
    first.stop()

    again = embedded.start(folder / "pgdata")

    assert _rows(again, OWNER, "SELECT value FROM kept") == [(7,)]
    again.stop()


def test_a_second_process_joins_and_cannot_stop_it(server: Server, folder: Path) -> None:
    joined = _python("print(embedded_postgres.start(Path(sys.argv[1])).stop())", folder / "pgdata")

    assert joined.returncode == 0
    assert _rows(server, APP, "SELECT 1") == [(1,)]


def test_it_ends_when_its_starter_is_killed(folder: Path) -> None:
    holder = _holder(folder / "pgdata")
    postmaster = _postmaster(folder / "pgdata")

    holder.kill()
    holder.wait()

    postmaster.wait(20)
    assert not (folder / "pgdata" / "postmaster.pid").exists()


def test_one_that_was_left_running_is_taken_over(folder: Path) -> None:
    holder = _holder(folder / "pgdata")
    left = _postmaster(folder / "pgdata")
    for process in (*psutil.Process(holder.pid).children(), psutil.Process(holder.pid)):
        process.kill()
    holder.wait()

    server = embedded.start(folder / "pgdata", durable=False)

    assert _postmaster(folder / "pgdata").pid != left.pid
    assert _rows(server, APP, "SELECT 1") == [(1,)]
    server.stop()


def test_a_killed_postgresql_recovers_what_was_committed(folder: Path) -> None:
    first = embedded.start(folder / "pgdata")
    _rows(first, OWNER, "CREATE TABLE recovered (value int)")
    _rows(first, OWNER, "INSERT INTO recovered VALUES (9)")
    postmaster = _postmaster(folder / "pgdata")
    processes = [postmaster, *postmaster.children()]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=20)
    first.stop()

    again = embedded.start(folder / "pgdata", durable=False)

    assert _rows(again, OWNER, "SELECT value FROM recovered") == [(9,)]
    again.stop()


def test_a_process_number_that_another_program_got_does_not_stand_in_the_way(folder: Path) -> None:
    embedded.start(folder / "pgdata", durable=False).stop()
    (folder / "pgdata" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'pgdata'}\n", encoding="utf-8")

    server = embedded.start(folder / "pgdata", durable=False)

    assert _rows(server, APP, "SELECT 1") == [(1,)]
    server.stop()


def test_a_cluster_that_was_made_by_halves_is_made_anew(folder: Path) -> None:
    unfinished = folder / "other.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n", encoding="ascii")

    server = embedded.start(folder / "other", durable=False)

    assert _rows(server, APP, "SELECT 1") == [(1,)]
    server.stop()


def test_a_cluster_of_another_version_is_refused_in_one_line(folder: Path) -> None:
    other = folder / "old"
    other.mkdir()
    (other / "PG_VERSION").write_text("16\n", encoding="ascii")

    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 16; this is 18") as refusal:
        embedded.start(other)

    assert "\n" not in str(refusal.value)


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder: Path) -> None:
    deep = folder / ("djup" * 25) / "pgdata"

    server = embedded.start(deep, durable=False)

    assert _rows(server, APP, "SELECT 1") == [(1,)]
    assert server.socket_dir.stat().st_mode & 0o077 == 0
    server.stop()
    server.socket_dir.rmdir()


def test_a_folder_that_others_may_enter_is_not_used_for_the_socket(folder: Path) -> None:
    deep = folder / ("grav" * 25) / "pgdata"
    Server.of(deep).socket_dir.mkdir(mode=0o755)

    with pytest.raises(EmbeddedPostgresError, match="closed to others"):
        embedded.start(deep, durable=False)

    Server.of(deep).socket_dir.rmdir()


def test_a_database_is_copied_with_its_rows_and_removed_with_its_connections(server: Server) -> None:
    embedded.ensure_database(server, "mall")
    _rows(server, OWNER, "CREATE TABLE thing AS SELECT 3 AS value", "mall")
    embedded.ensure_database(server, "kopia", template="mall")
    embedded.ensure_database(server, "kopia", template="mall")

    assert _rows(server, OWNER, "SELECT value FROM thing", "kopia") == [(3,)]
    with psycopg.connect(host=str(server.socket_dir), user=APP, dbname="kopia"):
        embedded.drop_database(server, "kopia")
    assert _rows(server, OWNER, "SELECT 1 FROM pg_database WHERE datname = 'kopia'") == []


def _rows(server: Server, role: str, statement: str, database: str = DATABASE) -> list[tuple[object, ...]]:
    with psycopg.connect(host=str(server.socket_dir), user=role, dbname=database, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def _holder(data_dir: Path) -> subprocess.Popen[str]:
    """Start another process that holds the server, and wait until it does."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(data_dir)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.stdout.close()
    return process


def _python(line: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    program = f"import sys\nfrom pathlib import Path\nfrom coordination.core import embedded_postgres\n{line}"
    return subprocess.run([sys.executable, "-c", program, str(data_dir)], capture_output=True, text=True, check=False)


def _postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]))
