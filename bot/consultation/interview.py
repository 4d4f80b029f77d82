"""The interview: which question is open, and what an answer, a *Back* or a correction make of the answers.

The answers are the state. The open question is the first one that applies and has no answer; beside the answers only
the ticks of an unfinished set and the key of a correction in progress are kept. An answer is held only while its
question applies. Red flags and minors end the interview earlier: that is the protocol's decision, not made here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import Any, Literal, Self, TypeAlias

from bot.consultation.days import DayProblem, day_problem
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind, Question, Value, chosen

CONSENT = "age"
"""Answered with the consent on the first screen; *Back* and *Change* leave it alone."""

DONE = "done"
"""What finishes a set, in the place of an option."""

Problem: TypeAlias = Literal["stale", "unknown_option", "nothing_ticked"] | DayProblem


class WrongAnswer(ValueError):
    """An answer that cannot be taken: ``problem`` says why and ``key`` which question it was meant for."""

    def __init__(self, problem: Problem, key: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.problem = problem
        self.key = key


@dataclass(frozen=True, slots=True)
class Consultation:
    """One client's consultation.

    ``answers`` by key, in the form in which the protocol reads them; ``ticks`` are the options ticked so far in the
    open set; ``changing`` is the key of the answer being corrected, which keeps its value until there is a new one.
    """

    answers: Mapping[str, Value] = field(default_factory=dict)
    ticks: tuple[str, ...] = ()
    changing: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain lists, strings and ``None``, to be stored."""
        return {"answers": _plain(self.answers), "ticks": list(self.ticks), "changing": self.changing}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The consultation that ``as_json`` described.

        Answers that no longer fit the questions, because an update of the product changed those, are dropped: they
        are asked again.
        """
        fitting = {key: _frozen(v) for key, v in stored.get("answers", {}).items() if _fits(BY_KEY.get(key), v)}
        answers = _applying(fitting)
        changing = stored.get("changing")
        loaded = cls(answers, changing=changing if changing in answers else None)
        question = open_question(loaded)
        return replace(loaded, ticks=_ordered(question, stored.get("ticks", ()))) if question else loaded


@dataclass(frozen=True, slots=True)
class Progress:
    """``position`` of the open question, from 1, among the ``total`` that this client will be asked."""

    position: int
    total: int


def asked(consultation: Consultation) -> tuple[Question, ...]:
    """The questions that apply, given the answers so far."""
    return tuple(question for question in QUESTIONS if question.applies(consultation.answers))


def open_question(consultation: Consultation) -> Question | None:
    """The question to be answered now; ``None`` when the answers are complete."""
    if consultation.changing:
        return BY_KEY[consultation.changing]
    return next((question for question in asked(consultation) if question.key not in consultation.answers), None)


def is_under_way(consultation: Consultation) -> bool:
    """Whether somebody has begun to answer, beyond the consent, and a question is open."""
    return len(consultation.answers) > 1 and open_question(consultation) is not None


def choose(consultation: Consultation, key: str, value: str, today: date) -> Consultation:
    """Take ``value`` for the question ``key``: an option, ``YYYY-MM-DD``, or ``done`` for a set.

    In a set an option toggles, an exclusive one answers at once. Raises :class:`WrongAnswer`; then nothing changed.
    """
    question = open_question(consultation)
    if question is None or question.key != key:
        raise WrongAnswer("stale", key)
    if question.kind is Kind.SET:
        return _choose_in_set(consultation, question, value)
    if value not in question.options:
        _check_day(question, value, today)
    return _answered(consultation, question, value)


def back(consultation: Consultation) -> Consultation:
    """Leave a correction, or forget the answer before the open question; a set keeps its ticks.

    At the first question after the consent there is nothing to go back to: the consultation stays as it is.
    """
    if consultation.changing:
        return replace(consultation, changing=None, ticks=())
    question = open_question(consultation)
    before = list(takewhile(lambda earlier: earlier is not question, asked(consultation)))
    if not before or before[-1].key == CONSENT:
        return consultation
    answers = dict(consultation.answers)
    value = answers.pop(before[-1].key)
    return Consultation(_applying(answers), ticks=_ticks(before[-1], value))


def change(consultation: Consultation, key: str) -> Consultation:
    """Open the answered question ``key`` again, with a set's old options ticked.

    Raises :class:`WrongAnswer` where ``key`` has no answer that may be changed.
    """
    if key == CONSENT or key not in consultation.answers:
        raise WrongAnswer("stale", key)
    return replace(consultation, changing=key, ticks=_ticks(BY_KEY[key], consultation.answers[key]))


def answered(consultation: Consultation) -> tuple[tuple[Question, Value], ...]:
    """The answers that may be changed, in the order of the questions."""
    answers = consultation.answers
    return tuple((q, answers[q.key]) for q in QUESTIONS if q.key in answers and q.key != CONSENT)


def progress(consultation: Consultation) -> Progress:
    """How far the client is, counting the questions known to be asked; the consent is not counted."""
    keys = [question.key for question in asked(consultation) if question.key != CONSENT]
    question = open_question(consultation)
    if question is None:
        return Progress(len(keys), len(keys))
    return Progress(1 if question.key == CONSENT else keys.index(question.key) + 1, len(keys))


def _choose_in_set(consultation: Consultation, question: Question, value: str) -> Consultation:
    if value == DONE:
        if not consultation.ticks:
            raise WrongAnswer("nothing_ticked", question.key)
        return _answered(consultation, question, consultation.ticks)
    if value in question.exclusive:
        return _answered(consultation, question, (value,))
    if value not in question.options:
        raise WrongAnswer("unknown_option", question.key)
    ticked = (set(consultation.ticks) ^ {value}) - question.exclusive
    return replace(consultation, ticks=_ordered(question, ticked))


def _check_day(question: Question, value: str, today: date) -> None:
    if question.kind is Kind.ONE:
        raise WrongAnswer("unknown_option", question.key)
    day = _day(value)
    problem = "not_a_date" if day is None else day_problem(question.kind, day, today)
    if problem:
        raise WrongAnswer(problem, question.key)


def _answered(consultation: Consultation, question: Question, value: Value) -> Consultation:
    return Consultation(_applying({**consultation.answers, question.key: value}))


def _applying(answers: Mapping[str, Value]) -> dict[str, Value]:
    """The answers whose question applies; a condition looks at earlier questions only, so one walk is enough."""
    kept: dict[str, Value] = {}
    for question in QUESTIONS:
        if question.key in answers and question.applies(kept):
            kept[question.key] = answers[question.key]
    return kept


def _ticks(question: Question, value: Value) -> tuple[str, ...]:
    return _ordered(question, chosen({question.key: value}, question.key))


def _ordered(question: Question, options: Collection[str]) -> tuple[str, ...]:
    return tuple(option for option in question.options if option in options) if question.kind is Kind.SET else ()


def _day(value: str) -> date | None:
    """The day written ``YYYY-MM-DD``; Python reads other spellings too, such as ``20261113``: those are refused."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day.isoformat() == value else None


def _fits(question: Question | None, value: Any) -> bool:
    if question is None:
        return False
    if question.kind is Kind.SET:
        return isinstance(value, list) and bool(value) and all(option in question.options for option in value)
    dated = question.kind is not Kind.ONE
    return isinstance(value, str) and (value in question.options or (dated and _day(value) is not None))


def _plain(answers: Mapping[str, Value]) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else list(value) for key, value in answers.items()}


def _frozen(value: Any) -> Value:
    return value if isinstance(value, str) else tuple(value)
