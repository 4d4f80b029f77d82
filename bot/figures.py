"""The clinic's figures: what is counted, and how the counts make the numbers that people read. Pure.

All of them come from the same rows (``storage/figures.py``): the clients who started in the period, each counted once
at every stage that they came to, and the callback requests that arrived in it. So what stands under the weeks, under
the sources and in the funnel adds up to the same clients.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import ceil
from zoneinfo import ZoneInfo

from bot.hours import OpeningHours

MILESTONES: Mapping[str, tuple[str, ...]] = {
    "no_answer": ("called_at",),
    "reached": ("called_at", "reached_at"),
    "booked": ("called_at", "reached_at", "booked_at"),
}
"""What a request's new state tells: that it was called, that its client was reached, that a visit was booked.

Whoever books has reached the client, and whoever reached them has called. The first time counts.
"""

WEEKS = 8
"""Weeks that are looked at, the present one included."""

SOURCES = 4
"""Sources that are named; all others are put together."""

NO_LINK, OTHERS = "", "*"
"""What stands for clients who came without a deep link, and for the sources that are not named: neither is a source."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many clients came to each stage. A client need not pass all: a call can be asked for without any advice."""

    started: int = 0
    advised: int = 0
    requested: int = 0
    reached: int = 0
    booked: int = 0

    def __add__(self, other: "Funnel") -> "Funnel":
        return Funnel(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Cohort:
    """The clients who started in one week (an index) and came from one source."""

    week: int
    source: str
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Call:
    """A callback request as far as its first call is concerned: ``in_time``, it came as promised then."""

    asked_at: datetime
    promised_by: datetime
    called_at: datetime | None
    in_time: bool | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class CallTimes:
    """How soon clients were called: half of them, and nine in ten, within these spans of opening time.

    ``requests`` arrived, ``called`` of them were called. ``due`` were called or promised a call by now and are still
    open; ``in_time`` of those were called before the promised time was over.
    """

    requests: int = 0
    called: int = 0
    half: timedelta | None = None
    nine_in_ten: timedelta | None = None
    due: int = 0
    in_time: int = 0


@dataclass(frozen=True, slots=True)
class QuoteCounts:
    """Price quotes of the period: how many were made, how many a mail server has taken, how many were accepted."""

    made: int = 0
    sent: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """Everything that ``/stats`` shows. ``sources`` come with the most clients first, the others last."""

    mondays: tuple[date, ...]
    weeks: tuple[Funnel, ...]
    sources: tuple[tuple[str, Funnel], ...]
    calls: CallTimes
    waiting: int
    quotes: QuoteCounts = QuoteCounts()

    @property
    def total(self) -> Funnel:
        """All clients of the period."""
        return _sum(self.weeks)


def last_weeks(today: date, count: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the week of ``today`` and of those before it, in order."""
    monday = today - timedelta(days=today.weekday())
    return tuple(monday - timedelta(weeks=count - 1 - week) for week in range(count))


def edges(mondays: Sequence[date], zone: ZoneInfo) -> tuple[datetime, ...]:
    """When each of the weeks begins, and when the last of them ends."""
    days = (*mondays, mondays[-1] + timedelta(weeks=1))
    return tuple(datetime.combine(day, time(), zone) for day in days)


def count(
    mondays: tuple[date, ...],
    cohorts: Sequence[Cohort],
    calls: Sequence[Call],
    *,
    hours: OpeningHours,
    waiting: int,
    now: datetime,
    quotes: QuoteCounts = QuoteCounts(),
) -> Stats:
    """The figures of the weeks that begin on ``mondays``."""
    weeks = tuple(_sum(row.funnel for row in cohorts if row.week == week) for week in range(len(mondays)))
    return Stats(mondays, weeks, _by_source(cohorts), call_times(calls, hours, now), waiting, quotes)


def call_times(calls: Sequence[Call], hours: OpeningHours, now: datetime) -> CallTimes:
    """How soon the requests were called, counted in opening time: nobody calls at night."""
    called = [(call, call.called_at) for call in calls if call.called_at is not None]
    overdue = sum(1 for call in calls if call.called_at is None and call.is_open and call.promised_by <= now)
    if not called:
        return CallTimes(requests=len(calls), due=overdue)
    first, last = min(call.asked_at for call, _ in called), max(moment for _, moment in called)
    clock = OpenTime(hours.spans(first, last))
    waits = sorted(clock.between(call.asked_at, moment) for call, moment in called)
    return CallTimes(
        requests=len(calls),
        called=len(called),
        half=percentile(waits, 50),
        nine_in_ten=percentile(waits, 90),
        due=len(called) + overdue,
        in_time=sum(1 for call, _ in called if call.in_time),
    )


def percentile(ascending: Sequence[timedelta], percent: int) -> timedelta:
    """The least value that ``percent`` % of the values do not exceed (nearest rank): one that really occurred."""
    return ascending[max(ceil(len(ascending) * percent / 100), 1) - 1]


class OpenTime:
    """How much opening time lies between two moments; made once, it answers for many at next to no cost."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        self._starts = [start for start, _ in spans]
        self._lengths = [end - start for start, end in spans]
        self._before = [timedelta(), *accumulate(self._lengths)]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The opening time from ``start`` to ``end``."""
        return self._until(end) - self._until(start)

    def _until(self, moment: datetime) -> timedelta:
        begun = bisect_right(self._starts, moment)
        if begun == 0:
            return timedelta()
        return self._before[begun - 1] + min(moment - self._starts[begun - 1], self._lengths[begun - 1])


def _by_source(cohorts: Iterable[Cohort]) -> tuple[tuple[str, Funnel], ...]:
    """The sources that brought most clients, and all others together."""
    found: dict[str, Funnel] = {}
    for row in cohorts:
        found[row.source] = found.get(row.source, Funnel()) + row.funnel
    ranked = sorted(found.items(), key=lambda pair: (-pair[1].started, pair[0]))
    # One more source takes no more room than "others" would.
    if len(ranked) <= SOURCES + 1:
        return tuple(ranked)
    return (*ranked[:SOURCES], (OTHERS, _sum(funnel for _, funnel in ranked[SOURCES:])))


def _sum(funnels: Iterable[Funnel]) -> Funnel:
    return sum(funnels, Funnel())
