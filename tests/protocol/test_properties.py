"""What must hold for every client: nothing that is added makes an advice milder, and time alone none stricter."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.consultation.advice import TECHNIQUES, URGENT, Advice
from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise, urgent
from bot.consultation.protocol import load_protocol
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind
from tests.protocol.cases import BOUNDARIES, TODAY, ago, ahead, filler, planned, random_answers

PROTOCOL = load_protocol()
CHANCES = st.randoms(use_true_random=False)
ORDER = ("yes", "light", "specialist", "wait", "no")
NOTHING = ("procedures", "skin_issues", "health")


def strictness(advice: Advice, technique: str) -> tuple[Any, ...]:
    """Grows with strictness: an advice that stops before techniques forbids them all."""
    if not advice.techniques:
        return (len(ORDER),)
    found = advice.techniques[technique]
    return ORDER.index(found.verdict), found.since or TODAY, found.where == "outside"


def assert_not_milder(before: Advice, after: Advice) -> None:
    for technique in TECHNIQUES:
        assert strictness(before, technique) <= strictness(after, technique), technique


@settings(max_examples=400)
@given(CHANCES, st.sampled_from(NOTHING), st.data())
def test_telling_more_never_makes_a_verdict_milder(chances: Random, key: str, data: st.DataObject) -> None:
    answers = random_answers(chances, 0.8)
    told = [option for option in answers[key] if option != "none"]
    free = [option for option in BY_KEY[key].options if option not in ("none", *told)]
    assume(free)
    option = data.draw(st.sampled_from(free))
    more = {**answers, key: [*told, option]}
    fresh = random_answers(chances, 0.8)
    for question in QUESTIONS:
        if question.applies(more) and question.key not in more:
            more[question.key] = fresh.get(question.key) or _any_answer(question.key, chances)
    assert_not_milder(advise(PROTOCOL, answers, TODAY), advise(PROTOCOL, more, TODAY))


def _any_answer(key: str, chances: Random) -> Any:
    question = BY_KEY[key]
    if question.kind is Kind.PAST_DATE:
        return ago(chances.choice(BOUNDARIES))
    if question.kind is Kind.FUTURE_DATE:
        return ahead(chances.choice(BOUNDARIES))
    option = chances.choice(question.options)
    return [option] if question.kind is Kind.SET else option


@settings(max_examples=300)
@given(CHANCES, st.integers(1, 400))
def test_a_later_day_never_makes_a_verdict_of_time_stricter(chances: Random, days: int) -> None:
    answers = random_answers(chances, 1.0)
    procedures = [procedure for procedure in answers["procedures"] if procedure != "filler_planned"] or ["none"]
    answers |= {"procedures": procedures, "settling": "settled", "skin": ["clear"]}
    now, later = (advise(PROTOCOL, answers, day) for day in (TODAY, TODAY + timedelta(days)))
    for technique in TECHNIQUES:
        # A wait that is over is milder than one that is not, whatever day it named.
        assert strictness(later, technique)[0] <= strictness(now, technique)[0], technique


@settings(max_examples=400)
@given(CHANCES, st.sampled_from((0.5, 0.8, 0.97)))
def test_every_complete_set_of_answers_gets_an_outcome_and_nothing_forbidden(chances: Random, calm: float) -> None:
    answers = random_answers(chances, calm)
    advice = advise(PROTOCOL, answers, TODAY)
    assert advice.reasons
    assert set(advice.techniques) in (set(), set(TECHNIQUES))
    if advice.recommended is not None:
        verdict = advice.techniques[advice.recommended].verdict
        assert verdict in ("yes", "light", "wait", *(["specialist"] if answers["setting"] == "therapist" else []))
        assert advice.recommended != "suction"
    for found in advice.techniques.values():
        assert (found.since is not None) == (found.verdict == "wait")
        assert found.where == "anywhere" or found.verdict in ("yes", "light", "specialist")
    if advice.techniques:
        assert advice.techniques["self"].verdict != "specialist"


@settings(max_examples=150)
@given(CHANCES)
def test_the_engine_needs_exactly_the_answers_that_the_interview_asks_for(chances: Random) -> None:
    answers = random_answers(chances, 0.9)
    if advise(PROTOCOL, answers, TODAY).outcome in (*URGENT, "minor", "ask_again"):
        return
    for key in answers:
        left = {other: value for other, value in answers.items() if other != key}
        if urgent(PROTOCOL, left, TODAY):
            continue
        with pytest.raises(InvalidAnswers) as caught:
            advise(PROTOCOL, left, TODAY)
        assert caught.value.key == key


@settings(max_examples=300)
@given(CHANCES)
def test_a_verdict_changes_on_the_day_that_is_told(chances: Random) -> None:
    """Only for what lies on the calendar: waits that count from today would move on with it."""
    answers = random_answers(chances, 1.0) | {"settling": "settled", "skin_issues": ["none"]}
    now = advise(PROTOCOL, answers, TODAY)
    for technique, day in now.changes.items():
        eve, then = (advise(PROTOCOL, answers, each) for each in (day - timedelta(1), day))
        assert strictness(eve, technique) >= strictness(now, technique)
        assert _mildness(then, technique) < _mildness(now, technique)


def _mildness(advice: Advice, technique: str) -> tuple[int, bool]:
    found = advice.techniques[technique]
    return ORDER.index(found.verdict), found.where == "outside"


@pytest.mark.parametrize(
    ("answers", "technique", "days"),
    [
        (filler(7), "drainage", 7),
        (filler(7), "suction", 35),
        (filler(30, "fat", "cheeks"), "drainage", 26),
        (filler(30, "fat", "cheeks"), "self", 26),
        (filler(43, areas="nose"), "sculpting", None),
        (filler(60, "permanent", "lips"), "classic", None),
        (filler("unknown"), "classic", None),
        (planned(9), "classic", None),
        (filler(7, skin_issues=["sunburn"]), "drainage", 7),
        (filler(7, health=["clots"], clots_detail="past"), "drainage", 7),
        (filler(7, health=["clots"], clots_detail="past"), "classic", None),
    ],
)
def test_the_next_change_is_known(answers: dict[str, Any], technique: str, days: int | None) -> None:
    expected = None if days is None else TODAY + timedelta(days)
    assert advise(PROTOCOL, answers, TODAY).changes.get(technique) == expected


def test_a_deep_peel_stops_self_massage_for_a_year() -> None:
    answers = filler(400, procedures=["peel"], peel_date=ago(100), peel_depth="deep")
    advice = advise(PROTOCOL, answers, TODAY)
    assert advice.techniques["self"].verdict == "no"
    assert advice.changes["self"] == TODAY + timedelta(265)
