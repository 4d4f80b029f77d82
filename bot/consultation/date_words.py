"""Dates written in words: ``13 November``, ``3 days ago``, ``last Friday``, ``позавчора``.

dateparser knows the words of many languages, and here it translates them to English; what the translation means is
decided by the few patterns below. Its own parser reads "may", "1" or half a sentence as a day and rolls what is missing
over from today, which no advice may be built on.
"""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cache

from dateparser.conf import settings
from dateparser.data.languages_info import language_order
from dateparser.languages.loader import default_loader
from dateparser.languages.locale import Locale

from bot.consultation.days import Meaning, full_year, months_away, nearest_day, real_day
from bot.consultation.questions import Kind

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_SPOKEN: dict[str, tuple[tuple[str, str], ...]] = {
    "en": ((r"^(day|week|fortnight|month|year) ago$", r"1 \1 ago"),),
    "ru": ((r"(?<=\d)-?(?:го|е|ого|ое)\b", ""),),
    "uk": (
        (r"^(день|тиждень|місяць|рік) тому$", r"1 \1 тому"),
        (r"^(через|за) (день|тиждень|місяць|рік)$", r"\1 1 \2"),
        (r"(?<=\d)-?(?:го|е|ого)\b", ""),
        (r"^у (?=\w)", ""),
    ),
}
"""Usual phrases, by language, that the library does not know, and the same said so that it does."""

_VAGUE = re.compile(r"\bпар[аиоуы]\b")
""""A couple of": the library takes it for exactly two."""

_MONTH = f"(?P<month>{'|'.join(MONTHS)})"
_WEEKDAY = f"(?P<weekday>{'|'.join(WEEKDAYS)})"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_DATES = tuple(
    re.compile(rf"(?:{_WEEKDAY} )?{pattern}(?: year)?")
    for pattern in (
        f"{_DAY} {_MONTH}(?: {_YEAR})?",
        f"{_MONTH} {_DAY}(?: {_YEAR})?",
        rf"(?P<year>\d{{4}}) {_MONTH} {_DAY}",
    )
)
_WITHOUT_DAY = re.compile(rf"{_MONTH}(?: (?P<year>\d{{4}}))?(?: year)?")
_WEEKDAY_ONLY = re.compile(rf"(?:(?P<which>last|this|next) |am )?{_WEEKDAY}")
_MONTHS = {"month": 1, "year": 12}
_SPANS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "fortnight": timedelta(weeks=2),
}
_AMOUNT = rf"\d{{1,4}} (?:{'|'.join([*_MONTHS, *_SPANS])})"
_PART_OF_DAY = "(?: (?:morning|noon|afternoon|evening|night))?"
_DISTANCE = re.compile(rf"(?P<ahead>in )?(?P<amounts>{_AMOUNT}(?: {_AMOUNT})?)(?P<way> ago| in)?{_PART_OF_DAY}")


def read_words(text: str, language: str, kind: Kind, today: date) -> Meaning | None:
    """What ``text`` (lower case) means as a date in words of ``language`` (ISO 639); ``None`` where it is none.

    Several days where the client may mean either: *Friday* on a Friday, *5 hours ago* soon after midnight.
    """
    locale = _locale(language)
    if locale is None or _VAGUE.search(text):
        return None
    for phrase, known in _SPOKEN.get(language, ()):
        text = re.sub(phrase, known, text)
    if not locale.is_applicable(text, settings=settings):
        return None
    translated = locale.translate(text, settings=settings)
    words = " ".join(re.sub(r"[.,/]|(?<=\w)-", " ", translated).split())
    if found := _WEEKDAY_ONLY.fullmatch(words):
        is_spelt_out = len(text.split()[-1]) > 3  # "sat" and "mon" are other words as well
        return _weekday(found, kind, today) if is_spelt_out else None
    meaning = _date(words, kind, today) or _distance(words, kind, today)
    if meaning and meaning.days and _spans(language).search(text):
        return Meaning(month=meaning.days[0].replace(day=1))
    return meaning


@cache
def _locale(language: str) -> Locale | None:
    return default_loader.get_locale(language) if language in language_order else None


@cache
def _spans(language: str) -> re.Pattern[str]:
    """*Last week* and its like, which the library translates as if they were *1 week ago*."""
    locale = _locale(language)
    names = locale.info["relative-type"].items() if locale else ()
    phrases = [phrase for meaning, known in names if re.search("week|month|year", meaning) for phrase in known]
    return re.compile("|".join(rf"\b{re.escape(phrase)}\b" for phrase in phrases) or "(?!)")


def _date(words: str, kind: Kind, today: date) -> Meaning | None:
    if found := _WITHOUT_DAY.fullmatch(words):
        month = MONTHS.index(found["month"]) + 1
        return Meaning(
            month=real_day(int(found["year"]), month, 1) if found["year"] else nearest_day(month, 1, kind, today)
        )
    found = next(filter(None, (pattern.fullmatch(words) for pattern in _DATES)), None)
    if found is None:
        return None
    month, number = MONTHS.index(found["month"]) + 1, int(found["day"])
    if found["year"]:
        day = real_day(full_year(found["year"], today), month, number)
    else:
        day = nearest_day(month, number, kind, today)
    contradicts = day and found["weekday"] and WEEKDAYS[day.weekday()] != found["weekday"]
    return Meaning((day,)) if day and not contradicts else None


def _weekday(found: re.Match[str], kind: Kind, today: date) -> Meaning:
    """The day of that name in the direction of the question, or of *last*, *next* and *this* (week)."""
    ahead = found["which"] == "next" or (found["which"] is None and kind is Kind.FUTURE_DATE)
    week = timedelta(days=7 if ahead else -7)
    in_this_week = today + timedelta(days=WEEKDAYS.index(found["weekday"]) - today.weekday())
    if found["which"] == "this":
        return Meaning((in_this_week,))
    lies_in_direction = in_this_week > today if ahead else in_this_week < today
    if in_this_week == today:
        return Meaning((today + week,)) if found["which"] else Meaning((today, today + week))
    if not lies_in_direction:
        return Meaning((in_this_week + week,))
    return Meaning((in_this_week, in_this_week + week)) if found["which"] else Meaning((in_this_week,))


def _distance(words: str, kind: Kind, today: date) -> Meaning | None:
    found = _DISTANCE.fullmatch(words)
    if found is None or (found["ahead"] and found["way"]):
        return None
    is_ahead = found["ahead"] or found["way"] == " in" or (not found["way"] and kind is Kind.FUTURE_DATE)
    sign = 1 if is_ahead else -1
    months, span = 0, timedelta()
    for number, unit in re.findall(r"(\d+) (\w+)", found["amounts"]):
        months += int(number) * _MONTHS.get(unit, 0)
        span += int(number) * _SPANS.get(unit, timedelta())
    day = months_away(today, sign * months)
    if day is None:
        return None
    with suppress(OverflowError):
        days = {(datetime.combine(day, edge) + sign * span).date() for edge in (time.min, time.max)}
        return Meaning(tuple(sorted(days, key=lambda found: abs(found - today))))
    return None
