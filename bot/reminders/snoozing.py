"""*Later*: when a reminder that was put off comes again."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from bot.consultation.protocol_model import Protocol
from bot.reminders.facts import Facts
from bot.reminders.kinds import PREPARATION, VISIT, Kind
from bot.reminders.schedules import Due, keep_apart
from bot.reminders.times import Times

PATIENCE = 3
"""How often a reminder is put off before another time of the day is proposed for it."""

OTHER_HOURS = (time(9), time(12), time(15), time(18))


def choices(times: Times, now: datetime, hour: time | None, snoozes: int) -> dict[str, datetime]:
    """What *Later* offers, by its id: an hour, tomorrow, in 3 days; after three times another hour from tomorrow on."""
    if snoozes >= PATIENCE:
        return {f"h{other.hour}": times.at(_day(times, now, 1), other) for other in _other_hours(times, hour)}
    return {
        "hour": times.decent(now + timedelta(hours=1)),
        "tomorrow": times.at(_day(times, now, 1), hour),
        "days_3": times.at(_day(times, now, 3), hour),
    }


def fits(kind: Kind, facts: Facts, protocol: Protocol, times: Times, due: datetime, following: Sequence[Due]) -> bool:
    """Whether a step may come again when it is ``due``; ``following`` is what of its plan comes after it.

    Nothing about a visit comes on its day, and the sessions before a filler keep apart from each other and from it.
    """
    if kind.id == VISIT.id:
        return times.day(due) < facts.day
    if kind.id == PREPARATION.id:
        days = [times.day(moment) for moment in (due, *(each.moment for each in following))]
        return keep_apart(protocol.preparation, facts.day, days)
    return True


def new_hour(choice: str) -> time | None:
    """The hour of the day that a choice proposes; ``None`` where it keeps the one that there is."""
    return time(int(choice[1:])) if choice[0] == "h" and choice[1:].isdecimal() else None


def _other_hours(times: Times, hour: time | None) -> Iterator[time]:
    return (each for each in OTHER_HOURS if each != (hour or times.hour) and not times.is_quiet(each))


def _day(times: Times, now: datetime, days: int) -> date:
    return times.day(now) + timedelta(days)
