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
        self._start(self._inbox.tidy())
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
        """Give Telegram menus and descriptions in every language; a failure costs only those until the next start."""
        try:
            for code in ("", *self._services.catalogs.languages):
                await self._introduce_in(code)
        except TelegramError as error:
            log.warning("the command menu was not set: %s", type(error).__name__)

    async def _introduce_in(self, code: str) -> None:
        """The menus for one language code; without one, for everybody whose language has none of its own."""
        bot, staff_chat, clinic = self._services.bot, self._services.staff_chat_id, self._services.clinic.name
        catalog = self._services.catalogs.choose(code or None)
        clients = _commands(client_commands(catalog))
        await bot.set_my_commands(clients, scope=BotCommandScopeAllPrivateChats(), language_code=code)
        if staff_chat is not None:
            staff = _commands(staff_commands(catalog))
            await bot.set_my_commands(staff, scope=BotCommandScopeChat(staff_chat), language_code=code)
        await bot.set_my_description(description(catalog, clinic=clinic), language_code=code)
        await bot.set_my_short_description(short_description(catalog, clinic=clinic), language_code=code)

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
