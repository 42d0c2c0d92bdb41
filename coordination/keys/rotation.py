"""Rotation of agency keys and of the master key: online, in small transactions, resumable after a stop at any point."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from coordination.audit.events import Event
from coordination.audit.service import record_unattended
from coordination.core import clock
from coordination.core.db import Tenant, db, transaction
from coordination.keys import agency_keys, vault
from coordination.keys.models import AgencyKey, KeyGrant, Rotation, SealedNote
from coordination.keys.service import grant_place, note_place

BATCH = 500


class Progress(NamedTuple):
    """How far a rotation has come."""

    done: int
    total: int


class KeyStatus(NamedTuple):
    """An agency's keys: newest version, versions still held, grants not yet on the newest, master keys in use."""

    newest: int
    held: int
    behind: int
    grants: int
    masters: tuple[str, ...]


def rotate_agency(agency_id: UUID, municipality_id: UUID) -> Iterator[Progress]:
    """Move an agency to a new key, or go on where an earlier run stopped; at the end the old key is destroyed.

    Every batch is a transaction of its own. Reading and writing go on meanwhile: both versions open until the last
    grant has moved.
    """
    tenant = Tenant(municipality_id)
    with transaction(tenant):
        run_id, version, total, done = _begin(agency_id, municipality_id)
    yield Progress(done, total)
    moved = BATCH
    while moved:
        with transaction(tenant):
            moved = _move_batch(agency_id, version)
            done += moved
            db.session.execute(update(Rotation).where(Rotation.id == run_id).values(done=done))
        yield Progress(done, max(total, done))
    with transaction(tenant):
        _finish(agency_id, version, run_id)
        _record(municipality_id, agency_id, "agency", version, done, "finished")


def rewrap_master(municipality_ids: list[UUID]) -> Iterator[Progress]:
    """Wrap all keys with the newest master key, one municipality per transaction; what is already wrapped is left alone."""
    for number, municipality_id in enumerate(municipality_ids, start=1):
        with transaction(Tenant(municipality_id)):
            if changed := agency_keys.rewrap_with_current_master():
                versions = len(agency_keys.provider().version_ids())
                for agency_id in db.session.scalars(select(AgencyKey.agency_id).distinct()).all():
                    _record(municipality_id, agency_id, "master", versions, changed, "finished")
        yield Progress(number, len(municipality_ids))


def status(agency_id: UUID) -> KeyStatus:
    """Return where an agency's keys stand. The transaction must have named its municipality."""
    rows = db.session.execute(
        select(AgencyKey.version, AgencyKey.master_id).where(AgencyKey.agency_id == agency_id)
    ).all()
    newest = max(row.version for row in rows)
    grants, behind = db.session.execute(
        select(func.count(), func.count().filter(KeyGrant.key_version < newest)).where(KeyGrant.agency_id == agency_id)
    ).one()
    return KeyStatus(newest, len(rows), behind, grants, tuple(sorted({row.master_id for row in rows})))


def _begin(agency_id: UUID, municipality_id: UUID) -> tuple[UUID, int, int, int]:
    run = db.session.scalars(
        select(Rotation).where(Rotation.agency_id == agency_id, Rotation.finished_at.is_(None)).with_for_update()
    ).one_or_none()
    if run is None:
        version = agency_keys.add_version(agency_id)
        run = Rotation(
            municipality_id=municipality_id,
            agency_id=agency_id,
            from_version=version - 1,
            to_version=version,
            total=_behind(agency_id, version),
            done=0,
            started_at=clock.now(),
        )
        db.session.add(run)
        db.session.flush()
        _record(municipality_id, agency_id, "agency", version, run.total, "started")
    return run.id, run.to_version, run.total, run.done


def _behind(agency_id: UUID, version: int) -> int:
    grants = select(func.count()).where(KeyGrant.agency_id == agency_id, KeyGrant.key_version < version)
    notes = select(func.count()).where(SealedNote.agency_id == agency_id, SealedNote.key_version < version)
    return (db.session.scalar(grants) or 0) + (db.session.scalar(notes) or 0)


def _move_batch(agency_id: UUID, version: int) -> int:
    keys = agency_keys.versions(agency_id)
    return _move_grants(agency_id, version, keys) or _move_notes(agency_id, version, keys)


def _move_grants(agency_id: UUID, version: int, keys: dict[int, bytes]) -> int:
    rows = db.session.execute(
        select(KeyGrant.part_version_id, KeyGrant.key_version, KeyGrant.wrapped)
        .where(KeyGrant.agency_id == agency_id, KeyGrant.key_version < version)
        .limit(BATCH)
        .with_for_update()
    ).all()
    changes = [
        {
            "at": row.part_version_id,
            "wrapped": _moved(
                keys,
                row.key_version,
                version,
                row.wrapped,
                grant_place(row.part_version_id, agency_id, row.key_version),
                grant_place(row.part_version_id, agency_id, version),
            ),
        }
        for row in rows
    ]
    if changes:
        db.session.connection().execute(
            update(KeyGrant)
            .where(KeyGrant.part_version_id == bindparam("at"), KeyGrant.agency_id == agency_id)
            .values(key_version=version, wrapped=bindparam("wrapped")),
            changes,
        )
    return len(changes)


def _move_notes(agency_id: UUID, version: int, keys: dict[int, bytes]) -> int:
    notes = db.session.scalars(
        select(SealedNote)
        .where(SealedNote.agency_id == agency_id, SealedNote.key_version < version)
        .limit(BATCH)
        .with_for_update()
    ).all()
    for note in notes:
        old, new = note_place(note.id, agency_id, note.key_version), note_place(note.id, agency_id, version)
        note.wrapped = _moved(keys, note.key_version, version, note.wrapped, old, new)
        note.key_version = version
    db.session.flush()
    return len(notes)


def _moved(keys: dict[int, bytes], old: int, new: int, wrapped: bytes, old_place: bytes, new_place: bytes) -> bytes:
    return vault.wrap(keys[new], vault.unwrap(keys[old], wrapped, old_place), new_place)


def _finish(agency_id: UUID, version: int, run_id: UUID) -> None:
    db.session.execute(delete(AgencyKey).where(AgencyKey.agency_id == agency_id, AgencyKey.version < version))
    db.session.execute(update(Rotation).where(Rotation.id == run_id).values(finished_at=clock.now()))


def _record(municipality_id: UUID, agency_id: UUID, scope: str, version: int, moved: int, stage: str) -> None:
    record_unattended(
        municipality_id, agency_id, Event.KEYS_ROTATED, scope=scope, version=version, grants=moved, stage=stage
    )
