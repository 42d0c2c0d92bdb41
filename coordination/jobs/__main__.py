"""``python -m coordination.jobs``: runs the jobs until it is told to stop; a second one stands by."""

import logging
import os
import signal
import sys
import threading
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from coordination.app import create_app
from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.jobs import work
from coordination.jobs.leader import Leadership
from coordination.settings import Settings, SettingsError

log = logging.getLogger("coordination.jobs")

_LOOK_SECONDS = 5.0
_stop = threading.Event()


def main() -> int:
    """Lead or stand by until stopped. Exit 1 when the lock is lost, so that whoever watches starts a new worker."""
    signal.signal(signal.SIGTERM, _told_to_stop)
    signal.signal(signal.SIGINT, _told_to_stop)
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's one line
        return 1
    logging.basicConfig(level=settings.log_level, format="worker %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    leadership = Leadership(settings.database_url)
    if not leadership.wait(_stop.is_set):
        return 0
    work.bind(create_app(settings))
    scheduler = _scheduler(settings.database_url)
    scheduler.resume()
    log.info("leading")
    while not _stop.wait(_LOOK_SECONDS) and leadership.held():
        pass
    scheduler.shutdown(wait=True)
    leadership.close()
    return 0 if _stop.is_set() else 1


def _scheduler(database_url: str) -> BackgroundScheduler:
    """Return the schedule. The store remembers when each job is due, so that a stop at six does not lose the six o'clock job."""
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=database_url)},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=STOCKHOLM,
    )
    triggers = {
        "close-expired-copies": IntervalTrigger(minutes=5, timezone=STOCKHOLM),
        "sign-and-verify-logs": CronTrigger(hour=6, minute=0, timezone=STOCKHOLM),
        "purge-sign-in": IntervalTrigger(hours=1, timezone=STOCKHOLM),
    }
    scheduler.add_listener(_told, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    scheduler.start(paused=True)
    for name, job in work.JOBS.items():
        # A job that is in the store already keeps the time it is due, also when that has passed meanwhile.
        if scheduler.get_job(name) is None:
            scheduler.add_job(job, triggers[name], id=name, name=name, next_run_time=clock.now())
    return scheduler


def _told(event: JobExecutionEvent) -> None:
    """Tell how a job went: its name and the kind of fault, never what it was working on."""
    if event.exception is None:
        log.info("%s done", event.job_id)
    else:
        log.error("%s failed: %s", event.job_id, type(event.exception).__name__)


def _told_to_stop(_number: int, _frame: FrameType | None) -> None:
    _stop.set()


if __name__ == "__main__":
    sys.exit(main())
