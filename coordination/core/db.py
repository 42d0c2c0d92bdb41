"""The database session, and the only place a commit can come from.

A transaction names its municipality, so that row-level security holds; what was queued before the commit (the access
log) is written as its last statement, and effects on the world outside run only after it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_NAME_TENANT = "SELECT set_config('app.municipality_id', %s, true), set_config('app.user_id', %s, true)"

_WITHOUT_DISK = "SET LOCAL synchronous_commit TO off"
_UNTIL_ON_DISK = "SELECT pg_logical_emit_message(true, 'samverkan', '')"


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012  # SQLAlchemy reads it from the class


db = SQLAlchemy(session_options={"expire_on_commit": False, "autoflush": True})

BeforeCommit = Callable[[Session], None]
_before_commit: list[BeforeCommit] = []


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose rows a transaction may touch, and on whose behalf."""

    municipality_id: UUID
    user_id: UUID | None = None


def before_commit(hook: BeforeCommit) -> None:
    """Run ``hook`` as the last step before every commit; registering the same hook again changes nothing."""
    if hook not in _before_commit:
        _before_commit.append(hook)


def after_commit(effect: Callable[[], None]) -> None:
    """Run ``effect`` once the running transaction has been committed, and never if it is rolled back."""
    db.session().info.setdefault("effects", []).append(effect)


def queue() -> list[Any]:
    """The list of things the before-commit hooks will write; it empties with the transaction."""
    waiting: list[Any] = db.session().info.setdefault("queue", [])
    return waiting


def use_tenant(tenant: Tenant) -> None:
    """Name the municipality and user of the running transaction; PostgreSQL forgets both at its end."""
    names = (str(tenant.municipality_id), str(tenant.user_id or ""))
    to_driver(db.session(), _NAME_TENANT, names)
    db.session().info["tenant"] = tenant


def to_driver(session: Session, statement: str, values: Sequence[object] | Mapping[str, object]) -> None:
    """Run a statement in the session's transaction with the driver itself; from a before-commit hook, together with the COMMIT.

    For what runs in every use case: compiling a statement and dressing its result would cost more than the statement does.
    """
    message: list[str] | None = session.info.get("message")
    if message is None:
        driver_connection(session).execute(statement.encode(), values)
    else:
        message.append(psycopg.ClientCursor(driver_connection(session)).mogrify(statement.encode(), values))


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """The driver's own connection under the session's transaction; looked up once for each ``transaction()``."""
    known: psycopg.Connection[Any] | None = session.info.get("driver")
    if known is not None:
        return known
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]  # the driver we name in every address
    if session.info.get("open"):
        session.info["driver"] = connection
    return connection


def current_tenant() -> Tenant | None:
    """The tenant the running transaction has named, if any."""
    tenant: Tenant | None = db.session().info.get("tenant")
    return tenant


@contextmanager
def transaction(tenant: Tenant | None = None) -> Iterator[Session]:
    """Make one use case whole: everything in it is committed together, or nothing is.

    Raises RuntimeError when a transaction is already open: use cases do not nest, they are composed of functions.
    """
    session = db.session()
    if session.info.get("open"):
        raise RuntimeError("a transaction is already open")
    session.info["open"] = True
    try:
        if tenant is not None:
            use_tenant(tenant)
        yield session
        finish(session)
        effects = session.info.pop("effects", [])
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in ("open", "driver", "message", "tenant", "queue", "effects"):
            session.info.pop(key, None)
    for effect in effects:
        effect()


def finish(session: Session) -> None:
    """Flush, write what was queued, commit; on return all of it is on disk.

    What the hooks write goes to the server in one message with the COMMIT, so that a lock taken there never waits for this
    process to get its turn. That COMMIT does not wait for the disk, so the lock does not either: an empty transaction after it
    does, together with those of everybody who writes just then. There is one write-ahead log, so what came before it is on
    disk when it is. If a statement fails, the server skips the rest of the message, and with it the COMMIT.
    """
    session.flush()
    if session.info.get("queue"):
        message = session.info["message"] = [_WITHOUT_DISK]
        for hook in _before_commit:
            hook(session)
        message += ["COMMIT", _UNTIL_ON_DISK]
        psycopg.ClientCursor(driver_connection(session)).execute("; ".join(message).encode())
    session.commit()


@contextmanager
def savepoint() -> Iterator[Session]:
    """Make a part of the running transaction undoable: an exception undoes it, and what it queued, and goes on."""
    session = db.session()
    waiting = queue()
    queued = len(waiting)
    try:
        with session.begin_nested():
            yield session
    except BaseException:
        del waiting[queued:]
        raise
