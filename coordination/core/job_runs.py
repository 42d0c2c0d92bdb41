"""How the worker's jobs go: what ran last and how, what is to be tried again, what somebody has asked for, who leads.

Names of jobs, times, counts and the class of an error; never what was handled. Whoever leads holds a lock that PostgreSQL
gives back by itself when its holder dies, so who leads is asked of the locks and can never be out of date.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from coordination.core import clock
from coordination.core.db import db
from coordination.core.models import JobRun
from coordination.core.retrying import RETRIES, SHOWN_AFTER, wait_after


class Job(StrEnum):
    """Everything the worker does. The value is the name on the command line and the key in the database."""

    CLOSE_EXPIRED_COPIES = "close_expired_copies"
    DELIVER_QUESTIONS = "deliver_questions"
    DISPOSE_OF_CONSULTATIONS = "dispose_of_consultations"
    DISPOSE_OF_DRAFTS = "dispose_of_drafts"
    PROVE_LOGS = "prove_logs"
    PURGE_LEFTOVERS = "purge_leftovers"
    SEND_MAIL = "send_mail"
    WRITE_DIGESTS = "write_digests"


class Standing(StrEnum):
    """How a job stands."""

    NEVER = "never"
    RUNNING = "running"
    ASKED = "asked"
    DONE = "done"
    RETRYING = "retrying"
    FAILED = "failed"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class Result:
    """How a run went: pieces of work, how many failed, and the class of the last error. ``whole`` if it was not stopped."""

    pieces: int
    failed: int
    error: str | None
    whole: bool


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job stands, how it went last and when it is due next."""

    job: Job
    standing: Standing
    started_at: datetime | None = None
    took: timedelta | None = None
    pieces: int = 0
    failed: int = 0
    error: str = ""
    failing_since: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Workers:
    """Who leads, and who stands by: ``host:process``."""

    leader: str
    standing_by: Sequence[str]


WORKER = "samverkan worker "
"""What the connection of a worker is called in PostgreSQL, before the worker's own name."""
LEADER = "worker"

_KEY = "hashtextextended(:lock, 0)"
_TRY = text(f"SELECT pg_try_advisory_lock({_KEY})")
_UNLOCK = text(f"SELECT pg_advisory_unlock({_KEY})")
_HELD = """
    SELECT hashed.name FROM unnest(CAST(:locks AS text[])) AS hashed(name)
    JOIN pg_locks l ON ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(hashed.name, 0)
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_WORKERS = text(
    """
    SELECT a.application_name AS name, bool_or(l.pid IS NOT NULL) AS leads FROM pg_stat_activity a
    LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
      AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(:lock, 0)
    WHERE a.datname = current_database() AND starts_with(a.application_name, :prefix)
    GROUP BY a.application_name ORDER BY a.application_name
    """
)
_DUE = text("SELECT id, next_run_time FROM apscheduler_jobs WHERE next_run_time IS NOT NULL")


def lead(connection: Connection) -> bool:
    """Take the lead for as long as the connection lives; False while another has it."""
    return bool(connection.scalar(_TRY, {"lock": LEADER}))


@contextmanager
def alone(connection: Connection, job: Job) -> Iterator[bool]:
    """Hold a job so that it runs once at a time, whoever starts it; give False where it runs already."""
    lock = {"lock": f"job:{job}"}
    held = bool(connection.scalar(_TRY, lock))
    try:
        yield held
    finally:
        if held:
            connection.execute(_UNLOCK, lock)


def take_on(job: Job) -> None:
    """Note that a job is to be done now: if this process dies before, the next that leads does it."""
    _note(job, owed_since=clock.now())


def begin(job: Job, worker: str) -> None:
    """Note that a job runs."""
    _note(job, worker=worker, started_at=clock.now(), finished_at=None, asked_at=None, retry_at=None)


def finish(job: Job, result: Result) -> None:
    """Note how a run went. One that failed is tried again a few times before its next time; one that was stopped is still owed."""
    now = clock.now()
    row = db.session.get_one(JobRun, job, with_for_update=True)
    row.finished_at, row.pieces, row.failed, row.error = now, result.pieces, result.failed, result.error
    if result.whole:
        row.owed_since = None
    if result.error is not None:
        row.tries += 1
        row.failing_since = row.failing_since or now
        row.retry_at = now + wait_after(row.tries) if row.tries <= RETRIES else None
    elif result.whole:
        row.tries, row.failing_since = 0, None


def ask(job: Job) -> None:
    """Ask for a job to be done as soon as a worker leads."""
    _note(job, asked_at=clock.now())


def hand_out() -> list[Job]:
    """Return the jobs that somebody has asked for or whose time to be tried again has come, each once. They are owed from now on."""
    now = clock.now()
    due = or_(JobRun.asked_at.is_not(None), JobRun.retry_at <= now)
    taken = update(JobRun).where(due).values(asked_at=None, retry_at=None, owed_since=now).returning(JobRun.job)
    return _known(db.session.scalars(taken))


def owed() -> list[Job]:
    """Return the jobs that were taken on and never finished: whoever took them on has died, or was stopped."""
    return _known(db.session.scalars(select(JobRun.job).where(JobRun.owed_since.is_not(None))))


def states() -> list[JobState]:
    """Return how every job stands, by name."""
    rows: Mapping[str, JobRun] = {row.job: row for row in db.session.scalars(select(JobRun))}
    due = {row.id: datetime.fromtimestamp(row.next_run_time, UTC) for row in db.session.execute(_DUE)}
    locks = {f"job:{job}": job for job in Job}
    running = {locks[name] for name in db.session.scalars(text(_HELD), {"locks": list(locks)})}
    return [_state(job, rows.get(job), due.get(job), runs=job in running) for job in Job]


def workers() -> Workers:
    """Return which worker leads and which stand by, as PostgreSQL knows them."""
    rows = db.session.execute(_WORKERS, {"lock": LEADER, "prefix": WORKER}).all()
    leads = next((row.name for row in rows if row.leads), "")
    return Workers(leads.removeprefix(WORKER), [row.name.removeprefix(WORKER) for row in rows if row.name != leads])


def _known(names: Iterator[str] | Sequence[str]) -> list[Job]:
    known = set(Job)
    return sorted(Job(name) for name in names if name in known)


def _note(job: Job, **values: object) -> None:
    first = {"job": job, "pieces": 0, "failed": 0, "tries": 0}
    db.session.execute(
        insert(JobRun).values(**first, **values).on_conflict_do_update(index_elements=["job"], set_=values)
    )


def _state(job: Job, row: JobRun | None, due_at: datetime | None, *, runs: bool) -> JobState:
    if row is None:
        return JobState(job, Standing.RUNNING if runs else Standing.NEVER, due_at=due_at)
    ended = row.finished_at
    return JobState(
        job=job,
        standing=_standing(row, runs=runs),
        started_at=row.started_at,
        took=ended - row.started_at if ended and row.started_at else None,
        pieces=row.pieces,
        failed=row.failed,
        error=row.error or "",
        failing_since=row.failing_since,
        due_at=min((moment for moment in (due_at, row.retry_at) if moment), default=None),
    )


def _standing(row: JobRun, *, runs: bool) -> Standing:
    found = (
        (runs, Standing.RUNNING),
        (row.asked_at is not None, Standing.ASKED),
        (row.started_at is None, Standing.NEVER),
        (row.finished_at is None, Standing.BROKEN_OFF),
        (row.error is not None and row.tries >= SHOWN_AFTER, Standing.FAILED),
        (row.error is not None, Standing.RETRYING),
    )
    return next((standing for holds, standing in found if holds), Standing.DONE)
