"""Storing sealed parts: the one way a part version comes to be."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from coordination.cases.content import FileInfo, Nature, PartKind, Text
from coordination.cases.models import FileChunk, Part, PartVersion, Record
from coordination.core import clock
from coordination.core.db import db
from coordination.core.ids import new_id
from coordination.keys import service as keys
from policies.access import Actor


class Source(NamedTuple):
    """Where an own record was taken from: the agency that disclosed it, the disclosure, and its day."""

    agency_id: UUID
    disclosure_id: UUID
    on: date


def new_record(
    actor: Actor, case_id: UUID, kind: str, occurred_on: date, about: UUID | None, source: Source | None = None
) -> Record:
    """Add an empty record owned by the actor's agency."""
    record = Record(
        id=new_id(),
        municipality_id=actor.municipality_id,
        case_id=case_id,
        owner_agency_id=actor.agency_id,
        kind=kind,
        about_person_id=about,
        occurred_on=occurred_on,
        source_agency_id=source.agency_id if source else None,
        source_disclosure_id=source.disclosure_id if source else None,
        source_on=source.on if source else None,
        version=1,
        created_by=actor.user_id,
        created_at=clock.now(),
    )
    db.session.add(record)
    db.session.flush()
    return record


def add_part(actor: Actor, record: Record, ordinal: int, kind: PartKind, nature: Nature, text: Text) -> keys.Place:
    """Add a part with its first version, sealed for the actor's agency; return where it lies."""
    part = _new_part(record, ordinal, kind, nature)
    return add_version(actor, part, 1, text)


def add_version(actor: Actor, part: Part, number: int, text: Text) -> keys.Place:
    """Add a version of a part with a key of its own; the version before stays as it was."""
    place = keys.Place(part.municipality_id, part.id, new_id())
    sealed = keys.seal_part(actor.agency_id, place, text.encode())
    _store(actor, part, place, number, sealed)
    return place


def add_file(actor: Actor, record: Record, ordinal: int, info: FileInfo, chunks: Iterable[bytes]) -> keys.Place:
    """Add an attachment as a part of its own, its content sealed piece by piece."""
    part = _new_part(record, ordinal, PartKind.FILE, Nature.NONE)
    place = keys.Place(part.municipality_id, part.id, new_id())
    sealed, content = keys.seal_file(actor.agency_id, place, info.encode(), chunks)
    _store(actor, part, place, 1, sealed)
    for number, chunk in enumerate(content):
        db.session.add(
            FileChunk(
                municipality_id=part.municipality_id,
                part_version_id=place.part_version_id,
                ordinal=number,
                sealed=chunk,
            )
        )
    db.session.flush()
    return place


def _new_part(record: Record, ordinal: int, kind: PartKind, nature: Nature) -> Part:
    part = Part(
        id=new_id(),
        municipality_id=record.municipality_id,
        record_id=record.id,
        ordinal=ordinal,
        kind=kind,
        nature=nature,
        latest_version_id=None,
        removed_at=None,
    )
    db.session.add(part)
    db.session.flush()
    return part


def _store(actor: Actor, part: Part, place: keys.Place, number: int, sealed: bytes) -> None:
    db.session.add(
        PartVersion(
            id=place.part_version_id,
            municipality_id=part.municipality_id,
            part_id=part.id,
            version=number,
            sealed=sealed,
            created_by=actor.user_id,
            created_at=clock.now(),
        )
    )
    part.latest_version_id = place.part_version_id
    db.session.flush()
