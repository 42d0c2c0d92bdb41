"""Every migration goes up and down, keeps the data it should keep, and ends where the models are."""

import importlib
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

import coordination
from coordination.core import migrate
from coordination.core.db import Base
from coordination.core.embedded_postgres import APP
from coordination.core.ids import new_id

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory("migrations").walk_revisions()))]

SECURITY = text(
    """
    SELECT format('%I.%I', n.nspname, c.relname), c.relrowsecurity,
           coalesce((SELECT string_agg(format('%s %s %s', p.polname, pg_get_expr(p.polqual, p.polrelid),
                     pg_get_expr(p.polwithcheck, p.polrelid)), ';' ORDER BY p.polname)
                     FROM pg_policy p WHERE p.polrelid = c.oid), ''),
           coalesce((SELECT string_agg(privilege_type, ',' ORDER BY privilege_type)
                     FROM information_schema.table_privileges
                     WHERE grantee = :app AND table_schema = n.nspname AND table_name = c.relname), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'keys', 'audit') ORDER BY 1
    """
)


def _schema(engine: Engine) -> dict[str, object]:
    """Describe every table: columns, keys, indexes, row security and the application role's rights."""
    found: dict[str, object] = {}
    looked = inspect(engine)
    for schema in ("public", "keys", "audit"):
        if schema not in looked.get_schema_names():
            continue
        for table in looked.get_table_names(schema):
            columns = sorted(
                (str(one["name"]), str(one["type"]), bool(one["nullable"])) for one in looked.get_columns(table, schema)
            )
            indexes = sorted(str(one["name"]) for one in looked.get_indexes(table, schema))
            foreign = sorted(str(one["name"]) for one in looked.get_foreign_keys(table, schema))
            found[f"{schema}.{table}"] = (columns, indexes, foreign)
    with engine.connect() as connection:
        found["security"] = [tuple(row) for row in connection.execute(SECURITY, {"app": APP})]
    return found


def _fill(connection: Connection) -> dict[str, UUID]:
    """Put in one municipality with an agency, a user and a case, by hand: a migration test knows rows, not our code."""
    ids = {name: new_id() for name in ("municipality", "agency", "user", "case")}
    statements = (
        "INSERT INTO municipality (id, code, name) VALUES (:municipality, '1780', 'Karlstad')",
        (
            "INSERT INTO agency (id, municipality_id, kind, name, controller, branch, mark, created_at)"
            " VALUES (:agency, :municipality, 'police', 'Polisen', 'Polismyndigheten', 'Lokalpolis', 'PO', now())"
        ),
        (
            "INSERT INTO app_user (id, agency_id, email, name, title, language, created_at, recovery_digests, passkey_handle)"
            " VALUES (:user, :agency, 'a@example.se', 'A', 'T', 'sv', now(), '{}', decode('00', 'hex'))"
        ),
        (
            'INSERT INTO "case" (id, municipality_id, reference, method, phase, phase_since, lead_agency_id, opened_by, opened_at)'
            " VALUES (:case, :municipality, 'SIG 2026-0001', 'sig', 'referral', current_date, :agency, :user, now())"
        ),
    )
    for statement in statements:
        connection.execute(text(statement), ids)
    return ids


def _kept(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text('SELECT reference FROM "case"')))


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_goes_up_down_and_up_again_to_the_same_schema(url: str, engine: Engine, revision: str) -> None:
    migrate.upgrade(url, revision)
    before = _schema(engine)

    migrate.downgrade(url, "-1")
    migrate.upgrade(url, revision)

    assert _schema(engine) == before


def test_all_the_way_down_leaves_nothing_behind(url: str, engine: Engine) -> None:
    migrate.upgrade(url)

    migrate.downgrade(url, "base")

    assert set(_schema(engine)) <= {"public.alembic_version", "security"}


@pytest.mark.parametrize("revision", [revision for revision in REVISIONS if revision != REVISIONS[0]])
def test_what_is_stored_survives_a_step_down_and_up(url: str, engine: Engine, revision: str) -> None:
    migrate.upgrade(url, revision)
    with engine.begin() as connection:
        _fill(connection)

    migrate.downgrade(url, "-1")
    between = _kept(engine)
    migrate.upgrade(url, revision)

    assert between == _kept(engine) == ["SIG 2026-0001"]


def test_the_newest_schema_is_the_models(url: str, engine: Engine) -> None:
    for models in Path(coordination.__path__[0]).glob("*/models.py"):
        importlib.import_module(f"coordination.{models.parent.name}.models")
    migrate.upgrade(url)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_schemas": True, "compare_type": True, "include_name": _ours},
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_a_table_that_a_migration_does_not_know_would_be_seen(url: str, engine: Engine) -> None:
    migrate.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE forgotten (id int)"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_schemas": True, "include_name": _ours})
        differences = compare_metadata(context, Base.metadata)

    assert [difference[0] for difference in differences if isinstance(difference, tuple)] == ["remove_table"]


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what is not a model of ours: the table of the job library, and Alembic's own."""
    if kind == "schema":
        return name in (None, "keys", "audit")
    return not (kind == "table" and name in {"apscheduler_jobs", "alembic_version"})
