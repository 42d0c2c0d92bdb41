"""Whether a text in the anonymous consultation may single somebody out though it names nobody.

Age, school, place and event are harmless one by one; together they point at one person. The check knows patterns, not people: it
warns and explains, and whoever writes goes on or puts it in other words. It never stops anybody, and it is no proof of anonymity.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from policies.texts import N_


class Trait(StrEnum):
    """What a text can tell that narrows down who it is about."""

    AGE = "age"
    SCHOOL = "school"
    PLACE = "place"
    EVENT = "event"


SENTENCES: Mapping[Trait, str] = {
    Trait.AGE: N_("Ålder eller årskurs"),
    Trait.SCHOOL: N_("Namnet på en skola"),
    Trait.PLACE: N_("Namnet på en plats eller ett område"),
    Trait.EVENT: N_("En händelse vid en viss tidpunkt"),
}

ENOUGH = 3
"""So many of the four together single somebody out in a school or a part of town (the house's rule)."""

_NAME = r"[A-ZÅÄÖ][a-zåäöé]+"
_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_DAYS = "måndags|tisdags|onsdags|torsdags|fredags|lördags|söndags"
_SCALE = "sju|åtta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton"
_PATTERNS: Mapping[Trait, re.Pattern[str]] = {
    Trait.AGE: re.compile(
        rf"\b(?:[7-9]|1[0-9])\s*(?:år\b|-?åring)|\b(?:{_SCALE})\s*år\b|\b(?:{_SCALE})åring"
        r"|\b(?:årskurs|åk|klass)\s*[1-9]\b|\b[1-9][a-fA-F]\b|\bi (?:sexan|sjuan|åttan|nian|ettan|tvåan|trean)\b"
        r"|\bfödd\s+(?:19|20)\d\d\b"
    ),
    Trait.SCHOOL: re.compile(rf"\b{_NAME}(?:skolan|gymnasiet|s skola|s gymnasium)\b|\b{_NAME} (?:skola|gymnasium)\b"),
    Trait.PLACE: re.compile(
        rf"\b{_NAME}(?:gatan|vägen|torget|torg|parken|gården|badet|hallen|centrum|höjden|området)\b"
        rf"|\b{_NAME} (?:centrum|torg|station|park)\b"
        r"|\b(?:på|i|vid|från)\s+(?!(?:Vi|Hon|Han|Det|Sverige|Polisen|Skolan|Socialtjänsten)\b)[A-ZÅÄÖ][a-zåäöé]{2,}"
        r"(?!skolan|gymnasiet)\b(?! skola| gymnasium)"
    ),
    Trait.EVENT: re.compile(
        rf"\b\d{{1,2}}(?::e|:a)?\s+(?:{_MONTHS})\b|\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}\b"
        rf"|\bi (?:{_DAYS})\b|\bnatten (?:till|mot)\b|\bi (?:går|förrgår)\b|\bklockan\s+\d{{1,2}}\b|\bkl\.?\s*\d{{1,2}}\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Warned:
    """What a text tells that narrows down who it is about, and whether that is enough to warn."""

    traits: tuple[Trait, ...]

    @property
    def singles_out(self) -> bool:
        """Tell whether so much stands together that somebody may be known by it."""
        return len(self.traits) >= ENOUGH


def looked_at(*texts: str) -> Warned:
    """Answer what these texts tell together: they are read as one, for a reader meets them as one."""
    together = "\n".join(texts)
    return Warned(tuple(trait for trait in Trait if _PATTERNS[trait].search(together)))
