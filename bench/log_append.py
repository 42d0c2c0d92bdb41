"""Appending to the access log: what the tree and the head lock cost on top of the database itself.

Eight processes each commit events one by one through ``audit.record``; the floor is eight processes that each INSERT
one row of the same length and COMMIT, on the same server in the same run. One agency (one head for all eight) and eight.
"""

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import embedded_postgres, migrate
from coordination.core.db import Tenant, before_commit, db, transaction
from coordination.core.ids import new_id
from policies.access import Actor
from policies.permissions import AgencyKind, Role

WRITERS = 8
EVENTS = 1000
ROUNDS = 3
LINE = 480
"""Characters of an ordinary entry."""

Write = Callable[[str, UUID, list[UUID], int, int], float]


def run(scale: float = 1.0) -> dict[str, Any]:
    """Return events per second of eight writers for one agency, for eight, and for the bare rows; the best of rounds."""
    count = max(50, round(EVENTS * scale))
    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.start(Path(folder) / "pgdata")
        try:
            migrate.upgrade(server.owner_url)
            municipality, agencies = _prepare(server.owner_url)
            best = {"one agency": 0.0, "eight agencies": 0.0, "bare": 0.0}
            for _ in range(ROUNDS):
                for name, write, among in (
                    ("bare", _write_bare, agencies),
                    ("one agency", _write_events, agencies[:1]),
                    ("eight agencies", _write_events, agencies),
                ):
                    best[name] = max(best[name], _rate(write, server.app_url, municipality, among, count))
        finally:
            server.stop()
    return {
        "question": f"append to the access log, {WRITERS} writers, {count} events each",
        "one_agency_per_second": best["one agency"],
        "eight_agencies_per_second": best["eight agencies"],
        "floor_per_second": best["bare"],
        "ratio": best["one agency"] / best["bare"],
        "ratio_eight_agencies": best["eight agencies"] / best["bare"],
        "aim": ">= 0.5",
    }


def _prepare(owner_url: str) -> tuple[UUID, list[UUID]]:
    municipality, agencies = new_id(), [new_id() for _ in range(WRITERS)]
    with psycopg.connect(owner_url.replace("+psycopg", "")) as connection:
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


def _rate(write: Write, url: str, municipality: UUID, agencies: list[UUID], count: int) -> float:
    """Return how many commits a second all writers made together, from the first start to the last end."""
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
    return WRITERS * count / (max(end for _, end in found) - min(start for start, _ in found))


def _writer(
    write: Write, url: str, municipality: UUID, agencies: list[UUID], number: int, count: int, ready: Barrier, spans: Any
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
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for _ in range(count):
            connection.execute("INSERT INTO bare VALUES (%s, now(), %s)", [new_id(), "x" * LINE])
            connection.commit()


_apps: dict[str, Flask] = {}


def _app(url: str) -> Flask:
    if url not in _apps:
        app = _apps[url] = Flask(__name__)
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        db.init_app(app)
        before_commit(audit.append_queued)
    return _apps[url]


if __name__ == "__main__":
    print(json.dumps(run()))
