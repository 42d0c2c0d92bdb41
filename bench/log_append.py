"""Appending to the access log: what the tree and the head lock cost on top of the database itself.

Eight processes each commit events one by one through ``audit.record``; the floor is eight processes that each INSERT
one row of the same length and COMMIT, on the same server in the same run. One agency (one head for all eight) and eight.
"""

import json
import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any
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

Write = Callable[[str, UUID, list[UUID], int, int], None]


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return seconds per event of eight writers for one agency and for eight, against the bare rows; the best of rounds."""
    count = max(50, round(EVENTS * scale))
    with house() as place:
        municipality, agencies = _prepare(place.owner_url)
        passes: dict[str, tuple[Write, list[UUID]]] = {
            "bare": (_write_bare, agencies),
            "one agency": (_write_events, agencies[:1]),
            "eight agencies": (_write_events, agencies),
        }
        best = dict.fromkeys(passes, float("inf"))
        for _ in range(ROUNDS):
            for name, (write, among) in passes.items():
                best[name] = min(best[name], _seconds(write, place.app_url, municipality, among, count))
    return [_row(name, count, best[name], best["bare"]) for name in passes if name != "bare"]


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


def _seconds(write: Write, url: str, municipality: UUID, agencies: list[UUID], count: int) -> float:
    """Return the seconds for each commit while all writers were at it, from the first start to the last end."""
    context = multiprocessing.get_context("spawn")
    ready, spans = context.Barrier(WRITERS), context.Queue()
    writers = [
        context.Process(target=_writer, args=(write, url, municipality, agencies, number, count, ready, spans))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    found = [spans.get() for _ in writers]
    for writer in writers:
        writer.join()
    return (max(end for _, end in found) - min(start for start, _ in found)) / (WRITERS * count)


def _writer(
    write: Write,
    url: str,
    municipality: UUID,
    agencies: list[UUID],
    number: int,
    count: int,
    ready: Barrier,
    spans: Any,
) -> None:
    write(url, municipality, agencies, number, 20)
    ready.wait()
    started = time.monotonic()
    write(url, municipality, agencies, number, count)
    spans.put((started, time.monotonic()))


def _write_events(url: str, municipality: UUID, agencies: list[UUID], number: int, count: int) -> None:
    agency = agencies[number % len(agencies)]
    actor = Actor(
        user_id=new_id(),
        agency_id=agency,
        municipality_id=municipality,
        agency_kind=AgencyKind.POLICE,
        roles=frozenset({Role.POLICE_LIAISON}),
        session_id=new_id(),
        fresh=True,
        second_factor=True,
    )
    case_id = new_id()
    with _app(url).app_context():
        for _ in range(count):
            with transaction(Tenant(municipality, actor.user_id)):
                audit.record(actor, Event.CASE_VIEWED, case_id=case_id, parts=12)


def _write_bare(url: str, municipality: UUID, agencies: list[UUID], number: int, count: int) -> None:  # noqa: ARG001 - one signature
    with psycopg.connect(url) as connection:
        for _ in range(count):
            connection.execute("INSERT INTO bare VALUES (%s, now(), %s)", [new_id(), "x" * LINE])
            connection.commit()


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
