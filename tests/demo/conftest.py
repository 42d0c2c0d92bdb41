"""The demo, loaded once for all the tests that look at it, into a database of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from coordination.app import create_app
from coordination.core import embedded_postgres
from coordination.core.db import db
from coordination.core.embedded_postgres import APP, OWNER, Server
from coordination.demo import loader
from coordination.identity.secrets import Secrets
from coordination.settings import Settings
from tests.conftest import TEMPLATE


@dataclass(frozen=True)
class Demo:
    """A loaded demo: the application on it, and connections as the role that owns the tables."""

    app: Flask
    settings: Settings
    owner: Engine


@pytest.fixture(scope="session")
def demo(postgres: Server, database: str, settings: Settings) -> Iterator[Demo]:
    name = f"{database}_demo"
    embedded_postgres.ensure_database(postgres, name, template=TEMPLATE)
    own = settings.model_copy(update={"database_url": postgres.url(APP, name)})
    app, owner = create_app(own), create_engine(postgres.url(OWNER, name))
    with app.app_context():
        loader.load(Secrets.of(own.secret_key), lambda _done, _total: None)
    yield Demo(app, own, owner)
    owner.dispose()
    with app.app_context():
        db.engine.dispose()
    embedded_postgres.drop_database(postgres, name)
