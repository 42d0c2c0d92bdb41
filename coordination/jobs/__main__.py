"""The worker process: stands by until it leads, then does each job when it is due. Stops cleanly on SIGTERM.

Given the name of a job, it does that one alone, now, and ends: ``python -m coordination.jobs prove_logs``.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job as Scheduled
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from coordination.app import create_app
from coordination.core import job_runs, migrate
from coordination.core.clock import STOCKHOLM
from coordination.core.db import db, transaction
from coordination.core.job_runs import Job
from coordination.core.migrate import DatabaseError
from coordination.jobs import leader
from coordination.jobs.leader import holds, lead, step_down
from coordination.jobs.performing import perform, take_on, worker_name
from coordination.jobs.store import DueTimes
from coordination.jobs.work import MAIL, WORK, hurry
from coordination.keys.provider import ConfigurationError
from coordination.settings import Settings, SettingsError
from policies.tables import TableError

log = logging.getLogger("coordination.jobs")


class Turns(ThreadPoolExecutor):  # type: ignore[misc]  # the library carries no types
    """One job at a time, each noted as owed before it waits for its turn."""

    def __init__(self, app: Flask) -> None:
        """Have one thread, whose jobs are noted in the application's database."""
        super().__init__(1)
        self._app = app

    def submit_job(self, job: Scheduled, run_times: list[datetime]) -> None:
        """Let a job wait for its turn."""
        take_on(self._app, Job(job.id))
        super().submit_job(job, run_times)


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT, or do the one job named; return the exit code."""
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
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a slow mail server is no news every five seconds
    if arguments:
        return do_now(app, arguments[0], stopping)
    serve(app, stopping)
    return 0


def do_now(app: Flask, name: str, stopping: Event) -> int:
    """Do one job now, whoever leads, and say how it went; 1 unless all of it was done."""
    if name not in set(Job):
        sys.stderr.write(f"Error: there is no job {name}.\n")
        return 1
    if name == Job.SEND_MAIL:
        with app.app_context():
            hurry()
    result = perform(app, name, stopping)
    if result is None:
        sys.stderr.write(f"Error: {name} runs already.\n")
        return 1
    fault = f", {result.failed} failed, last {result.error}" if result.error else ""
    sys.stdout.write(f"{name}: {result.pieces} pieces{fault}\n")
    return 1 if result.error or not result.whole else 0


def serve(app: Flask, stopping: Event) -> None:
    """Take turns at leading until told to stop."""
    with app.app_context():
        engine = db.engine
    while not stopping.is_set():
        connection = lead(engine, stopping, worker_name())
        if connection is not None:
            _work(app, connection, stopping)
            step_down(connection)


def _work(app: Flask, connection: Connection, stopping: Event) -> None:
    """Work until told to stop, or until the connection that makes us the leader is gone."""
    log.info("this worker leads")
    store = DueTimes(connection.engine, WORK, partial(_perform, app, stopping))
    scheduler = BackgroundScheduler(
        jobstores={"default": store}, executors={"default": Turns(app), MAIL: Turns(app)}, timezone=STOCKHOLM
    )
    scheduler.start()
    try:
        _hand_out(app, scheduler, job_runs.owed)
        while not stopping.wait(leader.BEAT_SECONDS) and holds(connection):
            _hand_out(app, scheduler, job_runs.hand_out)
    finally:
        scheduler.shutdown(wait=True)
        log.info("this worker has stopped leading")


def _perform(app: Flask, stopping: Event, name: str) -> None:
    """Do a job; what cannot even be noted, as the database is away, is still owed."""
    try:
        perform(app, name, stopping)
    except SQLAlchemyError as error:
        log.error("%s could not be done: %s", name, type(error).__name__)  # noqa: TRY400 - its text may hold personal data


def _hand_out(app: Flask, scheduler: BackgroundScheduler, due: Callable[[], list[Job]]) -> None:
    """Let what is due besides the schedule be done now: what somebody asked for, what failed, what a worker that died left."""
    try:
        with app.app_context(), transaction():
            jobs = due()
    except SQLAlchemyError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return
    for job in jobs:
        scheduler.modify_job(str(job), next_run_time=datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
