"""A record through time: every version of its parts, with those who were given just that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coordination.cases.content import PartKind, Text
from coordination.cases.reading import OpenPart
from coordination.core.clock import STOCKHOLM
from coordination.disclosure.history import History
from coordination.web.presenting import phrases, visibility
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.records import PartView, part_view
from coordination.web.presenting.visibility import Visibility
from coordination.web.presenting.written import Written


@dataclass(frozen=True, slots=True)
class Version:
    """A part as it was from one save to the next, with those who were given just this version."""

    number: int
    written_at: datetime
    by: str
    part: PartView
    given: Visibility | None
    current: bool


@dataclass(frozen=True, slots=True)
class PartHistory:
    """A part's versions, the newest first."""

    label: str
    removed: bool
    versions: Sequence[Version]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A record's whole history."""

    title: str
    kind: str
    occurred: date
    parts: Sequence[PartHistory]


def of(past: History, reader: Reader) -> HistoryView:
    """Return a record's history as the page shows it."""
    by_part: dict[UUID, list[OpenPart]] = {}
    for version in past.versions:
        by_part.setdefault(version.id, []).append(version)
    titles = [versions[-1] for versions in by_part.values() if versions[-1].kind is PartKind.TITLE]
    return HistoryView(
        title=Written(_text(titles[0])) if titles else phrases.kind(past.record.kind),
        kind=phrases.kind(past.record.kind),
        occurred=past.record.occurred_on,
        parts=[_part(part_id, versions, past, reader) for part_id, versions in by_part.items()],
    )


def _part(part_id: UUID, versions: Sequence[OpenPart], past: History, reader: Reader) -> PartHistory:
    removed = part_id in past.removed
    newest = versions[-1]
    return PartHistory(
        label=visibility.part_label(newest),
        removed=removed,
        versions=[
            Version(
                number=one.version,
                written_at=one.written_at.astimezone(STOCKHOLM),
                by=reader.signed(one.written_by),
                part=part_view(one),
                given=_given(one, past, reader),
                current=one is newest and not removed,
            )
            for one in reversed(versions)
        ],
    )


def _given(version: OpenPart, past: History, reader: Reader) -> Visibility | None:
    sights = past.given.get(version.version_id, ())
    return visibility.view(past.record.owner_agency_id, sights, reader) if sights else None


def _text(part: OpenPart) -> str:
    return part.content.body if isinstance(part.content, Text) else part.content.name
