"""What of a plan is still to come, and how long a delivery is of use. Pure and repeatable."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from bot.consultation.protocol_model import Protocol
from bot.reminders.facts import Facts
from bot.reminders.kinds import Kind
from bot.reminders.schedules import Due
from bot.reminders.times import Times

MOST_SHOWN = 7
"""Dates of one plan that are shown at once; only what never ends has more."""

APART = timedelta(hours=12)
"""Two deliveries of one plan never come closer than this, however late the first one is."""


def plan(kind: Kind, facts: Facts, protocol: Protocol, times: Times, now: datetime, step: int = 0) -> tuple[Due, ...]:
    """The deliveries still to come: after ``now``, and not before ``step``; of an endless plan the first few."""
    return tuple(islice(_ahead(kind, facts, protocol, times, now, step), MOST_SHOWN))


def _ahead(kind: Kind, facts: Facts, protocol: Protocol, times: Times, now: datetime, step: int) -> Iterator[Due]:
    before = now
    for due in kind.days(facts, protocol, times):
        # A day that the calendar skips falls together with the next one: the two are said once.
        if due.step >= step and due.moment > before:
            before = due.moment
            yield due


def late(kind: Kind, facts: Facts, protocol: Protocol, times: Times, now: datetime, step: int) -> Due | None:
    """Of the steps from ``step`` on that are past, the first that is still of use; ``None`` where none is."""
    before: Due | None = None
    for due in kind.days(facts, protocol, times):
        if before and times.decent(now) <= useful_until(kind, before.moment, due):
            return before
        if due.moment > now:
            return None
        before = due if due.step >= step else None
    return before if before and times.decent(now) <= useful_until(kind, before.moment, None) else None


def useful_until(kind: Kind, due: datetime, following: Due | None) -> datetime:
    """Until when what was ``due`` may come: as late as its kind allows, well before the ``following`` delivery."""
    latest = due + kind.grace
    return min(latest, following.moment - APART) if following else latest
