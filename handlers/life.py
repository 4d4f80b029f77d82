"""The running bot: its loops, started and stopped in order."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

from telegram import BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application

from bot.gateways.pacing import seconds_to_wait
from bot.gateways.telegram import UPDATES
from bot.settings import Listen, SettingsError, Webhook
from handlers.digest import plan_digest
from handlers.group import give_menu
from handlers.health import Pulse
from handlers.inbox import Inbox
from handlers.monitor import Monitor
from handlers.outbox import Outbox
from handlers.poller import Poller
from handlers.presenter import Presenter
from handlers.routes import add_routes
from handlers.services import Services
from handlers.silence import Silence
from handlers.staff_chat import staff_chat
from handlers.web import WebServer
from messages.commands import client_commands, description, short_description
from storage.errors import StorageError

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 2
DRAIN_SECONDS = 6
"""For what is being handled. With the web server's time, and for the farewells, it stays below 10."""


class Life:
    """A bot from :meth:`begin` to :meth:`end`; it ends by itself only where Telegram refuses its token.

    Updates come by polling, or with ``webhook`` to the web server at ``listen``; without ``listen`` there is no web
    server.
    """

    def __init__(self, services: Services, *, listen: Listen | None = None, webhook: Webhook | None = None) -> None:
        self._services = services
        self._listen = listen
        self._webhook = webhook
        self._pulse = Pulse(polls=webhook is None)
        self._presenter = Presenter(services)
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder().bot(services.bot).updater(None).build()
        )
        self._application.bot_data.update(services=services, presenter=self._presenter)
        add_routes(self._application)
        self._inbox = Inbox(services, self._application)
        self._outbox = Outbox(services)
        self.web = WebServer(services, self._pulse, self._inbox.store, listen, webhook) if listen else None
        self._loops: list[asyncio.Task[None]] = []
        self._endless: tuple[asyncio.Task[None], ...] = ()

    async def begin(self) -> None:
        """Say hello to Telegram and start the loops; raises :class:`telegram.error.InvalidToken`.

        Where Telegram cannot be reached it is tried again until it can: a server may come up before its network.
        Raises :class:`bot.settings.SettingsError` where an address that was chosen cannot be used.
        """
        await self._open_the_web()
        try:
            await self._connect()
        except BaseException:
            await self._close_the_web()
            await self._application.shutdown()
            raise
        assert self._application.job_queue is not None, "installed with the job-queue extra"  # noqa: S101
        self._outbox.set_alarm(self._application.job_queue)
        await self._application.start()
        silence = Silence(self._services, self._presenter)
        polling = Poller(self._services, self._pulse, self._inbox.store, silence, self._inbox.outage)
        hearing = silence.beat() if self._webhook else polling.run()
        for loop in (self._inbox.work(), self._outbox.run(), self._presenter.show_owed(), hearing):
            self._start(loop)
        self._endless = tuple(self._loops)
        self._start(self._inbox.tidy())
        self._start(self._introduce())
        self._start(self._plan_digest())
        self._start(Monitor(self._services).run())

    async def _open_the_web(self) -> None:
        """Serve before Telegram is told where to post. A default address that is taken does not stop the bot."""
        if self.web is None:
            return
        try:
            await self.web.start()
        except OSError as error:
            if self._webhook or (self._listen and self._listen.chosen):
                raise SettingsError([f"LISTEN: the address cannot be used: {error.strerror}"]) from error
            log.warning("LISTEN: %s is in use; /healthz, /readyz and /metrics are not served", self._listen)
            self.web = None

    async def _close_the_web(self) -> None:
        if self.web is not None:
            await self.web.stop()

    def _start(self, loop: Coroutine[Any, Any, None]) -> None:
        self._loops.append(asyncio.create_task(loop))

    async def _connect(self) -> None:
        while True:
            try:
                await self._application.initialize()
                self._pulse.ready = True
                await self._set_webhook()
            except InvalidToken:
                raise
            except TelegramError as error:
                log.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)
                await asyncio.sleep(seconds_to_wait(error) if isinstance(error, RetryAfter) else RECONNECT_SECONDS)
            else:
                return

    async def _set_webhook(self) -> None:
        """Tell Telegram where to post; where updates are polled, the poller takes a webhook away."""
        if self._webhook is None:
            return
        try:
            await self._services.bot.set_webhook(
                self._webhook.url, allowed_updates=UPDATES, secret_token=self._webhook.secret
            )
        except BadRequest as error:
            raise SettingsError(["WEBHOOK_URL: Telegram refuses the address"]) from error

    async def _plan_digest(self) -> None:
        """Make sure that the next morning has its list; the row goes on by itself from then on."""
        try:
            async with self._services.storage.transaction() as tx:
                await plan_digest(self._services, tx, self._services.now())
        except StorageError:
            log.exception("the digest was not planned; it is at the next start")

    async def _introduce(self) -> None:
        """Give Telegram menus and descriptions in every language; a failure costs only those until the next start."""
        try:
            for code in ("", *self._services.catalogs.languages):
                await self._introduce_in(code)
            async with self._services.storage.transaction() as tx:
                desk = await staff_chat(self._services, tx)
            if desk is not None:
                await give_menu(self._services, desk.id)
        except (TelegramError, StorageError) as error:
            log.warning("the command menu was not set: %s", type(error).__name__)

    async def _introduce_in(self, code: str) -> None:
        """The menus for one language code; without one, for everybody whose language has none of its own."""
        bot, clinic = self._services.bot, self._services.clinic.name
        catalog = self._services.catalogs.choose(code or None)
        clients = _commands(client_commands(catalog))
        await bot.set_my_commands(clients, scope=BotCommandScopeAllPrivateChats(), language_code=code)
        await bot.set_my_description(description(catalog, clinic=clinic), language_code=code)
        await bot.set_my_short_description(short_description(catalog, clinic=clinic), language_code=code)

    async def wait(self) -> None:
        """Return when a loop has ended, which none does while all is well; raises what ended it."""
        done, _ = await asyncio.wait(self._endless, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def end(self) -> None:
        """Stop taking updates, finish what is being handled, and leave the rest to the next start."""
        if not self._application.running:
            return
        await self._close_the_web()
        for task in self._loops:
            task.cancel()
        await asyncio.wait(self._loops, timeout=DRAIN_SECONDS)
        await self._presenter.stop()
        if self._services.storage.shared:  # an SQLite file is this process's own: there is nobody to give back to
            with contextlib.suppress(StorageError):  # then what it holds runs out
                await self._inbox.release()
        await self._application.stop()
        await self._application.shutdown()


def _commands(pairs: tuple[tuple[str, str], ...]) -> list[BotCommand]:
    return [BotCommand(name, text) for name, text in pairs]
