"""Draws the screen that a client's stored state implies, edits it in place, and tries again until it is shown.

A screen is never queued as text: what is drawn is always derived from what is stored at that moment. A screen that
Telegram did not take (429, 5xx, a broken connection) is drawn again when the wait is over; one that was owed when the
process died is drawn at the start. So a screen may be shown twice, and is never lost.
"""

import asyncio
import logging
from collections.abc import Container
from dataclasses import replace
from weakref import WeakValueDictionary

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.gateways.pacing import seconds_to_wait
from handlers.canvas import AdviceShown, Drawing, Shown, show
from handlers.places import draw
from handlers.places.view import View
from handlers.plans import BLOCKED, pause_all
from handlers.services import Services
from storage.errors import StorageError

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 60)


class Presenter:
    """Shows screens; one at a time to each client."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._retries: dict[int, asyncio.Task[None]] = {}
        self.busy: Container[int] = ()
        """The chats whose updates are being worked on; the inbox knows."""

    async def present(
        self,
        client_id: int,
        *,
        tapped: int | None = None,
        hint: str = "",
        attempt: int = 0,
        belated: bool = False,
    ) -> None:
        """Show the client's current screen; ``tapped`` is the message whose button was pressed, if one was.

        ``belated``: this is a screen from before, and an update may be changing it meanwhile. Then it stays owed: a
        crash between that update's commit and its own screen must not leave the client with the old one.
        """
        lock = self._locks.setdefault(client_id, asyncio.Lock())
        async with lock:
            try:
                await self._present(client_id, tapped, hint, attempt, belated=belated)
            except StorageError as error:  # the screen stays owed, and is drawn when the database is back
                log.warning("a screen waits: %s", error)
                self._later(client_id, RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)], attempt)

    async def _present(self, client_id: int, tapped: int | None, hint: str, attempt: int, *, belated: bool) -> None:
        drawing = await self._draw(client_id, hint)
        if drawing is None:
            return
        try:
            shown = await show(self._services.bot, drawing, tapped)
        except Forbidden:
            await self._blocked(client_id)
        except RetryAfter as error:
            self._later(client_id, seconds_to_wait(error), attempt)
        except BadRequest as error:
            log.error("Telegram refused a screen of %s: %s", drawing.place, error.message)  # noqa: TRY400
        except TelegramError:  # a broken connection, 5xx, or an answer that is no JSON; it may have arrived or not
            self._later(client_id, RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)], attempt)
        else:
            await self._shown(client_id, shown, belated=belated)

    async def show_owed(self) -> None:
        """Show every client the screen that a crash kept from being shown."""
        async with self._services.storage.transaction() as tx:
            owed = await tx.clients.owed()
        for client_id in owed:
            await self.present(client_id, belated=True)

    async def stop(self) -> None:
        """Give up on waiting screens: they stay owed and are shown by the next start."""
        for task in self._retries.values():
            task.cancel()
        await asyncio.gather(*self._retries.values(), return_exceptions=True)

    async def _draw(self, client_id: int, hint: str) -> Drawing | None:
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(client_id)
            if client is None or client.blocked_at:
                return None
            screen = await draw(View(self._services, tx, client))
            if hint:
                screen = replace(screen, text=f"{hint}\n\n{screen.text}")
            before = Shown(
                client.screen_message_id, client.screen_digest or "", AdviceShown.parse(client.screen_advice)
            )
            thanks = self._services.catalog(client).text("callback.thank_you")
            return Drawing(client.chat_id, client.place, screen, before, thanks)

    async def _shown(self, client_id: int, shown: Shown, *, belated: bool) -> None:
        if superseded := self._retries.pop(client_id, None):
            superseded.cancel()
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(client_id, lock=True)
            if client is not None:
                client.screen_message_id, client.screen_digest = shown.message_id, shown.digest
                client.screen_advice = str(shown.advice)
                client.screen_owed = belated and client.chat_id in self.busy

    async def _blocked(self, client_id: int) -> None:
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(client_id, lock=True)
            if client is not None:
                client.blocked_at = self._services.now()
                client.screen_owed = False
                await pause_all(tx, client_id, BLOCKED, self._services.now())

    def _later(self, client_id: int, seconds: float, attempt: int) -> None:
        if waiting := self._retries.get(client_id):
            waiting.cancel()
        self._retries[client_id] = asyncio.create_task(self._again(client_id, seconds, attempt))

    async def _again(self, client_id: int, seconds: float, attempt: int) -> None:
        await asyncio.sleep(seconds)
        self._retries.pop(client_id, None)
        await self.present(client_id, attempt=attempt + 1, belated=True)
