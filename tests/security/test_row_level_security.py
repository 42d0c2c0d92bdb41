"""What the application's role can do with SQL of its own: rows of the municipality named, and never the log's past.

The tables are read from PostgreSQL's own catalogue, so a new table without a rule fails here.
"""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core.embedded_postgres import APP, Server
from coordination.core.ids import new_id
from policies.permissions import AgencyKind
from tests.factories.world import World, shared_case

OPEN_TO_ALL = {
    "public.agency",
    "public.alembic_version",
    "public.app_user",
    "public.apscheduler_jobs",
    "public.invitation",
    "public.job_run",
    "public.municipality",
    "public.passkey",
    "public.sign_in_attempt",
    "public.user_role",
    "public.user_session",
    "keys.signing_key",
}
"""Who takes part and who is signed in, asked before anybody's municipality is known; the installation's own tables.
Nothing of them is about a person in a case."""

LOG = ("audit.entry", "audit.node", "audit.checkpoint", "audit.verification")
TABLES = """
    SELECT n.nspname || '.' || c.relname, c.relrowsecurity, array_agg(p.polcmd::text) FILTER (WHERE p.polname IS NOT NULL)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1, 2 ORDER BY 1
"""


@pytest.fixture
def two_municipalities(app: Flask) -> tuple[UUID, UUID]:
    """Two municipalities, each with a case, records of who did what, and keys."""
    first, second = World(app, "1780"), World(app, "1783")
    shared_case(first, AgencyKind.POLICE)
    shared_case(second, AgencyKind.SCHOOL)
    return first.municipality_id, second.municipality_id


@pytest.fixture
def as_application(app: Flask, postgres: Server, database: str) -> Iterator[psycopg.Connection]:
    """A connection of the application's role that has named nobody."""
    url = postgres.url(APP, database).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def guarded(owner_engine: Engine) -> list[str]:
    """The tables that row-level security guards, as PostgreSQL says."""
    with owner_engine.connect() as connection:
        return [name for name, on, _ in connection.execute(text(TABLES)) if on]


def test_every_table_is_guarded_or_known_to_be_open(owner_engine: Engine) -> None:
    with owner_engine.connect() as connection:
        tables = connection.execute(text(TABLES)).all()

    unguarded = {name for name, on, _ in tables if not on}
    assert unguarded == OPEN_TO_ALL
    assert [name for name, on, policies in tables if on and not policies] == []


def test_every_table_with_a_municipality_is_guarded(owner_engine: Engine, guarded: list[str]) -> None:
    with owner_engine.connect() as connection:
        named = connection.scalars(
            text(
                "SELECT table_schema || '.' || table_name FROM information_schema.columns"
                " WHERE column_name = 'municipality_id' AND table_schema IN ('public', 'keys', 'audit')"
            )
        ).all()

    assert set(named) - set(guarded) == {"public.agency"}


def test_no_row_is_there_before_a_municipality_is_named(
    two_municipalities: tuple[UUID, UUID], as_application: psycopg.Connection, guarded: list[str]
) -> None:
    assert {table: _count(as_application, table) for table in guarded} == dict.fromkeys(guarded, 0)


def test_the_rows_of_another_municipality_are_not_there(
    two_municipalities: tuple[UUID, UUID], as_application: psycopg.Connection, owner_engine: Engine, guarded: list[str]
) -> None:
    own, other = two_municipalities
    seen, stored = {}, {}
    with as_application.transaction():
        _name(as_application, own)
        for table in guarded:
            seen[table] = _count(as_application, table), _count(as_application, table, other)
    with owner_engine.connect() as connection:
        for table in guarded:
            wanted = text(f"SELECT count(*) FROM {_quoted(table)} WHERE municipality_id = :own")
            stored[table] = connection.scalar(wanted, {"own": own}), 0

    assert seen == stored
    assert {"public.case", "public.assignment", "keys.key_grant", "keys.agency_key", "audit.entry"} <= {
        table for table, (count, _) in stored.items() if count
    }


def test_a_row_cannot_be_put_into_another_municipality(
    two_municipalities: tuple[UUID, UUID], as_application: psycopg.Connection, guarded: list[str]
) -> None:
    own, other = two_municipalities

    refused = []
    for table in guarded:
        try:
            with as_application.transaction():
                _name(as_application, own)
                as_application.execute(_insert(as_application, table), {"municipality": other})
        except psycopg.errors.InsufficientPrivilege as error:
            refused.append((table, "row-level security" in str(error)))

    assert refused == [(table, True) for table in guarded]


def test_a_row_cannot_be_moved_to_another_municipality(
    two_municipalities: tuple[UUID, UUID], as_application: psycopg.Connection
) -> None:
    own, other = two_municipalities

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _in(own, as_application, f"UPDATE \"case\" SET municipality_id = '{other}'")


@pytest.mark.parametrize("table", LOG)
@pytest.mark.parametrize("statement", ["UPDATE {} SET agency_id = agency_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_stands_in_the_log_cannot_be_changed_or_taken_away(
    two_municipalities: tuple[UUID, UUID], as_application: psycopg.Connection, table: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _in(two_municipalities[0], as_application, statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (id int)",
        "CREATE TABLE audit.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE audit.entry DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit.entry DISABLE TRIGGER ALL",
        'DROP POLICY municipality ON "case"',
        "CREATE POLICY mine ON audit.entry USING (true)",
        "DROP TABLE audit.entry",
        "DROP FUNCTION audit.append",
        "ALTER ROLE samverkan_app BYPASSRLS",
        "SET ROLE samverkan_owner",
        "CREATE ROLE mine",
        "GRANT UPDATE ON audit.entry TO samverkan_app",
        "COPY audit.entry FROM PROGRAM 'true'",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_the_barriers_cannot_be_taken_down(as_application: psycopg.Connection, statement: str) -> None:
    try:
        as_application.execute(statement)
        changed = statement.startswith("GRANT") and _may_update(as_application)
    except psycopg.errors.InsufficientPrivilege:
        changed = False
    else:
        changed = changed or not statement.startswith("GRANT")

    assert not changed


def test_the_role_has_none_of_the_great_rights(as_application: psycopg.Connection) -> None:
    rights = as_application.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    owned = as_application.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone()

    assert rights == (False,) * 5
    assert owned == (0,)


def test_a_name_lasts_no_longer_than_its_transaction(
    two_municipalities: tuple[UUID, UUID], as_application: psycopg.Connection
) -> None:
    with as_application.transaction():
        _name(as_application, two_municipalities[0])
        during = _count(as_application, "public.case")

    assert (during, _count(as_application, "public.case")) == (1, 0)


def _name(connection: psycopg.Connection, municipality_id: UUID) -> None:
    connection.execute("SELECT set_config('app.municipality_id', %s, true)", [str(municipality_id)])


def _in(municipality_id: UUID, connection: psycopg.Connection, statement: str) -> None:
    with connection.transaction():
        _name(connection, municipality_id)
        connection.execute(statement)


def _quoted(table: str) -> str:
    return ".".join(f'"{part}"' for part in table.split("."))


def _count(connection: psycopg.Connection, table: str, municipality_id: UUID | None = None) -> int:
    statement = f"SELECT count(*) FROM {_quoted(table)}"
    statement += " WHERE municipality_id = %(municipality)s" if municipality_id else ""
    row = connection.execute(statement, {"municipality": municipality_id}).fetchone()
    assert row is not None
    return int(row[0])


def _insert(connection: psycopg.Connection, table: str) -> str:
    """Return a statement that inserts a row of a municipality, with a value for everything else that must have one."""
    columns = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND attname <> 'municipality_id'",
        [_quoted(table)],
    ).fetchall()
    names = ", ".join(["municipality_id", *(f'"{name}"' for name, _ in columns)])
    values = ", ".join(["%(municipality)s", *(VALUES[kind] for _, kind in columns)])
    return f"INSERT INTO {_quoted(table)} ({names}) VALUES ({values})"


VALUES = {
    "uuid": f"'{new_id()}'",
    "text": "'x'",
    "character varying": "'x'",
    "bytea": "'x'::bytea",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "boolean": "false",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "text[]": "'{}'",
    "uuid[]": "'{}'",
    "character varying[]": "'{}'",
}


def _may_update(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT has_table_privilege('audit.entry', 'UPDATE')").fetchone()
    return row is not None and bool(row[0])
