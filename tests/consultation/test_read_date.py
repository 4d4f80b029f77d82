"""What a typed date means: exactly what was written, two days to choose from, or a problem; never a guess."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consultation.dates import ReadDate, read_date
from bot.consultation.days import day_problem
from bot.consultation.questions import Kind

PAST, PLANNED = Kind.PAST_DATE, Kind.FUTURE_DATE
TODAY = date(2026, 11, 20)
"""A Friday."""


def read(text: str, kind: Kind = PAST, *, today: date = TODAY, language: str = "en", country: str = "DE") -> str:
    """The meaning in short: the day or days, else the problem with the month where there is one."""
    meaning = read_date(text, languages=[language], today=today, kind=kind, country=country)
    if meaning.problem:
        return f"{meaning.problem} {meaning.month:%Y-%m}" if meaning.month else meaning.problem
    return " or ".join(day.isoformat() for day in meaning.candidates or (meaning.day,) if day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-13", "2026-11-13"),
        ("2026-11-3", "2026-11-03"),
        ("2026/11/13", "2026-11-13"),
        ("2026.11.13", "2026-11-13"),
        ("13.11.2026", "2026-11-13"),
        ("13.11.26", "2026-11-13"),
        ("13. 11. 2026", "2026-11-13"),
        ("13.11.2026 г.", "2026-11-13"),
        ("13.11.2026 року", "2026-11-13"),
        ("13.11", "2026-11-13"),
        ("13.11.", "2026-11-13"),
        ("03.04.", "2026-04-03"),
        ("20.11", "2026-11-20"),
        ("21.11", "2025-11-21"),
        ("1.12", "2025-12-01"),
        ("29.02", "2024-02-29"),
        ("29.02.2024", "2024-02-29"),
        ("29.2.2000", "2000-02-29"),
        ("13/11", "2026-11-13"),
        ("11/13", "2026-11-13"),
        ("13/11/2025", "2025-11-13"),
        ("13-11-2025", "2025-11-13"),
        ("13 11 2025", "2025-11-13"),
        ("13–11–2025", "2025-11-13"),
        ("4/4", "2026-04-04"),
        ("3/4", "2026-04-03 or 2026-03-04"),
        ("3/4/2025", "2025-04-03 or 2025-03-04"),
        ("3-4-2025", "2025-04-03 or 2025-03-04"),
        ("11/12", "2025-12-11 or 2026-11-12"),
        ("5/12/2026", "2026-05-12"),
        ("26-11-13", "2013-11-26 or 2026-11-13"),
        ("03-04-05", "ambiguous"),
        ("13.11.99", "1999-11-13"),
        ("13.12.26", "future"),
        ("13.11.27", "future"),
        ("31.12.2026", "future"),
        ("2026-11-21", "future"),
        ("13.11.1899", "too_long_ago"),
        ("0026-11-13", "too_long_ago"),
        ("31.02.2026", "not_a_date"),
        ("29.02.2025", "not_a_date"),
        ("31.04", "not_a_date"),
        ("13.13", "not_a_date"),
        ("0.11", "not_a_date"),
        ("00.00.0000", "not_a_date"),
        ("32.1.2026", "not_a_date"),
        ("2026-13-01", "not_a_date"),
        ("13/32", "not_a_date"),
        ("13.11-2026", "not_a_date"),
        ("13.11.20266", "not_a_date"),
        ("13112026", "not_a_date"),
        ("20261113", "not_a_date"),
        ("13 11", "not_a_date"),
        ("1", "not_a_date"),
        ("13", "not_a_date"),
        ("42", "not_a_date"),
        ("12:30", "not_a_date"),
        ("1570308760", "not_a_date"),
        ("11/2025", "day_missing 2025-11"),
        ("03.2025", "day_missing 2025-03"),
        ("2025", "day_missing"),
        ("2025 г.", "day_missing"),
        ("13.11.2026 10:30", "2026-11-13"),
    ],
)
def test_figures_of_a_past_date(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20.11", "2026-11-20"),
        ("21.11", "2026-11-21"),
        ("19.11", "2027-11-19"),
        ("19.11.2026", "past"),
        ("13.11.1999", "past"),
        ("3.12.27", "2027-12-03"),
        ("29.02", "2028-02-29"),
        ("3/4", "2027-04-03 or 2027-03-04"),
        ("5/12/2026", "2026-12-05"),
        ("13.11.2099", "not_a_date"),
        ("in 10 days", "2026-11-30"),
        ("10 days", "2026-11-30"),
        ("2 days from now", "2026-11-22"),
        ("in two weeks", "2026-12-04"),
        ("in a month", "2026-12-20"),
        ("in a fortnight", "2026-12-04"),
        ("tomorrow", "2026-11-21"),
        ("tomorrow at 10:00", "2026-11-21"),
        ("tomorrow morning", "2026-11-21"),
        ("the day after tomorrow", "2026-11-22"),
        ("today", "2026-11-20"),
        ("4 December", "2026-12-04"),
        ("Dec 4th, 2026", "2026-12-04"),
        ("13 November", "2027-11-13"),
        ("December", "day_missing 2026-12"),
        ("next week", "day_missing 2026-11"),
        ("3 days ago", "past"),
        ("yesterday", "past"),
        ("last Tuesday", "past"),
        ("Tuesday", "2026-11-24"),
        ("Friday", "2026-11-20 or 2026-11-27"),
        ("next Friday", "2026-11-27"),
        ("next Saturday", "2026-11-21 or 2026-11-28"),
        ("next Tuesday", "2026-11-24"),
        ("in 99999999 days", "not_a_date"),
        ("in 9999 years", "not_a_date"),
        ("in 5 hours", "2026-11-20 or 2026-11-21"),
    ],
)
def test_a_planned_date(text: str, expected: str) -> None:
    assert read(text, PLANNED) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13 November", "2026-11-13"),
        ("13 november", "2026-11-13"),
        ("13 NOV", "2026-11-13"),
        ("Nov 13", "2026-11-13"),
        ("Nov. 13", "2026-11-13"),
        ("November 13th", "2026-11-13"),
        ("13th of November", "2026-11-13"),
        ("the 13th of November 2025", "2025-11-13"),
        ("on the 3rd of May", "2026-05-03"),
        ("November 13, 2025", "2025-11-13"),
        ("13-Nov-2025", "2025-11-13"),
        ("13/Nov/25", "2025-11-13"),
        ("2025 Nov 13", "2025-11-13"),
        ("Friday, 13 November", "2026-11-13"),
        ("Friday 13 November 2026", "2026-11-13"),
        ("13 November at 10:30", "2026-11-13"),
        ("5 may", "2026-05-05"),
        ("21 November", "2025-11-21"),
        ("29 February", "2024-02-29"),
        ("Monday 13 November", "not_a_date"),
        ("31 November", "not_a_date"),
        ("30 February 2025", "not_a_date"),
        ("November 0", "not_a_date"),
        ("99 Nov 13", "not_a_date"),
        ("21 November 2026", "future"),
        ("13 November 1850", "too_long_ago"),
        ("March 2025", "day_missing 2025-03"),
        ("in March 2025", "day_missing 2025-03"),
        ("november", "day_missing 2026-11"),
        ("may", "day_missing 2026-05"),
        ("december", "day_missing 2025-12"),
        ("last week", "day_missing 2026-11"),
        ("the last week", "day_missing 2026-11"),
        ("last month", "day_missing 2026-10"),
        ("last year", "day_missing 2025-11"),
        ("this week", "day_missing 2026-11"),
    ],
)
def test_a_day_with_the_month_in_words(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-20"),
        ("now", "2026-11-20"),
        ("just now", "2026-11-20"),
        ("this morning", "2026-11-20"),
        ("yesterday", "2026-11-19"),
        ("Yesterday!", "2026-11-19"),
        ("yesterday evening", "2026-11-19"),
        ("last night", "2026-11-19"),
        ("the day before yesterday", "2026-11-18"),
        ("3 days ago", "2026-11-17"),
        ("3  days\nago", "2026-11-17"),
        ("three days ago", "2026-11-17"),
        ("about 3 days ago", "2026-11-17"),
        ("3d ago", "2026-11-17"),
        ("3 days", "2026-11-17"),
        ("a week ago", "2026-11-13"),
        ("week ago", "2026-11-13"),
        ("two weeks ago", "2026-11-06"),
        ("a fortnight ago", "2026-11-06"),
        ("1 week and 2 days ago", "2026-11-11"),
        ("a month ago", "2026-10-20"),
        ("2 months ago", "2026-09-20"),
        ("a year ago", "2025-11-20"),
        ("5 hours ago", "2026-11-20 or 2026-11-19"),
        ("48 hours ago", "2026-11-18"),
        ("0 days ago", "2026-11-20"),
        ("tomorrow", "future"),
        ("in 10 days", "future"),
        ("in 3 days ago", "not_a_date"),
        ("200 years ago", "too_long_ago"),
        ("9999 years ago", "not_a_date"),
        ("99999999 days ago", "not_a_date"),
        ("-3 days", "not_a_date"),
        ("3.5 days ago", "not_a_date"),
        ("1 1/2 weeks ago", "not_a_date"),
        ("1-2 weeks ago", "not_a_date"),
        ("a few days ago", "not_a_date"),
        ("a couple of days ago", "not_a_date"),
        ("weeks ago", "not_a_date"),
        ("days ago", "not_a_date"),
        ("long ago", "not_a_date"),
        ("ago", "not_a_date"),
    ],
)
def test_a_distance_from_today(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("Monday", TODAY, "2026-11-16"),
        ("on Monday", TODAY, "2026-11-16"),
        ("this Monday", TODAY, "2026-11-16"),
        ("last Monday", TODAY, "2026-11-16 or 2026-11-09"),
        ("Saturday", TODAY, "2026-11-14"),
        ("last Saturday", TODAY, "2026-11-14"),
        ("Friday", TODAY, "2026-11-20 or 2026-11-13"),
        ("this Friday", TODAY, "2026-11-20"),
        ("last Friday", TODAY, "2026-11-13"),
        ("last Friday", date(2026, 11, 22), "2026-11-20 or 2026-11-13"),
        ("last Friday", date(2026, 11, 23), "2026-11-20"),
        ("next Friday", TODAY, "future"),
        ("this Saturday", TODAY, "future"),
        ("sat", TODAY, "not_a_date"),
        ("sun", TODAY, "not_a_date"),
        ("weekend", TODAY, "not_a_date"),
        ("Friday last week", TODAY, "not_a_date"),
    ],
)
def test_a_day_of_the_week(text: str, today: date, expected: str) -> None:
    assert read(text, today=today) == expected


@pytest.mark.parametrize(
    ("language", "text", "kind", "expected"),
    [
        ("de", "vor 3 Tagen", PAST, "2026-11-17"),
        ("de", "vor drei Tagen", PAST, "2026-11-17"),
        ("de", "gestern", PAST, "2026-11-19"),
        ("de", "vorgestern", PAST, "2026-11-18"),
        ("de", "vor einer Woche", PAST, "2026-11-13"),
        ("de", "vor zwei Wochen", PAST, "2026-11-06"),
        ("de", "vor einem Monat", PAST, "2026-10-20"),
        ("de", "13. November", PAST, "2026-11-13"),
        ("de", "3. März 2025", PAST, "2025-03-03"),
        ("de", "13. Nov.", PAST, "2026-11-13"),
        ("de", "am Montag", PAST, "2026-11-16"),
        ("de", "letzte Woche", PAST, "day_missing 2026-11"),
        ("de", "März 2025", PAST, "day_missing 2025-03"),
        ("de", "in 10 Tagen", PLANNED, "2026-11-30"),
        ("de", "übermorgen", PLANNED, "2026-11-22"),
        ("de", "morgen", PLANNED, "2026-11-21"),
        ("ru", "позавчера", PAST, "2026-11-18"),
        ("ru", "3 дня назад", PAST, "2026-11-17"),
        ("ru", "неделю назад", PAST, "2026-11-13"),
        ("ru", "две недели назад", PAST, "2026-11-06"),
        ("ru", "месяц назад", PAST, "2026-10-20"),
        ("ru", "13 ноября", PAST, "2026-11-13"),
        ("ru", "13-го ноября", PAST, "2026-11-13"),
        ("ru", "13 ноября 2025 г.", PAST, "2025-11-13"),
        ("ru", "в пятницу", PAST, "2026-11-20 or 2026-11-13"),
        ("ru", "на прошлой неделе", PAST, "day_missing 2026-11"),
        ("ru", "пару дней назад", PAST, "not_a_date"),
        ("ru", "через неделю", PLANNED, "2026-11-27"),
        ("uk", "позавчора", PAST, "2026-11-18"),
        ("uk", "вчора", PAST, "2026-11-19"),
        ("uk", "3 дні тому", PAST, "2026-11-17"),
        ("uk", "тиждень тому", PAST, "2026-11-13"),
        ("uk", "тижні тому", PAST, "not_a_date"),
        ("uk", "два тижні тому", PAST, "2026-11-06"),
        ("uk", "місяць тому", PAST, "2026-10-20"),
        ("uk", "13 листопада", PAST, "2026-11-13"),
        ("uk", "13 листопада 2025 року", PAST, "2025-11-13"),
        ("uk", "п’ятниця", PAST, "2026-11-20 or 2026-11-13"),
        ("uk", "минулого тижня", PAST, "day_missing 2026-11"),
        ("uk", "через 10 днів", PLANNED, "2026-11-30"),
        ("uk", "через тиждень", PLANNED, "2026-11-27"),
        ("en", "позавчора", PAST, "not_a_date"),
        ("de", "3 days ago", PAST, "not_a_date"),
        ("xx", "3 days ago", PAST, "not_a_date"),
        ("xx", "13.11.2026", PAST, "2026-11-13"),
    ],
)
def test_the_clients_language(language: str, text: str, kind: Kind, expected: str) -> None:
    assert read(text, kind, language=language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hello",
        "no",
        "I had 2 children",
        "i am 45",
        "my number is 12",
        "it was 3 years and I may do it again",
        "lips and cheeks 13",
        "10 000",
        "½",
        "1/2",
        "👍",
        "📅",
        "🙂🙂🙂",
        "/start",
        "don't know",
        "unknown",
        "<b>13</b>",
        "13.11.2026 13.11.2025",
        "13 or 14 November",
        "13-15 November",
        "2026-11-13T10:00:00Z",
        "+491701234567",
    ],
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert read(text) == ("2026-02-01 or 2026-01-02" if text == "1/2" else "not_a_date")


@pytest.mark.parametrize(
    "text",
    ["１３.１１.２０２６", "١٣.١١.٢٠٢٦", "१३.११.२०२६", "📅 13.11.2026", "1️⃣3️⃣.11.2026", "  13.11.2026\n", "(13.11.2026)"],
)
def test_other_digits_and_decoration_are_understood(text: str) -> None:
    assert read(text) == "2026-11-13"


@pytest.mark.parametrize(
    ("country", "expected"),
    [("US", "2026-03-04 or 2026-04-03"), ("DE", "2026-04-03 or 2026-03-04"), ("", "2026-04-03 or 2026-03-04")],
)
def test_the_countrys_usual_order_is_offered_first(country: str, expected: str) -> None:
    assert read("3/4", country=country) == expected


def test_the_languages_are_tried_in_turn() -> None:
    meaning = read_date("vor 3 Tagen", languages=["en", "de-AT"], today=TODAY, kind=PAST, country="AT")

    assert meaning == ReadDate(day=date(2026, 11, 17))


@pytest.mark.parametrize(
    "pattern", ["1", "1 ", "1.", "1/", "ago ", "1 day ", "may ", "in ", "🙂", "(", "-", " ", "ten "]
)
@pytest.mark.parametrize("length", [59, 4096])
def test_no_text_takes_long_to_refuse(pattern: str, length: int) -> None:
    text = (pattern * length)[:length]
    read("today")
    durations = []
    for _ in range(3):
        began = time.perf_counter()
        assert read(text) == "not_a_date"
        durations.append(time.perf_counter() - began)
    assert min(durations) < 0.05


@given(st.text(max_size=70), st.sampled_from([PAST, PLANNED]), st.sampled_from(["en", "de", "ru", "uk"]))
def test_any_text_has_exactly_one_meaning(text: str, kind: Kind, language: str) -> None:
    meaning = read_date(text, languages=[language], today=TODAY, kind=kind, country="US")

    assert sum([meaning.day is not None, len(meaning.candidates) == 2, meaning.problem is not None]) == 1
    assert all(day_problem(kind, day, TODAY) is None for day in (*meaning.candidates, *filter(None, [meaning.day])))


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%b %d, %Y"]))
def test_a_full_date_means_its_day_or_says_why_not(day: date, form: str) -> None:
    for kind in (PAST, PLANNED):
        problem = day_problem(kind, day, TODAY)
        assert read(day.strftime(form), kind) == (problem or day.isoformat())


@given(st.integers(0, 3000))
def test_days_ago_and_days_ahead_mirror_each_other(number: int) -> None:
    assert read(f"{number} days ago") == (TODAY - timedelta(days=number)).isoformat()
    assert read(f"in {number} days", PLANNED) == (TODAY + timedelta(days=number)).isoformat()
