"""A closed copy as the registrar reads it: what it says, and nothing of who else has seen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from coordination.cases.content import FileInfo, PartKind
from coordination.cases.reading import IDENTITY, OpenPart, OpenRecord
from coordination.web.presenting import phrases, previewing, visibility
from coordination.web.presenting.reader import Reader


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part: what it is called, if that is not what it says."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordLines:
    """A record in a closed copy."""

    title: str
    meta: str
    author: str
    parts: Sequence[PartLine]


@dataclass(frozen=True, slots=True)
class FileLine:
    """An attachment, and where it is sent for."""

    name: str
    url: str
    size: str


def record_lines(records: Sequence[OpenRecord], reader: Reader) -> list[RecordLines]:
    """Return what a closed copy says, record by record."""
    return [_record(record, reader) for record in records]


def file_lines(records: Sequence[OpenRecord], disclosure_id: UUID) -> list[FileLine]:
    """Return the attachments of a closed copy."""
    return [
        FileLine(
            part.content.name,
            url_for("copies.attachment", disclosure_id=disclosure_id, part_id=part.id),
            phrases.size(part.content.size),
        )
        for record in records
        for part in record.parts
        if isinstance(part.content, FileInfo)
    ]


def _record(record: OpenRecord, reader: Reader) -> RecordLines:
    when = phrases.day(record.occurred_on, reader.today)
    return RecordLines(
        title=visibility.title_of(record),
        meta=when if record.kind == IDENTITY else f"{when} · {phrases.kind(record.kind)}",
        author=reader.signed(record.created_by),
        parts=[_part(part, record) for part in record.parts if part.kind is not PartKind.TITLE],
    )


def _part(part: OpenPart, record: OpenRecord) -> PartLine:
    """Name a part by its heading or kind; a text without a heading speaks for itself."""
    bare = part.kind is PartKind.TEXT and record.kind != IDENTITY and not part.content[0]
    return PartLine("" if bare else previewing.part_label(part, record), _said(part))


def _said(part: OpenPart) -> str:
    return "" if isinstance(part.content, FileInfo) else previewing.said(part)
