"""The green light is earned; and what *Later* offers."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import pytest

from bot.consultation.protocol_model import WaitRow
from bot.reminders.checking import Verdict, asked_again, put_back, verdict
from bot.reminders.facts import Facts
from bot.reminders.kinds import KINDS
from bot.reminders.snoozing import choices, fits, new_hour
from tests.protocol.cases import TODAY, dice, filler, healthy, planned, random_answers
from tests.reminders.known import BERLIN, PROTOCOL, TIMES, known


def on(days: int) -> date:
    return TODAY + timedelta(days)


@pytest.mark.parametrize(
    ("kind", "answers", "expected"),
    [
        ("safe_now", filler(7), Verdict("green", "drainage")),
        ("safe_now", filler(7, settling="mild"), Verdict("later", "drainage", on(7))),
        ("safe_now", filler(6), Verdict("later", "drainage", on(1))),
        ("safe_now", filler(20, settling="mild"), Verdict("advice")),  # still swollen after two weeks: to the doctor
        ("safe_now", filler(7, settling="lump"), Verdict("advice")),
        ("safe_now", filler("unknown"), Verdict("advice")),  # with approval only
        ("course", filler(7), Verdict("green", "drainage")),
        ("course", filler(7, wish="relax"), Verdict("green", "drainage")),
        ("course", filler(1), Verdict("later", "drainage", on(6))),
        ("preparation", planned(10), Verdict("green", "drainage")),
        ("preparation", planned(6), Verdict("advice")),
        ("monthly", healthy(), Verdict("green", "classic")),
        ("monthly", healthy(skin=["acne_inflamed"]), Verdict("advice")),
        ("after_injection", filler(3), Verdict("well")),
        ("after_injection", filler(3, settling="mild"), Verdict("advice")),
        ("after_injection", filler(20, settling="mild"), Verdict("advice")),
        ("after_massage", healthy(), Verdict("well")),
        ("after_massage", healthy(health=["lymph"]), Verdict("advice")),
    ],
)
def test_what_the_fresh_answers_come_to(kind: str, answers: dict[str, Any], expected: Verdict) -> None:
    assert verdict(KINDS[kind], known(answers)) == expected


def test_nobody_gets_a_green_light_for_what_the_advice_does_not_allow_today() -> None:
    chances, green = dice(11), 0
    for _ in range(500):
        client = known({**random_answers(chances, 0.9), "age": "adult"})
        for kind in KINDS.values():
            found = verdict(kind, client)
            if found.light == "green":
                green += 1
                assert client.advice.techniques[found.technique].verdict in {"yes", "light"}
                assert client.advice.allows(found.technique, client.today)
                assert client.answers["symptoms"] == ["none"]
    assert green > 100


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (healthy(), set()),
        (healthy(skin_issues=["sunburn"]), {"skin_issues"}),
        (healthy(skin_issues=["retinoid", "cold_sore"]), {"skin_issues"}),
        (healthy(skin_issues=["retinoid"], health=["thyroid"], thyroid_detail="stable"), set()),
    ],
)
def test_a_check_asks_again_for_whatever_makes_one_wait_from_today_on(
    answers: dict[str, Any], expected: set[str]
) -> None:
    assert asked_again(answers, PROTOCOL) == {"symptoms", "settling"} | expected


def test_a_wait_that_a_clinic_adds_is_asked_again_too() -> None:
    longer = {**PROTOCOL.conditions, "health:thyroid:stable": WaitRow(3, "ours"), "skin:puffy": WaitRow(2, "ours")}
    answers = healthy(skin=["puffy"], health=["thyroid"], thyroid_detail="stable")
    found = asked_again(answers, replace(PROTOCOL, conditions=longer))
    assert found == {"symptoms", "settling", "thyroid_detail", "skin"}


def test_a_session_that_moves_takes_those_after_it_along() -> None:
    assert put_back(KINDS["safe_now"], Facts(TODAY, hour=time(18)), 0, on(7)) == Facts(on(7), hour=time(18))
    assert put_back(KINDS["course"], Facts(on(-20), since=on(-7)), 1, on(7)) == Facts(on(-20), since=on(7), at=1)


NOON = datetime(2026, 11, 20, 12, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "hour", "snoozes", "expected"),
    [
        (NOON, None, 0, {"hour": "20 13:00", "tomorrow": "21 10:00", "days_3": "23 10:00"}),
        (NOON, time(18), 2, {"hour": "20 13:00", "tomorrow": "21 18:00", "days_3": "23 18:00"}),
        (NOON.replace(hour=19, minute=30), None, 0, {"hour": "21 10:00", "tomorrow": "21 10:00", "days_3": "23 10:00"}),
        (NOON, None, 3, {"h9": "21 09:00", "h12": "21 12:00", "h15": "21 15:00", "h18": "21 18:00"}),
        (NOON, time(12), 5, {"h9": "21 09:00", "h15": "21 15:00", "h18": "21 18:00"}),
    ],
)
def test_what_later_offers(now: datetime, hour: time | None, snoozes: int, expected: dict[str, str]) -> None:
    found = choices(TIMES, now, hour, snoozes)
    assert {name: f"{due.astimezone(BERLIN):%d %H:%M}" for name, due in found.items()} == expected
    assert [new_hour(name) for name in found] == [
        time(int(name[1:])) if name.startswith("h") and name != "hour" else None for name in found
    ]


PLANNED = Facts(on(30), since=on(1))


@pytest.mark.parametrize(
    ("kind", "facts", "due", "step", "expected"),
    [
        ("visit", Facts(on(1)), 0, 0, True),
        ("visit", Facts(on(1)), 1, 0, False),
        ("visit", Facts(on(1)), 3, 0, False),
        ("course", Facts(on(-10), since=on(0)), 3, 0, True),
        ("preparation", PLANNED, 2, 0, True),  # on its own day: an hour later
        ("preparation", PLANNED, 3, 0, False),  # a third session within seven days
        ("preparation", PLANNED, 6, 1, True),
        ("preparation", PLANNED, 7, 1, False),
        ("preparation", PLANNED, 23, 6, True),  # the last day that is allowed
        ("preparation", PLANNED, 24, 6, False),
        ("preparation", PLANNED, 26, 6, False),
    ],
)
def test_later_keeps_to_the_rules_of_what_it_puts_off(
    kind: str, facts: Facts, due: int, step: int, expected: bool
) -> None:
    moment, following = TIMES.at(on(due)), KINDS[kind].days(facts, PROTOCOL, TIMES)
    after = [each for each in islice(following, 20) if each.step > step]
    assert fits(KINDS[kind], facts, PROTOCOL, TIMES, moment, after) == expected
