"""Draws the screen that a client's stored state implies, edits it in place, and tries again until it is shown.

A screen is never queued as text: what is drawn is always derived from what is stored at that moment. A screen that
Telegram did not take (429, 5xx, a broken connection) is drawn again when the wait is over; one that was owed when the
process died is drawn at the start. So a screen may be shown twice, and is never lost.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from hashlib import sha256
from weakref import WeakValueDictionary

from telegram import ReplyKeyboardRemove
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.gateways.pacing import seconds_to_wait
from handlers.keyboards import inline, markup
from handlers.places import PLACES, View, draw
from handlers.services import Services
from messages.screen import Screen

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the client's phone: the message and a digest of it, which begins with the screen's place."""

    message_id: int | None
    digest: str

    @property
    def place(self) -> str:
        """The place whose screen it is."""
        return self.digest.partition(":")[0]

    @property
    def keyboard(self) -> bool:
        """Whether a reply keyboard is up, which only another message can take away."""
        return self.digest.endswith(":keyboard")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A screen to be shown to one chat, and what stands there now."""

    chat_id: int
    place: str
    screen: Screen
    before: Shown
    thanks: str

    @property
    def digest(self) -> str:
        """Equal for screens that look the same."""
        kind = ":keyboard" if self.screen.contact else ""
        return f"{self.place}:{sha256(repr(self.screen).encode()).hexdigest()[:32]}{kind}"


class Presenter:
    """Shows screens; one at a time to each client."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._retries: dict[int, asyncio.Task[None]] = {}

    async def present(self, client_id: int, *, tapped: int | None = None, hint: str = "", attempt: int = 0) -> None:
        """Show the client's current screen; ``tapped`` is the message whose button was pressed, if one was."""
        lock = self._locks.setdefault(client_id, asyncio.Lock())
        async with lock:
            drawing = await self._draw(client_id, hint)
            if drawing is None:
                return
            try:
                message_id = await self._show(drawing, tapped)
            except Forbidden:
                await self._blocked(client_id)
            except RetryAfter as error:
                self._later(client_id, seconds_to_wait(error), attempt)
            except BadRequest as error:
                log.error("Telegram refused a screen of %s: %s", drawing.place, error.message)  # noqa: TRY400
            except TelegramError:  # a broken connection, 5xx, or an answer that is no JSON
                self._later(client_id, RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)], attempt)
            else:
                await self._shown(client_id, Shown(message_id, drawing.digest))

    async def show_owed(self) -> None:
        """Show every client the screen that a crash kept from being shown."""
        async with self._services.storage.transaction() as tx:
            owed = await tx.clients.owed()
        for client_id in owed:
            await self.present(client_id)

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
            before = Shown(client.screen_message_id, client.screen_digest or "")
            thanks = self._services.catalog(client).text("callback.thank_you")
            return Drawing(client.chat_id, client.place, screen, before, thanks)

    async def _show(self, drawing: Drawing, tapped: int | None) -> int:
        before = drawing.before
        if tapped is not None and tapped == before.message_id:
            if before.digest == drawing.digest:
                return tapped
            if _same_message(drawing) and await self._edit(drawing, tapped):
                return tapped
        if before.keyboard and not drawing.screen.contact:
            await self._take_keyboard_away(drawing)
        sent = await self._services.bot.send_message(
            drawing.chat_id, drawing.screen.text, parse_mode=ParseMode.HTML, reply_markup=markup(drawing.screen)
        )
        if before.message_id is not None and not PLACES[before.place].stays:
            await self._delete(drawing.chat_id, before.message_id)
        return sent.message_id

    async def _edit(self, drawing: Drawing, message_id: int) -> bool:
        try:
            await self._services.bot.edit_message_text(
                drawing.screen.text,
                chat_id=drawing.chat_id,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=inline(drawing.screen),
            )
        except BadRequest as error:
            # Deleted by the client or too old to edit: a new message takes its place.
            return "not modified" in error.message
        return True

    async def _take_keyboard_away(self, drawing: Drawing) -> None:
        # Telegram removes a reply keyboard only along with a message of its own; the words are the screen's own first.
        catalog = self._services.catalogs.choose(None)
        await self._services.bot.send_message(
            drawing.chat_id,
            catalog.text("callback.thank_you"),
            parse_mode=ParseMode.HTML,
            reply_markup=ReplyKeyboardRemove(),
        )

    async def _delete(self, chat_id: int, message_id: int) -> None:
        try:
            await self._services.bot.delete_message(chat_id, message_id)
        except TelegramError:
            log.debug("an old screen could not be deleted")

    async def _shown(self, client_id: int, shown: Shown) -> None:
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(client_id)
            if client is not None:
                client.screen_message_id, client.screen_digest = shown.message_id, shown.digest
                client.screen_owed = False

    async def _blocked(self, client_id: int) -> None:
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(client_id)
            if client is not None:
                client.blocked_at = self._services.now()
                client.screen_owed = False

    def _later(self, client_id: int, seconds: float, attempt: int) -> None:
        if waiting := self._retries.get(client_id):
            waiting.cancel()
        self._retries[client_id] = asyncio.create_task(self._again(client_id, seconds, attempt))

    async def _again(self, client_id: int, seconds: float, attempt: int) -> None:
        await asyncio.sleep(seconds)
        self._retries.pop(client_id, None)
        await self.present(client_id, attempt=attempt + 1)


def _same_message(drawing: Drawing) -> bool:
    """Whether the screen takes the place of the one before: only within one family, so that advice stays readable."""
    before = drawing.before
    if before.keyboard or drawing.screen.contact:
        return False
    return not PLACES[before.place].stays or PLACES[before.place].family == PLACES[drawing.place].family
