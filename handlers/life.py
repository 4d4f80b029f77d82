"""The running bot: its loops, started and stopped in order."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from handlers.inbox import Inbox
from handlers.outbox import Outbox
from handlers.presenter import Presenter
from handlers.routes import add_routes
from handlers.services import Services
from messages.commands import client_commands, description, short_description, staff_commands

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 2
DRAIN_SECONDS = 8


class Life:
    """A bot from :meth:`begin` to :meth:`end`; it ends by itself only where Telegram refuses its token."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._presenter = Presenter(services)
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder().bot(services.bot).updater(None).build()
        )
        self._application.bot_data.update(services=services, presenter=self._presenter)
        add_routes(self._application)
        self._inbox = Inbox(services, self._application)
        self._outbox = Outbox(services)
        self._loops: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Say hello to Telegram and start the loops; raises :class:`telegram.error.InvalidToken`.

        Where Telegram cannot be reached it is tried again until it can: a server may come up before its network.
        """
        await self._connect()
        assert self._application.job_queue is not None, "installed with the job-queue extra"  # noqa: S101
        self._outbox.set_alarm(self._application.job_queue)
        await self._application.start()
        for loop in (self._inbox.receive(), self._inbox.work(), self._outbox.run()):
            self._start(loop)
        self._start(self._presenter.show_owed())
        self._start(self._introduce())

    def _start(self, loop: Coroutine[Any, Any, None]) -> None:
        self._loops.append(asyncio.create_task(loop))

    async def _connect(self) -> None:
        while True:
            try:
                await self._application.initialize()
                # Updates come by polling; a webhook that an earlier installation left would stop them.
                await self._services.bot.delete_webhook()
            except InvalidToken:
                raise
            except TelegramError as error:
                log.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                return

    async def _introduce(self) -> None:
        """Give Telegram the command menus and the description; a failure costs only those until the next start."""
        bot, services = self._services.bot, self._services
        catalog = services.staff_catalog
        try:
            await bot.set_my_commands(_commands(client_commands(catalog)), scope=BotCommandScopeAllPrivateChats())
            if services.staff_chat_id is not None:
                scope = BotCommandScopeChat(services.staff_chat_id)
                await bot.set_my_commands(_commands(staff_commands(catalog)), scope=scope)
            await bot.set_my_description(description(catalog, clinic=services.clinic.name))
            await bot.set_my_short_description(short_description(catalog, clinic=services.clinic.name))
        except TelegramError as error:
            log.warning("the command menu was not set: %s", type(error).__name__)

    async def wait(self) -> None:
        """Return when a loop has ended, which none does while all is well; raises what ended it."""
        endless = self._loops[:3]
        done, _ = await asyncio.wait(endless, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def end(self) -> None:
        """Stop taking updates, finish what is being handled, and leave the rest to the next start."""
        for task in self._loops:
            task.cancel()
        await asyncio.wait(self._loops, timeout=DRAIN_SECONDS)
        await self._presenter.stop()
        await self._application.stop()
        await self._application.shutdown()


def _commands(pairs: tuple[tuple[str, str], ...]) -> list[BotCommand]:
    return [BotCommand(name, text) for name, text in pairs]
