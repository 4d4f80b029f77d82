"""Which kinds of reminders fit whom, and from which day on."""

from datetime import timedelta
from typing import Any

import pytest

from bot.consultation.advice import BOOKABLE
from bot.reminders.offers import days, offered
from tests.protocol.cases import TODAY, dice, done, filler, healthy, planned, random_answers
from tests.reminders.known import BERLIN, known


def first_days(answers: dict[str, Any]) -> dict[str, int]:
    """The kinds that fit with their first day, in days from today."""
    client = known(answers)
    firsts = {kind: days(kind, facts, client)[0].moment.astimezone(BERLIN).date() for kind, facts in offered(client)}
    return {kind: (day - TODAY).days for kind, day in firsts.items()}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (healthy(), {"after_massage": 1, "monthly": 30}),
        # a filler today: the evening's check-in first, drainage from day 7, classic outside from day 14
        (filler(0), {"safe_now": 7, "after_injection": 0, "course": 7, "monthly": 30}),
        (filler(3), {"safe_now": 4, "after_injection": 4, "course": 4, "monthly": 30}),
        (filler(10), {"safe_now": 4, "after_injection": 4, "after_massage": 1, "course": 1, "monthly": 30}),
        (filler(100), {"after_massage": 1, "course": 1, "monthly": 30}),
        (filler("unknown"), {"after_massage": 1}),
        (filler(3, "plla"), {"safe_now": 11, "after_injection": 4, "course": 11, "monthly": 30}),
        # too little time for five sessions: two fit
        (planned(12), {"after_massage": 1, "preparation": 2}),
        (planned(60), {"after_massage": 1, "preparation": 32, "monthly": 30}),
        (planned(7), {"after_massage": 1}),
        (planned(3), {}),
        (planned("unknown"), {"after_massage": 1}),
        (done("toxin", 3), {"safe_now": 11, "after_injection": 4, "monthly": 30}),
        (done("threads", 3), {"safe_now": 39, "monthly": 53}),
        (healthy(skin=["acne_inflamed"]), {"after_massage": 1}),
        (healthy(health=["lymph"]), {}),
        (healthy(skin_issues=["eczema_flare"]), {}),
        (filler(3, settling="mild"), {"safe_now": 7, "after_injection": 4, "course": 7, "monthly": 30}),
    ],
)
def test_the_kinds_that_fit_and_their_first_days(answers: dict[str, Any], expected: dict[str, int]) -> None:
    assert first_days(answers) == expected


def test_a_wait_always_has_a_reminder_and_nothing_is_offered_where_nothing_may_be_booked() -> None:
    chances, outcomes = dice(7), set()
    for number in range(600):
        client = known({**random_answers(chances, 0.9 if number % 2 else 0.5), "age": "adult"})
        kinds = [kind for kind, _ in offered(client)]
        outcomes.add(client.advice.outcome)
        assert client.advice.outcome != "wait" or "safe_now" in kinds
        assert client.advice.outcome in BOOKABLE or not kinds
        for kind, facts in offered(client):
            assert days(kind, facts, client)[0].moment > client.now
    assert outcomes >= {"wait", "allowed", "specialist", "see_doctor", "not_now", "urgent_a"}


def test_no_session_is_planned_before_drainage_is_possible() -> None:
    chances = dice(8)
    for _ in range(600):
        client = known({**random_answers(chances, 0.9), "age": "adult"})
        for kind, facts in offered(client):
            if kind in {"course", "preparation"}:
                opens = client.opens("drainage")
                assert opens is not None
                sessions = [due.moment.astimezone(BERLIN).date() for due in days(kind, facts, client)]
                assert min(sessions) >= max(opens, TODAY + timedelta(1))
