"""Keeps in the database when each kind of work is due next, and nothing else.

APScheduler's own store pickles the jobs, so whoever could write to its table could make the worker, which holds the
master key, run anything. Here a row is a name and a time; what the name means stands in the code.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import Engine, insert, select, update

from coordination.core.job_runs import Job as JobName
from coordination.jobs.work import Work


class DueTimes(SQLAlchemyJobStore):  # type: ignore[misc]  # the library carries no types
    """APScheduler's table without its pickles: the state of a job is its name and time, as text."""

    def __init__(self, engine: Engine, work: Mapping[JobName, Work], perform: Callable[[str], object]) -> None:
        """Keep the due times of ``work``; ``perform`` does the work of a name."""
        super().__init__(engine=engine)
        self._work: Mapping[str, Work] = {str(name): one for name, one in work.items()}
        self._perform = perform

    def start(self, scheduler: BaseScheduler, alias: str) -> None:
        """Begin; the table is made by a migration, as our role may not."""
        super(SQLAlchemyJobStore, self).start(scheduler, alias)
        with self.engine.begin() as connection:
            known = set(connection.scalars(select(self.jobs_t.c.id)))
        for name in known - self._work.keys():
            self.remove_job(name)
        for name in self._work.keys() - known:
            self.add_job(self._job(name, self._work[name].due.get_next_fire_time(None, datetime.now(UTC))))

    def shutdown(self) -> None:
        """End; the engine belongs to the application."""

    def add_job(self, job: Job) -> None:
        """Note when a new kind of work is due."""
        with self.engine.begin() as connection:
            connection.execute(insert(self.jobs_t).values(id=job.id, **_row(job)))

    def update_job(self, job: Job) -> None:
        """Note when it is due next."""
        with self.engine.begin() as connection:
            changed = connection.execute(update(self.jobs_t).where(self.jobs_t.c.id == job.id).values(**_row(job)))
        if changed.rowcount == 0:
            raise JobLookupError(job.id)

    def _reconstitute_job(self, job_state: bytes) -> Job:
        name, _, due = job_state.decode("ascii").partition(" ")
        return self._job(name, datetime.fromisoformat(due))

    def _job(self, name: str, due: datetime | None) -> Job:
        job = Job.__new__(Job)
        job._scheduler, job._jobstore_alias = self._scheduler, self._alias  # noqa: SLF001 - as the store we build on does
        for field, value in _settings(name, self._perform, self._work[name], due).items():
            setattr(job, field, value)
        return job


def _settings(name: str, perform: Callable[[str], object], work: Work, due: datetime | None) -> dict[str, Any]:
    """Return a job's fields. Missed while no worker ran, it is done once, however late."""
    return {
        "id": name,
        "name": name,
        "func": perform,
        "func_ref": None,
        "args": (name,),
        "kwargs": {},
        "trigger": work.due,
        "executor": work.queue,
        "misfire_grace_time": None,
        "coalesce": True,
        "max_instances": 1,
        "next_run_time": due,
    }


def _row(job: Job) -> dict[str, Any]:
    due: datetime = job.next_run_time
    return {"next_run_time": due.timestamp(), "job_state": f"{job.id} {due.isoformat()}".encode("ascii")}
