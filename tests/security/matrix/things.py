"""What can be asked for by an id, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class What(StrEnum):
    """The kinds of things that an address can name."""

    CASE = "case"
    RECORD = "record"
    ATTACHMENT = "attachment"
    PART = "part that is a text"
    PERSON = "person"
    CONSENT = "consent"
    DISCLOSURE = "disclosure"
    REFUSAL = "refusal"
    QUESTION = "question to an agency"
    HIT = "question that met a case"
    URGENT = "urgent request"
    SHIFT = "shift on the on-call list"
    CLOSED = "case that closed half a year ago"
    CONFLICT = "conflict of interest"
    NOTICE = "notice of an emergency opening"
    GIVEN_PART = "part of a disclosure"
    PARTY = "party"
    HANDLER = "handler"
    AGENCY = "agency"
    USER = "user"
    SESSION = "session"
    PASSKEY = "passkey"
    REVIEW = "review"
    DRAFT = "draft"
    MAPPING = "mapping"
    GOAL = "goal"
    ACTION = "action"
    LINK = "link"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Thing:
    """One thing: whose it is, which agencies hold a readable copy of some of it, and what an address names it by.

    ``traits`` are the few facts that a row of the table asks about and that no column holds.
    """

    what: What
    name: str
    case: str = ""
    owner: str = ""
    readers: frozenset[str] = frozenset()
    arguments: Mapping[str, UUID | str] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()
    carries: str = ""
    """The name of the record that a disclosure carries parts of."""

    def __str__(self) -> str:
        return f"{self.what} {self.name}".strip()


NOTHING = Thing(What.NOTHING, "")
"""For addresses that name nothing by an id."""
