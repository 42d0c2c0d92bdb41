"""What a search compares: numbers, accounts, name words and references, written one way only.

Pure text work; a digest of kind and value together is what is stored, made with a key that each agency has for itself.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from personnummer.personnummer import Personnummer, PersonnummerException  # type: ignore[import-untyped] # has no types

from coordination.core import clock
from coordination.core.errors import Invalid


class TermKind(StrEnum):
    """What a term is. It belongs in the digest: a name and an account that are spelled alike are not the same."""

    IDENTITY = "identity"
    ACCOUNT = "account"
    NAME = "name"
    REFERENCE = "reference"


class Term(NamedTuple):
    """One searchable thing, normalised."""

    kind: TermKind
    value: bytes


class IdentityKind(StrEnum):
    """The two numbers that are an identity; a region's reservnummer is not."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A formally correct number. It is never shown by ``repr``, so it reaches no log by accident."""

    kind: IdentityKind
    digits12: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    """What the number says. It may be another day than the birth, for a day's numbers can run out; ``None``: no date."""
    is_test_number: bool


_IDENTITY_SHAPE = re.compile(r"(?P<century>18|19|20)?(?P<date>[0-9]{6})(?P<mark>[-+]?)(?P<rest>(?!000)[0-9]{4})")
_REFERENCE_SHAPE = re.compile(r"(?P<method>[A-ZÅÄÖ]+)-?(?P<year>20[0-9]{2})-?(?P<number>[0-9]{1,9})")

# The only ones outside series 238 and 239 among those born 2004-2024 in Skatteverket's list of test numbers.
_OTHER_TEST_NUMBERS = frozenset({"200812132363", "200812142412", "201212121212"})
_TEST_SERIES = frozenset({"238", "239"})
_TEST_SERIES_FROM = "1976"


def parse_identity_number(text: str) -> IdentityNumber:
    """Read a personnummer or samordningsnummer of 10 or 12 digits as people write it.

    ``-`` or nothing means the latest century that is not in the future, ``+`` somebody who turns 100 this year or
    has (folkbokföringslagen 1991:481, 18 §). A samordningsnummer has 60 added to the day (lag 2022:1697); it may have
    month 00, day 60 or a day its month lacks, and then says no birth date.
    Raises ``Invalid``: ``identity_number_malformed``, ``identity_number_check_digit`` or ``identity_number_date``.
    """
    found = _IDENTITY_SHAPE.fullmatch(_plain(text))
    if found is None:
        raise Invalid("identity_number_malformed")

    digits10 = found["date"] + found["rest"]
    if not _check_digit_holds(digits10):
        raise Invalid("identity_number_check_digit")

    digits12 = (found["century"] or _century(digits10, found["mark"])) + digits10
    kind = IdentityKind.SAMORDNINGSNUMMER if int(digits12[6:8]) >= 60 else IdentityKind.PERSONNUMMER
    return IdentityNumber(kind, digits12, _birth_date(kind, digits12), _is_test_number(kind, digits12))


def masked(digits12: str) -> str:
    """Return the number as a list may show it: the day, not who."""
    return f"{digits12[:8]}-****"


def identity_terms(number: IdentityNumber) -> list[Term]:
    """Return the term for a number: its 12 digits."""
    return [Term(TermKind.IDENTITY, number.digits12.encode())]


def account_terms(handle: str) -> list[Term]:
    """Return the term for an account name: case, look-alike forms, invisible characters and a leading @ do not matter."""
    folded = " ".join(_folded(handle).split()).lstrip("@ ")
    return [Term(TermKind.ACCOUNT, folded.encode())] if folded else []


def name_terms(name: str) -> list[Term]:
    """Return a term for each whole word of a name, of two letters or more, each once.

    Case and accents do not matter (André, Andre), except that å, ä and ö are letters of their own.
    """
    letters = "".join(_base_letter(character) for character in _folded(name))
    words = "".join(character if _belongs_to_word(character) else " " for character in letters).split()
    return [Term(TermKind.NAME, word.encode()) for word in dict.fromkeys(words) if len(word) > 1]


def reference_terms(reference: str) -> list[Term]:
    """Return the term for a case reference such as ``SIG 2026-0147``, or nothing if it is not one.

    Case, spaces, kinds of hyphen and leading zeros do not matter.
    """
    found = _REFERENCE_SHAPE.fullmatch(_plain(reference).upper())
    if found is None:
        return []
    normalised = f"{found['method']} {found['year']}-{int(found['number']):04}"
    return [Term(TermKind.REFERENCE, normalised.encode())]


def readings(text: str) -> list[list[Term]]:
    """Return what somebody may mean by the text of the one search field: a hit has every term of one of the readings.

    A number or a reference is only that; ``@`` starts an account; one word is a name or an account; several are a name.
    Raises ``Invalid`` as ``parse_identity_number`` does for what looks like a number but is not.
    """
    plain = _plain(text)
    if len(plain) >= 10 and all(character in "0123456789-+" for character in plain):
        return [identity_terms(parse_identity_number(text))]

    if reference := reference_terms(text):
        return [reference]

    names = [] if plain.startswith("@") else name_terms(text)
    accounts = account_terms(text) if plain.startswith("@") or len(text.split()) == 1 else []
    return [reading for reading in (names, accounts) if reading]


def _plain(text: str) -> str:
    """Fold compatibility forms, drop all spaces and write every kind of hyphen or minus as ``-``."""
    compact = "".join(_without_invisible(unicodedata.normalize("NFKC", text)).split())
    return "".join("-" if unicodedata.category(c) == "Pd" or c == "\N{MINUS SIGN}" else c for c in compact)


def _without_invisible(text: str) -> str:
    """Drop format characters, which copying from a web page brings along, and halves of characters."""
    return "".join(character for character in text if unicodedata.category(character) not in {"Cf", "Cs"})


def _folded(text: str) -> str:
    """Caseless, compatible form (Unicode 3.13, D146): folding twice is what makes it stable."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", _without_invisible(text)).casefold())
    return unicodedata.normalize("NFKC", once.casefold())


def _base_letter(character: str) -> str:
    """Take the Latin, Greek or Cyrillic accent off a letter; other scripts' marks are part of their spelling."""
    if character in "åäö":
        return character
    parts = unicodedata.normalize("NFD", character)
    kept = "".join(part for part in parts if not "\u0300" <= part <= "\u036f")
    return unicodedata.normalize("NFC", kept)


def _belongs_to_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _check_digit_holds(digits10: str) -> bool:
    """Luhn's sum, here because the library refuses a samordningsnummer without a calendar date before it sums."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits10))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _century(digits10: str, mark: str) -> str:
    today = clock.today()
    year, month, day = int(digits10[:2]), int(digits10[2:4]), int(digits10[4:6])
    if mark == "+":
        return str(_latest(year, not_after=today.year - 100) // 100)
    born = _latest(year, not_after=today.year)
    if (born, month, day - 60 if day >= 60 else day) > (today.year, today.month, today.day):
        born -= 100
    return str(born // 100)


def _latest(year_of_century: int, *, not_after: int) -> int:
    return not_after - (not_after - year_of_century) % 100


def _birth_date(kind: IdentityKind, digits12: str) -> date | None:
    birth_date = _calendar_date(digits12) if kind is IdentityKind.PERSONNUMMER else _stated_date(digits12)
    if birth_date is not None and birth_date > clock.today():
        raise Invalid("identity_number_date")
    return birth_date


def _calendar_date(digits12: str) -> date:
    try:
        born = Personnummer(digits12).get_date()
    except PersonnummerException:
        raise Invalid("identity_number_date") from None
    return date(born.year, born.month, born.day)


def _stated_date(digits12: str) -> date | None:
    year, month, day = int(digits12[:4]), int(digits12[4:6]), int(digits12[6:8]) - 60
    if month > 12 or day > 31:
        raise Invalid("identity_number_date")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_test_number(kind: IdentityKind, digits12: str) -> bool:
    """Tell the numbers that Skatteverket has set aside for tests and gives to nobody."""
    in_series = digits12[8:11] in _TEST_SERIES
    if kind is IdentityKind.SAMORDNINGSNUMMER:
        return in_series
    return digits12 in _OTHER_TEST_NUMBERS or (in_series and digits12[:4] >= _TEST_SERIES_FROM)
