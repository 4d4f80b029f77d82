"""Dates written in figures: ``2026-11-13``, ``13.11.2026``, ``13.11``, ``13/11``."""

import re
from collections.abc import Iterator
from datetime import date

from bot.consultation.days import Meaning, full_year, nearest_day, real_day
from bot.consultation.questions import Kind

MONTH_FIRST = frozenset({"US", "PH", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})
"""The countries where 3/4 is first of all the fourth of March (CLDR's short date formats for English)."""

_YEAR_WORD = r"(?: ?(?:г|год|года|р|рік|року)\b)?"
_YEAR_FIRST = re.compile(r"(\d{4}) ?([-./]) ?(\d{1,2}) ?\2 ?(\d{1,2})")
_DAY_AND_MONTH = re.compile(r"(\d{1,2}) ?([-./]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{2}))?" + _YEAR_WORD)
_SPACED = re.compile(r"(\d{1,2})( )(\d{1,2}) (\d{4})" + _YEAR_WORD)
_MONTH_AND_YEAR = re.compile(r"(\d{1,2}) ?[-./] ?((?:19|20)\d{2})")
_YEAR = re.compile(r"(?:19|20)\d{2}" + _YEAR_WORD)


def read_figures(text: str, kind: Kind, today: date, country: str) -> Meaning | None:
    """What ``text`` means as a date in figures; ``None`` where it is none.

    A dotted date is day first. With strokes, dashes or blanks the month may come first: then both days are given,
    the one that is usual in the ``country`` (ISO 3166) first.
    """
    if found := _YEAR_FIRST.fullmatch(text):
        day = real_day(int(found[1]), int(found[3]), int(found[4]))
        return Meaning((day,)) if day else None
    if found := _DAY_AND_MONTH.fullmatch(text) or _SPACED.fullmatch(text):
        days = dict.fromkeys(day for day in _readings(found, kind, today, country) if day)
        return Meaning(tuple(days)) if days else None
    if (found := _MONTH_AND_YEAR.fullmatch(text)) and (month := real_day(int(found[2]), int(found[1]), 1)):
        return Meaning(month=month)
    return Meaning() if _YEAR.fullmatch(text) else None


def _readings(found: re.Match[str], kind: Kind, today: date, country: str) -> Iterator[date | None]:
    first, separator, second, year = found.groups()
    orders = [(first, second, year)]
    if separator != ".":
        orders.insert(0 if country in MONTH_FIRST else 1, (second, first, year))
    if separator == "-" and year and len(year) == 2:
        orders.append((year, second, first))
    for day, month, written_year in orders:
        if written_year:
            yield real_day(full_year(written_year, today), int(month), int(day))
        else:
            yield nearest_day(int(month), int(day), kind, today)
