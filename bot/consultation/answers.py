"""Validates an answers object: which answers count, and what is wrong with the others (protocol.md, section 2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.consultation.questions import QUESTIONS, UNKNOWN, Kind, Question, Value

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class InvalidAnswers(ValueError):
    """Answers on which nothing can be advised. ``key`` is the first offending key; the text names all of them."""

    def __init__(self, *problems: "Problem") -> None:
        super().__init__("; ".join(f"{problem.key}: {problem.text}" for problem in problems))
        self.key = problems[0].key


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the answer to ``key`` does not count. The text never repeats the answer: it may be personal."""

    key: str
    text: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """``valid`` holds the answers that count; ``given`` the keys that were answered at all, well or badly."""

    valid: Mapping[str, Value]
    given: frozenset[str]
    problems: tuple[Problem, ...]


def check(answers: Mapping[str, object]) -> CheckedAnswers:
    """Sorts ``answers`` into those that count and problems. Keys whose condition does not hold are ignored.

    A condition on an answer that is missing or malformed is not known to fail: an answer that is there then counts
    (``settling`` without ``procedures``), because an urgent sign must not be lost with another answer.
    """
    valid: dict[str, Value] = {}
    unreadable: dict[str, Value] = {}
    given: set[str] = set()
    problems: list[Problem] = []
    for question in QUESTIONS:
        key = question.key
        asked = question.applies(valid)
        if not asked and not (unreadable and question.applies(unreadable)):
            continue
        if key not in answers:
            fault = "missing"
        else:
            given.add(key)
            fault = _fault(question, answers[key])
        if not fault:
            valid[key] = answers[key]  # type: ignore[assignment]  # _fault has just proved it
            continue
        if question.kind is Kind.SET:
            unreadable[key] = question.options
        if asked or key in given:
            problems.append(Problem(key, fault, missing=key not in given))
    return CheckedAnswers(valid, frozenset(given), tuple(problems))


def read_day(text: str) -> date | None:
    """The real day that ``text`` spells as ``YYYY-MM-DD``; ``None`` for anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _fault(question: Question, value: object) -> str:
    """What is wrong with ``value`` as an answer to ``question``; empty where it is valid."""
    match question.kind:
        case Kind.ONE:
            return "" if isinstance(value, str) and value in question.options else _one_of(question)
        case Kind.SET:
            return _set_fault(question, value)
        case _:
            is_day = isinstance(value, str) and (value == UNKNOWN or read_day(value) is not None)
            return "" if is_day else f"must be a real day (YYYY-MM-DD) or {UNKNOWN}"


def _set_fault(question: Question, value: object) -> str:
    if not isinstance(value, list | tuple) or not value:
        return "must be a list of options, not empty"
    if not all(isinstance(option, str) and option in question.options for option in value):
        return _one_of(question)
    if len(set(value)) != len(value):
        return "an option stands there twice"
    if len(value) > 1 and not question.exclusive.isdisjoint(value):
        return f"{', '.join(sorted(question.exclusive))} excludes the other options"
    return ""


def _one_of(question: Question) -> str:
    return f"must be of {', '.join(question.options)}"
