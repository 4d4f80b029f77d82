"""Draws the screen that a client's stored state implies, edits it in place, and tries again until it is shown.

A screen is never queued as text: what is drawn is always derived from what is stored at that moment. A screen that
Telegram did not take (429, 5xx, a broken connection) is drawn again when the wait is over; one that was owed when the
process died is drawn at the start, or by another process. So a screen may be shown twice, and is never lost.

Where several processes share the database, one of them draws for a client at a time (``storage/screens.py``).
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.gateways.pacing import seconds_to_wait
from handlers.canvas import AdviceShown, Drawing, Shown, show
from handlers.places import draw
from handlers.places.view import View
from handlers.plans import BLOCKED, pause_all
from handlers.services import Services
from storage.errors import StorageError
from storage.screens import release
from storage.storage import Transaction

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 60)
TRIES = 5
"""How often a screen is tried whose failure is neither Telegram's nor the database's."""

REFUSED_SECONDS = 3600
"""How long a screen that Telegram calls a bad request is left alone, unless the client moves on."""

LOOK_SECONDS = 3
"""How often to look for screens that a process owed when it died."""

SIDE_BY_SIDE = 20
NEVER = 10**9
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds between looks whether another process is done with drawing for a client."""

AGAIN_SECONDS = 1.2
"""When to draw what a later update should have drawn, in another process perhaps that died: longer than that waits."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A screen that was asked for; see :meth:`Presenter.present`."""

    tapped: int | None
    hint: str
    attempt: int
    belated: bool

    def then(self, other: "Wish") -> "Wish":
        """What serves both: ``other`` was asked for later, and one of them is enough to want it at the chat's end."""
        tapped = None if self.tapped is None else other.tapped
        return Wish(tapped, other.hint, other.attempt, self.belated and other.belated)


class Presenter:
    """Shows screens; one at a time to each client."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._retries: dict[int, asyncio.Task[None]] = {}
        self._wishes: dict[int, Wish] = {}  # what nobody has begun to draw

    def is_drawing(self, client_id: int) -> bool:
        """Whether a screen is on its way to the client: it may show what was stored before."""
        lock = self._locks.get(client_id)
        return lock is not None and lock.locked()

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

        ``belated``: this is a screen from before. Where it was shown meanwhile, nothing is done; and where an update
        has changed it while it was on its way, one stays owed: a crash between that update's commit and its own screen
        must not leave the client with the old one.

        What is asked for while another screen is on its way to the client is drawn once, as it is stored then: of
        seven taps that come at once, the client sees where the last one led.
        """
        wish = Wish(tapped, hint, attempt, belated)
        if before := self._wishes.get(client_id):
            self._wishes[client_id] = before.then(wish)
            return
        self._wishes[client_id] = wish
        lock = self._locks.setdefault(client_id, asyncio.Lock())
        try:
            await lock.acquire()
        finally:
            wish = self._wishes.pop(client_id)
        try:
            await self._grant(client_id, wish)
        finally:
            lock.release()

    async def _grant(self, client_id: int, wish: Wish) -> None:
        """Draw it and try again later where that fails; nothing is raised."""
        try:
            await self._present(client_id, wish)
        except StorageError as error:  # the screen stays owed, and is drawn when the database is back
            log.warning("a screen waits: %s", error)
            self._schedule(client_id, _pause(wish.attempt), wish.attempt)
        except Exception as error:  # the answer is committed, and nobody else would draw it
            log.exception("the screen of client %s cannot be shown", client_id)
            await self._failed(client_id, type(error).__name__, wish.attempt)

    async def _present(self, client_id: int, wish: Wish) -> None:
        drawing = await self._draw(client_id, wish.hint, if_owed=wish.belated)
        shown = await self._show(client_id, drawing, wish.tapped, wish.attempt) if drawing else None
        if shown and not await self._shown(client_id, shown, belated=wish.belated):
            self._schedule(client_id, AGAIN_SECONDS, 0)

    async def show_owed(self) -> None:
        """Show every client the screen that a crash kept from being shown, until cancelled.

        At the start, and where other processes may crash from time to time.
        """
        while True:
            again = LOOK_SECONDS if self._services.storage.shared else NEVER
            try:
                await self.show_unattended()
            except Exception:
                log.exception("the screens that are owed cannot be read")
                again = LOOK_SECONDS
            await asyncio.sleep(again)

    async def show_unattended(self) -> None:
        """Show every screen that is owed and that nobody is drawing."""
        async with self._services.storage.transaction() as tx:
            owed = list(await tx.screens.unattended())
        places = asyncio.Semaphore(SIDE_BY_SIDE)

        async def show_one(client_id: int) -> None:
            async with places:
                await self.present(client_id, belated=True)

        await asyncio.gather(*(show_one(client_id) for client_id in owed))

    async def stop(self) -> None:
        """Give up on waiting screens: they stay owed and are shown by the next start."""
        for task in self._retries.values():
            task.cancel()
        await asyncio.gather(*self._retries.values(), return_exceptions=True)

    async def _show(self, client_id: int, drawing: Drawing, tapped: int | None, attempt: int) -> Shown | None:
        """Put it into the chat; ``None`` where that failed, and what follows from that was seen to."""
        try:
            return await show(self._services.bot, drawing, tapped)
        except Forbidden:
            await self._blocked(client_id)
        except RetryAfter as error:
            await self._later(client_id, seconds_to_wait(error), attempt)
        except BadRequest as error:
            log.error("Telegram refused a screen of %s: %s", drawing.place, error.message)  # noqa: TRY400
            await self._keep(client_id, REFUSED_SECONDS)
        except TelegramError:  # a broken connection, 5xx, or an answer that is no JSON
            await self._later(client_id, _pause(attempt), attempt)
        return None

    async def _draw(self, client_id: int, hint: str, *, if_owed: bool) -> Drawing | None:
        """The client's screen; ``None`` where there is nothing to show, or another process will show it."""
        me = self._services.process
        for wait in (0, *WAITS):
            await asyncio.sleep(wait)
            async with self._services.storage.transaction() as tx:
                if await tx.screens.claim(client_id, me):
                    drawing = await self._drawing(tx, client_id, hint, if_owed=if_owed)
                    if drawing is None and (client := await tx.screens.held(client_id, me)):
                        release(client)
                    return drawing
        return None

    async def _drawing(self, tx: Transaction, client_id: int, hint: str, *, if_owed: bool) -> Drawing | None:
        client = await tx.clients.by_id(client_id)
        if client is None or client.blocked_at or (if_owed and not client.screen_owed):
            return None
        screen = await draw(View(self._services, tx, client))
        if hint:
            screen = replace(screen, text=f"{hint}\n\n{screen.text}")
        before = Shown(client.screen_message_id, client.screen_digest or "", AdviceShown.parse(client.screen_advice))
        thanks = self._services.catalog(client).text("callback.thank_you")
        return Drawing(client.chat_id, client.place, screen, before, thanks)

    async def _shown(self, client_id: int, shown: Shown, *, belated: bool) -> bool:
        """Record it; ``False`` where a later update has something newer, which stays owed and is its to draw."""
        if superseded := self._retries.pop(client_id, None):
            superseded.cancel()
        async with self._services.storage.transaction() as tx:
            client = await tx.screens.held(client_id, self._services.process)
            if client is None:
                return True
            client.screen_message_id, client.screen_digest = shown.message_id, shown.digest
            client.screen_advice = str(shown.advice)
            again = client.screen_again
            client.screen_owed = again or (belated and not await self._is_newest(tx, client_id, shown))
            release(client)
            return not again

    async def _is_newest(self, tx: Transaction, client_id: int, shown: Shown) -> bool:
        drawing = await self._drawing(tx, client_id, "", if_owed=False)
        return drawing is None or drawing.digest == shown.digest

    async def _blocked(self, client_id: int) -> None:
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(client_id, lock=True)
            if client is not None:
                client.blocked_at = self._services.now()
                client.screen_owed = False
                await pause_all(tx, client_id, BLOCKED, self._services.now())
                release(client)

    async def _failed(self, client_id: int, error: str, attempt: int) -> None:
        """Try again, and in the end tell the staff, at most once an hour; the client's next step draws anew."""
        if attempt + 1 < TRIES:
            self._schedule(client_id, _pause(attempt), attempt)
            return
        now = self._services.now()
        try:
            async with self._services.storage.transaction() as tx:
                await tx.screens.keep(client_id, self._services.process, REFUSED_SECONDS)
                about, subject = {"error": error}, f"{now:%Y-%m-%dT%H}"
                await tx.outbox.plan(
                    "screen_failed", recipient="staff", subject=subject, due=now, now=now, payload=about
                )
        except Exception:
            log.exception("the staff was not told of a screen that cannot be shown")

    async def _keep(self, client_id: int, seconds: float) -> None:
        async with self._services.storage.transaction() as tx:
            await tx.screens.keep(client_id, self._services.process, seconds)

    async def _later(self, client_id: int, seconds: float, attempt: int) -> None:
        """Try again in ``seconds``; no other process tries in the meantime."""
        await self._keep(client_id, seconds)
        self._schedule(client_id, seconds, attempt)

    def _schedule(self, client_id: int, seconds: float, attempt: int) -> None:
        if waiting := self._retries.get(client_id):
            waiting.cancel()
        self._retries[client_id] = asyncio.create_task(self._again(client_id, seconds, attempt))

    async def _again(self, client_id: int, seconds: float, attempt: int) -> None:
        await asyncio.sleep(seconds)
        self._retries.pop(client_id, None)
        await self.present(client_id, attempt=attempt + 1, belated=True)


def _pause(attempt: int) -> float:
    return RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
