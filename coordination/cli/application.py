"""Gives a command the whole application. Apart from ``local``, because loading it takes seconds that not all need."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from coordination.app import create_app
from coordination.cli.local import prepared
from coordination.core import migrate
from coordination.core.db import db


@contextmanager
def opened() -> Iterator[Flask]:
    """Give the application inside an open context, on a database that runs and has the schema this code needs.

    Raises what ``local.prepared`` raises, and DatabaseError.
    """
    with prepared(os.environ) as (settings, _):
        migrate.check_current(settings.database_url)
        app = create_app(settings)
        with app.app_context():
            try:
                yield app
            finally:
                db.engine.dispose()
