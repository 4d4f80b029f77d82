"""The facts that a plan's days follow from, as they are stored with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Facts:
    """``day``: of the injection, of the visit, of the planned filler, or simply the reminder's own.

    ``moment``: when exactly a massage was. ``since``: the first day of a course, or of what is left of it, which is
    its step ``at``. ``hour``: the client's own, where the usual one did not suit.
    """

    day: date
    moment: datetime | None = None
    since: date | None = None
    at: int = 0
    hour: time | None = None

    @property
    def first(self) -> date:
        """The day of the step ``at``."""
        return self.since or self.day

    def as_json(self) -> dict[str, Any]:
        """What is stored: ISO 8601, without what is not given."""
        given = {name: value for name, value in asdict(self).items() if value not in (None, 0)}
        return {name: value if isinstance(value, int) else value.isoformat() for name, value in given.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The facts that :meth:`as_json` described."""
        return cls(
            day=date.fromisoformat(stored["day"]),
            moment=datetime.fromisoformat(stored["moment"]) if "moment" in stored else None,
            since=date.fromisoformat(stored["since"]) if "since" in stored else None,
            at=stored.get("at", 0),
            hour=time.fromisoformat(stored["hour"]) if "hour" in stored else None,
        )
