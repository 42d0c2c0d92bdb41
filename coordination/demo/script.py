"""Writes one case's course as events: time goes forward, people are assigned when they act, consents run and are renewed."""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from coordination.core.clock import STOCKHOLM
from coordination.demo.actions import (
    Act,
    Action,
    Assign,
    Check,
    Disclose,
    Event,
    Invite,
    Piece,
    RecordConsent,
    View,
    Write,
)
from coordination.demo.cast import Town, agencies, handlers_of, manager_of, workers
from coordination.demo.stories import Deck, Note, fitted
from policies.permissions import AgencyKind

CONSENT_KINDS = (
    "agreement",
    "contact_details",
    "contact_note",
    "event",
    "health_note",
    "identity",
    "journal_note",
    "mapping",
    "minutes",
    "online_observation",
    "own_view",
    "plan",
    "school_measure",
    "school_note",
)
"""What the young people of the demo say yes to; not assessments, and not what the police hold limited."""
PURPOSES = ("coordination", "support")
CONSENT = "OSL_12_2_SAMTYCKE"

_RENEW_AFTER = timedelta(days=82)
_CONSENT_DAYS = 180
_LONGEST_CONSENT = 330
_SATURDAY = 5
_WEEKDAYS = ("i måndags", "i tisdags", "i onsdags", "i torsdags", "i fredags")
_PLACES = ("biblioteket", "gallerian", "ishallen", "köpcentret", "simhallen", "sporthallen")
_APPS = ("Brus", "Loopa", "Vimla")
_SCHOOLS = {
    "Karlskoga": ("Norrbyskolan", "Ekbackens skola", "Åshöjdens skola"),
    "Karlstad": ("Älvstrandsskolan", "Tallmons skola", "Solbergsskolan"),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that was disclosed on consent: the disclosure, whose it was, and what of which record."""

    key: str
    owner: str
    to: str
    record: str
    part: int


@dataclass(frozen=True, slots=True)
class Spell:
    """Somebody works in the case, from a moment and until another."""

    worker: str
    since: datetime
    until: datetime | None = None


class Script:
    """One case under way. ``on`` moves the time, ``do`` lets somebody act then."""

    def __init__(self, key: str, town: Town, lead: str, anchor: datetime, seed: str) -> None:
        """Begin a case that has not been opened. ``anchor`` is the moment of loading."""
        self.key, self.town, self.lead, self.anchor = key, town, lead, anchor.astimezone(STOCKHOLM)
        self.chance = random.Random(f"{seed} {key}")  # noqa: S311  # invented people, the same every time
        self.now = self.anchor - timedelta(days=400)
        self.handler: dict[str, str] = {workers()[lead].agency: lead}
        self.spells: list[Spell] = []
        self.consent: tuple[str, date] | None = None
        self.written: dict[str, str] = {}
        self.shared: list[Shared] = []
        self.slots: dict[str, str] = {}
        self.until: datetime | None = None
        self._events: list[Event] = []
        self._beside: list[Event] = []
        self._count = 0

    @property
    def social(self) -> str:
        """The agency that leads the case."""
        return workers()[self.lead].agency

    @property
    def parties(self) -> list[str]:
        """The agencies that take part besides the lead."""
        return [agency for agency in self.handler if agency != self.social]

    def on(self, days: int, hour: int = 9, minute: int | None = None, *, any_day: bool = False) -> None:
        """Go to the day so many days before the anchor, or the Friday before a weekend; never back in time."""
        at = self.when(days, hour, self.chance.randrange(50) if minute is None else minute, any_day=any_day)
        self.now = max(at, self.now)

    def when(self, days: int, hour: int, minute: int, *, any_day: bool = False) -> datetime:
        """Return that time of the day so many days before the anchor."""
        day = self.anchor.date() - timedelta(days=days)
        if not any_day and day.weekday() >= _SATURDAY:
            day -= timedelta(days=day.weekday() - _SATURDAY + 1)
        return datetime.combine(day, time(hour, minute, self.chance.randrange(60)), STOCKHOLM)

    def do(self, who: str, action: Action) -> None:
        """Let somebody act now; a few minutes pass."""
        self._events.append(Event(self.now, self.town.code, who, self.key, action))
        self.now += timedelta(minutes=self.chance.randint(4, 28), seconds=self.chance.randrange(60))

    def beside(self, at: datetime, who: str, action: Action) -> None:
        """Let somebody act at another time than now; dropped where that is not before the anchor."""
        if at < self.anchor - timedelta(hours=1):
            self._beside.append(Event(at, self.town.code, who, self.key, action))

    def new_key(self, kind: str) -> str:
        """Return a key that nothing else in the case has."""
        self._count += 1
        return f"{kind}-{self._count}"

    def starts(self, worker: str) -> None:
        """Take note that somebody works in the case from now on."""
        self.spells.append(Spell(worker, self.now))

    def ends(self, worker: str) -> None:
        """Take note that somebody works in the case no more."""
        self.spells = [replace(it, until=self.now) if it.worker == worker else it for it in self.spells]

    def works(self, worker: str) -> bool:
        """Tell whether somebody works in the case now."""
        return any(spell.worker == worker and spell.until is None for spell in self.spells)

    def join(self, agency: str, worker: str | None = None, *, named: bool = False) -> None:
        """Let an agency take part, with somebody assigned by its manager."""
        worker = worker or self.chance.choice(handlers_of(agency))
        self.do(self.lead, Invite(agency))
        self.do(manager_of(agency), Assign(worker, named))
        self.handler[agency] = worker
        self.starts(worker)

    def check(self, deck: Deck, condition: str) -> None:
        """Let the lead write down how it considered something."""
        self.do(self.lead, Check(condition, self.fit(deck.words(condition))))

    def answer(self) -> None:
        """Let every agency that takes part say that it will do something."""
        for agency in self.parties:
            self.do(self.handler[agency], Act())

    def fit(self, text: str) -> str:
        """Fill a text's slots as they are now."""
        week = self.now.isocalendar().week
        passing = {
            "dag": self.chance.choice(_WEEKDAYS),
            "tid": f"{self.chance.randint(15, 21)}.{self.chance.choice(('05', '20', '40', '50'))}",
            "v1": str((self.now - timedelta(days=18)).isocalendar().week),
            "v2": str((self.now - timedelta(days=4)).isocalendar().week),
            "andel": str(self.chance.randint(19, 58)),
            "andel2": str(self.chance.randint(42, 79)),
            "vecka": str(week),
        }
        return fitted(text, {**self.slots, **passing}, self.chance)

    def write(self, who: str, note: Note, *, about: str | None = "subject", days_before: int = 0) -> str:
        """Write a record from a note; return its key."""
        pieces = tuple(Piece(piece.nature, self.fit(piece.heading), self.fit(piece.body)) for piece in note.pieces)
        key = self.new_key("record")
        self.written[key] = who
        self.do(who, Write(key, note.kind, self.fit(note.title), pieces, about, days_before))
        return key

    def agree(self, deck: Deck, valid_to: date, guardians: tuple[str, ...], *, alone: bool = False) -> None:
        """Record a consent to everybody who takes part now."""
        key = self.new_key("consent")
        renewed = self.consent is not None
        reason = self.fit(deck.words("alone")) if alone else ""
        self.do(
            self.lead,
            RecordConsent(
                key=key,
                agencies=tuple(self.handler),
                kinds=CONSENT_KINDS,
                purposes=PURPOSES,
                form=self.chance.choice(("paper", "in_service", "oral")),
                guardians=() if alone else guardians,
                valid_to=valid_to,
                note=self.fit(deck.words("renewal" if renewed else "consent")),
                reason_without_guardian=reason,
            ),
        )
        self.consent = (key, valid_to)

    def valid_to(self, last: date | None = None) -> date:
        """Return how long a consent given now shall run: until ``last`` where that is within reach, else half a year."""
        day = self.now.date()
        if last is not None and timedelta() < last - day <= timedelta(days=_LONGEST_CONSENT):
            return last
        return day + timedelta(days=_CONSENT_DAYS)

    def consented(self) -> date | None:
        """Return the last day of the consent that runs now."""
        if self.consent is None or self.now.date() > self.consent[1]:
            return None
        return self.consent[1]

    def share(self, deck: Deck, record: str, pieces: tuple[int, ...], to: str) -> None:
        """Disclose a record's title and some of its parts on the consent, for as long as it runs or a shorter time."""
        last = self.consented()
        who = self.written[record]
        if last is None or to not in self.handler:
            return
        short = self.now.date() + timedelta(days=self.chance.choice((30, 45, 60)))
        key = self.new_key("disclosure")
        harm_test = self.fit(deck.words("harm_consent"))
        until = min(last, short) if self.chance.random() < 0.3 else last
        self.do(
            who,
            Disclose(
                key, to, CONSENT, self.chance.choice(PURPOSES), harm_test, until, record=record, parts=(0, *pieces)
            ),
        )
        self.shared.append(Shared(key, who, to, record, pieces[0]))

    def tell_name(self, deck: Deck, to: str, *, number: bool) -> None:
        """Disclose who the young person is, on the consent."""
        last = self.consented()
        if last is None:
            return
        identity = ("name", "number", "contact") if number else ("name",)
        harm_test = self.fit(deck.words("harm_consent"))
        key = self.new_key("disclosure")
        self.do(
            self.lead,
            Disclose(key, to, CONSENT, "coordination", harm_test, last, person="subject", identity=identity),
        )

    def events(self) -> list[Event]:
        """Return what happens, in order: nothing after the anchor, assignments renewed in time, the case read now and then."""
        told = self._within_time()
        last = self.until or self.anchor
        for spell in self.spells:
            self._renew(spell.worker, spell.since, spell.until or last)
            self._read(spell.worker, spell.since, spell.until or last)
        first = told[0].at if told else self.anchor
        beside = [event for event in self._beside if first < event.at < last]
        return sorted([*told, *beside], key=lambda event: event.at)

    def _within_time(self) -> list[Event]:
        """Move what would come too late back in time, in order."""
        latest = self.anchor - timedelta(minutes=5)
        moved: list[Event] = []
        for event in reversed(self._events):
            at = min(event.at, latest)
            moved.append(replace(event, at=at))
            latest = at - timedelta(seconds=self.chance.randint(40, 170))
        return moved[::-1]

    def _renew(self, worker: str, since: datetime, last: datetime) -> None:
        at = since + _RENEW_AFTER
        while at < last:
            self.beside(at, manager_of(workers()[worker].agency), Assign(worker))
            at += _RENEW_AFTER

    def _read(self, worker: str, since: datetime, last: datetime) -> None:
        days = max((last - since).days - 2, 0)
        for _ in range(min(days // 40 + 1, 2) if days else 0):
            at = since + timedelta(days=self.chance.randint(1, days))
            if at.weekday() < _SATURDAY:
                self.beside(
                    at.replace(hour=self.chance.randint(8, 16), minute=self.chance.randrange(60)), worker, View()
                )


def slots_for(script: Script, given: str, *, woman: bool, parent: str) -> dict[str, str]:
    """Return the words about a young person that the texts ask for."""
    she, her, hers = ("hon", "henne", "hennes") if woman else ("han", "honom", "hans")
    return {
        "Ung": given,
        "Ungs": given if given[-1] in "sxz" else f"{given}s",
        "hon": she,
        "Hon": she.capitalize(),
        "henne": her,
        "hennes": hers,
        "va": parent,
        "Va": parent.capitalize(),
        "skola": script.chance.choice(_SCHOOLS[script.town.name]),
        "stad": script.town.name,
        "plats": script.chance.choice(_PLACES),
        "app": script.chance.choice(_APPS),
        "Annan": "Den andra",
    }


def kind_of(agency: str) -> AgencyKind:
    """Return what kind of agency this is."""
    return agencies()[agency].kind
