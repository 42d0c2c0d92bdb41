"""Ids sort by the time they were made; time is aware and Swedish where it is a date."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from coordination.core import clock
from coordination.core.ids import new_id


def test_ids_are_version_7_and_never_repeat() -> None:
    ids = [new_id() for _ in range(10_000)]

    assert {(made.version, made.variant) for made in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == len(ids)


def test_an_id_begins_with_the_millisecond_it_was_made() -> None:
    moment = datetime(2026, 3, 9, 7, 30, 0, 123_456, tzinfo=UTC)

    with time_machine.travel(moment, tick=False):
        made = new_id()

    assert made.int >> 80 == int(moment.timestamp() * 1000)


def test_later_ids_sort_after_earlier_ones_within_a_millisecond() -> None:
    start = datetime(2026, 3, 9, tzinfo=UTC)
    ids = []
    for microseconds in range(0, 5_000, 100):
        with time_machine.travel(start + timedelta(microseconds=microseconds), tick=False):
            ids.append(new_id())

    assert ids == sorted(ids)


@time_machine.travel(datetime(2026, 6, 30, 22, 30, tzinfo=UTC), tick=False)
def test_today_is_the_date_in_sweden() -> None:
    assert clock.now() == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert clock.today() == date(2026, 7, 1)


def test_the_clock_can_be_held_at_an_earlier_moment_and_goes_on_afterwards() -> None:
    moment = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    before = clock.now()

    with clock.at(moment):
        held, day = clock.now(), clock.today()

    assert (held, day) == (moment, date(2026, 3, 10))
    assert clock.now() >= before


@pytest.mark.parametrize("moment", [datetime(2026, 3, 9, 23, 30), datetime(9999, 1, 1, tzinfo=UTC)])  # noqa: DTZ001
def test_the_clock_is_never_held_at_a_moment_that_has_not_been(moment: datetime) -> None:
    before = clock.now()

    with pytest.raises(ValueError, match="not a moment"), clock.at(moment):
        pass

    assert clock.now() >= before
