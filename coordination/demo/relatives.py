"""Names and numbers for the people around the young: guardians, siblings and others. All are invented."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.demo import numbers

_WOMEN = (
    "Agneta", "Annelie", "Bodil", "Carina", "Desirée", "Elisabet", "Fatima", "Gerd", "Hedvig", "Jeanette", "Katarina",
    "Lovisa", "Malin", "Noor", "Pernilla", "Rebecka", "Samira", "Therese", "Viktoria", "Ylva", "Zahra", "Åsa",
)  # fmt: skip
_MEN = (
    "Andreas", "Bengt", "Christer", "Dragan", "Fredrik", "Göran", "Hassan", "Ibrahim", "Joakim", "Kristoffer", "Lennart",
    "Magnus", "Niklas", "Peter", "Rikard", "Staffan", "Tobias", "Urban", "Viktor", "Yngve",
)  # fmt: skip
_YOUNG_WOMEN = ("Astrid", "Bianca", "Disa", "Elvira", "Hilma", "Isabella", "Linnea", "Meja", "Novalie", "Stina")
_YOUNG_MEN = ("August", "Benjamin", "Charlie", "Edvin", "Gustav", "Loke", "Milton", "Neo", "Sigge", "Wilmer")
_FAMILIES = (
    "Ahlgrund", "Backlander", "Cedermark", "Djurberg", "Engdahler", "Forsvall", "Granholt", "Hultenby", "Idvall",
    "Kjellmark", "Lundvald", "Mellqvist", "Nyhagen", "Oxelbeck", "Ribbing", "Skoglind", "Tengvall", "Uddevik", "Wallmo",
)  # fmt: skip
_FIRST_YOUNG = date(2008, 3, 4)
_DAYS_BETWEEN_YOUNG = 37


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody around a young person."""

    given: str
    family: str
    number: str


class Relatives:
    """Gives out people, no number twice."""

    def __init__(self, seed: str) -> None:
        """Choose names as this seed says."""
        self._chance = random.Random(f"{seed} relatives")  # noqa: S311  # invented people, the same every time
        self._adults = self._young = 0

    def adult(self, *, woman: bool, family: str) -> Relative:
        """Return another adult, of this family or of one of their own."""
        given = self._chance.choice(_WOMEN if woman else _MEN)
        found = Relative(given, family or self._chance.choice(_FAMILIES), numbers.adult(self._adults, woman=woman))
        self._adults += 1
        return found

    def young(self, *, family: str) -> Relative:
        """Return another young person, of this family or of one of their own."""
        woman = self._chance.random() < 0.5
        born = _FIRST_YOUNG + timedelta(days=_DAYS_BETWEEN_YOUNG * self._young)
        self._young += 1
        given = self._chance.choice(_YOUNG_WOMEN if woman else _YOUNG_MEN)
        return Relative(given, family or self._chance.choice(_FAMILIES), numbers.personnummer(born, woman=woman))
