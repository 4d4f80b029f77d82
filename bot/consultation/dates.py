"""Dates as a client gives them: quick picks, the days of a month's calendar, and what a typed date means."""

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from bot.consultation.date_figures import read_figures
from bot.consultation.date_words import read_words
from bot.consultation.days import DayProblem, Meaning, day_problem, earliest, latest, months_away
from bot.consultation.questions import Kind
from bot.plain_text import plain_text

LONGEST = 60
"""Characters; no date is longer."""

DateProblem: TypeAlias = DayProblem | Literal["day_missing", "ambiguous"]

_PAST_PICKS = {"today": 0, "yesterday": -1, "days_ago_3": -3, "days_ago_7": -7, "days_ago_14": -14, "days_ago_30": -30}
_FUTURE_PICKS = {"tomorrow": 1, "in_days_3": 3, "in_days_7": 7, "in_days_14": 14, "in_days_30": 30}

_TIME_OF_DAY = re.compile(r",? (?:(?:at|um|в|о|об) )?\d{1,2}:\d{2}(?: ?(?:am|pm|uhr))?$")


@dataclass(frozen=True, slots=True)
class Pick:
    """A button for a day that many clients mean; ``id`` names its text."""

    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the calendar: empty where ``day`` is ``None``; only an ``allowed`` day can be chosen."""

    day: date | None
    allowed: bool


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """A month's calendar. ``month`` and its neighbours are given by their first day.

    ``previous`` and ``next`` are ``None`` where no day of that month could be chosen.
    """

    month: date
    weeks: tuple[tuple[Cell, ...], ...]
    previous: date | None
    next: date | None


@dataclass(frozen=True, slots=True)
class ReadDate:
    """What a typed date means: a ``day``, or two ``candidates`` to be asked back with, or else a ``problem``.

    With the problem ``day_missing`` the ``month`` (its first day) is given where it was named.
    """

    day: date | None = None
    candidates: tuple[date, ...] = ()
    problem: DateProblem | None = None
    month: date | None = None


def quick_picks(kind: Kind, today: date) -> tuple[Pick, ...]:
    """The days to offer as buttons for a question of this ``kind``."""
    picks = _PAST_PICKS if kind is Kind.PAST_DATE else _FUTURE_PICKS
    return tuple(Pick(name, today + timedelta(days=days)) for name, days in picks.items())


def month_grid(year_month: date, first_weekday: int, today: date, kind: Kind) -> MonthGrid:
    """The calendar of the month that ``year_month`` lies in, its weeks beginning on ``first_weekday`` (0 = Monday).

    A month without a day to choose is replaced by the nearest one that has some: no calendar is a dead end.
    """
    first, last = earliest(kind, today), latest(kind, today)
    month = min(max(year_month, first), last).replace(day=1)
    weeks = Calendar(first_weekday).monthdatescalendar(month.year, month.month)
    before, after = months_away(month, -1), months_away(month, 1)
    return MonthGrid(
        month=month,
        weeks=tuple(tuple(_cell(day, month, first, last) for day in week) for week in weeks),
        previous=before if month > first else None,
        next=after if after and after <= last else None,
    )


def read_date(text: str, *, languages: Sequence[str], today: date, kind: Kind, country: str) -> ReadDate:
    """What a typed ``text`` means as the answer to a question of this ``kind``; nothing is guessed.

    ``languages`` are ISO 639 codes, tried in turn; ``country`` (ISO 3166) is the clinic's. Where the year is missing,
    the most recent such day is meant, for a planned date the next one.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return ReadDate(problem="not_a_date")
    plain = _TIME_OF_DAY.sub("", plain_text(text).strip(" .,;:!?()\"'"))
    meaning = read_figures(plain, kind, today, country) or _in_words(plain, languages, kind, today)
    if meaning is None:
        return ReadDate(problem="not_a_date")
    if not meaning.days:
        return ReadDate(problem="day_missing", month=meaning.month)
    return _allowed(meaning.days, kind, today)


def _in_words(text: str, languages: Sequence[str], kind: Kind, today: date) -> Meaning | None:
    codes = (language.partition("-")[0].lower() for language in languages)
    return next(filter(None, (read_words(text, code, kind, today) for code in codes)), None)


def _allowed(days: tuple[date, ...], kind: Kind, today: date) -> ReadDate:
    allowed = tuple(day for day in days if day_problem(kind, day, today) is None)
    match len(allowed):
        case 0:
            return ReadDate(problem=day_problem(kind, days[0], today))
        case 1:
            return ReadDate(day=allowed[0])
        case 2:
            return ReadDate(candidates=allowed)
    return ReadDate(problem="ambiguous")


def _cell(day: date, month: date, first: date, last: date) -> Cell:
    if (day.year, day.month) != (month.year, month.month):
        return Cell(None, allowed=False)
    return Cell(day, first <= day <= last)
