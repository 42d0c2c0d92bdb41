"""Personnummer for invented people, from the series that Skatteverket has set aside for tests and gives to nobody.

Source: Skatteverket's open data "Testpersonnummer". For births 1976-2013 its last four digits begin with 238 (women) or
239 (men); the numbers typed in elsewhere in the demo stand in that list.
"""

from datetime import date, timedelta

_WOMEN, _MEN = "238", "239"
_FIRST_ADULT = date(1976, 1, 20)
_DAYS_BETWEEN_ADULTS = 101
MOST_ADULTS = 60
"""So that the youngest is still born in the series' years, and old enough to have a child in their teens."""


def personnummer(born: date, *, woman: bool) -> str:
    """Return the test number of a birth date, 12 digits. Raises ValueError outside the years where the series is whole."""
    if not 1976 <= born.year <= 2013:
        raise ValueError("the series is whole for births 1976-2013 only")
    digits = f"{born:%Y%m%d}{_WOMEN if woman else _MEN}"
    return digits + _check_digit(digits[2:])


def adult(nth: int, *, woman: bool) -> str:
    """Return a number for the demo's nth adult; no two have the same. Raises ValueError when there are no more."""
    if not 0 <= nth < MOST_ADULTS:
        raise ValueError("no more adults")
    return personnummer(_FIRST_ADULT + timedelta(days=_DAYS_BETWEEN_ADULTS * nth), woman=woman)


def is_woman(number: str) -> bool:
    """Tell which half of the series a number is from, so that the invented texts say "hon" or "han" alike everywhere."""
    return number[8:11] == _WOMEN


def _check_digit(digits9: str) -> str:
    """Luhn's check digit over nine digits, weights 2 and 1 in turn."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits9))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
