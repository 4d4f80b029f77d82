"""A database that cannot be written: told once when it lasts, and once when it is over.

Nothing can be stored meanwhile, not even this alert, and perhaps nothing read: it goes straight to the staff chat that
was last seen, and is lost where Telegram cannot be reached either. The log has it in any case.
"""

import asyncio
import logging

from telegram.constants import ParseMode
from telegram.error import TelegramError

from handlers.services import Services
from handlers.staff_chat import last_seen
from storage.errors import StorageError

log = logging.getLogger(__name__)

ALERT_AFTER = 15.0
"""Seconds after which the staff is told: a restart of the database, or a lock, is over before."""


class Outage:
    """Whether updates can be stored; told by whoever meets an outage first, the inbox or the poller."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._since: float | None = None
        self._told = False

    async def goes_on(self, error: StorageError) -> None:
        """Another attempt to store has failed."""
        now = asyncio.get_running_loop().time()
        if self._since is None:
            self._since = now
            log.error("updates cannot be stored and stay with Telegram, which keeps them for a day: %s", error)
        if now - self._since >= ALERT_AFTER and not self._told:
            self._told = True  # before it is: behind a webhook many fail at the same time
            if not await self._tell("outage.begun"):
                self._told = False

    async def is_over(self) -> None:
        """Storing works."""
        if self._since is None:
            return
        was_told, self._since, self._told = self._told, None, False
        log.warning("updates are stored again")
        if was_told:
            await self._tell("outage.over")

    async def _tell(self, text: str) -> bool:
        chat = last_seen(self._services)
        if chat is None:
            return False
        words = self._services.staff_catalog.text(text)
        try:
            await self._services.bot.send_message(
                chat.id, words, parse_mode=ParseMode.HTML, message_thread_id=chat.topic
            )
        except TelegramError as error:
            log.warning("the staff chat was not told of the outage: %s", type(error).__name__)
            return False
        return True
