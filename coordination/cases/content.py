"""What lies inside a sealed part: a heading and a text, or the description of a file. Encoded as JSON before sealing."""

import json
from enum import StrEnum
from typing import NamedTuple

# A page opens hundreds of parts: the decoder itself, without json.loads guessing the encoding each time.
_decode = json.JSONDecoder().decode


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
    CUSTODY = "custody"


class Nature(StrEnum):
    """Whether a statement is a fact or somebody's assessment."""

    FACT = "fact"
    ASSESSMENT = "assessment"
    NONE = "none"


class Text(NamedTuple):
    """A heading (may be empty) and a text."""

    heading: str
    body: str

    def encode(self) -> bytes:
        """Return the bytes to seal."""
        return json.dumps([self.heading, self.body], ensure_ascii=False).encode()

    @classmethod
    def decode(cls, content: bytes) -> "Text":
        """Read what ``encode`` wrote."""
        heading, body = _decode(content.decode())
        return cls(heading, body)


class FileInfo(NamedTuple):
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
        name, media_type, size = _decode(content.decode())
        return cls(name, media_type, size)
