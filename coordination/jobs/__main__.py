"""The worker process: stands by until it leads, then does each kind of work when it is due. Stops cleanly on SIGTERM."""

import logging
import os
import signal
import sys
from functools import partial
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Connection

from coordination.app import create_app
from coordination.core import migrate
from coordination.core.clock import STOCKHOLM
from coordination.core.db import db
from coordination.core.migrate import DatabaseError
from coordination.jobs.leader import BEAT_SECONDS, holds, lead, step_down
from coordination.jobs.store import DueTimes
from coordination.jobs.work import WORK, perform
from coordination.keys.provider import ConfigurationError
from coordination.settings import Settings, SettingsError
from policies.tables import TableError

log = logging.getLogger("coordination.jobs")


def main() -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        settings = Settings.from_env(os.environ)
        migrate.check_current(settings.database_url)
        app = create_app(settings)
    except (SettingsError, DatabaseError, ConfigurationError, TableError) as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    serve(app, stopping)
    return 0


def serve(app: Flask, stopping: Event) -> None:
    """Take turns at leading until told to stop."""
    with app.app_context():
        engine = db.engine
    while not stopping.is_set():
        connection = lead(engine, stopping)
        if connection is not None:
            _work(app, connection, stopping)
            step_down(connection)


def _work(app: Flask, connection: Connection, stopping: Event) -> None:
    """Work until told to stop, or until the connection that makes us the leader is gone."""
    log.info("this worker leads")
    store = DueTimes(connection.engine, WORK, partial(perform, app, stopping=stopping))
    scheduler = BackgroundScheduler(
        jobstores={"default": store}, executors={"default": ThreadPoolExecutor(1)}, timezone=STOCKHOLM
    )
    scheduler.start()
    try:
        while not stopping.wait(BEAT_SECONDS) and holds(connection):
            pass
    finally:
        scheduler.shutdown(wait=True)
        log.info("this worker has stopped leading")


if __name__ == "__main__":
    sys.exit(main())
