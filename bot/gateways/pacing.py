"""One place for all outgoing Bot API calls: keeps Telegram's limits and respects every 429.

Telegram allows about 30 messages a second in all, one a second to a chat (a short burst is let through) and 20 a minute
to a group, and answers 429 with a time to wait. Three rules:

* *Whoever waits goes first.* A call travels in the lane of what it is said for: the answer to a person who is looking
  at the screen overtakes notices, and these overtake reminders. Whatever is not an answer comes evenly spread, so that
  an answer never waits for a whole burst to pass; and nobody gets two reminders within a second.
* *No second ever holds too many*, also when calls arrive late: a call counts from its beginning until a second after
  its answer, because somewhere in between Telegram counted it.
* *A 429 holds its own chat and nobody else.* Inside the wait a call to that chat is refused here with the time that is
  left, without asking Telegram. What to do then is the caller's business: a screen is drawn again from the stored
  answers when the wait is over, an outbox row is put off. Nothing is queued here that a crash could lose.
"""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Any, TypeAlias

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.metrics import Metrics

Json: TypeAlias = dict[str, Any]
ChatId: TypeAlias = int | str
Result: TypeAlias = bool | Json | list[Json]

MESSAGES_PER_SECOND = 30
LATER_PER_SECOND = 29
"""Notices and reminders leave one of thirty places to those who are waiting for an answer."""

GROUP_MESSAGES_PER_MINUTE = 20
COUNTED_WITHIN = 2.0
"""Seconds after its beginning within which Telegram has counted a call, answered or not; it does at once, but the call
may be held up on its way."""

CHAT_PAUSE = 1.0
"""Seconds between two reminders to one chat."""


class Lane(IntEnum):
    """What a call is made for; the lower number goes first."""

    ANSWER = 0
    NOTICE = 1
    REMINDER = 2


class NotAnyMore(Exception):
    """The call was not made: when its turn came, whoever asked for it could not stand by that any more."""


_lane: ContextVar[Lane] = ContextVar("lane", default=Lane.ANSWER)
_may_begin: ContextVar[Callable[[], bool]] = ContextVar("may_begin", default=lambda: True)


@contextmanager
def in_lane(lane: Lane, may_begin: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Calls made inside travel in this lane; elsewhere a call is an answer.

    ``may_begin`` is asked at the last moment, when a call has waited for its turn; see :func:`begin`.
    """
    tokens = _lane.set(lane), _may_begin.set(may_begin)
    try:
        yield
    finally:
        _lane.reset(tokens[0])
        _may_begin.reset(tokens[1])


def begin() -> None:
    """To be called right before something is sent; raises :class:`NotAnyMore`."""
    if not _may_begin.get()():
        raise NotAnyMore


class Gate:
    """At most ``limit`` calls within any ``seconds``; who waits is let in by lane, then in order of arrival.

    ``later_per_second`` spreads whatever is not an answer, and keeps a place free for the next one that is.
    """

    def __init__(self, limit: int, seconds: float, *, later_per_second: float | None = None) -> None:
        self._limit = limit
        self._seconds = seconds
        self._gap = 1 / later_per_second if later_per_second else 0.0
        self._places_for_later = limit - 1 if later_per_second else limit
        self._inside = 0
        self._waiting: list[tuple[Lane, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._next_later = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether all its calls are so long ago that it restricts nothing."""
        return not self._inside and not self._waiting

    @asynccontextmanager
    async def passing(self, lane: Lane) -> AsyncIterator[None]:
        """Make one call inside; it begins when it fits."""
        loop = asyncio.get_running_loop()
        await self._enter(lane)
        leaving = loop.call_later(COUNTED_WITHIN + self._seconds, self._leave)
        try:
            yield
        finally:
            if leaving.when() > loop.time() + self._seconds:
                leaving.cancel()
                loop.call_later(self._seconds, self._leave)

    async def _enter(self, lane: Lane) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (lane, next(self._numbers), turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # let in and called off at the same moment
                self._leave()
            raise

    def _leave(self) -> None:
        self._inside -= 1
        self._admit()

    def _admit(self) -> None:
        """Let in whoever fits; where only the distance is missing, look again when it is kept."""
        now = asyncio.get_running_loop().time()
        while self._waiting and self._inside < self._limit:
            lane, _, turn = self._waiting[0]
            if not turn.cancelled():
                if lane != Lane.ANSWER and self._inside >= self._places_for_later:
                    return  # whoever leaves next makes room
                if lane != Lane.ANSWER and now < self._next_later:
                    self._look_again_at(self._next_later)
                    return
                if lane != Lane.ANSWER:
                    # A timer that rings late may be made up for by three calls: the rate holds, no burst builds up.
                    self._next_later = max(self._next_later, now - 3 * self._gap) + self._gap
                self._inside += 1
                turn.set_result(None)
            heapq.heappop(self._waiting)

    def _look_again_at(self, moment: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(moment, self._admit)


class Pacer(BaseRateLimiter[None]):
    """The rate limiter under the bot; raises :class:`telegram.error.RetryAfter` for a chat that has to rest."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or Metrics()
        self._overall = Gate(MESSAGES_PER_SECOND, 1, later_per_second=LATER_PER_SECOND)
        self._groups: dict[ChatId, Gate] = {}
        self._rest_until: dict[ChatId, float] = {}
        self._reminded: dict[ChatId, float] = {}

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Result:
        """Make the call when the limits allow it; only calls to a chat are limited."""
        chat = data.get("chat_id")
        if chat is None:
            return await callback(*args, **kwargs)
        lane = _lane.get()
        self._refuse_while_resting(chat)
        if lane == Lane.REMINDER:
            await self._pause(chat)
        if isinstance(chat, int) and chat < 0:
            async with self._group(chat).passing(lane):
                return await self._call(chat, lane, partial(callback, *args, **kwargs))
        return await self._call(chat, lane, partial(callback, *args, **kwargs))

    async def _call(self, chat: ChatId, lane: Lane, call: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        async with self._overall.passing(lane):
            self._refuse_while_resting(chat)
            begin()
            try:
                return await call()
            except RetryAfter as error:
                self._metrics.too_many_requests.inc()
                self._rest(chat, seconds_to_wait(error))
                raise

    async def _pause(self, chat: ChatId) -> None:
        """Keep the distance to the chat's last reminder, one after the other where several wait."""
        now = asyncio.get_running_loop().time()
        moment = max(now, self._reminded.pop(chat, 0) + CHAT_PAUSE)
        # In order of time: what restricts nothing any more stands in front.
        for oldest in list(itertools.takewhile(lambda key: self._reminded[key] < now - CHAT_PAUSE, self._reminded)):
            del self._reminded[oldest]
        self._reminded[chat] = moment
        await asyncio.sleep(moment - now)

    def _refuse_while_resting(self, chat: ChatId) -> None:
        left = self._rest_until.get(chat, 0) - asyncio.get_running_loop().time()
        if left > 0:
            raise RetryAfter(timedelta(seconds=left))
        self._rest_until.pop(chat, None)

    def _rest(self, chat: ChatId, seconds: float) -> None:
        self._rest_until[chat] = asyncio.get_running_loop().time() + seconds

    def _group(self, chat: ChatId) -> Gate:
        self._groups = {key: gate for key, gate in self._groups.items() if key == chat or not gate.idle}
        return self._groups.setdefault(chat, Gate(GROUP_MESSAGES_PER_MINUTE, 60))


def seconds_to_wait(error: RetryAfter) -> float:
    """The wait that a 429 names, in seconds (the library is moving from a number to a timedelta)."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
