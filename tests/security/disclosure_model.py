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

    def reads(self, agency: int, today: date) -> dict[UUID, str]:
        """What an agency's handler can read: own parts as they are now, and the newest version told and still open."""
        seen: dict[UUID, tuple[int, str]] = {}
        for told in self.told:
            is_open = told.agency == agency and not told.closed and not told.disposed and told.until >= today
            if is_open and told.version >= seen.get(told.part, (0, ""))[0]:
                seen[told.part] = (told.version, told.words)
        own = {part.part: part.words for part in self.parts if part.owner == agency}
        return {**{part: words for part, (_, words) in seen.items()}, **own}
