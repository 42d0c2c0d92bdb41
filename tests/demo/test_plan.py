"""What is going to happen in the demo: the same every time, in order, believable, and about nobody who exists."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest

from coordination.core.clock import STOCKHOLM
from coordination.demo import alva, numbers
from coordination.demo.actions import AddPerson, Attach, Disclose, Event, OpenCase, Write
from coordination.demo.cast import MAIL_DOMAIN, agencies, workers
from coordination.demo.plan import plan
from coordination.identity.agencies import ALONE, ROLES
from coordination.keys.blind_index import parse_identity_number
from policies.record_kinds import record_kinds

A = TypeVar("A")

ANCHOR = datetime(2026, 11, 22, 5, 13, tzinfo=UTC)
ANCHORS = [
    ANCHOR,
    datetime(2026, 12, 24, 23, 5, tzinfo=UTC),
    datetime(2027, 3, 1, 9, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2030, 7, 6, 3, 0, tzinfo=UTC),
]
MOST_OFTEN = 12
"""How many times the same text may stand in the demo."""


def _done(events: list[Event], kind: type[A]) -> list[tuple[Event, A]]:
    return [(event, event.action) for event in events if isinstance(event.action, kind)]


def _texts(events: list[Event]) -> list[str]:
    written = [write for _, write in _done(events, Write)]
    texts = [text for write in written for text in (write.title, *(piece.body for piece in write.pieces))]
    return texts + [disclosure.harm_test for _, disclosure in _done(events, Disclose)]


def test_the_same_seed_and_moment_give_the_same_demo() -> None:
    assert plan(ANCHOR) == plan(ANCHOR)


def test_another_seed_gives_other_texts() -> None:
    assert _texts(plan(ANCHOR)) != _texts(plan(ANCHOR, "another"))


def test_a_week_later_the_same_things_have_happened_a_week_later() -> None:
    today, later = plan(ANCHOR), plan(ANCHOR + timedelta(days=7))
    opened = [{event.case: event.at.date() for event, _ in _done(events, OpenCase)} for events in (today, later)]

    assert {case: day + timedelta(days=7) for case, day in opened[0].items()} == opened[1]


@pytest.mark.parametrize("anchor", ANCHORS)
def test_everything_has_happened_before_the_loading_and_within_a_year(anchor: datetime) -> None:
    moments = [event.at for event in plan(anchor)]

    assert moments == sorted(moments)
    assert anchor - timedelta(days=366) < moments[0]
    assert moments[-1] < anchor


@pytest.mark.parametrize("anchor", ANCHORS)
def test_something_has_happened_every_month_up_to_the_last_days(anchor: datetime) -> None:
    days = {(anchor - event.at).days for event, _ in _done(plan(anchor), Write)}

    assert min(days) <= 4
    assert all(any(30 * month <= day < 30 * month + 30 for day in days) for month in range(11))


@pytest.mark.parametrize("anchor", ANCHORS)
def test_forty_cases_have_numbers_of_their_own_and_alva_has_147(anchor: datetime) -> None:
    opened = _done(plan(anchor), OpenCase)
    numbered = [(event.town, event.at.astimezone(STOCKHOLM).year, action.number) for event, action in opened]

    assert len(opened) == len(set(numbered)) == 40
    assert [action.number for event, action in opened if event.case == alva.KEY] == [147]
    for place in {(town, year) for town, year, _ in numbered}:
        in_order = [number for town, year, number in numbered if (town, year) == place]
        assert in_order == sorted(in_order)


def test_alvas_case_is_from_2026_when_the_demo_is_loaded_this_winter() -> None:
    opened = [event.at.year for event, _ in _done(plan(ANCHOR), OpenCase) if event.case == alva.KEY]

    assert opened == [2026]


@pytest.mark.parametrize("anchor", ANCHORS[:3])
def test_no_text_is_left_half_made(anchor: datetime) -> None:
    assert [text for text in _texts(plan(anchor)) if re.search(r"[{}\[\]|]|\bNone\b|  ", text)] == []


def test_texts_are_varied() -> None:
    written = [(event.case, piece.body) for event, write in _done(plan(ANCHOR), Write) for piece in write.pieces]
    anywhere = Counter(body for _, body in written)

    assert max(anywhere.values()) <= MOST_OFTEN
    assert len(anywhere) > 600
    assert [text for text, times in Counter(written).items() if times > 2] == []


def test_every_record_is_of_a_kind_its_writer_may_write() -> None:
    kinds = record_kinds()
    wrong = [
        (event.who, write.kind)
        for event, write in _done(plan(ANCHOR), Write)
        if not kinds[write.kind].written_by(agencies()[workers()[str(event.who)].agency].kind)
    ]

    assert wrong == []


def test_every_number_is_a_test_number_and_belongs_to_one_person() -> None:
    given = [person.number for _, person in _done(plan(ANCHOR), AddPerson) if person.number]

    assert all(parse_identity_number(number).is_test_number for number in given)
    assert len(set(given)) == len(given)


def test_a_computed_number_is_the_published_one() -> None:
    published = {date(2011, 3, 5): "201103052385", date(1976, 3, 15): "197603152385", date(2008, 1, 20): "200801202383"}

    assert {born: numbers.personnummer(born, woman=True) for born in published} == published
    assert numbers.personnummer(date(1976, 10, 3), woman=False) == "197610032398"


def test_no_number_is_computed_outside_the_series() -> None:
    with pytest.raises(ValueError, match="series"):
        numbers.personnummer(date(2014, 1, 1), woman=True)
    with pytest.raises(ValueError, match="no more"):
        numbers.adult(numbers.MOST_ADULTS, woman=True)


def test_nobody_in_a_case_shares_a_family_name_with_somebody_at_work() -> None:
    families = {person.family for _, person in _done(plan(ANCHOR), AddPerson)}

    assert families & {name for worker in workers().values() for name in worker.name.split()} == set()
    assert min(len(family) for family in families) >= 6


def test_people_at_work_hold_roles_their_agency_can_have_and_addresses_that_are_nobodys() -> None:
    for worker in workers().values():
        assert worker.roles <= ROLES[agencies()[worker.agency].kind]
        assert not (worker.roles & ALONE and len(worker.roles) > 1)
        assert worker.email.endswith(MAIL_DOMAIN)


def test_attachments_come_in_more_than_one_kind() -> None:
    names = {attached.name for _, attached in _done(plan(ANCHOR), Attach)}

    assert {name.rpartition(".")[2] for name in names} == {"pdf", "png", "txt"}
