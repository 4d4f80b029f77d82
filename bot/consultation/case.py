"""A client's case: the answers that count, read into procedures with their days, as the rules look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.consultation.answers import CheckedAnswers, read_day
from bot.consultation.questions import QUESTIONS, Kind, Value, chosen

_FACT_OF = {"filler_product": "product", "filler_areas": "areas", "peel_depth": "depth", "laser_kind": "kind"}


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure that was done. ``days`` since ``day`` (negative: a future day); both ``None`` where not known."""

    id: str
    day: date | None
    days: int | None
    details: Mapping[str, Value]

    def within(self, days: int) -> bool:
        """So many days ago or fewer, on a future day, or on a day that is not known."""
        return self.days is None or self.days <= days

    def detail(self, name: str) -> str:
        """The answer to one of the procedure's own questions that has one option."""
        value = self.details[name]
        return value if isinstance(value, str) else value[0]

    def facts(self) -> dict[str, Any]:
        """What a reason may tell of it: ``date`` and ``days`` (unless unknown), ``areas``, ``product`` …"""
        when = {} if self.day is None else {"date": self.day, "days": self.days}
        return {**when, **self.details}


@dataclass(frozen=True, slots=True)
class Case:
    """The answers that count on the day ``today``; ``planned_day`` is ``None`` where unknown or nothing is planned."""

    today: date
    answers: Mapping[str, Value]
    done: tuple[Procedure, ...]
    planned: bool
    planned_day: date | None

    def one(self, key: str) -> str:
        """The option chosen for ``key``; empty where it was not answered."""
        value = self.answers.get(key, "")
        return value if isinstance(value, str) else value[0]

    def chosen(self, key: str) -> Sequence[str]:
        return chosen(self.answers, key)

    def procedure(self, name: str) -> Procedure | None:
        return next((procedure for procedure in self.done if procedure.id == name), None)

    def most_recent(self, days: int) -> Procedure | None:
        """Of the procedures done so many days ago or fewer, or on a day not known: the last one, known days first."""
        recent = [procedure for procedure in self.done if procedure.within(days)]
        return min(recent, key=lambda each: (each.days is None, each.days or 0), default=None)

    def conditions(self) -> list[str]:
        """The ids under which sections 3, 4c and 4d know the answers: ``health:heart:stable``, ``skin:puffy`` …"""
        health = [
            f"health:{option}:{self.one(f'{option}_detail')}"
            if f"{option}_detail" in self.answers
            else f"health:{option}"
            for option in self.chosen("health")
        ]
        skin = [f"{key}:{option}" for key in ("skin", "skin_issues") for option in self.chosen(key)]
        return [each for each in (*health, *skin) if not each.endswith(":none")]


def read_case(checked: CheckedAnswers, today: date) -> Case:
    """Reads the valid answers; a date that is missing or malformed counts as unknown."""
    answers = checked.valid
    planned_day = answers.get("filler_planned_date")
    return Case(
        today=today,
        answers=answers,
        done=tuple(_procedure(name, answers, today) for name in _OWN_KEYS if _was_done(name, checked)),
        planned="filler_planned" in chosen(answers, "procedures"),
        planned_day=read_day(planned_day) if isinstance(planned_day, str) else None,
    )


def _was_done(name: str, checked: CheckedAnswers) -> bool:
    """Where ``procedures`` cannot be read, an answer about a procedure speaks for it."""
    if "procedures" in checked.valid:
        return name in checked.valid["procedures"]
    return not checked.given.isdisjoint(_OWN_KEYS[name])


def _procedure(name: str, answers: Mapping[str, Value], today: date) -> Procedure:
    value = answers.get(f"{name}_date")
    day = read_day(value) if isinstance(value, str) else None
    own = {fact: answers[key] for key, fact in _FACT_OF.items() if key in _OWN_KEYS[name] and key in answers}
    details = {fact: value if isinstance(value, str) else tuple(value) for fact, value in own.items()}
    return Procedure(name, day, None if day is None else (today - day).days, details)


def _own_keys(name: str) -> frozenset[str]:
    """The questions that are asked because of the procedure ``name`` alone."""
    return frozenset(q.key for q in QUESTIONS if q.applies({"procedures": (name,)}) and not q.applies({}))


_OWN_KEYS = {
    name: _own_keys(name) for name in (q.key.removesuffix("_date") for q in QUESTIONS if q.kind is Kind.PAST_DATE)
}
