"""What a new advice moves: tables, and that following twice is following once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.reminders.facts import Facts
from bot.reminders.following import Moved, follow, is_past_last_day, still_true
from bot.reminders.kinds import KINDS, SAFE_NOW
from bot.reminders.offers import days, offered
from tests.protocol.cases import TODAY, dice, filler, healthy, planned, random_answers
from tests.reminders.known import known


def on(days_ahead: int) -> date:
    return TODAY + timedelta(days_ahead)


COURSE = Facts(on(-10), since=on(1))
PREPARATION = Facts(on(40), since=on(1))


@pytest.mark.parametrize(
    ("kind", "facts", "step", "answers", "expected"),
    [
        ("safe_now", Facts(on(4)), 0, filler(3), (Facts(on(4)), 0)),
        ("safe_now", Facts(on(4)), 0, filler(0), (Facts(on(7)), 0)),
        ("safe_now", Facts(on(4)), 0, healthy(), None),
        ("safe_now", Facts(on(4)), 0, healthy(health=["lymph"]), None),
        ("after_injection", Facts(on(-3)), 3, filler(3), (Facts(on(-3)), 3)),
        ("after_injection", Facts(on(-3)), 3, filler(0), (Facts(TODAY), 0)),  # a touch-up resets the clock
        ("after_injection", Facts(on(-3)), 3, healthy(), None),
        ("after_injection", Facts(on(-3)), 3, filler("unknown"), None),
        ("course", COURSE, 2, filler(10), (replace(COURSE, since=on(1)), 2)),
        ("course", COURSE, 2, filler(0), (Facts(TODAY, since=on(7)), 0)),  # a new filler: the course begins anew
        ("course", COURSE, 2, filler(10, settling="mild"), (replace(COURSE), 2)),  # the next session is in two weeks
        ("course", COURSE, 0, filler(10, settling="mild"), (replace(COURSE, since=on(7)), 0)),
        ("course", COURSE, 1, filler(10, skin_issues=["cold_sore"]), None),  # broken skin: to the doctor first
        ("course", COURSE, 2, healthy(), None),
        ("preparation", PREPARATION, 0, planned(40), (PREPARATION, 0)),
        ("preparation", PREPARATION, 0, planned(50), (replace(PREPARATION, day=on(50)), 0)),
        ("preparation", PREPARATION, 0, planned(5), None),
        ("preparation", PREPARATION, 0, healthy(), None),
        (
            "preparation",
            PREPARATION,
            0,
            planned(40, skin_issues=["cold_sore"]),
            (replace(PREPARATION, since=on(14)), 0),
        ),
        ("monthly", Facts(on(10)), 0, filler(0), (Facts(on(10), since=on(14)), 0)),
        ("monthly", Facts(on(20)), 0, filler(0), (Facts(on(20)), 0)),
        ("monthly", Facts(on(20)), 0, healthy(skin=["acne_inflamed"]), None),
        ("after_massage", Facts(TODAY), 1, filler(0), (Facts(TODAY), 1)),
        ("visit", Facts(on(3)), 0, filler(0), (Facts(on(3)), 0)),
        ("safe_now", Facts(on(4)), 0, filler(-3), (Facts(on(4)), 0)),  # the date is asked again: nothing is lost yet
    ],
)
def test_a_plan_follows_a_new_advice(
    kind: str, facts: Facts, step: int, answers: dict[str, Any], expected: tuple[Facts, int] | None
) -> None:
    assert follow(kind, facts, step, known(answers)) == expected


def test_what_becomes_possible_under_another_protocol_is_said_soon() -> None:
    facts = Facts(on(30))
    assert follow("safe_now", facts, 0, known(healthy(), shown=False)) == (Facts(on(1)), 0)
    assert follow("safe_now", Facts(TODAY), 0, known(healthy(), shown=False)) == (Facts(TODAY), 0)


def test_following_twice_is_following_once_and_leaves_something_ahead() -> None:
    chances, followed = dice(9), 0
    for _ in range(400):
        before = known({**random_answers(chances, 0.9), "age": "adult"})
        after = known({**random_answers(chances, 0.9), "age": "adult"}, days=chances.randint(0, 20))
        for kind, facts in offered(before):
            place = follow(kind, facts, 0, after)
            if place is None or after.advice.outcome == "ask_again":
                continue
            assert follow(kind, *place, after) == place
            followed += 1
            if kind in {"course", "preparation", "monthly", "safe_now"} and place != (facts, 0):
                ahead = days(kind, place[0], after, place[1])
                assert ahead
                assert ahead == days(kind, place[0], after, place[1])
    assert followed > 200


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (filler(7), Facts(TODAY)),
        (filler(3), Facts(on(4))),  # today's protocol says four days more
        (healthy(), Facts(TODAY)),
        (healthy(health=["lymph"]), None),
        (healthy(symptoms=["vision"]), Facts(TODAY)),  # cleared by the clinic; the symptoms are asked anew
    ],
)
def test_on_its_day_safe_now_is_still_true_or_moves_or_is_over(answers: dict[str, Any], expected: Facts | None) -> None:
    assert still_true(SAFE_NOW, Facts(TODAY), 0, known(answers)) == expected


def test_what_has_moved_survives_being_stored() -> None:
    for moved in (Moved("course", TODAY, on(7)), Moved("visit", TODAY, None)):
        assert Moved.from_json(moved.as_json()) == moved


@pytest.mark.parametrize(
    ("kind", "facts", "answers", "expected"),
    [
        ("course", COURSE, filler(10), COURSE),
        ("course", COURSE, filler(3), replace(COURSE, since=on(4), at=1)),
        ("course", COURSE, filler("unknown"), None),  # with somebody's approval only
        ("preparation", PREPARATION, planned(40), PREPARATION),
        ("preparation", PREPARATION, planned(5), None),
        ("monthly", Facts(on(0)), healthy(), Facts(on(0))),
        ("monthly", Facts(on(0)), filler(3), Facts(on(0), since=on(11), at=1)),
        ("monthly", Facts(on(0)), healthy(skin=["acne_inflamed"]), None),
        ("monthly", Facts(on(0)), filler(-3), Facts(on(0))),  # a date is asked again
    ],
)
def test_on_its_day_a_session_is_still_possible_or_moves_or_is_over(
    kind: str, facts: Facts, answers: dict[str, Any], expected: Facts | None
) -> None:
    assert still_true(KINDS[kind], facts, 1, known(answers)) == expected


def test_after_the_last_day_before_a_filler_nothing_more_is_possible() -> None:
    given = known(planned(20))
    for passed, monthly, preparation in ((6, False, False), (7, True, False), (13, True, False), (14, True, True)):
        later = replace(given, now=given.now + timedelta(passed))
        assert is_past_last_day(KINDS["monthly"], later) is monthly
        assert is_past_last_day(KINDS["preparation"], later) is preparation
        assert not is_past_last_day(SAFE_NOW, later)
