"""Brings the schema of a database to a revision, and tells which one it has.

Alembic's own commands, with the folder ``migrations`` at the root of the checkout and no ini file. The address is the
owner's: the application's role may not change the schema.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

OLDEST_POSTGRESQL = 15
_CONNECT_SECONDS = 5
_SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


class DatabaseError(Exception):
    """The database cannot be used as it is; the message is one line for the operator, without a password."""


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database up to ``revision``, each step in its own transaction. Raises DatabaseError."""
    check_not_newer(owner_url)
    with _told(owner_url):
        command.upgrade(_config(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Take the database back to ``revision``, or so many steps ("-1"). Raises DatabaseError."""
    check_not_newer(owner_url)
    with _told(owner_url):
        command.downgrade(_config(owner_url), revision)


def head() -> str:
    """Return the revision that this code is written for."""
    return ScriptDirectory.from_config(_config("")).get_current_head() or ""


def current(url: str) -> str | None:
    """Return the revision that the database has, None for an empty one. Raises DatabaseError."""
    with _connected(url) as connection:
        if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def check_reachable(url: str) -> None:
    """Raise DatabaseError unless a PostgreSQL that is new enough answers and lets us in."""
    with _connected(url) as connection:
        number = connection.scalar(text("SELECT current_setting('server_version_num')::int")) // 10_000
    if number < OLDEST_POSTGRESQL:
        raise DatabaseError(f"PostgreSQL {number} answers at {_address(url)}; {OLDEST_POSTGRESQL} or later is needed.")


def check_not_newer(url: str) -> None:
    """Raise DatabaseError if the database has a revision that this code does not know: code newer than us made it."""
    revision = current(url)
    known = {script.revision for script in ScriptDirectory.from_config(_config("")).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseError(
            f"The database is newer than this code (it has {revision}, the code knows up to {head()}): update the code."
        )


def check_current(url: str) -> None:
    """Raise DatabaseError unless the database has exactly the revision this code is written for."""
    check_reachable(url)
    check_not_newer(url)
    if (revision := current(url)) != head():
        raise DatabaseError(
            f"The database is older than this code (it has {revision or 'no tables'}, the code needs {head()}):"
            " run `coordination db upgrade` with DATABASE_OWNER_URL."
        )


def _config(url: str) -> Config:
    # Alembic prints what it does; the caller decides what the operator should read.
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, connect_args={"connect_timeout": _CONNECT_SECONDS})
    try:
        with _told(url), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn what the driver says into the one line an operator needs."""
    try:
        yield
    except CommandError as error:
        raise DatabaseError(f"{error}.") from error
    except sqlalchemy.exc.OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise DatabaseError(f"The database at {_address(url)} cannot be reached: {reason}") from error
    except sqlalchemy.exc.ProgrammingError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise DatabaseError(f"The database at {_address(url)} refuses {make_url(url).username}: {reason}.") from error


def _address(url: str) -> str:
    parts = make_url(url)
    hosts = parts.normalized_query.get("host", ("its socket",))
    host = f"{parts.host}:{parts.port or 5432}" if parts.host else ", ".join(hosts)
    return f"{host}/{parts.database}"
