"""A model of who was told what, until when. It knows nothing of keys, grants or SQL: lists, and one function that reads them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass
class Told:
    """The model: one part told to one agency."""

    agency: int
    part: UUID
    version: int
    words: str
    until: date
    disclosure: UUID
    consent: int | None
    closed: bool = False
    disposed: bool = False
    opened: bool = False
    perhaps: bool = False
    """Alike another in every respect but the disclosure: either may be the one that was shown."""


@dataclass
class OwnPart:
    """The model: a part its owner wrote."""

    owner: int
    record: UUID
    part: UUID
    version: int
    words: str


@dataclass
class Consented:
    """The model: a consent."""

    id: UUID
    agencies: set[int]
    until: date
    withdrawn: bool = False


@dataclass
class Model:
    """Everything the model believes."""

    parts: list[OwnPart] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    consents: list[Consented] = field(default_factory=list)
    assigned_until: dict[int, datetime] = field(default_factory=dict)
    participating: set[int] = field(default_factory=lambda: {0, 1, 2})
    broken_until: dict[int, datetime] = field(default_factory=dict)
    """Until when the colleague at each agency who is not appointed has the case open."""

    def note_opened(self, agency: int, today: date) -> None:
        """Remember that an agency has looked at the case: of each part the newest that is open to it, and that for longest."""
        shown: dict[UUID, list[Told]] = {}
        for told in self.told:
            if told.agency == agency and not told.closed and not told.disposed and told.until >= today:
                shown.setdefault(told.part, []).append(told)
        for candidates in shown.values():
            best = max((told.version, told.until) for told in candidates)
            first = [told for told in candidates if (told.version, told.until) == best]
            for told in first:
                told.opened, told.perhaps = told.opened or len(first) == 1, told.perhaps or len(first) > 1

    def reads(self, agency: int, today: date) -> dict[UUID, str]:
        """What an agency's handler can read: own parts as they are now, and the newest version told and still open."""
        seen: dict[UUID, tuple[int, str]] = {}
        for told in self.told:
            is_open = told.agency == agency and not told.closed and not told.disposed and told.until >= today
            if is_open and told.version >= seen.get(told.part, (0, ""))[0]:
                seen[told.part] = (told.version, told.words)
        own = {part.part: part.words for part in self.parts if part.owner == agency}
        return {**{part: words for part, (_, words) in seen.items()}, **own}
