"""The queue of updates that waits for the bot: ids, confirmation by offset, who may take from it."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.errors import Json

KEPT = timedelta(hours=24)
"""Telegram keeps an update that nobody takes no longer than this."""

QUERY_KEPT = timedelta(seconds=150)
"""The same for callback queries: afterwards they cannot be answered anyway."""

FUTURE = 10
"""An offset that lies more than so far beyond the next update's number confirms nothing."""

ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds of update that Telegram sends only to bots that ask for them by name."""


@dataclass(eq=False, slots=True)
class Pending:
    """An update that is not confirmed yet."""

    update: Json
    created: datetime
    raw: bool = False
    handed_out: bool = False

    @property
    def last_moment(self) -> datetime:
        """When it is lost if nobody takes it."""
        return self.created + (QUERY_KEPT if "callback_query" in self.update else KEPT)

    @property
    def update_id(self) -> int | None:
        """Its number; ``None`` where a raw update has no usable one."""
        number = self.update.get("update_id")
        return number if type(number) is int else None


class UpdateQueue:
    """Updates in the order in which they happened.

    Raw updates (:meth:`push_raw`) are handed out exactly as they are and at least once, whatever their number says;
    after that they are confirmed like the others. ``emitted`` counts all there ever were.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pending: list[Pending] = []
        self._next_id = random.SystemRandom().randint(100_000_000, 900_000_000)
        self._tail = self._next_id
        self.emitted = 0
        self.allowed: frozenset[str] | None = None
        self.arrived = asyncio.Event()

    def push(self, kind: str, content: Json) -> Json | None:
        """Queue an update of ``kind``; returns it, or ``None`` where the bot did not ask for that kind."""
        if kind not in self.allowed if self.allowed else kind in ON_REQUEST_ONLY:
            return None
        update = {"update_id": self._take_id(), kind: content}
        self._queue(Pending(update, self._now()))
        return update

    def push_raw(self, update: Json) -> None:
        """Queue any JSON object; without an ``update_id`` it gets the next one."""
        if "update_id" not in update:
            update = {"update_id": self._take_id(), **update}
        self._queue(Pending(update, self._now(), raw=True))

    def confirm(self, offset: int | None) -> None:
        """Forget what ``offset`` confirms: everything before it; negative: all but the last ``-offset``.

        One in the ``FUTURE`` was meant for another queue (a bot's, a server's): Telegram begins with the oldest then.
        """
        if offset is None or offset == 0 or offset > self._tail + FUTURE:
            return
        if offset < 0:
            self._pending = self._pending[offset:]
            return
        self._pending = [pending for pending in self._pending if not _confirmed(pending, offset)]

    def hand_out(self, limit: int) -> list[Json]:
        """The first ``limit`` updates; they stay until they are confirmed."""
        batch = self.waiting()[:limit]
        for pending in batch:
            pending.handed_out = True
        if not batch:
            self.arrived.clear()
        return [pending.update for pending in batch]

    def holds(self, pending: Pending) -> bool:
        """Whether it is still waiting."""
        return pending in self.waiting()

    def take(self, pending: Pending) -> None:
        """Forget one update: a webhook has received it."""
        if pending in self._pending:
            self._pending.remove(pending)

    def clear(self) -> None:
        """Forget all of them (``drop_pending_updates``)."""
        self._pending.clear()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remember the kinds that the bot asked for; an empty list means the default; ``None`` changes nothing."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def waiting(self) -> list[Pending]:
        """All unconfirmed updates, oldest first; those that nobody took in time are gone."""
        now = self._now()
        self._pending = [pending for pending in self._pending if pending.last_moment >= now]
        return list(self._pending)

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def next_id(self) -> int:
        """The number that the next update will get."""
        return self._next_id

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _queue(self, pending: Pending) -> None:
        self.emitted += 1
        self._tail = max(self._tail, (pending.update_id or 0) + 1)
        self._pending.append(pending)
        self.arrived.set()


def _confirmed(pending: Pending, offset: int) -> bool:
    if pending.raw and not pending.handed_out:
        return False
    return pending.update_id is None or pending.update_id < offset
