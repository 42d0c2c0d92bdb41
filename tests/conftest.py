"""What every test stands on: a real PostgreSQL, one migrated template for the run, a copy for each worker, an empty one for each test.

Commits are real. The application is built once for each worker; CSRF protection is on.
"""

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, text

from coordination.app import create_app
from coordination.core import embedded_postgres, migrate
from coordination.core.db import db
from coordination.core.embedded_postgres import APP, OWNER, Server
from coordination.settings import Settings
from tests.browser import Browser

TEMPLATE = "template_for_tests"
SECRET_KEY = "a secret key for tests, and for nothing but tests"
MASTER_KEY = hashlib.sha256(b"a master key for tests").digest()
_server: list[Server] = []

# How fast an example runs says something about the machine, not about the rule it tries.
hypothesis_settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ours")


def pytest_configure_node(node: Any) -> None:
    """Give each xdist worker the address of the one server, which the controller starts and stops."""
    node.workerinput["postgres"] = str(_running_server().data_dir)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it at the end."""
    slow = ("tests/journeys/", "tests/security/", "tests/core/", "tests/demo/")
    items.sort(
        key=lambda item: next((place for place, start in enumerate(slow) if item.nodeid.startswith(start)), len(slow))
    )


def pytest_unconfigure() -> None:
    """Stop the server this process started."""
    for server in _server:
        server.stop()
        shutil.rmtree(server.data_dir.parent, ignore_errors=True)
    _server.clear()


def _running_server() -> Server:
    if not _server:
        folder = Path(tempfile.mkdtemp(prefix="sam"))
        server = embedded_postgres.start(folder / "pg", durable=False)
        _server.append(server)
        embedded_postgres.ensure_database(server, TEMPLATE)
        migrate.upgrade(server.url(OWNER, TEMPLATE))
    return _server[0]


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Server:
    """The server of this run."""
    given = getattr(request.config, "workerinput", {}).get("postgres")
    return embedded_postgres.start(Path(given)) if given else _running_server()


@pytest.fixture(scope="session")
def database(postgres: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of this worker's database, a copy of the migrated template."""
    name = "tests_" + getattr(request.config, "workerinput", {}).get("workerid", "main")
    embedded_postgres.ensure_database(postgres, name, template=TEMPLATE)
    yield name
    embedded_postgres.drop_database(postgres, name)


@pytest.fixture(scope="session")
def owner_engine(postgres: Server, database: str) -> Iterator[Engine]:
    """Connections as the role that owns the tables: for arranging and for looking at what is really stored."""
    engine = create_engine(postgres.url(OWNER, database))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def settings(postgres: Server, database: str) -> Settings:
    """Settings as an operator would give them."""
    key_id = hashlib.sha256(MASTER_KEY).hexdigest()[:8]
    return Settings(
        database_url=postgres.url(APP, database),
        secret_key=SECRET_KEY,
        master_key=f"{key_id}:{base64.b64encode(MASTER_KEY).decode()}",
        public_url="http://localhost",
        test_environment=True,
    )


@pytest.fixture(scope="session")
def application(settings: Settings) -> Iterator[Flask]:
    """The whole service, wired once for each worker."""
    application = create_app(settings)
    # Failed sign-ins take half a second, so that they cannot be told apart; waiting for that proves nothing here.
    application.config["SIGN_IN_SECONDS"] = 0.0
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def empty_all(owner_engine: Engine) -> str:
    """The statement that empties every table but the one that says which migrations have run."""
    with owner_engine.connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('public', 'keys', 'audit') AND tablename <> 'alembic_version'"
            )
        ).all()
    return f"TRUNCATE {', '.join(tables)}"


@pytest.fixture
def app(application: Flask, owner_engine: Engine, empty_all: str) -> Iterator[Flask]:
    """The service on an empty database."""
    with owner_engine.begin() as connection:
        connection.execute(text(empty_all))
    yield application
    assert not has_app_context(), "a test left an application context open: requests would share their user"


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser without a session. No application context is open, or every request would be the same person's."""
    assert not has_app_context()
    return Browser(app)
