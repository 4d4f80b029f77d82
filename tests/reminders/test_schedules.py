"""Time travel: the days of each kind, from its facts, in the client's own time."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consultation.protocol import load_protocol
from bot.reminders.facts import Facts
from bot.reminders.kinds import KINDS
from bot.reminders.planning import APART, late, plan, useful_until
from bot.reminders.schedules import days_before, months_later
from bot.reminders.times import Times

PROTOCOL = load_protocol()
BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
APIA, SAO_PAULO = ZoneInfo("Pacific/Apia"), ZoneInfo("America/Sao_Paulo")


def rules(zone: ZoneInfo = BERLIN) -> Times:
    return Times(zone, time(10), time(20), time(9))


def day(text: str) -> date:
    return date.fromisoformat(text)


def local(kind: str, facts: Facts, zone: ZoneInfo = BERLIN, now: str = "2000-01-01T00:00", step: int = 0) -> list[str]:
    moment = datetime.fromisoformat(now).replace(tzinfo=zone)
    found = plan(KINDS[kind], facts, PROTOCOL, rules(zone), moment, step)
    return [f"{due.step} {due.moment.astimezone(zone):%Y-%m-%d %H:%M}" for due in found]


FRIDAY = Facts(day("2026-11-20"))

TABLE = {
    "safe_now": (FRIDAY, BERLIN, ["0 2026-11-20 10:00"]),
    "unfinished": (FRIDAY, SAO_PAULO, ["0 2026-11-20 10:00"]),
    "visit": (FRIDAY, LORD_HOWE, ["0 2026-11-19 10:00"]),
    "after_injection": (
        FRIDAY,
        BERLIN,
        [
            "0 2026-11-20 19:00",
            "1 2026-11-21 10:00",
            "2 2026-11-23 10:00",
            "3 2026-11-27 10:00",
            "4 2026-12-04 10:00",
            "5 2026-12-18 10:00",
        ],
    ),
    "after_massage": (
        Facts(day("2026-11-20"), moment=datetime(2026, 11, 20, 16, 30, tzinfo=UTC)),
        BERLIN,
        ["0 2026-11-21 17:30", "1 2026-11-23 17:30"],
    ),
    # sixty days lie before it: seven sessions, as late as they may be, three or four days apart
    "preparation": (
        Facts(day("2026-12-24"), since=day("2026-11-01")),
        BERLIN,
        [
            "0 2026-11-26 10:00",
            "1 2026-11-30 10:00",
            "2 2026-12-03 10:00",
            "3 2026-12-07 10:00",
            "4 2026-12-10 10:00",
            "5 2026-12-14 10:00",
            "6 2026-12-17 10:00",
        ],
    ),
    "course": (
        Facts(day("2026-10-01"), since=day("2026-10-14")),
        BERLIN,
        [
            "0 2026-10-14 10:00",
            "1 2026-10-21 10:00",
            "2 2026-10-28 10:00",  # the clock went back on the 25th
            "3 2026-11-04 10:00",
            "4 2026-11-11 10:00",
            "5 2026-11-18 10:00",
        ],
    ),
    "monthly": (
        Facts(day("2027-01-31")),
        SAO_PAULO,
        [
            "0 2027-01-31 10:00",
            "1 2027-02-28 10:00",
            "2 2027-03-31 10:00",
            "3 2027-04-30 10:00",
            "4 2027-05-31 10:00",
            "5 2027-06-30 10:00",
            "6 2027-07-31 10:00",
        ],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_days_of_each_kind(kind: str) -> None:
    facts, zone, expected = TABLE[kind]
    assert local(kind, facts, zone) == expected


@pytest.mark.parametrize(
    ("kind", "facts", "zone", "expected"),
    [
        # the clock jumps on the very day: the hour on the client's phone stays
        ("safe_now", Facts(day("2026-03-29")), BERLIN, ["0 2026-03-29 10:00"]),
        ("safe_now", Facts(day("2026-10-04")), LORD_HOWE, ["0 2026-10-04 10:00"]),
        ("safe_now", Facts(day("2018-11-04")), SAO_PAULO, ["0 2018-11-04 10:00"]),
        # an hour that does not exist: once, at the moment at which the clock has jumped
        ("safe_now", Facts(day("2026-03-29"), hour=time(2, 30)), BERLIN, ["0 2026-03-29 03:30"]),
        ("safe_now", Facts(day("2026-10-04"), hour=time(2, 15)), LORD_HOWE, ["0 2026-10-04 02:45"]),
        # an hour that comes twice: once
        ("safe_now", Facts(day("2026-10-25"), hour=time(2, 30)), BERLIN, ["0 2026-10-25 02:30"]),
        # a day that does not exist
        ("safe_now", Facts(day("2011-12-30")), APIA, ["0 2011-12-31 10:00"]),
        # check-ins on the 30th and the 31st fall together, and are said once
        (
            "after_injection",
            Facts(day("2011-12-28")),
            APIA,
            ["0 2011-12-28 19:00", "1 2011-12-29 10:00", "2 2011-12-31 10:00", "3 2012-01-04 10:00"],
        ),
        # a massage just before bedtime, and a day with 23 hours: 24 hours later on the clock is an hour later
        (
            "after_massage",
            Facts(day("2026-03-28"), moment=datetime(2026, 3, 28, 20, 30, tzinfo=UTC)),
            BERLIN,
            ["0 2026-03-30 10:00", "1 2026-04-01 10:00"],
        ),
        (
            "after_massage",
            Facts(day("2026-03-28"), moment=datetime(2026, 3, 28, 9, 0, tzinfo=UTC)),
            BERLIN,
            ["0 2026-03-29 11:00", "1 2026-03-31 11:00"],
        ),
        # what is left of a course that was put off
        (
            "course",
            Facts(day("2026-10-01"), since=day("2026-11-16"), at=4),
            BERLIN,
            ["4 2026-11-16 10:00", "5 2026-11-23 10:00"],
        ),
        ("monthly", Facts(day("2027-01-31"), since=day("2027-03-02"), at=1, hour=time(18)), BERLIN, None),
        # too little time before the filler: fewer sessions, then none
        (
            "preparation",
            Facts(day("2026-12-10"), since=day("2026-11-24")),
            BERLIN,
            ["0 2026-11-26 10:00", "1 2026-11-30 10:00", "2 2026-12-03 10:00"],
        ),
        ("preparation", Facts(day("2026-12-10"), since=day("2026-12-03")), BERLIN, ["0 2026-12-03 10:00"]),
        ("preparation", Facts(day("2026-12-10"), since=day("2026-12-04")), BERLIN, []),
        # three of seven are done
        (
            "preparation",
            Facts(day("2026-12-24"), since=day("2026-11-01"), at=5),
            BERLIN,
            ["5 2026-12-14 10:00", "6 2026-12-17 10:00"],
        ),
    ],
)
def test_days_in_odd_times(kind: str, facts: Facts, zone: ZoneInfo, expected: list[str] | None) -> None:
    found = local(kind, facts, zone)
    if expected is None:
        assert found[:2] == ["1 2027-03-02 18:00", "2 2027-04-02 18:00"]
    else:
        assert found[: max(1, len(expected))] == expected


@pytest.mark.parametrize(
    ("now", "step", "expected"),
    [
        ("2026-11-20T18:59", 0, ["0 2026-11-20 19:00", "1 2026-11-21 10:00"]),
        ("2026-11-20T19:00", 0, ["1 2026-11-21 10:00", "2 2026-11-23 10:00"]),
        ("2026-11-20T18:59", 1, ["1 2026-11-21 10:00", "2 2026-11-23 10:00"]),
        ("2026-12-18T09:59", 0, ["5 2026-12-18 10:00"]),
        ("2026-12-18T10:00", 0, []),
    ],
)
def test_only_what_lies_ahead_is_planned(now: str, step: int, expected: list[str]) -> None:
    assert local("after_injection", FRIDAY, now=now, step=step)[:2] == expected


@pytest.mark.parametrize(
    ("now", "step"),
    [
        ("2026-11-20T18:00", None),  # nothing is past
        ("2026-11-20T19:30", 0),
        ("2026-11-20T20:30", None),  # quiet until ten, when the next one comes
        ("2026-11-21T10:30", 1),
        ("2026-11-22T09:30", 1),
        ("2026-11-22T12:00", None),  # more than a day late
        ("2026-12-18T19:00", 5),
        ("2026-12-20T10:30", None),
    ],
)
def test_of_what_is_past_only_what_is_still_of_use_is_said(now: str, step: int | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    found = late(KINDS["after_injection"], FRIDAY, PROTOCOL, rules(), moment, 0)
    assert (found.step if found else None) == step


def test_the_last_session_before_a_filler_is_said_on_its_day_or_not_at_all() -> None:
    facts = Facts(day("2026-12-10"), since=day("2026-12-03"))
    for now, said in (("2026-12-03T19:59", True), ("2026-12-03T20:00", False), ("2026-12-04T10:00", False)):
        moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
        assert bool(late(KINDS["preparation"], facts, PROTOCOL, rules(), moment, 0)) == said


def test_a_delivery_is_of_use_until_shortly_before_the_next_one() -> None:
    first, second, *_ = plan(KINDS["after_injection"], FRIDAY, PROTOCOL, rules(), datetime(2026, 1, 1, tzinfo=UTC))
    assert useful_until(KINDS["after_injection"], first.moment, second) == second.moment - APART
    assert useful_until(KINDS["safe_now"], first.moment, None) == first.moment + timedelta(days=7)


@given(planned=st.dates(date(2026, 1, 1), date(2030, 1, 1)), ahead=st.integers(0, 60), most=st.integers(0, 7))
def test_sessions_before_a_filler_keep_every_rule_and_none_is_left_out_that_fits(
    planned: date, ahead: int, most: int
) -> None:
    rules_of, first = PROTOCOL.preparation, planned - timedelta(ahead)
    days = days_before(rules_of, planned, first, most)
    assert len(days) <= most
    assert all(first <= each <= planned - timedelta(rules_of.last_days_before) for each in days)
    assert all((after - before).days >= rules_of.apart_days for before, after in pairwise(days))
    for each in days:
        week = [other for other in days if timedelta(0) <= other - each < timedelta(7)]
        assert len(week) <= rules_of.per_week
    room = (planned - timedelta(rules_of.last_days_before) - first).days
    fitting = 0 if room < 0 else 1 + room // 7 * 2 + (room % 7 >= 3)
    assert len(days) == min(most, fitting)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 15, "2028-02-29"),
        ("2026-11-30", 0, "2026-11-30"),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(start: str, months: int, end: str) -> None:
    assert months_later(day(start), months) == day(end)


MINUTES = st.integers(0, 60 * 24 * 60)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    first=st.dates(date(2011, 12, 15), date(2012, 1, 15)),
    zone=st.sampled_from([BERLIN, LORD_HOWE, APIA, SAO_PAULO]),
    minutes=MINUTES,
    step=st.integers(0, 6),
)
def test_planning_is_repeatable_grows_in_time_and_steps_and_lies_ahead(
    kind: str, first: date, zone: ZoneInfo, minutes: int, step: int
) -> None:
    now = datetime(2011, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    facts = Facts(first + timedelta(30), since=first) if kind == "preparation" else Facts(first)
    found = plan(KINDS[kind], facts, PROTOCOL, rules(zone), now, step)
    assert found == plan(KINDS[kind], Facts.from_json(facts.as_json()), PROTOCOL, rules(zone), now, step)
    assert all(before.moment < after.moment and before.step < after.step for before, after in pairwise(found))
    assert all(due.moment > now and due.step >= step for due in found)
    if found:
        rest = plan(KINDS[kind], facts, PROTOCOL, rules(zone), found[0].moment, found[0].step + 1)
        assert rest[: len(found) - 1] == found[1:]


def test_facts_survive_being_stored() -> None:
    facts = Facts(day("2026-11-20"), datetime(2026, 11, 20, 9, tzinfo=UTC), day("2026-11-21"), 3, time(18))
    assert Facts.from_json(facts.as_json()) == facts
    assert FRIDAY.as_json() == {"day": "2026-11-20"}
