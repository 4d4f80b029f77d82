"""The table of kinds. To add a reminder, add a row here, its texts, and a row in a table test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.reminders import schedules
from bot.reminders.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reminder, under the id by which the clinic's file, the database and the texts know it.

    ``days`` is its schedule. ``grace`` is how late it may still come; later it is missed. ``checks``: it begins with
    the symptoms question. ``technique``: what a clean answer allows to book (empty: what the advice recommends);
    ``books``: whether it does at all. ``offered``: clients choose it; the others follow by themselves.
    """

    id: str
    days: Schedule
    grace: timedelta
    checks: bool = True
    books: bool = False
    technique: str = ""
    offered: bool = True


_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_SAME_DAY = timedelta(hours=10)

SAFE_NOW = Kind("safe_now", schedules.once, _WEEK, books=True)
AFTER_INJECTION = Kind("after_injection", schedules.after_injection, _DAY)
AFTER_MASSAGE = Kind("after_massage", schedules.after_massage, _DAY)
# The last session may not come a day late: its day is the last one allowed.
PREPARATION = Kind("preparation", schedules.preparation, _SAME_DAY, books=True, technique="drainage")
COURSE = Kind("course", schedules.course, 3 * _DAY, books=True, technique="drainage")
MONTHLY = Kind("monthly", schedules.monthly, _WEEK, books=True, technique="classic")
VISIT = Kind("visit", schedules.the_day_before, _SAME_DAY, checks=False, offered=False)
UNFINISHED = Kind("unfinished", schedules.once, 2 * _DAY, checks=False, offered=False)

KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (SAFE_NOW, AFTER_INJECTION, AFTER_MASSAGE, PREPARATION, COURSE, MONTHLY, VISIT, UNFINISHED)
}
