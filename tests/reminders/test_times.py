"""The rules of time, in zones where clocks do strange things."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminders.times import Times

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
APIA, SAO_PAULO = ZoneInfo("Pacific/Apia"), ZoneInfo("America/Sao_Paulo")
ZONES = (BERLIN, LORD_HOWE, APIA, SAO_PAULO)


def times(zone: ZoneInfo = BERLIN, hour: str = "10:00", quiet: str = "20:00-09:00") -> Times:
    start, end = (time.fromisoformat(each) for each in quiet.split("-"))
    return Times(zone, time.fromisoformat(hour), start, end)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "utc"),
    [
        (BERLIN, "2026-11-27", "10:00", "2026-11-27T09:00"),
        (BERLIN, "2026-07-01", "10:00", "2026-07-01T08:00"),
        (BERLIN, "2026-03-29", "02:30", "2026-03-29T01:30"),  # skipped: said at 03:30, an hour later on the clock
        (BERLIN, "2026-10-25", "02:30", "2026-10-25T00:30"),  # comes twice: the first
        (LORD_HOWE, "2026-10-04", "02:15", "2026-10-03T15:45"),  # half an hour is skipped: said at 02:45
        (LORD_HOWE, "2026-04-05", "01:45", "2026-04-04T14:45"),  # half an hour comes twice: the first
        (LORD_HOWE, "2026-07-01", "10:00", "2026-06-30T23:30"),
        (APIA, "2011-12-29", "10:00", "2011-12-29T20:00"),
        (APIA, "2011-12-30", "10:00", "2011-12-30T20:00"),  # there was no such day: said on the 31st
        (APIA, "2011-12-31", "10:00", "2011-12-30T20:00"),
        (APIA, "2026-11-27", "10:00", "2026-11-26T21:00"),
        (SAO_PAULO, "2018-11-04", "00:30", "2018-11-04T03:30"),  # the day began at one
        (SAO_PAULO, "2018-02-17", "23:30", "2018-02-18T01:30"),  # comes twice: the first
        (SAO_PAULO, "2026-11-27", "10:00", "2026-11-27T13:00"),
    ],
)
def test_an_hour_of_a_day_is_one_moment_whatever_the_clock_does(zone: ZoneInfo, day: str, hour: str, utc: str) -> None:
    moment = times(zone).at(date.fromisoformat(day), time.fromisoformat(hour))
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-27T08:59", "2026-11-27T10:00"),
        ("2026-11-27T09:00", "2026-11-27T09:00"),
        ("2026-11-27T19:59", "2026-11-27T19:59"),
        ("2026-11-27T20:00", "2026-11-28T10:00"),
        ("2026-11-27T02:00", "2026-11-27T10:00"),
        ("2026-12-31T23:00", "2027-01-01T10:00"),
        ("2026-10-24T23:00", "2026-10-25T10:00"),  # the clock goes back in between
        ("2026-03-28T23:00", "2026-03-29T10:00"),  # and forth
    ],
)
def test_in_the_quiet_hours_it_waits_for_the_decent_hour_after_them(now: str, moment: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    assert times().decent(at) == datetime.fromisoformat(moment).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "moment"), [("13:30", "15:00"), ("12:59", "12:59"), ("14:00", "14:00"), ("23:00", "23:00")]
)
def test_quiet_hours_may_lie_within_a_day(now: str, moment: str) -> None:
    siesta = times(hour="15:00", quiet="13:00-14:00")
    day = date(2026, 11, 27)
    assert siesta.decent(siesta.at(day, time.fromisoformat(now))) == siesta.at(day, time.fromisoformat(moment))


def test_the_evening_is_before_the_quiet_hours() -> None:
    day = date(2026, 11, 27)
    assert times().evening(day).astimezone(BERLIN).time() == time(19)
    assert times(quiet="18:00-09:00").evening(day).astimezone(BERLIN).time() == time(10)


MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


@given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 16 * 366 * 24 * 60),
    quiet_from=MINUTES,
    quiet_until=MINUTES,
)
def test_what_is_decent_is_never_in_the_quiet_hours_never_before_and_at_most_a_day_and_a_half_later(
    zone: ZoneInfo, minutes: int, quiet_from: time, quiet_until: time
) -> None:
    rules = Times(zone, quiet_until, quiet_from, quiet_until)
    asked = datetime(2011, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    decent = rules.decent(asked)
    assert rules.decent(decent) == decent
    assert asked <= decent <= asked + timedelta(hours=50 if zone is APIA else 26)


@given(zone=st.sampled_from(ZONES), day=st.dates(date(2011, 12, 1), date(2027, 12, 31)), hour=MINUTES)
def test_the_days_keep_their_order(zone: ZoneInfo, day: date, hour: time) -> None:
    rules = times(zone)
    assert rules.at(day, hour) <= rules.at(day + timedelta(days=1), hour)
