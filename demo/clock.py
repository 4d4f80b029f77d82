"""The demo's clock: real time that the visitor can move forward."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from demo.observers import Observers


def _real_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the demo is not the bot: it reads the clock that it offers to the bot


class DemoClock:
    """Real time plus an offset that only grows.

    It never goes back, not even when the computer's own clock does: reminders that were sent stay in the past.
    """

    def __init__(self, real_time: Callable[[], datetime] = _real_time) -> None:
        self._real_time = real_time
        self._offset = timedelta()
        self._latest = real_time()
        self._observers = Observers()

    def now(self) -> datetime:
        """The demo's present moment, aware, in UTC."""
        self._latest = max(self._latest, self._real_time() + self._offset)
        return self._latest

    def advance(self, step: timedelta) -> None:
        """Move forward by ``step``. Raises ValueError where it is negative: time never goes back."""
        if step < timedelta():
            raise ValueError(f"time never goes back: {step}")
        self._offset += step
        self._observers.notify()

    def skip_to(self, moment: datetime) -> None:
        """Move forward to ``moment`` (aware). A moment that has passed leaves the clock where it is."""
        self.advance(max(moment - self.now(), timedelta()))

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` after every jump (not at every second); returns the function that ends this."""
        return self._observers.subscribe(callback)
