"""A database of its own for a measurement: embedded PostgreSQL as in production, migrated, filled in bulk, thrown away."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask

from coordination.audit import service as audit
from coordination.core import clock, embedded_postgres, migrate
from coordination.core.db import before_commit, db
from coordination.core.ids import new_id
from coordination.keys import agency_keys
from coordination.keys.provider import KeyRing, MasterKey
from policies.access import Actor

SEALED = 430
WRAPPED = 61


@dataclass(frozen=True, slots=True)
class House:
    """The application on its own database, and the address of that database as its owner."""

    app: Flask
    owner_url: str
    app_url: str


@contextmanager
def house() -> Iterator[House]:
    """Give an empty, migrated database with the application on it, durable as in production."""
    folder = Path(tempfile.mkdtemp(prefix="samverkan-bench-"))
    server = embedded_postgres.start(folder / "pgdata")
    try:
        migrate.upgrade(server.owner_url)
        app = Flask("bench")
        app.config.update(SQLALCHEMY_DATABASE_URI=server.app_url)
        db.init_app(app)
        before_commit(audit.append_queued)
        agency_keys.bind(KeyRing("bench", (MasterKey.new(),)))
        yield House(app, _plain(server.owner_url), _plain(server.app_url))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def fill_parts(place: House, owner: Actor, parts: int, per_case: int = 200) -> None:
    """Add cases with parts that nobody will open (random bytes as long as sealed ones), until there are so many parts."""
    with psycopg.connect(place.owner_url) as connection:
        for first in range(0, parts, per_case * 100):
            _fill(connection, owner, min(per_case * 100, parts - first), per_case)
        connection.commit()
    settle(place)


def fill_cases(place: House, owner: Actor, number: int) -> list[UUID]:
    """Add so many bare cases led by the owner's agency; return their ids, oldest first."""
    ids = sorted(new_id() for _ in range(number))
    with psycopg.connect(place.owner_url) as connection:
        _cases(connection, owner, ids)
        connection.commit()
    settle(place)
    return ids


def assign(place: House, actor: Actor, case_ids: list[UUID]) -> None:
    """Assign a user to cases, in bulk."""
    now = clock.now()
    rows = [
        (
            new_id(),
            actor.municipality_id,
            case_id,
            actor.agency_id,
            actor.user_id,
            now,
            now.replace(year=now.year + 1),
            actor.user_id,
        )
        for case_id in case_ids
    ]
    with psycopg.connect(place.owner_url) as connection:
        _copy(
            connection,
            "assignment (id, municipality_id, case_id, agency_id, user_id, starts_at, ends_at, assigned_by)",
            rows,
        )
        connection.commit()
    settle(place)


def settle(place: House) -> None:
    """Let the database take stock, as autovacuum would have."""
    with psycopg.connect(place.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _fill(connection: psycopg.Connection, owner: Actor, parts: int, per_case: int) -> None:
    now, today = clock.now(), clock.today()
    m, a, u = owner.municipality_id, owner.agency_id, owner.user_id
    cases = sorted(new_id() for _ in range(-(-parts // per_case)))
    _cases(connection, owner, cases)
    records = [(new_id(), m, case, a, "journal_note", today, 1, u, now) for case in cases]
    _copy(
        connection,
        "record (id, municipality_id, case_id, owner_agency_id, kind, occurred_on, version, created_by, created_at)",
        records,
    )
    places = [(new_id(), new_id(), records[number // per_case][0], number % per_case) for number in range(parts)]
    _copy(
        connection,
        "part (id, municipality_id, record_id, ordinal, kind, nature, latest_version_id)",
        [(part, m, record, ordinal, "text", "fact", version) for part, version, record, ordinal in places],
    )
    _copy(
        connection,
        "part_version (id, municipality_id, part_id, version, sealed, created_by, created_at)",
        [(version, m, part, 1, secrets.token_bytes(SEALED), u, now) for part, version, _, _ in places],
    )
    _copy(
        connection,
        "keys.key_grant (municipality_id, part_version_id, agency_id, key_version, wrapped)",
        [(m, version, a, 1, secrets.token_bytes(WRAPPED)) for _, version, _, _ in places],
    )


def _cases(connection: psycopg.Connection, owner: Actor, ids: list[UUID]) -> None:
    now, today = clock.now(), clock.today()
    m, a, u = owner.municipality_id, owner.agency_id, owner.user_id
    _copy(
        connection,
        '"case" (id, municipality_id, reference, method, phase, phase_since, lead_agency_id, opened_by, opened_at, raised_at)',
        [(case, m, f"B{case.hex[-16:]}", "sig", "active", today, a, u, now, now) for case in ids],
    )
    _copy(
        connection,
        "participation (id, municipality_id, case_id, agency_id, started_at, started_by)",
        [(new_id(), m, case, a, now, u) for case in ids],
    )


def _copy(connection: psycopg.Connection, target: str, rows: Sequence[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
