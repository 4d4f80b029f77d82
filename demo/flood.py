"""Telegram's limits on how much a bot may send; off unless asked for."""

from collections import defaultdict, deque
from collections.abc import Callable

from demo.errors import too_many_requests

LIMITED = ("send", "edit", "copy", "forward", "delete")
"""How the names of limited methods begin; ``sendChatAction`` is free."""


class Window:
    """At most ``limit`` messages within ``seconds``."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=limit)

    def wait(self, now: float) -> float:
        """Seconds until one more is allowed."""
        if len(self._times) < (self._times.maxlen or 0):
            return 0
        return max(self._times[0] + self._seconds - now, 0)

    def count(self, now: float) -> None:
        """One more was sent."""
        self._times.append(now)


class FloodLimits:
    """30 messages a second in all; to one chat one a second (five at once are let through); 20 a minute to a group.

    Telegram does not publish how it counts; these are the numbers of its FAQ. Real time counts, not the world's.
    """

    def __init__(self, clock: Callable[[], float], *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._overall = Window(30, 1)
        self._chats: dict[int, Window] = defaultdict(lambda: Window(5, 5))
        self._groups: dict[int, Window] = defaultdict(lambda: Window(20, 60))

    def check(self, method: str, chat_id: int | None) -> None:
        """Count one call; raises the 429 for one too many."""
        if not self.enabled or chat_id is None or not method.startswith(LIMITED) or method == "sendChatAction":
            return
        windows = [self._overall, self._chats[chat_id]]
        if chat_id < 0:
            windows.append(self._groups[chat_id])
        now = self._clock()
        if (wait := max(window.wait(now) for window in windows)) > 0:
            raise too_many_requests(int(wait) + 1)
        for window in windows:
            window.count(now)
