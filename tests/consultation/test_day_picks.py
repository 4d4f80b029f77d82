"""The days that are offered: as buttons and in the calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consultation.dates import MonthGrid, month_grid, quick_picks
from bot.consultation.days import day_problem
from bot.consultation.questions import Kind

TODAY = date(2026, 11, 20)
DATED = [Kind.PAST_DATE, Kind.FUTURE_DATE]


def allowed(grid: MonthGrid) -> list[int]:
    return [cell.day.day for week in grid.weeks for cell in week if cell.day and cell.allowed]


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (
            Kind.PAST_DATE,
            {
                "today": "2026-11-20",
                "yesterday": "2026-11-19",
                "days_ago_3": "2026-11-17",
                "days_ago_7": "2026-11-13",
                "days_ago_14": "2026-11-06",
                "days_ago_30": "2026-10-21",
            },
        ),
        (
            Kind.FUTURE_DATE,
            {
                "tomorrow": "2026-11-21",
                "in_days_3": "2026-11-23",
                "in_days_7": "2026-11-27",
                "in_days_14": "2026-12-04",
                "in_days_30": "2026-12-20",
            },
        ),
    ],
)
def test_quick_picks(kind: Kind, days: dict[str, str]) -> None:
    assert {pick.id: pick.day.isoformat() for pick in quick_picks(kind, TODAY)} == days


@pytest.mark.parametrize(("first_weekday", "first_row"), [(0, [0, 0, 0, 0, 0, 0, 1]), (6, [1, 2, 3, 4, 5, 6, 7])])
def test_the_weeks_begin_on_the_languages_first_day(first_weekday: int, first_row: list[int]) -> None:
    grid = month_grid(date(2026, 11, 1), first_weekday, TODAY, Kind.PAST_DATE)

    assert [cell.day.day if cell.day else 0 for cell in grid.weeks[0]] == first_row


def test_a_past_procedure_has_no_future_days() -> None:
    grid = month_grid(date(2026, 11, 20), 0, TODAY, Kind.PAST_DATE)

    assert allowed(grid) == list(range(1, 21))
    assert (grid.month, grid.previous, grid.next) == (date(2026, 11, 1), date(2026, 10, 1), None)


def test_a_planned_filler_has_future_days_only() -> None:
    grid = month_grid(date(2026, 11, 1), 0, TODAY, Kind.FUTURE_DATE)

    assert allowed(grid) == list(range(20, 31))
    assert (grid.month, grid.previous, grid.next) == (date(2026, 11, 1), None, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("kind", "shown", "nearest"),
    [
        (Kind.PAST_DATE, date(2026, 12, 1), date(2026, 11, 1)),
        (Kind.PAST_DATE, date.max, date(2026, 11, 1)),
        (Kind.PAST_DATE, date.min, date(1900, 1, 1)),
        (Kind.FUTURE_DATE, date(2026, 10, 31), date(2026, 11, 1)),
        (Kind.FUTURE_DATE, date.max, date(2036, 12, 1)),
    ],
)
def test_a_month_without_a_day_to_choose_gives_way_to_the_nearest(kind: Kind, shown: date, nearest: date) -> None:
    assert month_grid(shown, 0, TODAY, kind).month == nearest


@given(st.dates(), st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(0, 6), st.sampled_from(DATED))
def test_the_calendar_allows_exactly_the_days_that_are_accepted(
    shown: date, today: date, first_weekday: int, kind: Kind
) -> None:
    grid = month_grid(shown, first_weekday, today, kind)
    cells = [cell for week in grid.weeks for cell in week]

    assert all(len(week) == 7 for week in grid.weeks)
    assert all(cell.allowed == (cell.day is not None and not day_problem(kind, cell.day, today)) for cell in cells)
    assert any(cell.allowed for cell in cells)
    for neighbour in filter(None, [grid.previous, grid.next]):
        assert month_grid(neighbour, first_weekday, today, kind).month == neighbour


@given(st.sampled_from(DATED), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_turning_the_pages_reaches_both_ends(kind: Kind, today: date) -> None:
    grid = month_grid(today, 0, today, kind)
    for _ in range(24):
        turned = grid.previous if kind is Kind.PAST_DATE else grid.next
        assert turned is not None
        assert abs(turned - grid.month) <= timedelta(days=31)
        grid = month_grid(turned, 0, today, kind)
