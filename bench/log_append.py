"""Appending to the access log: what the tree and the head lock cost on top of the database itself.

Eight processes each commit events one by one through ``audit.record``; the floor is eight processes that each INSERT
one row of the same length and COMMIT, on the same server in the same run. One agency (one head for all eight) and eight.
"""

import json
import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from flask import Flask

from bench.house import house
from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import embedded_postgres
from coordination.core.db import Tenant, before_commit, db, transaction
from coordination.core.ids import new_id
from policies.access import Actor
from policies.permissions import AgencyKind, Role

WRITERS = 8
EVENTS = 1000
ROUNDS = 3
LINE = 480
"""Characters of an ordinary entry."""

WARM_UP = 50
PATIENCE = 600.0


class Job(NamedTuple):
    """What the writers write, and where."""

    url: str
    municipality: UUID
    agencies: list[UUID]
    each: int


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return seconds per event of eight writers for one agency and for eight, against the bare rows; the best of rounds."""
    count = max(50, round(EVENTS * scale))
    with house() as place:
        municipality, agencies = _prepare(place.owner_url)
        job = Job(place.app_url, municipality, agencies, count)
        best = dict.fromkeys(PASSES, float("inf"))
        for name, seconds in _all_writers(job):
            best[name] = min(best[name], seconds)
    return [_row(name, count, best[name], best["bare"]) for name in PASSES if name != "bare"]


def _row(name: str, count: int, ours: float, floor: float) -> dict[str, Any]:
    return {
        "question": f"append to the access log, {WRITERS} writers, {name}, {count} events each: seconds per event",
        "ours_seconds": ours,
        "floor_seconds": floor,
        "ratio": ours / floor,
        "ours_per_second": 1 / ours,
        "floor_per_second": 1 / floor,
        "share_of_the_rate": floor / ours,
        "aim": "<= 2 (half the rate)",
    }


def _prepare(owner_url: str) -> tuple[UUID, list[UUID]]:
    municipality, agencies = new_id(), [new_id() for _ in range(WRITERS)]
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO municipality (id, code, name) VALUES (%s, '0000', 'Bench')", [municipality])
        for number, agency in enumerate(agencies):
            connection.execute(
                "INSERT INTO agency (id, municipality_id, kind, name, controller, branch, mark, created_at)"
                " VALUES (%s, %s, 'police', %s, 'x', 'x', 'PO', now())",
                [agency, municipality, f"Agency {number}"],
            )
        connection.execute("CREATE TABLE bare (id uuid PRIMARY KEY, at timestamptz NOT NULL, line text NOT NULL)")
        connection.execute(f"GRANT INSERT ON bare TO {embedded_postgres.APP}")
    return municipality, agencies


def _all_writers(job: Job) -> Iterator[tuple[str, float]]:
    """Yield, for each pass of each round, the seconds per commit from the first start to the last end of all writers."""
    context = multiprocessing.get_context("spawn")
    ready, spans = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=_writer, args=(job, number, ready, spans)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    found: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for _ in range(WRITERS * ROUNDS * len(PASSES)):
        at, span = spans.get(timeout=PATIENCE)
        found.setdefault(at, []).append(span)
    for writer in writers:
        writer.join()
    for (_, name), each in found.items():
        yield name, (max(end for _, end in each) - min(start for start, _ in each)) / (WRITERS * job.each)


def _writer(job: Job, number: int, ready: Barrier, spans: Any) -> None:
    for write in PASSES.values():
        write(job, number, WARM_UP)
    for round_ in range(ROUNDS):
        for name, write in PASSES.items():
            ready.wait()
            started = time.monotonic()
            write(job, number, job.each)
            spans.put(((round_, name), (started, time.monotonic())))


def _write_to_one(job: Job, number: int, count: int) -> None:  # noqa: ARG001 - one signature
    _write_events(job, job.agencies[0], count)


def _write_to_eight(job: Job, number: int, count: int) -> None:
    _write_events(job, job.agencies[number], count)


def _write_events(job: Job, agency: UUID, count: int) -> None:
    actor = Actor(
        user_id=new_id(),
        agency_id=agency,
        municipality_id=job.municipality,
        agency_kind=AgencyKind.POLICE,
        roles=frozenset({Role.POLICE_LIAISON}),
        session_id=new_id(),
        fresh=True,
        second_factor=True,
    )
    case_id = new_id()
    with _app(job.url).app_context():
        for _ in range(count):
            with transaction(Tenant(job.municipality, actor.user_id)):
                audit.record(actor, Event.CASE_VIEWED, case_id=case_id, parts=12)


def _write_bare(job: Job, number: int, count: int) -> None:  # noqa: ARG001 - one signature
    with psycopg.connect(job.url) as connection:
        for _ in range(count):
            connection.execute("INSERT INTO bare VALUES (%s, now(), %s)", [new_id(), "x" * LINE])
            connection.commit()


PASSES = {"bare": _write_bare, "one agency": _write_to_one, "eight agencies": _write_to_eight}

_apps: dict[str, Flask] = {}


def _app(url: str) -> Flask:
    if url not in _apps:
        app = _apps[url] = Flask(__name__)
        app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://")
        db.init_app(app)
        before_commit(audit.append_queued)
    return _apps[url]


if __name__ == "__main__":
    print(json.dumps(run()))
