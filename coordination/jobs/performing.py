"""Doing a job and noting how it went: once at a time whoever starts it, piece by piece.

A piece that fails is told by the name of the error only, for the text of an error may hold personal data, and the next
piece is tried all the same.
"""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from coordination.core import job_runs
from coordination.core.db import db, transaction
from coordination.core.job_runs import Job, Result
from coordination.jobs.work import WORK

log = logging.getLogger(__name__)


def worker_name() -> str:
    """Return what this process is called on the operations page; PostgreSQL keeps 63 bytes, and the end of a name tells most."""
    return f"{socket.gethostname()[-36:]}:{os.getpid()}"


def perform(app: Flask, name: str, stopping: Event) -> Result | None:
    """Do all pieces of one job, until the process is told to stop, and note how it went. None where it runs already."""
    job = Job(name)
    with app.app_context(), _alone(job) as alone:
        if not alone:
            return None
        with transaction():
            job_runs.begin(job, worker_name())
        result = _pieces(job, stopping)
        with transaction():
            job_runs.finish(job, result)
        return result


def take_on(app: Flask, job: Job) -> None:
    """Note that a job waits for its turn here, so that it is not lost with this process."""
    try:
        with app.app_context(), transaction():
            job_runs.take_on(job)
    except SQLAlchemyError as error:
        log.error("%s could not be noted: %s", job, type(error).__name__)  # noqa: TRY400 - its text may hold personal data


def _pieces(job: Job, stopping: Event) -> Result:
    pieces, failed, last = 0, 0, None
    found = WORK[job].pieces()
    while True:
        told_by = "all"
        try:
            if stopping.is_set():
                return Result(pieces, failed, last, whole=False)
            told_by, piece = next(found)
            pieces += 1
            piece()
        except StopIteration:
            return Result(pieces, failed, last, whole=True)
        except Exception as error:  # noqa: BLE001 - one piece must not stop the others
            failed, last = failed + 1, type(error).__name__
            log.error("%s failed for %s: %s", job, told_by, last)  # noqa: TRY400 - its text may hold personal data


@contextmanager
def _alone(job: Job) -> Iterator[bool]:
    """Hold the job on a connection of its own. One that dies meanwhile has let go of it already."""
    own = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with own as connection, job_runs.alone(connection, job) as alone:
        yield alone
