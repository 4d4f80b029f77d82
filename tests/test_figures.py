"""The figures: weeks and opening time are the clinic's, waits are such as occurred, and all sums agree."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.figures import (
    NO_LINK,
    OTHERS,
    SOURCES,
    Call,
    CallTimes,
    Cohort,
    Funnel,
    OpenTime,
    call_times,
    count,
    edges,
    last_weeks,
    percentile,
)
from bot.hours import OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")
LUNCH = ((time(9), time(13)), (time(14), time(18)))
HOURS = OpeningHours(dict.fromkeys(range(5), LUNCH), frozenset({date(2026, 12, 25)}), BERLIN)
NEVER = OpeningHours({}, frozenset(), BERLIN)
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=BERLIN)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_weeks_begin_on_monday_and_end_with_the_present_one() -> None:
    assert last_weeks(date(2026, 11, 20), 3) == (date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16))
    assert last_weeks(date(2026, 11, 16), 1) == last_weeks(date(2026, 11, 22), 1) == (date(2026, 11, 16),)


def test_weeks_are_the_clinics_own_also_where_the_clock_is_put_back() -> None:
    found = edges((date(2026, 10, 19), date(2026, 10, 26)), BERLIN)
    assert [moment.astimezone(UTC).hour for moment in found] == [22, 23, 23]
    assert found[-1] == datetime(2026, 11, 2, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("values", "percent", "found"), [((7,), 50, 7), ((1, 2), 50, 1), ((1, 2, 3), 50, 2), (range(1, 11), 90, 9)]
)
def test_a_percentile_is_a_value_that_occurred(values: tuple[int, ...], percent: int, found: int) -> None:
    assert percentile([value * MINUTE for value in values], percent) == found * MINUTE


@given(
    days=st.integers(0, 80),
    hours=st.integers(0, 23),
    minutes=st.integers(0, 6000),
)
@settings(max_examples=60)
def test_opening_time_is_what_the_clinics_hours_add(days: int, hours: int, minutes: int) -> None:
    start = datetime(2026, 10, 20, hours, 7, tzinfo=UTC) + days * DAY
    end = HOURS.add_open_time(start, minutes * MINUTE)
    clock = OpenTime(HOURS.spans(start - DAY, end + DAY))
    assert clock.between(start, end) == minutes * MINUTE


def test_for_a_clinic_without_hours_all_time_counts() -> None:
    assert OpenTime(NEVER.spans(NOW, NOW + DAY)).between(NOW + HOUR, NOW + 3 * HOUR) == 2 * HOUR


def call(asked: int, called: int | None, *, promised: int = 120, is_open: bool = False) -> Call:
    """A request so many minutes before now, called so many minutes before now, promised within so many minutes."""
    at = NOW - asked * MINUTE
    moment, promise = None if called is None else NOW - called * MINUTE, at + promised * MINUTE
    return Call(at, promise, moment, moment <= promise if moment else None, is_open)


def test_a_first_call_is_timed_in_opening_time_and_judged_by_the_promise() -> None:
    friday_evening = Call(NOW - DAY + 6 * HOUR, NOW, NOW - HOUR, in_time=True, is_open=False)  # 17:00, called at 10:00
    found = call_times([friday_evening, call(100, 70), call(110, 10, promised=60)], HOURS, NOW)
    assert found == CallTimes(requests=3, called=3, half=100 * MINUTE, nine_in_ten=120 * MINUTE, due=3, in_time=2)


def test_who_waits_beyond_the_promise_counts_against_it_and_who_withdrew_does_not() -> None:
    overdue, waiting = call(200, None, is_open=True), call(30, None, is_open=True)
    withdrawn = call(200, None)
    assert call_times([overdue, waiting, withdrawn], HOURS, NOW) == CallTimes(requests=3, due=1, in_time=0)
    assert call_times([], HOURS, NOW) == CallTimes()


def test_the_sources_that_brought_most_are_named_and_the_others_put_together() -> None:
    cohorts = [Cohort(0, f"source_{n}", Funnel(started=n)) for n in range(1, 9)]
    week, without = (date(2026, 11, 16),), Cohort(0, NO_LINK, Funnel(20))
    found = count(week, [*cohorts, without], [], hours=HOURS, waiting=0, now=NOW)
    assert [name for name, _ in found.sources] == [NO_LINK, "source_8", "source_7", "source_6", OTHERS]
    assert found.sources[-1][1] == Funnel(started=15)
    few = count(week, cohorts[: SOURCES + 1], [], hours=HOURS, waiting=0, now=NOW)
    assert OTHERS not in [name for name, _ in few.sources]


funnels = st.builds(Funnel, *[st.integers(0, 50)] * 5)
cohorts = st.lists(st.builds(Cohort, st.integers(0, 2), st.sampled_from("abcdefgh"), funnels), max_size=20)


@given(cohorts)
@settings(max_examples=60)
def test_weeks_and_sources_add_up_to_the_same_clients(rows: list[Cohort]) -> None:
    found = count(last_weeks(NOW.date(), 3), rows, [], hours=HOURS, waiting=0, now=NOW)
    expected = sum((row.funnel for row in rows), Funnel())
    assert found.total == expected
    assert sum((funnel for _, funnel in found.sources), Funnel()) == expected
    assert len(found.sources) <= SOURCES + 1
