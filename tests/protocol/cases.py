"""Answers for the tests: a healthy client, and random ones."""

from datetime import date, timedelta
from random import Random
from typing import Any

from bot.consultation.questions import QUESTIONS, Kind, Question

TODAY = date(2026, 11, 20)
HEALTHY: dict[str, Any] = {
    "age": "adult",
    "symptoms": ["none"],
    "procedures": ["none"],
    "skin": ["clear"],
    "skin_issues": ["none"],
    "health": ["none"],
    "wish": "advise_me",
    "setting": "therapist",
}
BOUNDARIES = (0, 1, 6, 7, 8, 13, 14, 15, 27, 28, 29, 30, 31, 41, 42, 43, 55, 56, 57, 89, 90, 91, 179, 180, 364, 365)
"""Days since a procedure, on both sides of every number of the protocol."""


def ago(days: int | str) -> str:
    """The day so many days before ``TODAY``; text such as ``unknown`` as it is."""
    return days if isinstance(days, str) else (TODAY - timedelta(days)).isoformat()


def ahead(days: int | str) -> str:
    return days if isinstance(days, str) else (TODAY + timedelta(days)).isoformat()


def healthy(**changes: Any) -> dict[str, Any]:
    return HEALTHY | changes


def filler(days: int | str = 3, product: str = "ha", areas: str = "lips", **changes: Any) -> dict[str, Any]:
    """A filler some days ago, settled; ``areas`` separated by blanks."""
    own = {
        "procedures": ["filler"],
        "filler_product": product,
        "filler_areas": areas.split(),
        "filler_date": ago(days),
        "settling": "settled",
    }
    return HEALTHY | own | changes


def done(procedure: str, days: int | str, **changes: Any) -> dict[str, Any]:
    return HEALTHY | {"procedures": [procedure], f"{procedure}_date": ago(days)} | changes


def planned(days: int | str, **changes: Any) -> dict[str, Any]:
    return HEALTHY | {"procedures": ["filler_planned"], "filler_planned_date": ahead(days)} | changes


def dice(seed: float) -> Random:
    """Chances that fall the same way in every run."""
    return Random(seed)  # noqa: S311  # no secret is drawn


def random_answers(random: Random, calm: float = 0.5) -> dict[str, Any]:
    """A complete set of answers. ``calm``: how often a question gets its harmless answer, so that rule 7 is reached."""
    answers: dict[str, Any] = {}
    for question in QUESTIONS:
        if question.applies(answers):
            answers[question.key] = _answer(question, random, calm)
    return answers


def _answer(question: Question, random: Random, calm: float) -> Any:
    if question.kind in (Kind.PAST_DATE, Kind.FUTURE_DATE):
        return _day(question.kind, random)
    if random.random() < calm and question.key in ("age", "symptoms", "skin_issues", "health", "settling"):
        harmless = {"age": "adult", "settling": "settled"}.get(question.key)
        return harmless or ["none"]
    if question.kind is Kind.ONE:
        return random.choice(question.options)
    free = [option for option in question.options if option not in question.exclusive]
    if random.random() < 0.25:
        return [random.choice(sorted(question.exclusive))]
    return random.sample(free, random.choice((1, 1, 1, 2, 2, 3)))


def _day(kind: Kind, random: Random) -> str:
    if random.random() < 0.1:
        return "unknown"
    days = random.choice(BOUNDARIES) if random.random() < 0.7 else random.randint(-5, 500)
    return ago(days) if kind is Kind.PAST_DATE else ahead(days if random.random() < 0.95 else -days)
