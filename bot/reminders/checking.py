"""The green light is earned: what the fresh answers after a reminder come to. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from bot.consultation.advice import BOOKABLE
from bot.reminders.facts import Facts
from bot.reminders.kinds import Kind
from bot.reminders.offers import Known

Light: TypeAlias = Literal["green", "later", "advice", "well"]
"""``green``: it may be booked now. ``later``: not before a day. ``advice``: that says it best. ``well``: thanks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to, for which technique, and the day of ``later``."""

    light: Light
    technique: str = ""
    day: date | None = None


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
