"""The outbox rows that this process has claimed and is sending right now: how many more fit, and whose are enough.

Rows are sent side by side, so that one that hangs holds up nobody. Two limits keep one thing from taking all places:
reminders leave some to what has just happened, and one recipient (a staff chat that Telegram slows down, a mail server
that hangs) gets a few.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from storage.tables import OutboxRow

PLACES = 60
FOR_REMINDERS = 40
"""Little more than a second's worth at the pacer's limit: what is claimed is sent long before its lease runs out."""

FEWEST_REMINDERS = 10
"""Reminders are claimed when there is room for so many: a claim for each would be a transaction for each."""

OF_ONE_RECIPIENT = 4


class InHand:
    """What is being sent; ``wake`` is called when a row's end may let another one begin."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._rows: dict[int, OutboxRow] = {}
        self._reminders: set[int] = set()
        self._held_until: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._short_of_room = False

    @property
    def recipients(self) -> Mapping[int, str]:
        """To whom the rows go, by their ids."""
        return {row_id: row.recipient for row_id, row in self._rows.items()}

    @property
    def tokens(self) -> Mapping[int, str | None]:
        """The leases held, by the rows' ids."""
        return {row_id: row.lease_token for row_id, row in self._rows.items()}

    def room(self) -> int:
        """How many rows may be claimed that are no reminders."""
        return PLACES - len(self._rows)

    def room_for_reminders(self) -> int:
        """How many reminders may be claimed; 0 until it is worth it."""
        room = min(FOR_REMINDERS - len(self._reminders), self.room())
        self._short_of_room = room < FEWEST_REMINDERS
        return 0 if self._short_of_room else room

    def is_held(self, row_id: int) -> bool:
        """Whether nobody else can have claimed the row meanwhile: this process may have stood still for a while."""
        return asyncio.get_running_loop().time() < self._held_until[row_id]

    def hold(self, row_ids: Iterable[int], until: float) -> None:
        """Of those that are in hand still, the leases are renewed until then, by the loop's clock."""
        self._held_until |= {row_id: until for row_id in row_ids if row_id in self._rows}

    def begin(self, row: OutboxRow, work: Coroutine[Any, Any, None], *, reminder: bool, until: float) -> None:
        """Start sending a row, whose lease holds ``until`` then by the loop's clock, which nobody sets."""
        self._rows[row.id] = row
        self._held_until[row.id] = until
        if reminder:
            self._reminders.add(row.id)
        task = asyncio.create_task(self._send(row, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, row: OutboxRow, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            was_full = Counter(self.recipients.values())[row.recipient] >= OF_ONE_RECIPIENT
            del self._rows[row.id], self._held_until[row.id]
            self._reminders.discard(row.id)
            if was_full or not self._rows or (self._short_of_room and self.room_for_reminders()):
                self._wake()

    async def finish(self, seconds: float) -> None:
        """Let what has begun come to its end, for so long; what is called off then is sent after its lease."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
