"""What can be seen to change in the world, told to whoever listens: the demo page and waiting tests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from demo.errors import Json

Kind: TypeAlias = Literal[
    "message", "edited", "deleted", "callback_answer", "chat_action", "commands", "chat", "person"
]


@dataclass(frozen=True, slots=True)
class Change:
    """One visible change.

    ``detail`` holds, for ``callback_answer``: ``press`` (the query's id), ``person``, ``text``, ``show_alert``;
    for ``chat_action``: ``action``; for ``person``: ``person`` (the user's id). Otherwise it is empty.
    """

    kind: Kind
    chat_id: int | None = None
    message_id: int | None = None
    detail: Json = field(default_factory=dict)


class Subscription(AsyncIterator[Change]):
    """The changes since the moment it was made; leaves by :meth:`close` or with its last reference."""

    def __init__(self, changes: "Changes") -> None:
        self.queue: asyncio.Queue[Change] = asyncio.Queue()
        self._changes = changes

    async def __anext__(self) -> Change:
        return await self.queue.get()

    def close(self) -> None:
        """Listen no longer."""
        self._changes.leave(self)


class Changes:
    """Everybody who listens."""

    def __init__(self) -> None:
        self._listeners: list[Subscription] = []

    def subscribe(self) -> Subscription:
        """Listen from now on."""
        subscription = Subscription(self)
        self._listeners.append(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Forget a listener; one that left already is fine."""
        if subscription in self._listeners:
            self._listeners.remove(subscription)

    def tell(self, change: Change) -> None:
        """Hand the change to every listener."""
        for listener in self._listeners:
            listener.queue.put_nowait(change)
