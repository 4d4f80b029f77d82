"""Verdicts over time: what one rule says about one technique, day by day, and how rules are merged (section 4)."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from bot.consultation.advice import TECHNIQUES, Verdict

ALWAYS = -(10**7)
"""The first day of a step that has no beginning; far before any calendar day."""


class Severity(IntEnum):
    """The verdicts from the mildest to the strictest."""

    YES = 0
    LIGHT = 1
    SPECIALIST = 2
    WAIT = 3
    NO = 4

    @property
    def verdict(self) -> Verdict:
        return _VERDICTS[self]


_VERDICTS: tuple[Verdict, ...] = ("yes", "light", "specialist", "wait", "no")
SEVERITY_OF = {verdict: Severity(rank) for rank, verdict in enumerate(_VERDICTS)}


class Ruling(NamedTuple):
    """What holds on one day. Rulings compare from the mildest to the strictest; ``until`` is 0 unless it is a wait."""

    severity: Severity
    until: int = 0
    outside: bool = False


FREE = Ruling(Severity.YES)
FORBIDDEN = Ruling(Severity.NO)


class Step(NamedTuple):
    """From day ``start`` on, ``ruling`` holds."""

    start: int
    ruling: Ruling


Timeline: TypeAlias = tuple[Step, ...]
"""Steps in the order of their days, at least one; before the first of them one waits for it."""


def ruling(timeline: Timeline, day: int) -> Ruling:
    """What ``timeline`` says on ``day``, both counted in days from the same origin."""
    current = None
    for start, now in timeline:
        if start > day:
            break
        current = now
    return current or Ruling(Severity.WAIT, timeline[0].start)


def strictest(rulings: Iterable[Ruling]) -> Ruling:
    """Merges what several rules say: the strictest verdict, the latest wait, ``outside`` if any rule says so."""
    severity, until, outside = Severity.YES, 0, False
    for each in rulings:
        severity = max(severity, each.severity)
        until = max(until, each.until)
        outside = outside or each.outside
    if severity is Severity.WAIT:
        return Ruling(severity, until)
    return Ruling(severity, 0, outside and severity is not Severity.NO)


@lru_cache(maxsize=512)
def unchanging(cells: tuple[Verdict, ...], *, outside: bool = False) -> dict[str, Timeline]:
    """One verdict for each technique whatever the day; at home nobody experienced is there for a ``specialist``."""
    timelines: dict[str, Timeline] = {}
    for technique, cell in zip(TECHNIQUES, cells, strict=True):
        severity = SEVERITY_OF[cell]
        if technique == "self" and severity is Severity.SPECIALIST:
            severity = Severity.NO
        timelines[technique] = (Step(ALWAYS, Ruling(severity, 0, outside)),)
    return timelines


@lru_cache(maxsize=64)
def after_days(days: int) -> dict[str, Timeline]:
    """Every technique waits for ``days`` days from the origin."""
    return dict.fromkeys(TECHNIQUES, (Step(days, FREE),))


def day_of(ordinal: int) -> date:
    """The calendar day; the first or the last one that there is where ``ordinal`` lies beyond."""
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))
