"""One place for all outgoing Bot API calls: keeps Telegram's limits and respects every 429.

Telegram allows about 30 messages a second in all and 20 a minute to a group, and answers 429 with a time to wait. A
429 holds its own chat and nobody else: inside the wait a call to that chat is refused here with the time that is left,
without asking Telegram. What to do then is the caller's business: a screen is drawn again from the stored answers when
the wait is over, an outbox row is put off. Nothing is queued here that a crash could lose.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeAlias

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.metrics import Metrics

Json: TypeAlias = dict[str, Any]
ChatId: TypeAlias = int | str

MESSAGES_PER_SECOND = 30
GROUP_MESSAGES_PER_MINUTE = 20


class Window:
    """At most ``limit`` calls within any ``seconds``; who comes too early waits."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._seconds = seconds
        self._calls: deque[float] = deque(maxlen=limit)
        self._lock = asyncio.Lock()

    async def enter(self) -> None:
        """Return when one more call fits."""
        async with self._lock:
            loop = asyncio.get_running_loop()
            if len(self._calls) == self._calls.maxlen:
                await asyncio.sleep(self._calls[0] + self._seconds - loop.time())
            self._calls.append(loop.time())

    @property
    def idle(self) -> bool:
        """Whether all its calls are so long ago that it restricts nothing."""
        return not self._calls or asyncio.get_running_loop().time() - self._calls[-1] > self._seconds


class Pacer(BaseRateLimiter[None]):
    """The rate limiter under the bot; raises :class:`telegram.error.RetryAfter` for a chat that has to rest."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or Metrics()
        self._overall = Window(MESSAGES_PER_SECOND, 1)
        self._groups: dict[ChatId, Window] = {}
        self._rest_until: dict[ChatId, float] = {}

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | Json | list[Json]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> bool | Json | list[Json]:
        """Make the call when the limits allow it; only calls to a chat are limited."""
        chat = data.get("chat_id")
        if chat is None:
            return await callback(*args, **kwargs)
        self._refuse_while_resting(chat)
        if isinstance(chat, int) and chat < 0:
            await self._group(chat).enter()
        await self._overall.enter()
        self._refuse_while_resting(chat)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._metrics.too_many_requests.inc()
            self._rest(chat, seconds_to_wait(error))
            raise

    def _refuse_while_resting(self, chat: ChatId) -> None:
        left = self._rest_until.get(chat, 0) - asyncio.get_running_loop().time()
        if left > 0:
            raise RetryAfter(timedelta(seconds=left))
        self._rest_until.pop(chat, None)

    def _rest(self, chat: ChatId, seconds: float) -> None:
        self._rest_until[chat] = asyncio.get_running_loop().time() + seconds

    def _group(self, chat: ChatId) -> Window:
        self._groups = {key: window for key, window in self._groups.items() if key == chat or not window.idle}
        return self._groups.setdefault(chat, Window(GROUP_MESSAGES_PER_MINUTE, 60))


def seconds_to_wait(error: RetryAfter) -> float:
    """The wait that a 429 names, in seconds (the library is moving from a number to a timedelta)."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
