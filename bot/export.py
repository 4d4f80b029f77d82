"""What is to be exported: callback requests of which days, as which kind of file. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

Format: TypeAlias = Literal["csv", "xlsx"]


@dataclass(frozen=True, slots=True)
class Wish:
    """The requests that arrived from the ``first`` to the ``last`` day, both included; without them, all."""

    format: Format = "csv"
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise ValueError("the first day is after the last")

    def moments(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """When the first day begins and when the last one is over, in the clinic's time zone."""
        start = datetime.combine(self.first, time(), zone) if self.first else None
        end = datetime.combine(self.last + timedelta(days=1), time(), zone) if self.last else None
        return start, end


def read_wish(text: str) -> Wish:
    """The words after ``/export``: ``csv`` or ``xlsx``, the first day, the last day (YYYY-MM-DD); ``ValueError``."""
    wish = Wish()
    for word in text.lower().split():
        if word in {"csv", "xlsx"}:
            wish = replace(wish, format="xlsx" if word == "xlsx" else "csv")
        elif wish.first is None:
            wish = replace(wish, first=date.fromisoformat(word))
        elif wish.last is None:
            wish = replace(wish, last=date.fromisoformat(word))
        else:
            raise ValueError("too many words")
    return wish
