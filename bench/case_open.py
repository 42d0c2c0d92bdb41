"""Open a case of 200 parts as a restricted user: against the bare SELECT, AES-GCM loop and INSERT; and with more in the database."""

import statistics
import time
from collections.abc import Callable
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import house
from coordination.cases import records
from coordination.cases.content import Nature, PartKind
from coordination.core import clock
from coordination.core.ids import new_id
from coordination.disclosure import overview
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.world import SharedCase, World, shared_case

PARTS = 200
PER_RECORD = 4
RUNS = 40
SMALL, LARGE = 10_000, 1_000_000

_SELECT = """
SELECT g.wrapped, v.sealed, g.key_version, v.id, p.id, p.kind, p.nature, v.version, v.created_at, v.created_by,
       r.id, r.kind, r.occurred_on, r.owner_agency_id
FROM record r
JOIN part p ON p.record_id = r.id
JOIN part_version v ON v.id = p.latest_version_id
JOIN keys.key_grant g ON g.part_version_id = v.id AND g.agency_id = %(agency)s
WHERE r.case_id = %(case)s AND r.owner_agency_id = %(agency)s AND r.kind = 'journal_note'
"""


def run(scale: float = 1.0) -> list[dict[str, object]]:
    """Return the figures: opening against the floor, and opening with a full database against a small one."""
    with house.house() as place:
        world = World(place.app)
        shared = shared_case(world, AgencyKind.POLICE)
        _write(shared)
        house.fill_parts(place, shared.social, int(SMALL * min(scale, 1.0)))
        ours, floor = paired(lambda: _open(world, shared), _floor(place, shared.social, shared.id))
        house.fill_parts(place, shared.social, int((LARGE - SMALL) * scale))
        full, floor_full = paired(lambda: _open(world, shared), _floor(place, shared.social, shared.id))
    return [
        figure(f"open a case of {PARTS} parts, {int(SMALL * scale):,} in the database", ours, floor, "<= 2 x"),
        figure(f"open a case of {PARTS} parts, {int(LARGE * scale):,} in the database", full, floor_full, "<= 2 x"),
        figure(f"the same, {int(LARGE * scale):,} against {int(SMALL * scale):,}", full, ours, "<= 1.1 x"),
    ]


def _write(shared: SharedCase) -> None:
    body = "Vi träffades på skolan och gick igenom veckan. " * 8
    for _ in range(PARTS // PER_RECORD):
        parts = [records.PartDraft(PartKind.TEXT, Nature.FACT, "", body)] * (PER_RECORD - 1)
        draft = records.RecordDraft("journal_note", clock.today(), shared.subject_id, "Samtal", parts)
        shared.world.act(shared.social, records.write, shared.id, draft)


def _open(world: World, shared: SharedCase) -> None:
    seen = world.act(shared.social, overview.open_case, shared.id)
    if sum(len(record.parts) for record in seen.records) != PARTS:
        raise RuntimeError("not all parts were opened")


def _floor(place: house.House, actor: Actor, case_id: UUID) -> Callable[[], None]:
    """The least that any program must do: fetch what the page shows of each part, unwrap and open it in its place, write a line, commit."""
    connection = psycopg.connect(place.app_url)
    with psycopg.connect(place.owner_url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS bench_line (id uuid PRIMARY KEY, line text)")
        owner.execute("GRANT INSERT ON bench_line TO samverkan_app")

    def once() -> None:
        connection.execute("SELECT set_config('app.municipality_id', %s, true)", (str(actor.municipality_id),))
        rows = connection.execute(_SELECT, {"agency": actor.agency_id, "case": case_id}).fetchall()
        for wrapped, sealed, key_version, version_id, part_id, *_ in rows:
            # Sealing costs the cipher as much as opening, and needs no keys of ours.
            _cipher_work(wrapped, version_id.bytes + actor.agency_id.bytes + key_version.to_bytes(8))
            _cipher_work(sealed, version_id.bytes + part_id.bytes)
        connection.execute("INSERT INTO bench_line VALUES (%s, %s)", (new_id(), "x" * 400))
        connection.commit()

    return once


def _cipher_work(data: bytes, place: bytes) -> None:
    AESGCM(b"k" * 32).encrypt(data[1:13], data[13:-16], data[:1] + place)


def paired(ours: Callable[[], None], floor: Callable[[], None]) -> tuple[float, float]:
    """Time both in turn, so that a slow moment of the machine strikes both; return the medians in seconds."""
    ours()
    floor()
    pairs = [(_timed(ours), _timed(floor)) for _ in range(RUNS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def figure(question: str, ours: float, floor: float, aim: str) -> dict[str, object]:
    return {"question": question, "ours_seconds": ours, "floor_seconds": floor, "ratio": ours / floor, "aim": aim}
