"""Words that occur once in the whole town: where one is found, exactly that thing was shown."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiou"


class Kind(StrEnum):
    """What a word stands for."""

    REFERENCE = "reference"
    GIVEN_NAME = "given name"
    FAMILY_NAME = "family name"
    NUMBER = "number"
    CONTACT = "contact"
    WHY = "why a person is in the case"
    TITLE = "title"
    TEXT = "text"
    EARLIER = "text of an earlier version"
    FILE_NAME = "file name"
    FILE = "file"
    HARM_TEST = "harm test"
    SAID = "what was said about a consent"
    REFUSED = "what was refused and why"
    ASKED = "why another agency was asked"
    URGENT = "what an urgent request says"
    USER = "user"
    EMAIL = "e-mail address"
    AGENCY = "agency"
    REASON = "reason stated in the log"
    DRAFT = "what was typed and not saved"
    MAPPED = "what a mapping says"
    PLANNED = "what a plan says"


@dataclass(frozen=True)
class Seed:
    """One word: what it stands for, in which thing of which case, whose it is and which agencies hold a readable copy.

    Of a reference there is no owner: it is known with the case.
    """

    kind: Kind
    word: str
    thing: str
    case: str
    owner: str | None
    readers: frozenset[str]
    veiled: bool = False
    """It is about somebody whose identity is protected, and so shown by one page only."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way the word may be written on a page."""
        return (self.word, self.word.replace("-", "")) if self.kind is Kind.NUMBER else (self.word,)

    def readable_by(self, agency: str) -> bool:
        """Tell whether the agency owns it or holds a readable copy of it."""
        return self.owner in (None, agency) or agency in self.readers


@dataclass
class Seeds:
    """All words sown."""

    sown: list[Seed] = field(default_factory=list)

    def word(self) -> str:
        """Return a word that has not been used; it is no word of any language, and can be a name."""
        number, letters = len(self.sown) + 1000, ""
        for _ in range(4):
            number, consonant = divmod(number, len(_CONSONANTS))
            letters += _CONSONANTS[consonant] + _VOWELS[consonant % len(_VOWELS)]
        return f"Xq{letters}"

    def sow(
        self,
        kind: Kind,
        thing: str,
        case: str,
        owner: str | None,
        *,
        readers: Collection[str] = (),
        word: str = "",
        veiled: bool = False,
    ) -> str:
        """Keep a new word (or the one given) and return it."""
        seed = Seed(kind, word or self.word(), thing, case, owner, frozenset(readers), veiled)
        assert seed.word not in {other.word for other in self.sown}
        self.sown.append(seed)
        return seed.word

    def found_in(self, page: str) -> frozenset[Seed]:
        """Return every word that a page holds."""
        return frozenset(seed for seed in self.sown if any(spelling in page for spelling in seed.spellings))
