"""The rules of time: a client's zone, a decent hour, the quiet hours. Moments go out in UTC, so that they compare."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING = time(19)
"""The hour of what is said in the evening, unless the quiet hours begin before."""


@dataclass(frozen=True, slots=True)
class Times:
    """When one client may be reminded: usually at ``hour``, never from ``quiet_from`` until ``quiet_until``."""

    zone: ZoneInfo
    hour: time
    quiet_from: time
    quiet_until: time

    def at(self, day: date, hour: time | None = None) -> datetime:
        """The moment at which the client's clock shows ``hour`` (the usual one by default) on ``day``.

        An hour that a change of the clock skips is said that much later, at the moment at which the clock has jumped;
        a whole day that is skipped (Apia had no 30 December 2011) on the day after. Of an hour that comes twice the
        first is meant: fold is 0.
        """
        return datetime.combine(day, hour or self.hour, self.zone).astimezone(UTC)

    def evening(self, day: date) -> datetime:
        """The moment in the evening of ``day``."""
        return self.at(day, self.hour if self.is_quiet(EVENING) else EVENING)

    def decent(self, moment: datetime) -> datetime:
        """``moment`` where it is not in the quiet hours, else the usual hour after them."""
        local = moment.astimezone(self.zone)
        if not self.is_quiet(local.time()):
            return moment.astimezone(UTC)
        over = local.date() if local.time() < self.quiet_until else local.date() + timedelta(days=1)
        return self.at(over)

    def day(self, moment: datetime) -> date:
        """The client's day at ``moment``."""
        return moment.astimezone(self.zone).date()

    def is_quiet(self, hour: time) -> bool:
        """Whether nothing may be said at that hour."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until
