"""Stores updates and works them off: nothing that Telegram handed over is forgotten, no update holds up another.

*Store*: a batch is committed raw, unparsed, before it is confirmed to Telegram (by the next poll, or by the answer to
a webhook's post). A crash before the commit: Telegram sends the batch again. A crash after it: the rows are there; a
repeat is recognised by its number. *Work*: each person's updates in order, different people side by side, and where
several processes share the database, each update in one of them; what an update says goes on while the next one is
decided on. An update that fails is tried ``TRIES`` times and
then set aside, so that it stops nobody, and its sender is told once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from telegram import Update
from telegram.ext import Application, ApplicationHandlerStop

from handlers.afterwards import afterwards, collected
from handlers.outage import Outage
from handlers.presenter import Presenter
from handlers.services import Services
from storage.errors import StorageError
from storage.storage import Transaction
from storage.tables import InboxRow

log = logging.getLogger(__name__)

AT_ONCE = 50
IN_FLIGHT = 200
"""How many updates are worked on side by side; more wait for a place here, or in another process."""

LOOK_SECONDS = 0.5
"""How often to look for what other processes stored, or left behind."""

KEPT = timedelta(days=3)
TIDY_SECONDS = 3600
OUTAGE_PAUSE_SECONDS = 1.0
BIGGEST = 2**63
"""A database's integers stay below."""

Received: TypeAlias = tuple[int, int, dict[str, Any]]
"""An update's number, its lane and its content."""

PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0)
"""Between one try of an update and the next; nothing is written meanwhile, so that others hardly notice."""

TRIES = len(PAUSE_SECONDS) + 1


def lane_of(update: dict[str, Any]) -> int:
    """The chat, or else the person, whose updates must keep their order; 0 where none is named.

    Who taps in a group waits for no colleague: each of them has to be answered within three seconds.
    """
    press = update.get("callback_query")
    who = _id(press.get("from")) if isinstance(press, dict) else None
    return who or chat_of(update) or next(filter(None, (_id(c.get("from")) for c in _contents(update))), 0)


def chat_of(update: dict[str, Any]) -> int | None:
    """Where it happened, if that is told."""
    messages = (content.get("message", content) for content in _contents(update))
    return next(filter(None, (_id(message.get("chat")) for message in messages if isinstance(message, dict))), None)


def _contents(update: dict[str, Any]) -> list[dict[str, Any]]:
    return [content for content in update.values() if isinstance(content, dict)]


def _id(holder: object) -> int | None:
    """The number of a chat or a person."""
    return _number(holder.get("id")) if isinstance(holder, dict) else None


def _number(value: object) -> int | None:
    """Whatever no database could store is no number."""
    return value if type(value) is int and abs(value) < BIGGEST else None


class Inbox:
    """Poller and web server call :meth:`store`; :meth:`work` and :meth:`tidy` are loops."""

    def __init__(self, services: Services, application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        self._services = services
        self._application = application
        self._presenter: Presenter = application.bot_data["presenter"]
        self._arrived = asyncio.Event()
        self._busy: set[int] = set()  # the lanes in which an update is being decided on
        self._tasks: set[asyncio.Task[None]] = set()  # all that was begun with, screens that are on their way included
        self._came: set[int] = set()  # the lanes of what was stored since the database was last asked
        self._more: set[int] = set()  # the busy lanes in which more waits
        self._full = False  # whether more could wait than could be begun with
        self._errors: dict[int, Exception] = {}
        self._ending = asyncio.Event()
        self.outage = Outage(services)
        application.add_error_handler(self._remember_error)

    async def store(self, updates: list[Any]) -> int | None:
        """Commit a batch, in one transaction; answers the offset that confirms it. Raises ``StorageError``."""
        known = [
            update for update in updates if isinstance(update, dict) and _number(update.get("update_id")) is not None
        ]
        if not known:
            return None
        rows = [(update["update_id"], lane_of(update), update) for update in known]
        self._services.calm.lose()
        try:
            new = await self._commit(rows)
        except StorageError as error:
            await self.outage.goes_on(error)
            raise
        await self.outage.is_over()
        self._services.metrics.received.inc(new)
        self._came.update(lane for _, lane, _ in rows)
        self._arrived.set()
        return max(int(update["update_id"]) for update in known) + 1

    async def _commit(self, rows: Sequence[Received]) -> int:
        """Store them, in one transaction if that can be; answers how many are new."""
        try:
            async with self._services.storage.transaction() as tx:
                return await tx.inbox.receive(self._services.bot.id, rows, self._services.now())
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - what somebody sent may be anything
            if len(rows) > 1:  # it shall keep nobody else's update from being stored
                return sum([await self._commit([row]) for row in rows])
            return await self._cannot_be_stored(*rows[0][:2], error)

    async def _cannot_be_stored(self, update_id: int, lane: int, error: Exception) -> int:
        """Set aside what no database takes as it is, without its content."""
        name = type(error).__name__
        log.error("update %s cannot be stored and is set aside: %s", update_id, name)
        self._services.metrics.set_aside.inc()
        async with self._services.storage.transaction() as tx:
            await self._alert(tx, update_id, name)
            return await tx.inbox.receive_set_aside(
                self._services.bot.id, update_id, lane, self._services.now(), error=name
            )

    async def work(self) -> None:
        """Work off what waits, until cancelled."""
        self._arrived.set()
        try:
            while True:
                await self._something_arrived()
                self._arrived.clear()
                try:
                    await self._take()
                except StorageError:  # the rows wait until the database is back
                    log.exception("the inbox cannot be read")
                    await asyncio.sleep(1)
                    self._arrived.set()
        finally:
            self._ending.set()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def release(self) -> None:
        """Give back what was claimed and not begun; for the very end."""
        async with self._services.storage.transaction() as tx:
            await tx.inbox.release(self._services.process)

    async def _something_arrived(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS if self._services.storage.shared else None):
                await self._arrived.wait()

    async def _take(self) -> None:
        """Begin with what waits: the oldest update of each lane that is not busy."""
        room = min(AT_ONCE, IN_FLIGHT - len(self._tasks))
        if room <= 0:  # whoever ends next looks again
            self._full = True
            return
        self._more |= self._came
        self._came.clear()
        async with self._services.storage.transaction() as tx:
            rows = await tx.inbox.claim(self._services.process, room, busy_lanes=list(self._busy))
        self._full = len(rows) == room
        self._more = self._more & self._busy | {row.lane for row in rows if row.followed}
        for row in rows:
            self._busy.add(row.lane)
            task = asyncio.create_task(self._handle(row))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        self._look_for_calm()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._full:
            self._arrived.set()
        self._look_for_calm()

    def _look_for_calm(self) -> None:
        if not self._tasks and not self._arrived.is_set():
            self._services.calm.find()

    def _something_waits_behind(self, lane: int) -> bool:
        """Whether the end of an update in ``lane`` is a reason to ask the database again; most often it is not."""
        return self._full or self._services.storage.shared or lane in self._more or lane in self._came

    async def tidy(self) -> None:
        """Forget, every hour, what was done three days ago: so long a repeat could still come. Until cancelled."""
        while True:
            try:
                await self._forget_old()
            except StorageError:
                log.exception("the inbox cannot be tidied")
            await asyncio.sleep(TIDY_SECONDS)

    async def _forget_old(self) -> None:
        """In portions, so that others get their turn in between."""
        while True:
            async with self._services.storage.transaction() as tx:
                if not await tx.inbox.forget(self._services.now() - KEPT):
                    return

    async def _handle(self, row: InboxRow) -> None:
        """Decide on an update; when that is over, its lane is free, and what it says goes on beside it."""
        with collected() as going_on:
            is_over = await self._decide(row)
            for error in await asyncio.gather(*going_on, return_exceptions=True):
                if isinstance(error, Exception):
                    log.error("what update %s led to was not said", row.update_id, exc_info=error)
        if is_over:
            waited = (self._services.now() - row.received_at).total_seconds()
            self._services.metrics.screen_seconds.observe(max(waited, 0))  # two machines' clocks may differ a little

    async def _decide(self, row: InboxRow) -> bool:
        """Whether the update is dealt with; its lane is free again in any case."""
        is_over = False
        try:
            error = await self._try(row)
            if isinstance(error, StorageError):  # not this update's fault: it waits until the database is back
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            elif error is not None and not self._ending.is_set():
                await self._set_aside(row, type(error).__name__)
            elif error is None:
                is_over = True
                self._services.metrics.processed.inc()
        except Exception:
            log.exception("update %s could not be worked off", row.update_id)
            await asyncio.sleep(1)
        finally:
            self._busy.discard(row.lane)
            if not is_over or self._something_waits_behind(row.lane):
                self._arrived.set()
        return is_over

    async def _try(self, row: InboxRow) -> Exception | None:
        """Process an update, again and again where it fails; answers the last error. A new start counts anew."""
        for pause in (*PAUSE_SECONDS, 0):
            error = await self._process(row)
            if error is None or isinstance(error, StorageError) or not pause:
                break
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ending.wait()
                break
        return error

    async def _process(self, row: InboxRow) -> Exception | None:
        """Let the application's handlers do their work; answers the error where one failed."""
        try:
            update = Update.de_json(row.raw, self._services.bot)
        except Exception as error:  # noqa: BLE001 - an update that nobody can parse may raise anything
            return error
        await self._application.process_update(update)
        return self._errors.pop(row.update_id, None)

    async def _remember_error(self, update: object, context: Any) -> None:
        """python-telegram-bot's error handler: a failed update is noticed here instead of being lost in a log.

        No other handler gets the update: one that would have kept it back, the guard, may be what failed.
        """
        log.error("a handler failed", exc_info=context.error)
        if isinstance(update, Update):
            self._errors[update.update_id] = context.error
        raise ApplicationHandlerStop

    async def _set_aside(self, row: InboxRow, error: str) -> None:
        async with self._services.storage.transaction() as tx:
            if not await tx.inbox.set_aside(row.id, error, TRIES, token=self._services.process):
                return
            in_private = row.lane > 0 and chat_of(row.raw) in {None, row.lane}
            client = await tx.clients.by_user(row.lane) if in_private else None
            await self._alert(tx, row.update_id, error)
        self._services.metrics.set_aside.inc()
        log.error("update %s was set aside after %s tries: %s", row.update_id, TRIES, error)
        if client is not None:
            hint = self._services.catalog(client).text("hint.something_went_wrong")
            afterwards(self._presenter.present(client.id, hint=hint))

    async def _alert(self, tx: Transaction, update_id: int, error: str) -> None:
        """Tell the staff chat, at most once an hour: what fails often has one cause."""
        now = self._services.now()
        payload = {"update": update_id, "error": error}
        hour = f"{now:%Y-%m-%dT%H}"
        await tx.outbox.plan("update_set_aside", recipient="staff", subject=hour, due=now, now=now, payload=payload)
