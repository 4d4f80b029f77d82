"""Opening hours: when the clinic is there, and the times for which it can promise a call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice, pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

NOW = "now"
"""The id of the wish to be called at once."""

PROMISE = timedelta(hours=2)
"""Open time within which somebody who wants to be called now is called."""

SHORTEST = timedelta(minutes=30)
"""Less time is not worth offering."""

MOST_SLOTS = 6

PARTS: Mapping[str, tuple[time, time]] = {
    "am": (time(0), time(12)),
    "pm": (time(12), time(16)),
    "eve": (time(16), time.max),
}

_Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time to be called in: ``now`` or a part of a day such as ``2026-11-23-am``, in the clinic's time zone."""

    id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """``weekly`` opening spans by weekday (0 = Monday) in wall time, and the ``holidays`` on which it stays closed.

    A day's spans stand in order, do not touch midnight's other side and do not overlap; else :class:`ValueError`.
    All moments that are passed in must be aware; those returned are in ``time_zone``.
    """

    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date]
    time_zone: ZoneInfo

    def __post_init__(self) -> None:
        for weekday, spans in self.weekly.items():
            edges = [edge for span in spans for edge in span]
            is_ordered = all(start < end for start, end in spans) and all(a <= b for a, b in pairwise(edges))
            if weekday not in range(7) or not is_ordered:
                raise ValueError(f"opening hours of weekday {weekday}: spans must be in order and end before midnight")

    def is_open(self, moment: datetime) -> bool:
        """Whether the clinic is open at ``moment``; at closing time it is not."""
        moment = _utc(moment)
        return any(start <= moment < end for start, end in self._day_spans(self._day(moment)))

    def next_opening(self, moment: datetime) -> datetime | None:
        """``moment`` where the clinic is open then, else the next opening; ``None`` if it never opens."""
        moment = _utc(moment)
        opening = next((max(start, moment) for start, _ in self._spans(moment)), None)
        return opening and opening.astimezone(self.time_zone)

    def add_open_time(self, moment: datetime, span: timedelta) -> datetime:
        """The moment by which the clinic has been open for ``span`` since ``moment``.

        For a clinic without any opening hours all time counts, so that what waits for it still happens.
        """
        moment = _utc(moment)
        if not self._opens_at_all():
            return (moment + span).astimezone(self.time_zone)
        while True:
            for start, end in self._spans(moment):
                moment = max(start, moment)
                if end - moment >= span:
                    return (moment + span).astimezone(self.time_zone)
                span -= end - moment
                moment = end

    def spans(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The opening spans from ``start`` to ``end``, cut to that time, in order and in UTC.

        For a clinic without any opening hours that is all the time, as for :meth:`add_open_time`.
        """
        start, end = _utc(start), _utc(end)
        if not self._opens_at_all():
            return [(start, end)]
        first = self._day(start)
        days = (first + timedelta(days=number) for number in range((self._day(end) - first).days + 1))
        cut = ((max(begins, start), min(ends, end)) for day in days for begins, ends in self._day_spans(day))
        return [(begins, ends) for begins, ends in cut if begins < ends]

    def soonest(self, now: datetime) -> Slot:
        """The next time in which a call can be promised, also while the clinic is closed."""
        return Slot(NOW, self.next_opening(now) or now.astimezone(self.time_zone), self.add_open_time(now, PROMISE))

    def open_days(self, first: date) -> Iterator[date]:
        """The days from ``first`` on at which the clinic opens, a year ahead at most."""
        return (day for days in range(366) if self._day_spans(day := first + timedelta(days=days)))

    def slots(self, now: datetime) -> tuple[Slot, ...]:
        """The times that a client may wish for: now, then the parts of today and of the next open days."""
        now = _utc(now)
        at_once = self._at_once(now, SHORTEST)
        after = min(_half_hour(at_once.end), self._midnight_after(now)) if at_once else now
        parts = (self._slot(day, part, after, SHORTEST) for day in self._days(now) for part in PARTS)
        return tuple(islice(filter(None, chain([at_once], parts)), MOST_SLOTS))

    def slot(self, slot_id: str, now: datetime) -> Slot | None:
        """The slot that was offered under this id, as far as it still lies ahead; ``None`` when it has passed."""
        now = _utc(now)
        if slot_id == NOW:
            return self._at_once(now, timedelta(0))
        offered, minute = self.slots(now), timedelta(minutes=1)
        days = (day for day in self._days(now) if offered and day <= offered[-1].start.date())
        ahead = (self._slot(day, part, now, minute) for day in days for part in PARTS)
        return next((found for found in ahead if found and found.id == slot_id), None)

    def _at_once(self, now: datetime, least: timedelta) -> Slot | None:
        if not any(start <= now < end and end - now >= least for start, end in self._day_spans(self._day(now))):
            return None
        return Slot(NOW, now.astimezone(self.time_zone), self.add_open_time(now, PROMISE))

    def _slot(self, day: date, part: str, after: datetime, least: timedelta) -> Slot | None:
        first, last = (self._moment(day, edge) for edge in PARTS[part])
        clipped = [(max(start, first, after), min(end, last)) for start, end in self._day_spans(day)]
        spans = [(start, end) for start, end in clipped if end - start >= least]
        if not spans:
            return None
        return Slot(f"{day}-{part}", spans[0][0].astimezone(self.time_zone), spans[-1][1].astimezone(self.time_zone))

    def _spans(self, after: datetime) -> Iterator[_Span]:
        """The spans that end after that moment, of so many days that one of them is open."""
        return (span for day in self._days(after) for span in self._day_spans(day) if span[1] > after)

    def _days(self, moment: datetime) -> Iterator[date]:
        """From that day on: two weeks that have an open weekday, and one more for each holiday that may fall on it."""
        first = self._day(moment)
        return (first + timedelta(days=days) for days in range(7 * (len(self.holidays) + 2)))

    def _day_spans(self, day: date) -> list[_Span]:
        """In UTC: wall times of one zone are compared and subtracted as if no clock was ever put forward."""
        if day in self.holidays:
            return []
        spans = (
            (self._moment(day, start), self._moment(day, end)) for start, end in self.weekly.get(day.weekday(), ())
        )
        return [(start, end) for start, end in spans if start < end]

    def _moment(self, day: date, wall_time: time) -> datetime:
        return datetime.combine(day, wall_time, tzinfo=self.time_zone).astimezone(UTC)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.time_zone).date()

    def _midnight_after(self, moment: datetime) -> datetime:
        return self._moment(self._day(moment) + timedelta(days=1), time(0))

    def _opens_at_all(self) -> bool:
        return any(self.weekly.values())


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment must know its time zone")
    return moment.astimezone(UTC)


def _half_hour(moment: datetime) -> datetime:
    """The next half or full hour of the wall clock, in UTC."""
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return _utc(moment) + (timedelta(minutes=30) - past if past else timedelta(0))
