"""``coordination jobs``: how the jobs go, and one of them done now, with or without a worker."""

from threading import Event

import pytest
from flask import Flask
from sqlalchemy import Engine

from coordination.core.job_runs import Job
from coordination.jobs.performing import perform
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.commands import environment, run
from tests.factories.log import given_log


@pytest.fixture
def env(settings: Settings) -> dict[str, str]:
    """The variables of this installation."""
    return environment(settings)


def test_a_job_is_done_now_and_listed_with_how_it_went(app: Flask, env: dict[str, str], owner_engine: Engine) -> None:
    given_log(app, owner_engine, 2)
    broken = given_log(app, owner_engine, 2, AgencyKind.SCHOOL)
    before = run(env, "jobs", "list")
    broken.store("UPDATE audit.node SET hash = sha256('') WHERE agency_id = :agency AND level = 0 AND node_index = 1")
    failed = run(env, "jobs", "run", "prove_logs")
    perform(app, "close_expired_copies", Event())
    after = run(env, "jobs", "list")

    assert before.exit_code == 0, before.output
    assert "No worker leads: no job is done." in before.output
    assert failed.exit_code == 1
    assert "prove_logs: 2 pieces, 1 failed, last LogBroken\n" in failed.output
    lines = {line.split()[0]: line.split() for line in after.output.splitlines() if line.strip()}
    assert set(Job) <= lines.keys()
    assert lines["prove_logs"][1] == "retrying"
    assert "LogBroken" in lines["prove_logs"]
    assert lines["close_expired_copies"][1] == "done"
    assert lines["send_mail"][1] == "never"


def test_what_is_no_job_is_refused_with_those_there_are(app: Flask, env: dict[str, str]) -> None:
    answer = run(env, "jobs", "run", "os.system")

    assert answer.exit_code == 2
    assert "write_digests" in answer.output
