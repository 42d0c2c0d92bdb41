"""What lies inside a sealed part: a heading and a text, or the description of a file. Encoded as JSON before sealing."""

import json
from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a part of a record is. Each is disclosed by itself."""

    TITLE = "title"
    TEXT = "text"
    OWN_VIEW = "own_view"
    DISAGREEMENT = "disagreement"
    FILE = "file"
    NAME = "name"
    NUMBER = "number"
    CONTACT = "contact"


class Nature(StrEnum):
    """Whether a statement is a fact or somebody's assessment."""

    FACT = "fact"
    ASSESSMENT = "assessment"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Text:
    """A heading (may be empty) and a text."""

    heading: str
    body: str

    def encode(self) -> bytes:
        """Return the bytes to seal."""
        return json.dumps([self.heading, self.body], ensure_ascii=False).encode()

    @classmethod
    def decode(cls, content: bytes) -> "Text":
        """Read what ``encode`` wrote."""
        heading, body = json.loads(content)
        return cls(heading, body)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """An attachment's name, media type and size in bytes."""

    name: str
    media_type: str
    size: int

    def encode(self) -> bytes:
        """Return the bytes to seal."""
        return json.dumps([self.name, self.media_type, self.size], ensure_ascii=False).encode()

    @classmethod
    def decode(cls, content: bytes) -> "FileInfo":
        """Read what ``encode`` wrote."""
        name, media_type, size = json.loads(content)
        return cls(name, media_type, size)
