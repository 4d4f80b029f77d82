"""The shipped protocol against the second, naive reading of the document."""

from random import Random
from typing import Any

import pytest

from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise
from bot.consultation.protocol import Protocol
from tests.protocol import reference
from tests.protocol.cases import TODAY, dice, random_answers
from tests.protocol.expectations import compared, failures

JUNK: tuple[Any, ...] = (None, 1, True, "", [], {}, "x", ["x"], ["none", "none"], ["none", "heart"], [1], [["lips"]],
                         "2026-02-30", "20261113", "unknown", "2026-11-21", "worse", "unsure")  # fmt: skip


def test_the_shipped_protocol_does_what_the_document_says(protocol: Protocol) -> None:
    assert list(failures(protocol)) == []


@pytest.mark.parametrize("calm", [0.3, 0.7, 0.95])
def test_two_readings_of_the_document_agree_on_random_answers(protocol: Protocol, calm: float) -> None:
    random = dice(calm)
    for _ in range(1000):
        answers = random_answers(random, calm)
        assert compared(advise(protocol, answers, TODAY)) == reference.advice(answers, TODAY), answers


def test_two_readings_of_the_document_agree_on_damaged_answers(protocol: Protocol) -> None:
    random = dice(2026)
    refused = 0
    for _ in range(2000):
        answers = damaged(random_answers(random, 0.9), random)
        expected = expected_of(answers)
        refused += isinstance(expected, set)
        assert found_in(protocol, answers) == expected, answers
    assert 500 < refused < 1900


def expected_of(answers: dict[str, Any]) -> dict[str, Any] | set[str]:
    """The advice, or the keys for which there is none."""
    try:
        return reference.advice(answers, TODAY)
    except reference.Refused as refusal:
        return refusal.keys


def found_in(protocol: Protocol, answers: dict[str, Any]) -> dict[str, Any] | set[str]:
    try:
        return compared(advise(protocol, answers, TODAY))
    except InvalidAnswers as error:
        return {problem.split(": ")[0] for problem in str(error).split("; ")}


def damaged(answers: dict[str, Any], random: Random) -> dict[str, Any]:
    """Some answers taken away or replaced by what is none; sometimes one that was never asked for."""
    for key in random.sample(sorted(answers), random.choice((1, 1, 2, 4))):
        if random.random() < 0.5:
            del answers[key]
        else:
            answers[key] = random.choice(JUNK)
    if random.random() < 0.3:
        answers[random.choice(("toxin_date", "settling", "heart_detail", "peel_depth"))] = random.choice(JUNK)
    return answers
