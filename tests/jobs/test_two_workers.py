"""Two worker processes: one works, and when it is killed the other goes on within seconds, and nothing is lost or done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from flask import Flask

from coordination.core import job_runs, outbox
from coordination.core.db import transaction
from coordination.core.job_runs import Workers
from coordination.core.outbox import Kind
from coordination.settings import Settings
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.commands import ROOT, environment
from tests.factories.mail import SENDER, Mailbox
from tests.factories.world import World

Seen = TypeVar("Seen")
TAKES_OVER_WITHIN = 10.0
"""Seconds, on a machine that does other things too; it takes one or two."""


def test_when_the_worker_that_leads_is_killed_the_other_goes_on(
    app: Flask, world: World, taking: Mailbox, settings: Settings
) -> None:
    reader, taking.slow = world.actor(AgencyKind.SOCIAL_SERVICES), Event()
    server = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(taking.port), "SMTP_TLS": "none", "MAIL_FROM": SENDER}
    env = os.environ | environment(settings, **server)
    program = [sys.executable, "-m", "coordination.jobs"]
    with subprocess.Popen(program, cwd=ROOT, env=env) as one, subprocess.Popen(program, cwd=ROOT, env=env) as two:
        try:
            both = _until(lambda: _workers(app), lambda found: bool(found.leader and found.standing_by), 60)
            processes = {process.pid: process for process in (one, two)}
            first = processes[int(both.leader.partition(":")[2])]
            second = two if first is one else one
            _write(world, reader)
            assert taking.reached.wait(30)  # the leader is in the midst of it
            first.send_signal(signal.SIGKILL)
            killed = time.monotonic()
            after = _until(lambda: _workers(app), lambda found: found.leader.endswith(f":{second.pid}"), 30)
            took = time.monotonic() - killed
            taking.slow.set()
            sent = _until(lambda: _sent(world, reader), lambda count: count == 1, 30)
        finally:
            for process in (one, two):
                process.send_signal(signal.SIGTERM)

    assert after.leader.endswith(f":{second.pid}")
    assert took < TAKES_OVER_WITHIN
    assert sent == 1
    assert len({message["Message-ID"] for message in taking.taken}) == 1
    assert (first.returncode, second.returncode) == (-signal.SIGKILL, 0)


def _until(look: Callable[[], Seen], reached: Callable[[Seen], bool], seconds: float) -> Seen:
    """Look until it is as it should be, or the time is out; return what was seen last."""
    deadline = time.monotonic() + seconds
    while not reached(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def _workers(app: Flask) -> Workers:
    with app.app_context(), transaction():
        return job_runs.workers()


def _write(world: World, reader: Actor) -> None:
    with world.acting(reader):
        outbox.queue(Kind.URGENT, [reader.user_id], world.municipality_id, "x")


def _sent(world: World, reader: Actor) -> int:
    with world.acting(reader):
        return outbox.state().sent_today
