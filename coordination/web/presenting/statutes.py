"""From a provision as we name it to where anyone can read it: https://lagen.nu/2009:400#K10P15a."""

import re
from dataclasses import dataclass

from coordination.web.presenting import phrases

KNOWN = {"OSL": "2009:400", "föräldrabalken": "1949:381"}
"""Statutes that we name without their number."""

_STATUTE = re.compile(r"OSL|föräldrabalken|[a-zåäö]*lagen \((\d{4}:\d+)\)")
_PROVISION = re.compile(
    r"(?:(\d+)(?: ([a-z]))? kap\. )?(\d+)(?: ([a-z])(?![a-zåäö]))?(?:[^§\d]{1,6}\d+(?: [a-z](?![a-zåäö]))?)? §"
)


@dataclass(frozen=True, slots=True)
class StatuteLink:
    """A statute named in a source, and the address of the first provision named of it."""

    text: str
    url: str


def links(source: str) -> list[StatuteLink]:
    """Return every statute that a source names, with the address of its provision; none for what is no statute."""
    found, begun = [], 0
    for statute in _STATUTE.finditer(source):
        provision = _PROVISION.search(source, begun, statute.start())
        if provision is not None:
            text = source[provision.start() : statute.end()]
            number = statute[1] or KNOWN[statute[0]]
            found.append(StatuteLink(phrases.provision(text), f"https://lagen.nu/{number}#{_anchor(provision)}"))
        begun = statute.end()
    return found


def _anchor(provision: re.Match[str]) -> str:
    chapter, letter, number, suffix = provision.groups()
    return (f"K{chapter}{letter or ''}" if chapter else "") + f"P{number}{suffix or ''}"
