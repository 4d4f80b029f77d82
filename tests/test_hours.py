"""Opening hours and the times for which the clinic can promise a call."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hours import OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")


def hours(weekly: Mapping[int, str], holidays: str = "", zone: ZoneInfo = BERLIN) -> OpeningHours:
    """Opening hours from ``{0: "9-13 14-18"}`` and days divided by blanks."""
    spans = {day: tuple(_span(written) for written in text.split()) for day, text in weekly.items()}
    return OpeningHours(spans, frozenset(map(date.fromisoformat, holidays.split())), zone)


def _span(written: str) -> tuple[time, time]:
    start, end = (
        time.fromisoformat(edge.zfill(2) if ":" not in edge else edge.zfill(5)) for edge in written.split("-")
    )
    return start, end


WORKDAYS = hours(dict.fromkeys(range(5), "9-18"))
LUNCH = hours(dict.fromkeys(range(5), "9-13 14-18"))
NEVER = hours({})


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shown(slots: OpeningHours, now: str) -> list[str]:
    return [f"{slot.id} {slot.start:%a %H:%M}-{slot.end:%a %H:%M}" for slot in slots.slots(at(now))]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20 08:59", False),
        ("2026-11-20 09:00", True),
        ("2026-11-20 12:59:59", True),
        ("2026-11-20 13:00", False),
        ("2026-11-20 13:59", False),
        ("2026-11-20 14:00", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 10:00", False),
    ],
)
def test_the_clinic_is_open_from_opening_up_to_closing_time(moment: str, expected: bool) -> None:
    assert LUNCH.is_open(at(moment)) is expected
    assert LUNCH.is_open(at(moment).astimezone(UTC)) is expected


@pytest.mark.parametrize(
    ("clinic", "moment", "expected"),
    [
        (LUNCH, "2026-11-20 10:17", "2026-11-20 10:17"),
        (LUNCH, "2026-11-20 13:00", "2026-11-20 14:00"),
        (LUNCH, "2026-11-20 07:00", "2026-11-20 09:00"),
        (LUNCH, "2026-11-20 18:00", "2026-11-23 09:00"),
        (LUNCH, "2026-11-21 12:00", "2026-11-23 09:00"),
        (hours({0: "9-18"}, "2026-11-23 2026-11-30"), "2026-11-20 12:00", "2026-12-07 09:00"),
        (hours({4: "9-10"}, "2026-11-20 2026-11-27"), "2026-11-20 09:30", "2026-12-04 09:00"),
    ],
)
def test_the_next_opening(clinic: OpeningHours, moment: str, expected: str) -> None:
    assert clinic.next_opening(at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("clinic", "moment", "minutes", "expected"),
    [
        (WORKDAYS, "2026-11-20 10:00", 60, "2026-11-20 11:00"),
        (WORKDAYS, "2026-11-20 17:30", 30, "2026-11-20 18:00"),
        (WORKDAYS, "2026-11-20 17:30", 60, "2026-11-23 09:30"),
        (WORKDAYS, "2026-11-20 18:00", 60, "2026-11-23 10:00"),
        (WORKDAYS, "2026-11-21 03:00", 60, "2026-11-23 10:00"),
        (WORKDAYS, "2026-11-20 07:00", 60, "2026-11-20 10:00"),
        (LUNCH, "2026-11-20 12:30", 60, "2026-11-20 14:30"),
        (LUNCH, "2026-11-20 13:30", 60, "2026-11-20 15:00"),
        (LUNCH, "2026-11-20 17:30", 9 * 60, "2026-11-24 09:30"),
        (hours({0: "9-10"}), "2026-11-20 12:00", 10 * 60, "2027-01-25 10:00"),
        (hours({0: "9-10"}, "2026-11-23"), "2026-11-20 12:00", 90, "2026-12-07 09:30"),
        (NEVER, "2026-11-20 12:00", 60, "2026-11-20 13:00"),
    ],
)
def test_open_time_is_added(clinic: OpeningHours, moment: str, minutes: int, expected: str) -> None:
    assert clinic.add_open_time(at(moment), timedelta(minutes=minutes)) == at(expected)


def test_the_hour_that_spring_takes_away_is_not_counted_as_open() -> None:
    nights = hours({6: "1-5"})

    assert nights.add_open_time(at("2026-03-29 00:00"), timedelta(hours=2)) == at("2026-03-29 04:00")
    assert nights.add_open_time(at("2026-03-29 00:00"), timedelta(hours=3)) == at("2026-03-29 05:00")


def test_the_hour_that_autumn_gives_back_is_counted_twice() -> None:
    nights = hours({6: "1-5"})

    assert nights.add_open_time(at("2026-10-25 00:00"), timedelta(hours=3)) == at("2026-10-25 03:00")
    assert nights.add_open_time(at("2026-10-25 00:00"), timedelta(hours=5)) == at("2026-10-25 05:00")


@pytest.mark.parametrize(
    ("moment", "utc"), [("2026-03-27 12:00", "2026-03-30 07:00"), ("2026-10-23 19:00", "2026-10-26 08:00")]
)
def test_the_clinic_opens_by_its_wall_clock_after_the_clocks_change(moment: str, utc: str) -> None:
    opening = hours({0: "9-18"}).next_opening(at(moment))

    assert opening is not None
    assert opening.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("clinic", "now", "expected"),
    [
        pytest.param(
            WORKDAYS,
            "2026-11-20 10:00",
            [
                "now Fri 10:00-Fri 12:00",
                "2026-11-20-pm Fri 12:00-Fri 16:00",
                "2026-11-20-eve Fri 16:00-Fri 18:00",
                "2026-11-23-am Mon 09:00-Mon 12:00",
                "2026-11-23-pm Mon 12:00-Mon 16:00",
                "2026-11-23-eve Mon 16:00-Mon 18:00",
            ],
            id="a morning in which it is open",
        ),
        pytest.param(
            WORKDAYS,
            "2026-11-20 09:12",
            [
                "now Fri 09:12-Fri 11:12",
                "2026-11-20-am Fri 11:30-Fri 12:00",
                "2026-11-20-pm Fri 12:00-Fri 16:00",
                "2026-11-20-eve Fri 16:00-Fri 18:00",
                "2026-11-23-am Mon 09:00-Mon 12:00",
                "2026-11-23-pm Mon 12:00-Mon 16:00",
            ],
            id="what is left of a part after the promise, from a half hour on",
        ),
        pytest.param(
            WORKDAYS,
            "2026-11-20 17:30",
            [
                "now Fri 17:30-Mon 10:30",
                "2026-11-23-am Mon 09:00-Mon 12:00",
                "2026-11-23-pm Mon 12:00-Mon 16:00",
                "2026-11-23-eve Mon 16:00-Mon 18:00",
                "2026-11-24-am Tue 09:00-Tue 12:00",
                "2026-11-24-pm Tue 12:00-Tue 16:00",
            ],
            id="Friday half an hour before closing",
        ),
        pytest.param(
            WORKDAYS,
            "2026-11-20 17:31",
            [
                "2026-11-23-am Mon 09:00-Mon 12:00",
                "2026-11-23-pm Mon 12:00-Mon 16:00",
                "2026-11-23-eve Mon 16:00-Mon 18:00",
                "2026-11-24-am Tue 09:00-Tue 12:00",
                "2026-11-24-pm Tue 12:00-Tue 16:00",
                "2026-11-24-eve Tue 16:00-Tue 18:00",
            ],
            id="Friday shortly before closing",
        ),
        pytest.param(
            LUNCH,
            "2026-11-20 12:45",
            [
                "2026-11-20-pm Fri 14:00-Fri 16:00",
                "2026-11-20-eve Fri 16:00-Fri 18:00",
                "2026-11-23-am Mon 09:00-Mon 12:00",
                "2026-11-23-pm Mon 12:00-Mon 16:00",
                "2026-11-23-eve Mon 16:00-Mon 18:00",
                "2026-11-24-am Tue 09:00-Tue 12:00",
            ],
            id="shortly before the lunch break",
        ),
        pytest.param(
            hours({4: "9-13"}),
            "2026-11-20 08:00",
            [
                "2026-11-20-am Fri 09:00-Fri 12:00",
                "2026-11-20-pm Fri 12:00-Fri 13:00",
                "2026-11-27-am Fri 09:00-Fri 12:00",
                "2026-11-27-pm Fri 12:00-Fri 13:00",
            ],
            id="before opening, one day a week",
        ),
        pytest.param(
            hours(dict.fromkeys(range(7), "10-12:15 15:50-20:30"), "2026-11-22"),
            "2026-11-21 13:00",
            [
                "2026-11-21-eve Sat 16:00-Sat 20:30",
                "2026-11-23-am Mon 10:00-Mon 12:00",
                "2026-11-23-eve Mon 16:00-Mon 20:30",
                "2026-11-24-am Tue 10:00-Tue 12:00",
                "2026-11-24-eve Tue 16:00-Tue 20:30",
                "2026-11-25-am Wed 10:00-Wed 12:00",
            ],
            id="scraps of less than half an hour and holidays are not offered",
        ),
        pytest.param(
            hours({5: "9-12"}),
            "2026-03-28 13:00",
            ["2026-04-04-am Sat 09:00-Sat 12:00"],
            id="over the change of clocks",
        ),
        pytest.param(
            hours({6: "1-4"}), "2026-03-29 00:30", ["2026-03-29-am Sun 01:00-Sun 04:00"], id="on the day itself"
        ),
        pytest.param(NEVER, "2026-11-20 10:00", [], id="never open"),
        pytest.param(hours({4: "9-9:20"}), "2026-11-20 09:00", [], id="never open for long enough"),
    ],
)
def test_the_times_offered_for_a_call(clinic: OpeningHours, now: str, expected: list[str]) -> None:
    found = shown(clinic, now)

    assert found[: len(expected)] == expected
    assert len(found) <= 6
    assert bool(found) == bool(expected)


def test_a_clinic_closed_for_weeks_still_offers_times() -> None:
    holidays = " ".join(str(date(2026, 11, 20) + timedelta(days=days)) for days in range(40))
    clinic = hours(dict.fromkeys(range(5), "9-18"), holidays)

    assert shown(clinic, "2026-11-20 10:00")[0] == "2026-12-30-am Wed 09:00-Wed 12:00"


@pytest.mark.parametrize(
    ("slot_id", "now", "expected"),
    [
        ("now", "2026-11-20 10:00", "Fri 10:00-Fri 12:00"),
        ("now", "2026-11-20 17:45", "Fri 17:45-Mon 10:45"),
        ("now", "2026-11-20 18:00", None),
        ("2026-11-20-am", "2026-11-20 08:00", "Fri 09:00-Fri 12:00"),
        ("2026-11-20-am", "2026-11-20 09:01", "Fri 09:01-Fri 12:00"),
        ("2026-11-20-am", "2026-11-20 11:50", "Fri 11:50-Fri 12:00"),
        ("2026-11-20-am", "2026-11-20 12:00", None),
        ("2026-11-20-pm", "2026-11-20 08:00", "Fri 12:00-Fri 16:00"),
        ("2026-11-19-pm", "2026-11-20 08:00", None),
        ("2026-11-21-am", "2026-11-20 08:00", None),
        ("2026-11-24-pm", "2026-11-20 18:00", "Tue 12:00-Tue 16:00"),
        ("2026-11-25-pm", "2026-11-20 18:00", None),
        ("2027-11-22-am", "2026-11-20 18:00", None),
        ("2026-11-23", "2026-11-20 18:00", None),
        ("2026-11-23-night", "2026-11-20 18:00", None),
        ("", "2026-11-20 10:00", None),
    ],
)
def test_a_slot_is_found_again_until_it_has_passed(slot_id: str, now: str, expected: str | None) -> None:
    slot = WORKDAYS.slot(slot_id, at(now))

    assert (f"{slot.start:%a %H:%M}-{slot.end:%a %H:%M}" if slot else None) == expected


@pytest.mark.parametrize("slot_id", ["now", "2026-11-20-am"])
def test_a_clinic_that_is_never_open_has_no_slot(slot_id: str) -> None:
    assert NEVER.slot(slot_id, at("2026-11-20 10:00")) is None
    assert NEVER.next_opening(at("2026-11-20 10:00")) is None
    assert not NEVER.is_open(at("2026-11-20 10:00"))


@pytest.mark.parametrize(
    "weekly", [{0: "18-2"}, {0: "9-9"}, {0: "14-18 9-13"}, {0: "9-13 12-18"}, {0: "20-0"}, {7: "9-18"}]
)
def test_hours_over_midnight_out_of_order_or_overlapping_are_refused(weekly: dict[int, str]) -> None:
    with pytest.raises(ValueError, match=f"weekday {next(iter(weekly))}"):
        hours(weekly)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = at("2026-11-20 10:00").replace(tzinfo=None)
    for ask in (WORKDAYS.is_open, WORKDAYS.next_opening, WORKDAYS.slots):
        with pytest.raises(ValueError, match="time zone"):
            ask(naive)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
ZONES = st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
WEEKS = st.dictionaries(
    st.integers(0, 6), st.sampled_from(["9-18", "9-13 14-18", "0-23:59", "1:30-4", "7-12"]), min_size=1
)


@given(MOMENTS, ZONES, WEEKS)
def test_every_slot_lies_ahead_is_open_and_is_found_again(now: datetime, zone: str, weekly: dict[int, str]) -> None:
    clinic = hours(weekly, "2026-03-29 2026-12-25", ZoneInfo(zone))
    slots = clinic.slots(now)

    assert 1 <= len(slots) <= 6
    assert len({slot.id for slot in slots}) == len(slots)
    for slot in slots:
        assert re.fullmatch("[a-z0-9-]{1,40}", slot.id)
        assert now <= slot.start.astimezone(UTC) < slot.end.astimezone(UTC)
        assert clinic.is_open(slot.start)
        assert clinic.is_open(slot.end - timedelta(microseconds=1))
        again = clinic.slot(slot.id, now)
        assert again is not None
        assert again.end == slot.end


@given(MOMENTS, ZONES, WEEKS, st.integers(1, 3000), st.integers(1, 3000))
def test_open_time_adds_up(now: datetime, zone: str, weekly: dict[int, str], first: int, second: int) -> None:
    clinic = hours(weekly, "2026-03-29", ZoneInfo(zone))
    at_once = clinic.add_open_time(now, timedelta(minutes=first + second))
    in_steps = clinic.add_open_time(clinic.add_open_time(now, timedelta(minutes=first)), timedelta(minutes=second))

    assert at_once == in_steps
    assert at_once.astimezone(UTC) - now >= timedelta(minutes=first + second)


@given(MOMENTS, ZONES, WEEKS)
def test_the_soonest_time_begins_open_and_holds_two_hours_of_opening(
    now: datetime, zone: str, weekly: dict[int, str]
) -> None:
    clinic = hours(weekly, "2026-03-29", ZoneInfo(zone))
    soonest = clinic.soonest(now)
    assert now <= soonest.start.astimezone(UTC)
    assert clinic.is_open(soonest.start)
    assert soonest.end == clinic.add_open_time(now, timedelta(hours=2))


def test_a_clinic_that_never_opens_promises_the_next_two_hours() -> None:
    now = at("2026-11-20 10:00")
    soonest = hours({}).soonest(now)
    assert (soonest.start, soonest.end) == (now, now + timedelta(hours=2))
    assert list(hours({}).open_days(now.date())) == []


def test_the_days_on_which_the_clinic_opens_leave_out_holidays_and_closed_days() -> None:
    clinic = hours({0: "9-18", 4: "9-18"}, "2026-11-27")
    days = islice(clinic.open_days(date(2026, 11, 20)), 3)
    assert [day.isoformat() for day in days] == ["2026-11-20", "2026-11-23", "2026-11-30"]
