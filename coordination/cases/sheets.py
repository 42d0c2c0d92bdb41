"""A record as a sheet that can be merged, and back: what was saved, what somebody typed, and what both had begun with.

A form carries ``Read``, numbers and no text: what it was filled in with is opened again from the versions, which never change.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.merging import UNKNOWN, Fields, Sheet
from coordination.cases.reading import OpenPart, OpenRecord
from coordination.cases.records import PartDraft, RecordDraft, tidy

HEAD = "record"
"""The item of a record's own fields."""
TITLE, OCCURRED_ON, ABOUT = "title", "occurred_on", "about"
HEADING, BODY, NATURE = "heading", "body", "nature"

OWN_VIEW, DISAGREEMENT = "own_view", "disagreement"

_ALONE = {PartKind.TITLE: TITLE, PartKind.OWN_VIEW: OWN_VIEW, PartKind.DISAGREEMENT: DISAGREEMENT}
"""Parts that a record has one of, by their kind."""

_CHOSEN = frozenset({PartKind.STATEMENT, PartKind.FACTOR})
"""Parts chosen from a table, which the form of a note neither shows nor touches."""


class PartRead(NamedTuple):
    """A part as it was read: which one, in which version, as what."""

    part_id: UUID
    version: int
    nature: str


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody had before them when they began to edit a record."""

    version: int
    occurred_on: str
    about: str
    parts: Mapping[str, PartRead]

    def encode(self) -> str:
        """Return it as a form carries it."""
        parts = {key: [str(one.part_id), one.version, one.nature] for key, one in self.parts.items()}
        return json.dumps([self.version, self.occurred_on, self.about, parts], separators=(",", ":"))

    @classmethod
    def decode(cls, sent: str | None) -> "Read | None":
        """Read what ``encode`` wrote; None for anything else."""
        try:
            version, occurred_on, about, parts = json.loads(sent or "")
            read = {str(key): PartRead(UUID(one[0]), int(one[1]), str(one[2])) for key, one in parts.items()}
            day, person = date.fromisoformat(occurred_on).isoformat(), str(UUID(about)) if about else ""
            return cls(int(version), day, person, read)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            return None


def read_of(record: OpenRecord) -> Read:
    """Return what somebody has read who has the record before them now."""
    parts = {_key(part): PartRead(part.id, part.version, part.nature.value) for part in _texts(record.parts)}
    return Read(record.version, record.occurred_on.isoformat(), str(record.about_person_id or ""), parts)


def sheet_of(record: OpenRecord) -> Sheet:
    """Return a record as it is saved, of its texts those that could be opened."""
    items = {_key(part): _fields(part, part.nature.value) for part in _texts(record.parts)}
    head = {OCCURRED_ON: record.occurred_on.isoformat(), ABOUT: str(record.about_person_id or "")}
    return {HEAD: {TITLE: items.pop(TITLE, {}).get(BODY, ""), **head}, **items}


def sheet_of_typed(draft: RecordDraft) -> Sheet:
    """Return a record as it was typed; what was emptied is not there."""
    head = {
        TITLE: tidy(draft.title),
        OCCURRED_ON: draft.occurred_on.isoformat(),
        ABOUT: str(draft.about_person_id or ""),
    }
    items = {key: _typed(part) for key, part in _keyed(draft.parts) if not part.empty}
    return {HEAD: head, **items}


def sheet_of_read(read: Read | None, versions: Sequence[OpenPart], others: Iterable[str]) -> Sheet:
    """Return what somebody had read, as far as it can be opened still; where nothing is known of that, ``others`` are the items
    that may have been there.
    """
    if read is None:
        return dict.fromkeys([HEAD, *others], UNKNOWN)
    opened = {(part.id, part.version): part for part in versions}
    items = {key: _then(opened.get((one.part_id, one.version)), one.nature) for key, one in read.parts.items()}
    title = items.pop(TITLE, UNKNOWN)
    head = {OCCURRED_ON: read.occurred_on, ABOUT: read.about}
    return {HEAD: {**head, TITLE: title[BODY]} if BODY in title else head, **items}


def keys_of(draft: RecordDraft) -> list[str]:
    """Return every item that a form spoke of, the emptied too."""
    return [key for key, part in _keyed(draft.parts) if part.part_id is not None or not part.empty]


def draft_of(sheet: Sheet, read: Read, kind: str) -> RecordDraft:
    """Return a sheet as what somebody typed who had ``read`` before them: what is in that and not in the sheet they emptied."""
    head = sheet[HEAD]
    kept = [_part(key, fields, read.parts.get(key)) for key, fields in sheet.items() if key != HEAD]
    gone = [_emptied(key, one) for key, one in read.parts.items() if key not in sheet and key != TITLE]
    return RecordDraft(
        kind=kind,
        occurred_on=date.fromisoformat(head[OCCURRED_ON]),
        about_person_id=UUID(head[ABOUT]) if head[ABOUT] else None,
        title=head.get(TITLE, ""),
        parts=[*kept, *gone],
    )


def _texts(parts: Iterable[OpenPart]) -> list[OpenPart]:
    return [part for part in parts if isinstance(part.content, Text) and part.kind not in _CHOSEN]


def _key(part: OpenPart) -> str:
    return _ALONE.get(part.kind, str(part.id))


def _keyed(parts: Iterable[PartDraft]) -> list[tuple[str, PartDraft]]:
    return [(_ALONE.get(part.kind, str(part.part_id or f"new-{place}")), part) for place, part in enumerate(parts)]


def _typed(part: PartDraft) -> Fields:
    if part.kind in _ALONE:
        return {BODY: tidy(part.body)}
    return {HEADING: tidy(part.heading), BODY: tidy(part.body), NATURE: part.nature.value}


def _fields(part: OpenPart, nature: str) -> Fields:
    content = part.content if isinstance(part.content, Text) else Text("", "")
    if part.kind in _ALONE:
        return {BODY: tidy(content.body)}
    return {HEADING: tidy(content.heading), BODY: tidy(content.body), NATURE: nature}


def _then(part: OpenPart | None, nature: str) -> Fields:
    return UNKNOWN if part is None else _fields(part, nature)


def _part(key: str, fields: Fields, read: PartRead | None) -> PartDraft:
    part_id = read.part_id if read else None
    return PartDraft(_kind(key), _nature(fields.get(NATURE)), fields.get(HEADING, ""), fields.get(BODY, ""), part_id)


def _emptied(key: str, read: PartRead) -> PartDraft:
    return PartDraft(_kind(key), _nature(read.nature), "", "", read.part_id)


def _kind(key: str) -> PartKind:
    return next((kind for kind, name in _ALONE.items() if name == key), PartKind.TEXT)


def _nature(value: str | None) -> Nature:
    return Nature(value) if value in set(Nature) else Nature.NONE
