"""Many processes write to one log at once, and some are killed: one tree without gap or fork, and nothing done unlogged."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.log import GivenLog, given_log
from tests.factories.writer import Order

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 8
EVENTS = 40
PATIENCE = 300


def test_eight_writers_at_once_make_one_gapless_tree(app: Flask, owner_engine: Engine, settings: Settings) -> None:
    log = given_log(app, owner_engine)
    order = Order(log.world.municipality_id, (log.agency_id,), EVENTS)

    with ExitStack() as stack:
        writers = [stack.enter_context(_writer(settings, order)) for _ in range(WRITERS)]
        codes = [writer.wait(PATIENCE) for writer in writers]

    assert codes == [0] * WRITERS
    assert _sequence(log) == list(range(WRITERS * EVENTS))
    assert _logged(log) == _done(log)
    assert log.verified().fault is None


def test_writers_that_write_to_two_logs_in_one_use_case_do_not_stop_each_other(
    app: Flask, owner_engine: Engine, settings: Settings
) -> None:
    log = given_log(app, owner_engine)
    other = GivenLog(app, owner_engine, log.world, log.world.actor(AgencyKind.SCHOOL))
    orders = [(log.agency_id, other.agency_id), (other.agency_id, log.agency_id)]

    with ExitStack() as stack:
        ordered = [Order(log.world.municipality_id, orders[number % 2], 15) for number in range(4)]
        writers = [stack.enter_context(_writer(settings, order)) for order in ordered]
        codes = [writer.wait(PATIENCE) for writer in writers]

    assert codes == [0] * 4
    for each in (log, other):
        assert _sequence(each) == list(range(4 * 15))
        assert each.verified().fault is None


def test_a_process_killed_at_any_moment_leaves_nothing_done_without_its_line(
    app: Flask, owner_engine: Engine, settings: Settings
) -> None:
    log = given_log(app, owner_engine)
    order = Order(log.world.municipality_id, (log.agency_id,), 10_000)
    chance = random.Random(20261122)

    with ExitStack() as stack:
        writers = [stack.enter_context(_writer(settings, order)) for _ in range(WRITERS)]
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        for writer in writers:
            time.sleep(chance.uniform(0.05, 0.4))
            writer.send_signal(signal.SIGKILL)
    _wait_for_the_last_commit(log)

    assert log.size() > WRITERS
    assert _logged(log) == _done(log)
    assert _sequence(log) == list(range(log.size()))
    assert log.verified().fault is None


def _writer(settings: Settings, order: Order) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DATABASE_URL": settings.database_url, "MASTER_KEY": settings.master_key or ""}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.factories.writer", *order.arguments()],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
    )


def _sequence(log: GivenLog) -> list[object]:
    return [row[0] for row in log.store("SELECT seq FROM audit.entry WHERE agency_id = :agency ORDER BY seq")]


def _done(log: GivenLog) -> set[str]:
    return {str(row[0]) for row in log.store("SELECT id FROM keys.sealed_note WHERE agency_id = :agency")}


def _logged(log: GivenLog) -> set[str]:
    lines = log.store(
        "SELECT canonical\\:\\:json -> 'fields' ->> 'reason_ref' FROM audit.entry"
        " WHERE agency_id = :agency AND action = 'case.searched'"
    )
    return {str(row[0]) for row in lines}


def _wait_for_the_last_commit(log: GivenLog) -> None:
    """Wait until the server has noticed that its clients are gone: a commit may have been under way."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'samverkan_app' AND state <> 'idle'"
    deadline = time.monotonic() + 30
    while log.store(busy) != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.1)
