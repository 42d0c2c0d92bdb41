"""The whole demo as one list of events in order of time, from a seed and the moment of loading; nothing is done yet."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from coordination.core.clock import STOCKHOLM
from coordination.demo import alva
from coordination.demo.actions import (
    Disclose,
    Event,
    GiveReview,
    ListMine,
    Night,
    OpenCase,
    ReviewLog,
    SearchFor,
    TryToView,
)
from coordination.demo.cast import KARLSKOGA, KARLSTAD, TOWNS, agencies, manager_of, workers
from coordination.demo.course import Course
from coordination.demo.relatives import Relatives
from coordination.demo.stories import Deck
from coordination.demo.youth import youths

SEED = "Samverkan 1"
_DAYS_OF_DAILY_WORK = 28
_NIGHTS_SIGNED = 7
_SATURDAY = 5
_NUMBERS_A_DAY = 0.4
"""How many references a day Karlstad gives; in Karlskoga it follows from Alva's number."""
_REVIEWS = (
    ("kga-so", "anders.wallin", 38, 8, 9, 40),
    ("kga-po", "eva.dahl", 38, 8, 7, 30),
    ("ksd-po", "anders.wallin", 31, 3, 3, 60),
    ("ksd-eh", "eva.dahl", 75, 45, 44, -12),
)
"""Agency, reviewer, from and to so many days ago, given so many days ago, valid so many days from now."""


def plan(anchor: datetime, seed: str = SEED) -> list[Event]:
    """Return everything that happens in the demo until ``anchor``, in order; the same for the same seed and day."""
    anchor = anchor.astimezone(STOCKHOLM)
    deck, relatives = Deck(seed), Relatives(seed)
    events = alva.told(anchor, deck)
    for youth in youths():
        events += Course(youth, anchor, deck, relatives).told()
    events = _numbered(events)
    events += _daily(anchor, random.Random(f"{seed} daily"))  # noqa: S311  # invented people, the same every time
    events += _refusals(anchor, events)
    events += _reviews(anchor)
    events += _nights(anchor, events)
    return sorted((event for event in events if event.at < anchor), key=lambda event: event.at)


def _numbered(events: Sequence[Event]) -> list[Event]:
    """Give each case its running number of the year, by the day it was opened; Alva's is 147."""
    numbers: dict[str, int] = {}
    for town in TOWNS:
        opened = sorted((it for it in events if _opens(it, town.code)), key=lambda event: event.at)
        for year in {event.at.year for event in opened}:
            numbers |= _numbers_of_year([event for event in opened if event.at.year == year])
    return [
        replace(event, action=OpenCase(numbers[event.case])) if isinstance(event.action, OpenCase) else event
        for event in events
    ]


def _numbers_of_year(opened: Sequence[Event]) -> dict[str, int]:
    place = next((place for place, event in enumerate(opened) if event.case == alva.KEY), None)
    a_day = _NUMBERS_A_DAY if place is None else alva.NUMBER / _day_of_year(opened[place])
    found: dict[str, int] = {}
    last = 0
    for at, event in enumerate(opened):
        number = max(last + 1, round(_day_of_year(event) * a_day))
        if place is not None and at <= place:
            number = min(number, alva.NUMBER - (place - at))
        found[event.case] = last = number
    return found


def _opens(event: Event, town: str) -> bool:
    return isinstance(event.action, OpenCase) and event.town == town


def _day_of_year(event: Event) -> int:
    return event.at.timetuple().tm_yday


def _daily(anchor: datetime, chance: random.Random) -> list[Event]:
    """Let people look at their own cases in the morning, and search now and then."""
    found = []
    for days in range(1, _DAYS_OF_DAILY_WORK):
        day = anchor.date() - timedelta(days=days)
        if day.weekday() >= _SATURDAY:
            continue
        for worker in workers().values():
            town = agencies()[worker.agency].town.code
            at = datetime.combine(day, time(8, chance.randrange(60), chance.randrange(60)), STOCKHOLM)
            if worker.handles and chance.random() < 0.12:
                found.append(Event(at, town, worker.key, "", ListMine()))
            if worker.handles and chance.random() < 0.05:
                names = [youth.family for youth in youths() if youth.name and youth.town.code == town]
                later = at + timedelta(minutes=chance.randint(20, 400))
                found.append(Event(later, town, worker.key, "", SearchFor(chance.choice(names))))
    return found


def _refusals(anchor: datetime, events: Iterable[Event]) -> list[Event]:
    """Let a few people try what they may not, and the registrars search with a reason."""
    cases = {event.case: event.at for event in events if isinstance(event.action, OpenCase)}
    tried = (
        (KARLSKOGA, "erik.lund", alva.KEY, 10, 3),
        (KARLSKOGA, "jonas.wikstrom", alva.KEY, 5, 13),
        (KARLSKOGA, "amina.yusuf", "hellgren", 18, 11),
        (KARLSTAD, "emelie.grahn", "cronvall", 15, 22),
        (KARLSTAD, "leif.svard", "lilljeby", 6, 9),
    )
    found = [
        Event(_at(anchor, days, hour), town.code, who, case, TryToView())
        for town, who, case, days, hour in tried
        if cases[case] < _at(anchor, days, hour)
    ]
    searched = (
        (KARLSKOGA, "lena.forsman", "Lindqvist", 12, "Begäran om registerutdrag från en vårdnadshavare."),
        (KARLSKOGA, "lena.forsman", "Bergenstråhle", 11, "Fråga från domstol om den unge finns hos oss."),
        (KARLSTAD, "ingrid.sund", "Brolander", 4, "Begäran om att få ut handlingar ur ett avslutat ärende."),
    )
    return found + [
        Event(_at(anchor, days, 10), town.code, who, "", SearchFor(text, reason))
        for town, who, text, days, reason in searched
    ]


def _reviews(anchor: datetime) -> list[Event]:
    found = []
    for number, (agency, reviewer, first, last, given, lasts) in enumerate(_REVIEWS):
        key, town, today = f"review-{number}", agencies()[agency].town.code, anchor.date()
        period = (today - timedelta(days=first), today - timedelta(days=last), today + timedelta(days=lasts))
        at = _at(anchor, given, 14)
        found.append(Event(at, town, manager_of(agency), "", GiveReview(key, reviewer, *period)))
        found.append(Event(at + timedelta(hours=19), town, reviewer, "", ReviewLog(key)))
    return found


def _nights(anchor: datetime, events: Iterable[Event]) -> list[Event]:
    """Return the nights on which copies end, and the latest ones, when the logs are signed."""
    nights = {
        (event.town, event.action.until + timedelta(days=1), False)
        for event in events
        if isinstance(event.action, Disclose)
    }
    for town in TOWNS:
        for days in range(_NIGHTS_SIGNED):
            day = anchor.date() - timedelta(days=days)
            nights.discard((town.code, day, False))
            nights.add((town.code, day, True))
    return [
        Event(datetime.combine(day, time(0, 20), STOCKHOLM), town, None, "", Night(signed))
        for town, day, signed in sorted(nights)
        if day <= anchor.date()
    ]


def _at(anchor: datetime, days: int, hour: int) -> datetime:
    return datetime.combine(anchor.date() - timedelta(days=days), time(hour, 9, 17), STOCKHOLM)
