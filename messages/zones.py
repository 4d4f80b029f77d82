"""The time zone that reminders follow: shown, and chosen by a city."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.reminders.zones import city
from messages.catalog import Catalog
from messages.layout import rows, shortened
from messages.screen import Button, Screen


def choose(catalog: Catalog, own: str, names: Sequence[str], *, now: datetime) -> Screen:
    """The client's zone, and others by their names; each shows what time it is there."""
    buttons = [Button(shortened(_label(catalog, name, now)), f"zone:{name}") for name in names]
    text = catalog.text(
        "time_zone.ask", city=city(own, catalog.language), time=catalog.time(now.astimezone(ZoneInfo(own)))
    )
    return Screen(text, rows(*buttons, Button(catalog.plain("reminder.mine"), "reminders")))


def _label(catalog: Catalog, name: str, now: datetime) -> str:
    time = catalog.time(now.astimezone(ZoneInfo(name)))
    return catalog.plain("time_zone.there", city=city(name, catalog.language), time=time)
