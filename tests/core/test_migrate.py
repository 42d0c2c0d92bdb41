"""What operators are told about the schema, and that the manual's SQL is enough for it."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from coordination.core import embedded_postgres as embedded
from coordination.core import migrate
from coordination.core.embedded_postgres import APP, DATABASE, OWNER, Server

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "install.md"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own, because these tests make and remove roles."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    started = embedded.start(folder / "pgdata", durable=False)
    yield started
    started.stop()
    shutil.rmtree(folder)


@pytest.fixture
def name(server: Server) -> Iterator[str]:
    """The name of an empty database."""
    embedded.ensure_database(server, "tom")
    yield "tom"
    embedded.drop_database(server, "tom")


def test_the_manuals_sql_makes_what_the_migrations_need(server: Server) -> None:
    _as_superuser(server, f"DROP DATABASE {DATABASE}", f"DROP ROLE {OWNER}", f"DROP ROLE {APP}")
    block = re.search(r"```sql\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None

    _as_superuser(server, *(statement for statement in block[1].split(";") if statement.strip()))
    migrate.upgrade(server.owner_url)

    migrate.check_current(server.app_url)
    assert migrate.current(server.app_url) == migrate.head()


def test_a_database_goes_up_and_down_again(server: Server, name: str) -> None:
    migrate.upgrade(server.url(OWNER, name))
    after = migrate.current(server.url(OWNER, name))

    migrate.downgrade(server.url(OWNER, name), "base")

    assert (after, migrate.current(server.url(OWNER, name))) == (migrate.head(), None)


def test_an_empty_database_is_older_than_the_code(server: Server, name: str) -> None:
    assert "no tables" in _refused(server.url(APP, name))
    assert "coordination db upgrade" in _refused(server.url(APP, name))


def test_a_database_newer_than_the_code_is_refused_for_all_uses(server: Server, name: str) -> None:
    url = server.url(OWNER, name)
    migrate.upgrade(url)
    with psycopg.connect(host=str(server.socket_dir), user=OWNER, dbname=name) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    for use in (migrate.upgrade, migrate.check_current, lambda url: migrate.downgrade(url, "base")):
        with pytest.raises(migrate.DatabaseError, match="newer than this code"):
            use(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://samverkan_app:hemligt@127.0.0.1:1/samverkan", "cannot be reached"),
        ("postgresql+psycopg://samverkan_app:hemligt@127.0.0.1:1/samverkan", "127.0.0.1:1/samverkan"),
    ],
)
def test_a_database_out_of_reach_is_told_in_one_line_without_the_password(url: str, told: str) -> None:
    said = _refused(url)

    assert told in said
    assert "\n" not in said
    assert "hemligt" not in said


def test_a_role_that_does_not_exist_is_told(server: Server, name: str) -> None:
    assert 'role "okänd" does not exist' in _refused(server.url("okänd", name))


def test_a_role_without_rights_is_told(server: Server, name: str) -> None:
    migrate.upgrade(server.url(OWNER, name))
    with psycopg.connect(host=str(server.socket_dir), user=OWNER, dbname=name) as connection:
        connection.execute(f"REVOKE ALL ON alembic_version FROM {APP}")

    assert f"refuses {APP}" in _refused(server.url(APP, name))


def test_a_postgresql_that_is_too_old_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "OLDEST_POSTGRESQL", 99)

    assert re.search(r"PostgreSQL 18 answers .* 99 or later is needed", _refused(server.url("postgres", "postgres")))


def test_an_unknown_revision_is_told(server: Server, name: str) -> None:
    with pytest.raises(migrate.DatabaseError, match="nowhere"):
        migrate.upgrade(server.url(OWNER, name), "nowhere")


def _refused(url: str) -> str:
    with pytest.raises(migrate.DatabaseError) as refusal:
        migrate.check_current(url)
    return str(refusal.value)


def _as_superuser(server: Server, *statements: str) -> None:
    with psycopg.connect(
        host=str(server.socket_dir), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement.encode())
