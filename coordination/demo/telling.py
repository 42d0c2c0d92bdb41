"""What every chapter of a case in the demo is told with: writing, giving, agreeing, by turns and by chance."""

import random
from datetime import date, datetime, timedelta

from coordination.demo import numbers
from coordination.demo.actions import AddPerson, Attach, Disclose, OpenFiles
from coordination.demo.relatives import Relatives
from coordination.demo.script import CONSENT_KINDS, Script, kind_of, slots_for
from coordination.demo.stories import Deck, Note
from coordination.demo.youth import Youth
from policies.consent import last_day
from policies.vocabulary import MAJORITY, age_on

_KEPT_HOME = ("Familjens boende", "Omsorg")
"""Headings of what social services keep to themselves."""
_WITH_FILES = ("online_observation", "event", "investigation_note", "journal_note")
_FIT_MOST = ("vardag", "ensam", "franvaro")
_TRIES = 4
_LOOKED_AT_LESS = ("closing", "evaluated")
_TURNS_WITH_AGE = {"18a": 21, "oros": MAJORITY}
"""From this age the provision does not reach the person, so the case goes without that turn."""
_BORN_WITHOUT_NUMBER = date(2013, 8, 17)
_EXPIRED_SINCE = timedelta(days=9)

OTHERS = {
    "sibling": "Syskon i samma hem. Nämns i samtal och har rätt till eget stöd.",
    "victim": "Utsatt för det som ärendet gäller. Gruppen ska inte placera dem i samma lokal.",
    "witness": "Såg händelsen och går i samma skola.",
    "suspect": "Nämns av den unge som den som frågar andra.",
}
"""Why somebody else is in the case, by their part in it."""


class Telling:
    """One young person's case as it is being told."""

    def __init__(self, youth: Youth, anchor: datetime, deck: Deck, relatives: Relatives) -> None:
        """Take what the case is to become; nothing has happened yet."""
        self.youth, self.deck, self.relatives = youth, deck, relatives
        self.script = Script(youth.key, youth.town, youth.lead, anchor, deck.seed)
        self.today: date = self.script.anchor.date()
        self.guardians: list[str] = []
        self._had: set[Note] = set()
        self.last_day = 22 if self.has("withdrawn_late") else 8 if self.has("withdrawn") else 2

    @property
    def born(self) -> date:
        """The young person's birth date."""
        number = self.youth.number
        if not number:
            return _BORN_WITHOUT_NUMBER
        return date(int(number[:4]), int(number[4:6]), min(int(number[6:8]) % 60, 28))

    def has(self, turn: str) -> bool:
        """Tell whether the case takes this turn."""
        if turn in _TURNS_WITH_AGE and age_on(self.born, self.today) >= _TURNS_WITH_AGE[turn]:
            return False
        return turn in self.youth.turns

    def add_people(self) -> None:
        """Say who the young person and the guardians are."""
        script, youth = self.script, self.youth
        woman = numbers.is_woman(youth.number) if youth.number else False
        mother = script.chance.random() < 0.5
        script.slots = slots_for(script, youth.given, woman=woman, parent="mamman" if mother else "pappan")
        protection = "protected_registration" if self.has("subject_protected") else "none"
        contact = script.fit("Vill bli kontaktad med sms efter [14.30|15|15.30|16].")
        born = None if youth.number else self.born
        person = AddPerson("subject", "subject", youth.given, youth.family, youth.number, born, contact, protection)
        script.do(script.lead, person)
        self.add_guardian(woman=mother)
        if self.has("guardian2") or self.has("guardian_protected"):
            self.add_guardian(woman=not mother, protected=self.has("guardian_protected"))

    def add_guardian(self, *, woman: bool, protected: bool = False) -> None:
        """Add a guardian; a protected one has another family name than the child, and no contact details here."""
        key = f"guardian-{len(self.guardians) + 1}"
        adult = self.relatives.adult(woman=woman, family="" if protected else self.youth.family)
        contact = "" if protected else self.script.fit("[Nås på dagtid|Nås efter klockan 16|Vill helst ha sms].")
        protection = "marked" if protected else "none"
        person = AddPerson(key, "guardian", adult.given, adult.family, adult.number, None, contact, protection)
        self.script.do(self.script.lead, person)
        self.guardians.append(key)

    def add_others(self) -> None:
        """Add those who are in the case for another reason, each with a note that stays with social services."""
        for role, reason in OTHERS.items():
            if self.has(role):
                other = self.relatives.young(family=self.youth.family if role == "sibling" else "")
                person = AddPerson(role, role, other.given, other.family, other.number, reason=reason)
                self.script.do(self.script.lead, person)
                self.script.slots["Annan"] = other.given
                self.script.write(self.script.lead, self.deck.step(role), about=role)

    def disclose(
        self, owner: str, to: str, record: str, on: tuple[str, str, str, int], *, duty: str | None = None
    ) -> str:
        """Disclose a record's title and first part on another basis than consent: basis, purpose, words, days."""
        basis, purpose, words, days = on
        script = self.script
        key = script.new_key("disclosure")
        harm_test = script.fit(self.deck.words(words))
        until = script.now.date() + timedelta(days=days)
        action = Disclose(key, to, basis, purpose, harm_test, until, record=record, parts=(0, 1), duty=duty)
        script.do(script.handler[owner], action)
        return key

    def agree(self) -> None:
        """Record a consent, which ends when the case wants it to."""
        ends = {"expiring": timedelta(days=self.script.chance.randint(5, 27)), "expired": -_EXPIRED_SINCE}
        last = next((self.today + ends[turn] for turn in ends if self.has(turn)), None)
        latest = last_day(self.born, self.script.now.date())
        ends_on = min(self.script.valid_to(last), latest)
        self.script.agree(self.deck, ends_on, tuple(self.guardians), alone=self.has("alone"))

    def renew_if_needed(self) -> None:
        """Renew a consent that is about to end, unless the case is the one where nobody did."""
        consent = self.script.consent
        if consent is None or self.script.now.date() <= consent[1] - timedelta(days=12):
            return
        if consent[1] > self.today + timedelta(days=30) or (self.today - consent[1]) > _EXPIRED_SINCE:
            self.agree()

    def work(self, first: int, last: int, every: int) -> None:
        """Let the agencies write by turns, from so many days ago to so many, and give what the others need."""
        script, day = self.script, first
        if self.youth.phase in _LOOKED_AT_LESS:
            every *= 2
        turn = script.chance.randrange(4)
        while day >= last:
            script.on(day, script.chance.randint(8, 15))
            self.renew_if_needed()
            order = [script.social, *script.parties, script.social]
            self.write_and_give(order[turn % len(order)])
            turn += 1
            day -= every + script.chance.randint(-2, 3)

    def write_and_give(self, agency: str) -> None:
        """Let an agency write a note of the theme, and give it to those who need it."""
        script, chance = self.script, self.script.chance
        note = self.note_by(agency)
        who = script.handler[agency]
        record = script.write(who, note, days_before=chance.choice((0, 0, 1, 2)))
        if self.has("files") and note.kind in _WITH_FILES:
            self._attach(who, record)
        if note.kind not in CONSENT_KINDS:
            return
        given = _to_give(note, chance)
        if agency == script.social:
            self.give_to_some(record, given)
            return
        self._give(record, given, script.social, 0.7)
        others = [party for party in script.parties if party != agency]
        if others:
            self._give(record, given, chance.choice(others), 0.15)

    def note_by(self, agency: str) -> Note:
        """Return a note of the theme for an agency, or of one that fits most, which the case has not had yet if there is one."""
        tries = [theme for theme in (self.youth.theme, *_FIT_MOST) for _ in range(_TRIES)]
        for theme in tries:
            note = self.deck.note_by(theme, kind_of(agency))
            if note not in self._had:
                break
        self._had.add(note)
        return note

    def give_to_some(self, record: str, pieces: tuple[int, ...]) -> None:
        """Give an own record of social services to one or two of the others, or to nobody."""
        for agency in self.script.parties:
            self._give(record, pieces, agency, 0.25)

    def _give(self, record: str, pieces: tuple[int, ...], to: str, likely: float) -> None:
        if self.script.chance.random() < likely:
            self.script.share(self.deck, record, pieces, to)

    def _attach(self, who: str, record: str) -> None:
        lines = (f"Sparad {self.script.now:%Y-%m-%d}", "Bilaga till anteckningen i ärendet.")
        for name, title in (
            ("skärmbild-1.png", "Skärmbild"),
            ("minnesanteckning.pdf", "Minnesanteckning"),
            ("chattlogg.txt", "Avskrift"),
        ):
            self.script.do(who, Attach(record, name, title, lines))
        self.script.do(who, OpenFiles(record))


def _to_give(note: Note, chance: random.Random) -> tuple[int, ...]:
    """Choose which parts to give: not the home, seldom the assessments, always at least one."""
    given = tuple(
        place
        for place, piece in enumerate(note.pieces, 1)
        if piece.heading not in _KEPT_HOME and (piece.nature != "assessment" or chance.random() < 0.4)
    )
    return given or (1,)
