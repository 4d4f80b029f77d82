"""A bot in this process that can be killed: all its tasks end at once, in the middle of whatever they are at."""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any
from weakref import WeakSet

from bot.gateways.telegram import build_bot
from handlers.life import Life
from storage.storage import Storage
from tests.house import PATIENCE, House

_OF_THE_BOT: contextvars.ContextVar[bool] = contextvars.ContextVar("of_the_bot", default=False)


class Mortal:
    """The house's bot from now on: :meth:`kill` ends it without a word, :meth:`begin` starts another on the same file.

    A task belongs to the bot if one of its tasks, or a timer that one of them set, has made it. SQLAlchemy ends each
    transaction in a task of its own: whoever is killed while that lasts dies before or after it.
    """

    def __init__(self, house: House, database: str) -> None:
        self.house = house
        self._database = database
        self._tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._endings: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._dead: list[Life] = []  # their alarm clocks ring on, and complain where nobody is left to hear it
        asyncio.get_running_loop().set_task_factory(self._make)  # type: ignore[arg-type]  # mypy wants a Future's face

    async def begin(self) -> None:
        """Start a bot that knows nothing but the database, and wait until it asks for updates."""
        house, world = self.house, self.house.standin.world
        before = len(world.calls)
        house.services = replace(
            house.services,
            storage=await Storage.open(self._database),
            bot=build_bot(house.standin.token, house.standin.url),
        )
        house.life = Life(house.services)
        context = contextvars.copy_context()
        context.run(_OF_THE_BOT.set, True)
        await asyncio.create_task(house.life.begin(), context=context)
        await world.until(lambda: any(call.method == "getUpdates" for call in world.calls[before:]), timeout=PATIENCE)

    async def kill(self) -> None:
        """End everything that the bot is at. What it does on its way out, a real kill would not let it do."""
        logging.disable(logging.CRITICAL)
        try:
            while alive := [task for task in self._tasks if not task.done()]:
                for task in alive:
                    task.cancel()
                await asyncio.wait(alive, timeout=1)
            for task in self._tasks:
                if not task.cancelled():
                    task.exception()  # nobody is left to look at it
            await asyncio.gather(*self._endings, return_exceptions=True)
        finally:
            logging.disable(logging.NOTSET)
        with suppress(Exception):  # its connections may have broken on the way
            await self.house.services.bot.shutdown()
        await self.house.services.storage.close()
        self._dead.append(self.house.life)

    def _make(
        self, loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **options: Any
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(coro, loop=loop, **options)
        context = options.get("context")
        if context.get(_OF_THE_BOT, False) if context else _OF_THE_BOT.get():
            is_ending = "sqlalchemy" in coro.cr_code.co_filename  # type: ignore[attr-defined]  # it is no generator
            (self._endings if is_ending else self._tasks).add(task)
        return task
