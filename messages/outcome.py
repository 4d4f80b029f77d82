"""What the staff is asked in the group before an outcome counts: the day and the service of a visit, or why not."""

from collections.abc import Sequence
from datetime import date

from bot.callback import OTHER_SERVICE, REASONS
from messages.catalog import Catalog
from messages.layout import in_columns, rows, shortened
from messages.screen import Button, Screen

DAYS = 9
"""Days on one page, three in a row."""


def ask_day(
    catalog: Catalog, number: int, name: str, days: Sequence[date], *, earlier: Sequence[date], later: Sequence[date]
) -> Screen:
    """Asks ``name`` for the day of the visit; ``earlier`` and ``later`` hold where the page beside this one begins."""
    offered = [Button(catalog.short_day(day), f"request:{number}:booked:{day}") for day in days]
    pages = (("◀", earlier), ("▶", later))
    turns = tuple(Button(arrow, f"request:{number}:booked:from:{first}") for arrow, page in pages for first in page)
    weeks = tuple(tuple(offered[start : start + 3]) for start in range(0, len(offered), 3))
    return Screen(
        catalog.text("outcome.ask_day", name=name),
        (*weeks, *((turns,) if turns else ()), *rows(_back(catalog, number))),
    )


def ask_service(
    catalog: Catalog, number: int, name: str, day: date, services: Sequence[tuple[str, str]], *, today: date
) -> Screen:
    """Asks ``name`` what was booked for ``day``; ``services`` are ids with names."""
    offered = [Button(shortened(label), f"request:{number}:booked:service:{service}") for service, label in services]
    other = Button(catalog.plain("outcome.other_service"), f"request:{number}:booked:service:{OTHER_SERVICE}")
    return Screen(
        catalog.text("outcome.ask_service", name=name, day=catalog.day(day, today)),
        rows(*offered, other, _back(catalog, number)),
    )


def ask_reason(catalog: Catalog, number: int, name: str) -> Screen:
    """Asks ``name`` why the client declined."""
    labels = [catalog.plain(f"declined.{reason}") for reason in REASONS]
    offered = [
        Button(label, f"request:{number}:declined:{reason}") for label, reason in zip(labels, REASONS, strict=True)
    ]
    return Screen(
        catalog.text("outcome.ask_reason", name=name),
        (*in_columns(offered, labels), *rows(_back(catalog, number))),
    )


def _back(catalog: Catalog, number: int) -> Button:
    return Button(catalog.plain("outcome.back"), f"request:{number}:back")
