"""``getUpdates``: long polling by one bot at a time."""

import asyncio

from demo.errors import Json, conflict
from demo.requests import BotRequest
from demo.updates import UpdateQueue

LONGEST = 50
"""Seconds that Telegram lets a poll last at most."""

ANOTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


class Poller:
    """Hands updates to the poll that came last; an older one that still waits is ended with a 409."""

    def __init__(self, updates: UpdateQueue) -> None:
        self._updates = updates
        self._current: asyncio.Future[None] | None = None

    async def get_updates(self, request: BotRequest) -> list[Json]:
        """Confirm by ``offset``, then answer at once or when the first update comes."""
        limit = min(max(request.number("limit", 100), 1), 100)
        timeout = min(max(request.number("timeout"), 0), LONGEST)
        self.end(ANOTHER_POLLER)
        self._updates.allow(request.params.get("allowed_updates"))
        self._updates.confirm(request.params.get("offset"))
        batch = self._updates.hand_out(limit)
        if batch or timeout == 0:
            return batch
        await self._wait(timeout)
        return self._updates.hand_out(limit)

    def end(self, reason: str) -> None:
        """End the waiting poll with a 409."""
        if self._current is not None and not self._current.done():
            self._current.set_exception(conflict(reason))

    def close(self) -> None:
        """End the waiting poll: the server stops."""
        if self._current is not None and not self._current.done():
            self._current.set_result(None)

    async def _wait(self, timeout: float) -> None:
        ended = self._current = asyncio.get_running_loop().create_future()
        arrival = asyncio.ensure_future(self._updates.arrived.wait())
        try:
            await asyncio.wait({ended, arrival}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                ended.result()
        finally:
            arrival.cancel()
            if self._current is ended:
                self._current = None
