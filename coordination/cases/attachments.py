"""Attachments: checked by content, sealed piece by piece, opened by an authorised view only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

import puremagic
from sqlalchemy import select

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cases import copies, reading, writing
from coordination.cases.content import FileInfo, PartKind
from coordination.cases.models import FileChunk, Part, Record
from coordination.cases.queries import case_for
from coordination.cases.records import own_record
from coordination.core import clock
from coordination.core.db import Tenant, db, transaction
from coordination.core.errors import Invalid, NotFound
from coordination.keys import service as keys
from policies.access import Actor
from policies.permissions import Permission

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
"""The largest attachment, in bytes."""

TYPES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "text/plain": (".txt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
}
"""What may be attached. The content decides; the name must agree with it."""

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An attachment ready to be sent: what it is called, and where its content lies."""

    info: FileInfo
    place: keys.Place


def attach(actor: Actor, record_id: UUID, name: str, stream: BinaryIO) -> UUID:
    """Add a file to an own record as a part of its own; return the part's id. Raises Invalid for size or type."""
    record = own_record(actor, record_id, Permission.CASE_RECORD_WRITE, lock=True)
    info = checked(name, stream)
    place = writing.add_file(actor, record, _next_ordinal(record), info, pieces(stream))
    audit.record(
        actor,
        Event.ATTACHMENT_ADDED,
        case_id=record.case_id,
        record_id=record.id,
        part_id=place.part_id,
        version=1,
        bytes=info.size,
    )
    return place.part_id


def checked(name: str, stream: BinaryIO) -> FileInfo:
    """Return what a file is, by its content. Raises Invalid for its size, or a type that may not be attached."""
    size = _measured(stream)
    return FileInfo(_clean(name), _media_type(name, stream), size)


def open_attachment(actor: Actor, part_id: UUID) -> OpenFile:
    """Open an attachment the actor's agency may open, and log it. Raises NotFound for anything else."""
    row = db.session.execute(
        select(Record.id, Record.case_id)
        .join(Part, Part.record_id == Record.id)
        .where(Part.id == part_id, Part.kind == PartKind.FILE, reading.opens_to(actor.agency_id, clock.today()))
    ).one_or_none()
    case_for(actor, row.case_id if row else None, Permission.CASE_READ)
    record = reading.one_record(actor.agency_id, row.id) if row else None
    part = next((part for part in record.parts if part.id == part_id), None) if record else None
    if row is None or part is None or not isinstance(part.content, FileInfo):
        raise NotFound
    copies.note_opened(actor, [part.copy_id] if part.copy_id else [])
    audit.record(
        actor,
        Event.ATTACHMENT_OPENED,
        case_id=row.case_id,
        record_id=row.id,
        part_id=part_id,
        version=part.version,
    )
    return OpenFile(part.content, keys.Place(actor.municipality_id, part_id, part.version_id))


def stream(actor: Actor, place: keys.Place) -> Iterator[bytes]:
    """Yield an opened attachment's content, in a transaction of its own: its log line is already committed."""
    with transaction(Tenant(actor.municipality_id, actor.user_id)):
        yield from content(actor.agency_id, place)


def content(agency_id: UUID, place: keys.Place) -> Iterator[bytes]:
    """Yield an attachment's content in the running transaction, piece by piece, for an agency that holds a grant to it."""
    chunks = db.session.scalars(
        select(FileChunk.sealed)
        .where(FileChunk.part_version_id == place.part_version_id)
        .order_by(FileChunk.ordinal)
        .execution_options(yield_per=16)
    )
    yield from keys.open_file(agency_id, place, chunks)


def _measured(stream: BinaryIO) -> int:
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    if size == 0:
        raise Invalid("file_empty", file="file_empty")
    if size > LARGEST:
        raise Invalid("file_too_large", file="file_too_large")
    return size


def _media_type(name: str, stream: BinaryIO) -> str:
    head = stream.read(_HEAD)
    stream.seek(0)
    suffix = "." + name.rpartition(".")[2].lower()
    wanted = next((kind for kind, suffixes in TYPES.items() if suffix in suffixes), None)
    if wanted is None:
        raise Invalid("file_type_not_allowed", file="file_type_not_allowed")
    if wanted not in _recognised(head, stream):
        raise Invalid("file_type_mismatch", file="file_type_mismatch")
    return wanted


def _recognised(head: bytes, stream: BinaryIO) -> set[str]:
    try:
        found = {match.mime_type for match in puremagic.magic_stream(stream)}
    except puremagic.PureError:
        found = set()
    finally:
        stream.seek(0)
    if _is_text(head):
        found.add("text/plain")
    return found


def _is_text(head: bytes) -> bool:
    try:
        head[: _HEAD - 4].decode()
    except UnicodeDecodeError as broken:
        return broken.start >= len(head) - 4 and b"\x00" not in head
    return b"\x00" not in head


def _clean(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].strip()[:200] or "bilaga"


def _next_ordinal(record: Record) -> int:
    highest = db.session.scalars(select(Part.ordinal).where(Part.record_id == record.id)).all()
    return max(highest, default=0) + 1


def pieces(stream: BinaryIO) -> Iterable[bytes]:
    """Yield a file that was checked, piece by piece."""
    while piece := stream.read(_HEAD):
        yield piece
