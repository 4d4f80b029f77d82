"""How the days of each kind of reminder follow from its facts. Every medical number comes from the protocol's file."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from bot.consultation.protocol_model import Course, Protocol
from bot.reminders.facts import Facts
from bot.reminders.times import Times

MOST_MONTHS = 1200
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """One delivery of a plan: which step, and when (UTC)."""

    step: int
    moment: datetime


Schedule: TypeAlias = Callable[[Facts, Protocol, Times], Iterator[Due]]
"""All deliveries from the step ``facts.at`` on, in order."""


def once(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """On the day itself."""
    yield Due(0, times.at(facts.day, facts.hour))


def the_day_before(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """The day before a booked visit."""
    yield Due(0, times.at(facts.day - timedelta(days=1), facts.hour))


def after_injection(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """Check-ins: on the evening of the day, and so many days later (protocol.md, section 6)."""
    for step, days in enumerate(protocol.check_ins.after_injection_days):
        day = facts.day + timedelta(days)
        yield Due(step, times.at(day, facts.hour) if days else times.evening(day))


def after_massage(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """Check-ins so many hours after the massage (protocol.md, section 6), or after the quiet hours then."""
    start = facts.moment or times.at(facts.day)
    for step, hours in enumerate(protocol.check_ins.after_massage_hours):
        yield Due(step, times.decent(start + timedelta(hours=hours)))


def preparation(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """The sessions before a planned filler, as late as they may be: what is done close to the day lasts."""
    most = protocol.preparation.sessions[1] - facts.at
    days = days_before(protocol.preparation, facts.day, facts.first if facts.since else None, most)
    for step, day in enumerate(days, start=facts.at):
        yield Due(step, times.at(day, facts.hour))


def days_before(course: Course, planned: date, first: date | None, most: int) -> tuple[date, ...]:
    """At most ``most`` days for sessions from ``first`` on: protocol.md, section 4b.

    Counted back from the last day, each session as close to the next one as the rules allow: so many days apart, and
    in any seven days at most so many sessions. Where fewer fit, there are fewer.
    """
    days: list[date] = []
    day = planned - timedelta(course.last_days_before)
    while len(days) < most and (first is None or day >= first):
        days.append(day)
        a_week_before = days[-course.per_week] - WEEK if len(days) >= course.per_week else day
        day = min(day - timedelta(course.apart_days), a_week_before)
    return tuple(reversed(days))


def keep_apart(course: Course, planned: date, days: Sequence[date]) -> bool:
    """Whether sessions on these ``days``, in order and at least one, keep the rules of :func:`days_before`."""
    apart = all((later - earlier).days >= course.apart_days for earlier, later in pairwise(days))
    a_week = all(later - earlier >= WEEK for earlier, later in zip(days, days[course.per_week :], strict=False))
    return apart and a_week and days[-1] <= planned - timedelta(course.last_days_before)


def course(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """Drainage sessions after a filler, one a week (protocol.md, section 6)."""
    rules = protocol.after
    for step in range(facts.at, rules.sessions[1]):
        yield Due(step, times.at(facts.first + timedelta(rules.every_days * (step - facts.at)), facts.hour))


def monthly(facts: Facts, protocol: Protocol, times: Times) -> Iterator[Due]:
    """A facial every month (protocol.md, section 6), until the client stops it."""
    for step in range(facts.at, MOST_MONTHS):
        months = protocol.after.then_facial_every_months * (step - facts.at)
        yield Due(step, times.at(months_later(facts.first, months), facts.hour))


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of that month where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
