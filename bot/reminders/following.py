"""What a new advice makes of a plan: the days move with what they depend on, or the plan is over. Repeatable."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from bot.consultation.advice import BOOKABLE, URGENT
from bot.reminders.checking import put_back
from bot.reminders.facts import Facts
from bot.reminders.kinds import Kind
from bot.reminders.offers import Known, days, safe_day

Place: TypeAlias = tuple[Facts, int]
"""The facts of a plan and the step that it is at."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A plan whose next day has moved, or that is over: ``after`` is ``None`` then. Days are the client's."""

    kind: str
    before: date
    after: date | None

    def as_json(self) -> list[str]:
        """As it is stored."""
        return [self.kind, self.before.isoformat(), self.after.isoformat() if self.after else ""]

    @classmethod
    def from_json(cls, stored: Sequence[str]) -> "Moved":
        """What :meth:`as_json` wrote."""
        kind, before, after = stored
        return cls(kind, date.fromisoformat(before), date.fromisoformat(after) if after else None)


def follow(kind: str, facts: Facts, step: int, known: Known) -> Place | None:
    """Where the plan stands after the advice that is ``known``; ``None`` where it has nothing to wait for any more.

    An advice that asks for a date again changes nothing: the answers are about to be corrected.
    """
    rule = _RULES.get(kind)
    if rule is None or known.advice.outcome == "ask_again":
        return facts, step
    return rule(facts, step, known)


def still_true(kind: Kind, facts: Facts, step: int, known: Known) -> Facts | None:
    """What a step that says "it could be now" is worth on its day: unchanged, moved to a later day, or over (``None``).

    ``known`` holds the advice that today's protocol gives on the stored answers, as of the day they were given on.
    Answers that were urgent have been cleared by the clinic before anything is said: the symptoms are asked anew. So
    is a date that contradicts the others.
    """
    advice, today = known.advice, known.today
    if advice.outcome in URGENT | {"ask_again"}:
        return facts
    if advice.outcome not in BOOKABLE:
        return None
    if not kind.technique:
        best = advice.techniques.get(advice.recommended or "")
        since = best.since if best else advice.since
        return put_back(kind, facts, step, since) if since and since > today else facts
    opens = known.opens(kind.technique)
    if opens is None:
        return None
    return put_back(kind, facts, step, opens) if opens > today else facts


def is_past_last_day(kind: Kind, known: Known) -> bool:
    """Whether it is too late for what the kind is about, a filler being planned."""
    last = known.advice.last_days.get(kind.technique)
    return last is not None and known.today > last


def _safe_now(facts: Facts, step: int, known: Known) -> Place | None:
    if known.advice.outcome not in BOOKABLE:
        return None
    day = safe_day(known.advice, known.today)
    if day is None and not known.shown:
        soon = known.today if known.times.at(known.today) > known.now else known.today + timedelta(days=1)
        day = min(facts.day, soon)
    return (replace(facts, day=day), step) if day else None


def _after_injection(facts: Facts, step: int, known: Known) -> Place | None:
    """A touch-up resets the clock: the check-ins begin anew."""
    day = known.injected_on()
    if day is None:
        return None
    return (facts, step) if day == facts.day else (replace(facts, day=day), 0)


def _preparation(facts: Facts, step: int, known: Known) -> Place | None:
    day = known.planned_day()
    if day is None:
        return None
    return _when_open("preparation", "drainage", replace(facts, day=day), step, known)


def _course(facts: Facts, step: int, known: Known) -> Place | None:
    """A course belongs to its filler: after a new one it begins anew."""
    treated, first = known.filler_day(), known.first_day("drainage")
    if treated is None or first is None:
        return None
    if treated != facts.day:
        return Facts(treated, since=first, hour=facts.hour), 0
    return _when_open("course", "drainage", facts, step, known)


def _monthly(facts: Facts, step: int, known: Known) -> Place | None:
    return _when_open("monthly", "classic", facts, step, known)


def _when_open(kind: str, technique: str, facts: Facts, step: int, known: Known) -> Place | None:
    """As planned where the next day is one on which the technique is possible, else from the first such day on."""
    opens = known.opens(technique)
    if opens is None:
        return None
    following = days(kind, facts, known, step)
    if following and known.times.day(following[0].moment) < opens:
        facts = replace(facts, since=opens, at=following[0].step)
        following = days(kind, facts, known, step)
    return (facts, step) if following else None


_RULES: Mapping[str, Callable[[Facts, int, Known], Place | None]] = {
    "safe_now": _safe_now,
    "after_injection": _after_injection,
    "preparation": _preparation,
    "course": _course,
    "monthly": _monthly,
}
