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
    STATEMENT = "statement"
    FACTOR = "factor"
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
    """A heading (may be empty) and a text.

    ``code`` is what a table says of it, where it was chosen from one: the words stand as they were read that day.
    """

    heading: str
    body: str
    code: str = ""

    def encode(self) -> bytes:
        """Return the bytes to seal."""
        said = [self.heading, self.body, self.code] if self.code else [self.heading, self.body]
        return json.dumps(said, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, content: bytes) -> "Text":
        """Read what ``encode`` wrote."""
        return cls(*_decode(content.decode()))


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
