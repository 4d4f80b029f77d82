"""The green light is earned: what is asked again after a reminder, and what the fresh answers come to. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from bot.consultation.advice import BOOKABLE
from bot.consultation.protocol_model import Protocol, WaitRow
from bot.consultation.questions import Answers, chosen
from bot.reminders.facts import Facts
from bot.reminders.kinds import Kind
from bot.reminders.offers import Known

ALWAYS_ASKED = frozenset({"symptoms", "settling"})
"""What may have changed since the advice: every "you may book now" needs a fresh, clean answer (protocol.md, 6)."""

Light: TypeAlias = Literal["green", "later", "advice", "well"]
"""``green``: it may be booked now. ``later``: not before a day. ``advice``: that says it best. ``well``: thanks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to, for which technique, and the day of ``later``."""

    light: Light
    technique: str = ""
    day: date | None = None


def asked_again(answers: Answers, protocol: Protocol) -> frozenset[str]:
    """The questions of a check: those that are always asked, and each answer for which one waits from *today* on.

    Such a wait begins anew with every advice on the same answer, and would never be over.
    """
    waits = (condition for condition, row in protocol.conditions.items() if isinstance(row, WaitRow))
    found = (_question(answers, *condition.split(":")) for condition in waits)
    return ALWAYS_ASKED | {key for key in found if key}


def _question(answers: Answers, key: str, option: str, detail: str = "") -> str:
    """The question by which the condition was given; empty where it does not hold."""
    asked, value = (f"{option}_detail", detail) if detail else (key, option)
    return asked if value in chosen(answers, asked) else ""


def verdict(kind: Kind, known: Known) -> Verdict:
    """What the advice on the fresh answers means to who was reminded of ``kind``."""
    outcome = known.advice.outcome
    if not kind.books:
        settled = known.answers.get("settling", "settled") == "settled" and outcome in BOOKABLE | {"not_now"}
        return Verdict("well" if settled else "advice")
    technique = kind.technique or known.advice.recommended or ""
    opens = known.opens(technique)
    if opens is None or outcome not in BOOKABLE:
        return Verdict("advice")
    if opens > known.today:
        return Verdict("later", technique, opens)
    return Verdict("green", technique) if known.advice.allows(technique, known.today) else Verdict("advice")


def put_back(kind: Kind, facts: Facts, step: int, day: date) -> Facts:
    """The facts under which the step that was said comes again on ``day``, and with it all that follow."""
    return replace(facts, day=day) if kind.id == "safe_now" else replace(facts, since=day, at=step)
