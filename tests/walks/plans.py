"""What clients may answer, so that together every option, every follow-up and every outcome comes up."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from bot.consultation.questions import BY_KEY, QUESTIONS, UNKNOWN, Kind, Question
from tests.protocol.cases import BOUNDARIES, HEALTHY, TODAY, dice, random_answers

Plan: TypeAlias = dict[str, Any]
"""A client's answers by question, complete."""

DATES = frozenset({Kind.PAST_DATE, Kind.FUTURE_DATE})
ASKED = [question for question in QUESTIONS if question.key != "age"]
_CALM = HEALTHY | {"settling": "settled"}


def free_options(question: Question) -> list[str]:
    """The options of a set that can be ticked together."""
    return [option for option in question.options if option not in question.exclusive]


def complete(wanted: Mapping[str, Any]) -> Plan:
    """The ``wanted`` answers with a harmless one for everything else that is asked because of them."""
    plan: Plan = {}
    for question in QUESTIONS:
        if question.applies(plan):
            plan[question.key] = wanted.get(question.key, _harmless(question))
    return plan


def every_option() -> Iterator[Plan]:
    """Each option of each question once, and each set with all that can be ticked."""
    for question in ASKED:
        for option in (*question.options, *_days(question)):
            yield complete({**_what_leads_to(question), question.key: _as_answer(question, option)})
        if question.kind is Kind.SET:
            yield complete({**_what_leads_to(question), question.key: free_options(question)})


def everything_at_once() -> Iterator[Plan]:
    """The longest interview: all procedures and conditions, on different days."""
    sets = {question.key: free_options(question) for question in ASKED if question.kind is Kind.SET}
    for days in (0, 20, 400):
        past = {q.key: _day(q, days) for q in ASKED if q.kind is Kind.PAST_DATE}
        for skipped in (("symptoms",), ("symptoms", "health"), ("symptoms", "health", "skin_issues", "skin")):
            yield complete({**past, **{key: value for key, value in sets.items() if key not in skipped}})


def every_boundary() -> Iterator[Plan]:
    """Each procedure on both sides of every number of the protocol, with each wish."""
    wishes = BY_KEY["wish"].options
    for procedure in free_options(BY_KEY["procedures"]):
        question = BY_KEY[f"{procedure}_date"]
        for index, days in enumerate(BOUNDARIES):
            wish = wishes[index % len(wishes)]
            setting = ("therapist", "home")[index % 2]
            own = {"procedures": [procedure], question.key: _day(question, days)}
            yield complete({**own, "wish": wish, "setting": setting, "filler_areas": ["lips", "nose"]})


def random_plans(count: int) -> Iterator[Plan]:
    """Random answers, as far as an interview takes them: no day that it would refuse."""
    chances = dice(4)
    for number in range(count):
        answers = random_answers(chances, (0.5, 0.8, 0.97)[number % 3])
        yield {key: _possible(BY_KEY[key], value) for key, value in answers.items()} | {"age": "adult"}


def _harmless(question: Question) -> Any:
    if question.key in _CALM:
        return _CALM[question.key]
    if question.kind in DATES:
        return _day(question, 20)
    return [question.options[0]] if question.kind is Kind.SET else question.options[-1]


def _what_leads_to(question: Question) -> dict[str, list[str]]:
    """The one other answer under which the question is asked."""
    if question.applies({}):
        return {}
    led = ({key: [option]} for key in ("procedures", "health") for option in BY_KEY[key].options)
    return next(answer for answer in led if question.applies(answer))


def _days(question: Question) -> list[str]:
    """Today, and a day far away."""
    return [_day(question, days) for days in (0, 3000)] if question.kind in DATES else []


def _as_answer(question: Question, option: str) -> Any:
    return [option] if question.kind is Kind.SET else option


def _day(question: Question, days: int) -> str:
    sign = -1 if question.kind is Kind.PAST_DATE else 1
    return (TODAY + sign * timedelta(days)).isoformat()


def _possible(question: Question, value: Any) -> Any:
    if question.kind not in DATES or value == UNKNOWN:
        return value
    today = TODAY.isoformat()
    return min(value, today) if question.kind is Kind.PAST_DATE else max(value, today)
