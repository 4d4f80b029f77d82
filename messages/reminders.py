"""Reminders: offered with their date, confirmed, and what they say when they are due."""

from datetime import date, datetime

from messages.catalog import Catalog
from messages.layout import rows
from messages.screen import Button, Screen


def offer(catalog: Catalog, kind: str, when: datetime) -> Screen:
    """Shows the moment before anything is planned; ``when`` comes in the time zone in which it is to be read."""
    return Screen(
        catalog.text(f"reminder.offer.{kind}", moment=catalog.moment(when)),
        rows(
            Button(catalog.plain("reminder.on"), f"remind:{kind}:on"),
            Button(catalog.plain("button.back_to_advice"), "advice"),
        ),
    )


def confirmed(catalog: Catalog, when: datetime) -> Screen:
    """It is planned, or was moved."""
    return Screen(
        catalog.text("reminder.confirmed", moment=catalog.moment(when)),
        rows(Button(catalog.plain("button.back_to_advice"), "advice"), Button(catalog.plain("button.menu"), "menu")),
    )


def unfinished(catalog: Catalog, *, clinic: str) -> Screen:
    """The one friendly word about questions left unanswered; a preview on a locked screen names no treatment."""
    text = catalog.text("reminder.unfinished", clinic=clinic)
    return Screen(text, rows(Button(catalog.plain("button.continue"), "continue")))


def moved(catalog: Catalog, before: date, after: date | None) -> Screen:
    """The clinic's rules changed: the reminder has another day, or there is no day to wait for any more."""
    if after is None:
        text = catalog.text("reminder.taken_back", before=catalog.day(before))
    else:
        text = catalog.text("reminder.moved", before=catalog.day(before), after=catalog.day(after))
    return Screen(text, rows(Button(catalog.plain("button.advice"), "advice")))


def due_safe_now(catalog: Catalog, reminder_id: int, *, clinic: str) -> Screen:
    """The day has come. Nothing is said before the symptoms check; a locked screen's preview names no treatment."""
    return Screen(
        catalog.text("reminder.due", clinic=clinic),
        (
            (Button(catalog.plain("reminder.check"), f"remind:{reminder_id}:check"),),
            (
                Button(catalog.plain("reminder.later"), f"remind:{reminder_id}:later"),
                Button(catalog.plain("reminder.stop"), f"remind:{reminder_id}:stop"),
            ),
        ),
    )
