"""A database of its own for each test that migrates it up and down."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from coordination.core import embedded_postgres
from coordination.core.embedded_postgres import OWNER, Server


@pytest.fixture
def url(postgres: Server, database: str) -> Iterator[str]:
    """An empty database, as its owner."""
    name = f"{database}_migrated"
    embedded_postgres.drop_database(postgres, name)
    embedded_postgres.ensure_database(postgres, name)
    yield postgres.url(OWNER, name)
    embedded_postgres.drop_database(postgres, name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Connections to it."""
    engine = create_engine(url)
    yield engine
    engine.dispose()
