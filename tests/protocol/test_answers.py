"""Section 2: which objects are answers, and which key is named where they are not."""

from typing import Any

import pytest

from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise
from bot.consultation.protocol import Protocol
from tests.protocol.cases import TODAY, ago, done, filler, healthy

BAD: list[tuple[str, dict[str, Any]]] = [
    ("age", healthy(age="child")),
    ("age", healthy(age=["adult"])),
    ("age", healthy(age=True)),
    ("age", healthy(age=None)),
    ("symptoms", healthy(symptoms="none")),
    ("symptoms", healthy(symptoms=[])),
    ("symptoms", healthy(symptoms=["none", "vision"])),
    ("symptoms", healthy(symptoms=["none", "none"])),
    ("symptoms", healthy(symptoms=[1])),
    ("symptoms", healthy(symptoms=[["none"]])),
    ("symptoms", healthy(symptoms={"none": True})),
    ("procedures", healthy(procedures=["botox"])),
    ("skin", healthy(skin=["clear", "puffy"])),
    ("skin", healthy(skin=["puffy", "puffy"])),
    ("filler_areas", filler(3, areas="lips unknown")),
    ("filler_areas", filler(3, filler_areas=[])),
    ("filler_date", filler("2026-02-30")),
    ("filler_date", filler("20261113")),
    ("filler_date", filler("2026-W46-5")),
    ("filler_date", filler("2026-11-1")),
    ("filler_date", filler("２０２６-11-13")),
    ("filler_date", filler("2026-11-13 ")),
    ("filler_date", filler("2026-11-13T00:00")),
    ("filler_date", filler(filler_date=None)),
    ("filler_date", filler("Unknown")),
    ("toxin_date", healthy(procedures=["toxin"])),
    ("peel_depth", done("peel", 9)),
    ("laser_kind", done("laser", 9)),
    ("heart_detail", healthy(health=["heart"])),
    ("heart_detail", healthy(health=["heart"], heart_detail="none")),
    ("wish", healthy(wish=0)),
    ("setting", healthy(setting="clinic")),
]


@pytest.mark.parametrize(("key", "answers"), BAD)
def test_an_impossible_answer_is_named(protocol: Protocol, key: str, answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidAnswers, match=f"^{key}: ") as caught:
        advise(protocol, answers, TODAY)
    assert caught.value.key == key


@pytest.mark.parametrize("key", sorted(healthy()))
def test_a_missing_answer_is_named_and_never_counts_as_no(protocol: Protocol, key: str) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        advise(protocol, {other: value for other, value in healthy().items() if other != key}, TODAY)
    assert caught.value.key == key


def test_all_problems_are_named_at_once_and_no_answer_is_repeated(protocol: Protocol) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        advise(protocol, healthy(skin=["secret"], wish="secret"), TODAY)
    assert caught.value.key == "skin"
    assert "wish: " in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "extra",
    [
        {"peel_depth": 7},
        {"filler_date": "never"},
        {"settling": "unsure"},
        {"heart_detail": "unstable"},
        {"shoe_size": 42},
        {"": None},
    ],
)
def test_a_key_that_was_not_asked_is_ignored(protocol: Protocol, extra: dict[str, Any]) -> None:
    assert advise(protocol, healthy(**extra), TODAY) == advise(protocol, healthy(), TODAY)


MINORS: list[tuple[dict[str, Any], str]] = [
    ({}, "minor"),
    ({"symptoms": ["none"]}, "minor"),
    ({"procedures": ["toxin"]}, "minor"),
    ({"procedures": ["toxin"], "toxin_date": ago(-1)}, "ask_again"),
    ({"toxin_date": ago(-1)}, "ask_again"),
    ({"health": ["lymph"]}, "minor"),
    ({"symptoms": ["chest"], "wish": 5}, "urgent_a"),
    ({"procedures": ["none"], "toxin_date": "never"}, "minor"),
]


@pytest.mark.parametrize(("answers", "outcome"), MINORS)
def test_after_minor_later_answers_may_be_missing(protocol: Protocol, answers: dict[str, Any], outcome: str) -> None:
    assert advise(protocol, {"age": "minor", **answers}, TODAY).outcome == outcome


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("wish", {"wish": 5}),
        ("symptoms", {"symptoms": []}),
        ("toxin_date", {"procedures": ["toxin"], "toxin_date": "never"}),
        ("toxin_date", {"toxin_date": "never"}),
        ("heart_detail", {"heart_detail": "bad"}),
    ],
)
def test_after_minor_a_malformed_answer_is_an_error_still(
    protocol: Protocol, key: str, answers: dict[str, Any]
) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        advise(protocol, {"age": "minor", **answers}, TODAY)
    assert caught.value.key == key


def test_sets_may_be_tuples_as_the_interview_keeps_them(protocol: Protocol) -> None:
    tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in filler(3).items()}
    assert advise(protocol, tuples, TODAY).as_json() == advise(protocol, filler(3), TODAY).as_json()
