"""How a job's runs are noted: tried again when they fail, shown when they go on failing, done anew when a worker dies."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.core import job_runs
from coordination.core.db import db, transaction
from coordination.core.job_runs import Job, JobState, Result, Standing
from coordination.jobs import leader
from coordination.jobs.__main__ import serve
from coordination.jobs.performing import perform, take_on
from tests.factories.log import GivenLog, given_log

NOT_STOPPING = Event()
JOB = Job.PROVE_LOGS
FLIP = (
    "UPDATE audit.node SET hash = set_byte(hash, 0, get_byte(hash, 0) # 255)"
    " WHERE agency_id = :agency AND level = 0 AND node_index = 1"
)


@pytest.fixture
def log(app: Flask, owner_engine: Engine) -> GivenLog:
    """The log of the police."""
    return given_log(app, owner_engine, 5)


@pytest.fixture
def broken(log: GivenLog) -> GivenLog:
    """The same, no longer whole."""
    log.store(FLIP)
    return log


@pytest.fixture
def working(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker, in a thread."""
    monkeypatch.setattr(leader, "BEAT_SECONDS", 0.05)
    stopping = Event()
    thread = Thread(target=partial(serve, app, stopping))
    thread.start()
    yield
    stopping.set()
    thread.join(20)


def _state(app: Flask, job: Job = JOB) -> JobState:
    with app.app_context(), transaction():
        return next(state for state in job_runs.states() if state.job is job)


def _until(app: Flask, standing: Standing, job: Job = JOB) -> JobState:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        state = _state(app, job)
        if state.standing is standing and state.took is not None:
            return state
        time.sleep(0.05)
    return _state(app, job)


def test_a_run_that_went_well_is_noted_with_when_how_long_and_how_much(log: GivenLog, app: Flask) -> None:
    before = _state(app)
    perform(app, JOB, NOT_STOPPING)
    after = _state(app)

    assert (before.standing, before.started_at) == (Standing.NEVER, None)
    assert (after.standing, after.pieces, after.failed, after.error) == (Standing.DONE, 1, 0, "")
    assert after.took is not None
    assert timedelta() < after.took < timedelta(seconds=20)


def test_a_job_that_fails_is_tried_seldomer_and_shown_after_three_and_well_again_after_one(
    broken: GivenLog, app: Flask
) -> None:
    start, seen, waits = datetime.now(UTC), [], []
    for hours in range(3):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            perform(app, JOB, NOT_STOPPING)
            seen.append(_state(app))
            waits.append(_retry_in(app))
    broken.store(FLIP)  # back again
    perform(app, JOB, NOT_STOPPING)

    assert [state.standing for state in seen] == [Standing.RETRYING, Standing.RETRYING, Standing.FAILED]
    assert {(state.error, state.failed, state.failing_since) for state in seen} == {("LogBroken", 1, start)}
    assert waits == [timedelta(seconds=seconds) for seconds in (30, 120, 600)]
    assert (_state(app).standing, _state(app).failing_since) == (Standing.DONE, None)


def test_a_worker_does_what_somebody_asks_for(log: GivenLog, app: Flask, working: None) -> None:
    with app.app_context(), transaction():
        job_runs.ask(JOB)

    assert _until(app, Standing.DONE).pieces == 1
    assert log.store("SELECT count(*) FROM audit.checkpoint WHERE agency_id = :agency") == [(1,)]


def test_what_a_worker_that_died_left_undone_is_done_by_the_next(
    log: GivenLog, app: Flask, request: pytest.FixtureRequest
) -> None:
    take_on(app, JOB)
    with app.app_context(), transaction():
        job_runs.begin(JOB, "another:1")
    left = _state(app)

    request.getfixturevalue("working")
    done = _until(app, Standing.DONE)

    assert left.standing is Standing.BROKEN_OFF
    assert (done.standing, done.pieces) == (Standing.DONE, 1)


def test_what_a_worker_that_was_stopped_left_undone_is_still_owed(log: GivenLog, app: Flask) -> None:
    stopping = Event()
    stopping.set()
    take_on(app, JOB)
    result = perform(app, JOB, stopping)

    with app.app_context(), transaction():
        assert job_runs.owed() == [JOB]
    assert result == Result(0, 0, None, whole=False)


def test_a_job_runs_once_at_a_time_whoever_starts_it(log: GivenLog, app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection, job_runs.alone(connection, JOB) as first:
        running = _state(app)
        second = perform(app, JOB, NOT_STOPPING)
    third = perform(app, JOB, NOT_STOPPING)

    assert first
    assert running.standing is Standing.RUNNING
    assert second is None
    assert third is not None


def test_what_is_handed_out_is_handed_out_once(app: Flask) -> None:
    with app.app_context():
        with transaction():
            job_runs.ask(JOB)
        with transaction():
            first = job_runs.hand_out()
        with transaction():
            second, owed = job_runs.hand_out(), job_runs.owed()

    assert (first, second, owed) == ([JOB], [], [JOB])


def _retry_in(app: Flask) -> timedelta:
    with app.app_context(), transaction() as session:
        retry_at: datetime = session.execute(
            text("SELECT retry_at FROM job_run WHERE job = :job"), {"job": JOB}
        ).scalar_one()
        return retry_at - datetime.now(UTC)
