"""Fetches updates from Telegram, in one process at a time: the others stand by and take over when it is gone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter

from bot.gateways.pacing import seconds_to_wait
from handlers.health import Pulse
from handlers.outage import Outage
from handlers.services import Services
from handlers.silence import Silence
from storage.errors import StorageError
from storage.seat import BEAT, Seat

log = logging.getLogger(__name__)

STANDBY_SECONDS = 2
PAUSE_SECONDS = (0.2, 0.5, 1, 2, 5, 10)


class Poller:
    """Polls while it holds the poller's seat; ``store`` commits a batch and answers the offset that confirms it.

    1. It takes the seat, or stands by until it can: at most ``STANDBY_SECONDS`` after it is free.
    2. It polls. A batch is committed before the next request confirms it to Telegram: a crash before the commit, and
       whoever polls next is given the batch again; a crash after it, and a repeat is recognised by its number.
    3. Every ``BEAT`` it makes sure that it still sits. Losing the seat ends the poll under way and leads back to 1.
    """

    def __init__(
        self,
        services: Services,
        pulse: Pulse,
        store: Callable[[list[Any]], Awaitable[int | None]],
        silence: Silence,
        outage: Outage,
    ) -> None:
        self._silence = silence
        self._outage = outage
        self._has_sat = False
        self._services = services
        self._pulse = pulse
        self._store = store

    async def run(self) -> None:
        """Stand by or poll until cancelled; raises :class:`telegram.error.InvalidToken` where the token is refused."""
        seat = self._services.storage.seat(f"poller of bot {self._services.bot.id}")
        try:
            while True:
                self._sits(False)
                await self._stand_by(seat)
                self._sits(True)
                await self._poll_while_seated(seat)
                log.warning("the poller's seat was lost with its connection; standing by")
        finally:
            self._sits(False)
            await seat.leave()

    def _sits(self, seated: bool) -> None:
        self._pulse.polls, self._pulse.standby = seated, not seated
        self._services.metrics.polling.set(seated)
        if seated:
            self._pulse.poll()

    async def _stand_by(self, seat: Seat) -> None:
        stood_by = False
        while (seated := await self._take(seat)) is not True:
            if seated is False and not stood_by:
                stood_by = True
                log.info("another process polls; standing by")
            await asyncio.sleep(STANDBY_SECONDS)
        if stood_by:
            log.info("polling from now on")

    async def _take(self, seat: Seat) -> bool | None:
        """Whether the seat is ours; ``None`` where the database does not answer: one process tells, who sat last."""
        try:
            seated = await seat.take()
        except StorageError as error:
            if self._has_sat:
                await self._outage.goes_on(error)
            return None
        self._has_sat = seated
        await self._outage.is_over()
        return seated

    async def _poll_while_seated(self, seat: Seat) -> None:
        tasks = {asyncio.create_task(self._poll()), asyncio.create_task(_until_lost(seat))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _poll(self) -> None:
        offset: int | None = None
        failures = 0
        cleared = False
        while True:
            try:
                if not cleared:  # a webhook that an earlier installation left would keep the updates from us
                    cleared = await self._services.bot.delete_webhook()
                    await self._silence.heard()
                updates = await self._services.bot.raw_updates(offset)
                self._pulse.poll()
                offset = await self._store(updates) or offset
                await self._silence.heard()
                failures = 0
            except InvalidToken:
                raise
            except StorageError:  # nothing was confirmed: Telegram keeps the updates and sends them again
                await asyncio.sleep(PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)])
                failures += 1
            except Exception as error:  # noqa: BLE001 - whatever a poll meets, the next one may succeed
                await asyncio.sleep(_pause(error, failures))
                failures += 1


async def _until_lost(seat: Seat) -> None:
    while True:
        if not await seat.held():
            return
        await asyncio.sleep(BEAT.total_seconds())


def _pause(error: Exception, failures: int) -> float:
    """How long to wait before the next poll, in seconds."""
    if isinstance(error, RetryAfter):
        return seconds_to_wait(error)
    if isinstance(error, Conflict):
        log.warning("another process polls with this token; waiting for it to end")
    elif failures == 3:
        log.warning("Telegram cannot be reached: %s", type(error).__name__)
    return PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)]
