"""The worker: what it does, that doing it twice does no harm, that one leads at a time, and that it stops when told."""

import logging
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread

import pytest
import time_machine
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Connection, Engine, text

from coordination.core.db import db
from coordination.jobs import leader
from coordination.jobs.__main__ import serve
from coordination.jobs.performing import perform
from coordination.jobs.store import DueTimes
from coordination.jobs.work import MAIL, WORK
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.commands import ROOT, environment
from tests.factories.log import GivenLog, given_log

NOT_STOPPING = Event()
OFTEN = {"send_mail"}
"""What is due every few seconds, also while a test runs."""


@pytest.fixture
def log(app: Flask, owner_engine: Engine) -> GivenLog:
    """The log of the police."""
    return given_log(app, owner_engine, 5)


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's own connections."""
    with app.app_context():
        return db.engine


def test_every_morning_each_log_is_verified_and_signed(log: GivenLog, app: Flask, owner_engine: Engine) -> None:
    other = given_log(app, owner_engine, 2, AgencyKind.SCHOOL)

    perform(app, "prove_logs", NOT_STOPPING)

    for each, size in ((log, 6), (other, 3)):
        assert each.store("SELECT ok, fault FROM audit.verification WHERE agency_id = :agency") == [(True, None)]
        assert each.store("SELECT size FROM audit.checkpoint WHERE agency_id = :agency") == [(size,)]
        assert each.verified().ok


def test_a_broken_log_is_not_signed_and_does_not_stop_the_others(
    log: GivenLog, app: Flask, owner_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    other = given_log(app, owner_engine, 2, AgencyKind.SCHOOL)
    log.store("UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 1")

    with caplog.at_level(logging.ERROR, "coordination.jobs.performing"):
        perform(app, "prove_logs", NOT_STOPPING)

    assert log.store("SELECT count(*) FROM audit.checkpoint WHERE agency_id = :agency") == [(0,)]
    assert other.store("SELECT count(*) FROM audit.checkpoint WHERE agency_id = :agency") == [(1,)]
    assert caplog.messages == [f"prove_logs failed for {log.agency_id}: LogBroken"]


def test_a_failure_is_told_without_what_was_being_handled(
    log: GivenLog, app: Flask, owner_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text("REVOKE SELECT ON audit.entry FROM samverkan_app"))
    try:
        with caplog.at_level(logging.ERROR, "coordination.jobs.performing"):
            perform(app, "prove_logs", NOT_STOPPING)
    finally:
        with owner_engine.begin() as connection:
            connection.execute(text("GRANT SELECT ON audit.entry TO samverkan_app"))

    assert caplog.messages == [f"prove_logs failed for {log.agency_id}: ProgrammingError"]


@pytest.mark.parametrize("name", WORK)
def test_work_can_be_done_again_without_harm(log: GivenLog, app: Flask, name: str) -> None:
    for _ in range(2):
        perform(app, name, NOT_STOPPING)

    assert log.verified().ok


def test_nothing_new_is_begun_once_the_process_is_to_stop(log: GivenLog, app: Flask) -> None:
    stopping = Event()
    stopping.set()

    perform(app, "prove_logs", stopping)

    assert log.store("SELECT count(*) FROM audit.verification") == [(0,)]


def test_ended_sessions_and_old_failures_are_deleted(app: Flask, owner_engine: Engine) -> None:
    old, new = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC)
    with owner_engine.begin() as connection:
        for moment in (old, new):
            values = {"at": moment}
            connection.execute(
                text(
                    "INSERT INTO user_session (id, token_digest, data, created_at, seen_at) VALUES (gen_random_uuid(), sha256(:at\\:\\:text\\:\\:bytea), '{}', :at, :at)"
                ),
                values,
            )
            connection.execute(
                text(
                    "INSERT INTO sign_in_attempt (id, account_digest, address_digest, at) VALUES (gen_random_uuid(), 'x', 'x', :at)"
                ),
                values,
            )

    perform(app, "purge_leftovers", NOT_STOPPING)

    with owner_engine.connect() as connection:
        left = [
            connection.scalars(text(f"SELECT {column} FROM {table}")).all()
            for table, column in (("user_session", "seen_at"), ("sign_in_attempt", "at"))
        ]
    assert left == [[new], [new]]


def test_a_row_of_the_schedule_is_a_name_and_a_time_and_runs_nothing_else(app: Flask, engine: Engine) -> None:
    done: list[str] = []
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO apscheduler_jobs VALUES ('os.system', 0, :state)"),
            {"state": b"os.system 2020-01-01T00:00:00+00:00"},
        )
    _run_once(engine, done)

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, job_state FROM apscheduler_jobs ORDER BY id")).all()
    assert OFTEN.issuperset(done)
    assert [row.id for row in rows] == sorted(WORK)
    for row in rows:
        name, _, due = row.job_state.decode().partition(" ")
        assert name == row.id
        assert datetime.fromisoformat(due) > datetime.now(UTC)


def test_a_state_that_is_not_ours_is_thrown_away_unread(app: Flask, engine: Engine) -> None:
    done: list[str] = []
    _run_once(engine, done)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE apscheduler_jobs SET next_run_time = 0, job_state = :state WHERE id = 'prove_logs'"),
            {"state": b"\x80\x05cos\nsystem\n."},
        )
    _run_once(engine, done)

    assert "prove_logs" not in done


def test_work_missed_while_no_worker_ran_is_done_once(app: Flask, engine: Engine) -> None:
    done: list[str] = []
    _run_once(engine, done)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8), tick=True):
        _run_once(engine, done, until=len(WORK))

    assert sorted(OFTEN.union(done)) == sorted(WORK)
    assert {name: done.count(name) for name in done if name not in OFTEN and done.count(name) > 1} == {}


def test_one_worker_leads_and_the_next_takes_over(app: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "BEAT_SECONDS", 0.05)
    found: list[Connection | None] = []
    first = leader.lead(engine, NOT_STOPPING)
    assert first is not None

    second = Thread(target=lambda: found.append(leader.lead(engine, NOT_STOPPING)))
    second.start()
    time.sleep(0.3)
    meanwhile = list(found)
    leader.step_down(first)
    second.join(20)

    assert meanwhile == []
    assert found[0] is not None
    assert leader.holds(found[0])
    leader.step_down(found[0])


def test_a_worker_that_stands_by_stops_when_told(app: Flask, engine: Engine) -> None:
    first, stopping = leader.lead(engine, NOT_STOPPING), Event()
    assert first is not None
    standing_by = Thread(target=partial(serve, app, stopping))

    standing_by.start()
    stopping.set()
    standing_by.join(20)
    leader.step_down(first)

    assert not standing_by.is_alive()


def test_a_leader_whose_connection_dies_knows_it(app: Flask, engine: Engine, owner_engine: Engine) -> None:
    first = leader.lead(engine, NOT_STOPPING)
    assert first is not None
    alive = leader.holds(first)
    assert first.connection.driver_connection is not None
    first.connection.driver_connection.close()

    assert (alive, leader.holds(first)) == (True, False)
    leader.step_down(first)


def test_the_process_leads_and_ends_on_sigterm(app: Flask, settings: Settings, owner_engine: Engine) -> None:
    env = os.environ | environment(settings, LOG_LEVEL="INFO")
    with subprocess.Popen(
        [sys.executable, "-m", "coordination.jobs"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        first_words = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()

    assert "this worker leads" in first_words
    assert "stopped leading" in rest
    assert process.returncode == 0


def test_a_setting_that_is_missing_is_told_in_one_line(settings: Settings) -> None:
    env = os.environ | environment(settings, DATABASE_URL="")
    answer = subprocess.run(
        [sys.executable, "-m", "coordination.jobs"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "DATABASE_URL is missing" in answer.stderr


def _run_once(engine: Engine, done: list[str], until: int = 0) -> None:
    """Let the schedule run until so much has been done, or for a moment."""
    scheduler = BackgroundScheduler(
        jobstores={"default": DueTimes(engine, WORK, done.append)}, executors={MAIL: ThreadPoolExecutor(1)}
    )
    scheduler.start()
    deadline = time.monotonic() + (20 if until else 0.5)
    while time.monotonic() < deadline and (not until or len(set(done)) < until):
        time.sleep(0.02)
    scheduler.shutdown(wait=True)
