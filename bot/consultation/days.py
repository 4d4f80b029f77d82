"""Days: which may answer a question, and the arithmetic of days that are written incompletely."""

from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from bot.consultation.questions import Kind

EARLIEST = date(1900, 1, 1)
"""No procedure that is asked for is older than that."""

YEARS_AHEAD = 10
"""A later year of a planned filler is a slip of the finger."""

DayProblem: TypeAlias = Literal["not_a_date", "future", "past", "too_long_ago"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text may mean: the ``days`` in question; without any, a time that lacks its day, in ``month`` if known.

    ``month`` is that month's first day.
    """

    days: tuple[date, ...] = ()
    month: date | None = None


def latest(kind: Kind, today: date) -> date:
    """The last day that may answer a question of this ``kind``."""
    return today if kind is Kind.PAST_DATE else date(today.year + YEARS_AHEAD, 12, 31)


def earliest(kind: Kind, today: date) -> date:
    """The first day that may answer a question of this ``kind``."""
    return EARLIEST if kind is Kind.PAST_DATE else today


def day_problem(kind: Kind, day: date, today: date) -> DayProblem | None:
    """Why ``day`` cannot answer a question of this ``kind``; ``None`` where it can. Today answers both kinds."""
    if kind is Kind.PAST_DATE:
        return "future" if day > today else "too_long_ago" if day < EARLIEST else None
    return "past" if day < today else "not_a_date" if day > latest(kind, today) else None


def example_day(kind: Kind, today: date) -> date:
    """A day that answers a question of this ``kind``, to show how one is written."""
    return today + timedelta(days=-7 if kind is Kind.PAST_DATE else 10)


def real_day(year: int, month: int, day: int) -> date | None:
    """The day, or ``None`` where the calendar does not have it."""
    with suppress(ValueError):
        return date(year, month, day)
    return None


def nearest_day(month: int, day: int, kind: Kind, today: date) -> date | None:
    """The most recent such day for a past date, the next one for a planned date; ``None`` for 31 April and its like."""
    step = -1 if kind is Kind.PAST_DATE else 1
    years = range(today.year, today.year + 9 * step, step)  # 29 February can be eight years away, around 1900 and 2100
    days = (real_day(year, month, day) for year in years)
    return next((found for found in days if found and (found - today).days * step >= 0), None)


def full_year(digits: str, today: date) -> int:
    """The year that is written with four digits, or with two: those reach ``YEARS_AHEAD`` years into the future."""
    if len(digits) > 2:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year - 100 if year > today.year + YEARS_AHEAD else year


def months_away(day: date, months: int) -> date | None:
    """The same day ``months`` later (earlier where negative), or that month's last day where it is shorter.

    ``None`` beyond the years that the calendar knows.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
