"""When the clinic calls, in the words of a client, of a button, and of the staff. Moments come in the clinic's zone."""

from datetime import date, datetime, timedelta

from messages.catalog import Catalog


def call_time(catalog: Catalog, start: datetime, end: datetime, *, today: date) -> str:
    """``today between 14:00 and 16:00``; where the span runs into another day, by when the call comes."""
    if start.date() != end.date():
        day = "by_tomorrow" if end.date() == _tomorrow(today) else "by_day"
        return catalog.plain(f"when.{day}", day=catalog.day(end.date(), today), end=catalog.time(end))
    named = catalog.day(start.date(), today)
    return catalog.plain(
        f"when.{_relation(start.date(), today)}", day=named, start=catalog.time(start), end=catalog.time(end)
    )


def slot_label(catalog: Catalog, start: datetime, end: datetime, *, today: date) -> str:
    """``Tomorrow 09:00–12:00``."""
    day = catalog.short_day(start.date())
    times = {"start": catalog.time(start), "end": catalog.time(end)}
    return catalog.plain(f"slot.{_relation(start.date(), today)}", day=day, **times)


def staff_time(catalog: Catalog, start: datetime, end: datetime, *, today: date) -> str:
    """``Friday, 20 November, 14:00–16:00``: never "today", because a card is read on other days too."""
    first, last = catalog.day(start.date(), today), catalog.day(end.date(), today)
    times = {"start": catalog.time(start), "end": catalog.time(end)}
    if first == last:
        return catalog.plain("when.staff", day=first, **times)
    return catalog.plain("when.staff_across", first_day=first, last_day=last, **times)


def _relation(day: date, today: date) -> str:
    return "today" if day == today else "tomorrow" if day == _tomorrow(today) else "day"


def _tomorrow(today: date) -> date:
    return today + timedelta(days=1)
