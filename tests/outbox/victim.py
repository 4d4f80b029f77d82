"""A process that sends what is due and may be killed at any step of it; started once, it forks for each try.

Each line on standard input is a try: ``url``, ``api``, ``token``, ``now`` and ``kill_at``, the number of the step at
which it gets SIGKILL (0: none). Each line on standard output tells the steps that were reached and how it ended.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from bot.clinic import load_clinic
from bot.consultation.protocol import load_protocol
from bot.gateways.pacing import Pacer
from bot.gateways.telegram import RawBot
from bot.gateways.transport import Transport
from handlers import outbox
from handlers.services import Services
from messages.catalog import Catalogs
from storage.storage import Storage, Transaction

outbox.FINISH_SECONDS = 60
"""Whoever is not killed ends its work, however slow the machine is."""

CATALOGS, CLINIC, PROTOCOL = Catalogs.load(), load_clinic(), load_protocol()


class Fate:
    """Counts the steps and knows the last one."""

    def __init__(self, kill_at: int, report: int) -> None:
        self._left = kill_at
        self._report = report

    def step(self, name: str) -> None:
        """One more; the last one never returns."""
        os.write(self._report, f"{name}\n".encode())
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStorage(Storage):
    """A storage whose every transaction may be the last."""

    fate = Fate(0, 2)

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        return self._mortal(super().transaction())

    @asynccontextmanager
    async def _mortal(self, inner: AbstractAsyncContextManager[Transaction]) -> AsyncIterator[Transaction]:
        async with inner as tx:
            yield tx
            self.fate.step("before a commit")
        self.fate.step("after a commit")


class MortalPacer(Pacer):
    """A pacer whose every message may be the last."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    async def process_request(self, *args: Any, **call: Any) -> Any:
        if "chat_id" not in call["data"]:
            return await super().process_request(*args, **call)
        self._fate.step("before the call")
        result = await super().process_request(*args, **call)
        self._fate.step("after the call")
        return result


async def deliver(order: dict[str, Any], report: int) -> None:
    """Send what is due, until nothing is."""
    fate = Fate(order["kill_at"], report)
    MortalStorage.fate = fate
    storage = await MortalStorage.open(order["url"])
    bot = RawBot(
        order["token"],
        base_url=f"{order['api']}/bot",
        request=Transport(16, read_timeout=20, connect_timeout=20),
        get_updates_request=Transport(16, read_timeout=20, connect_timeout=20),
        rate_limiter=MortalPacer(fate),
    )
    now = datetime.fromisoformat(order["now"])
    services = Services(
        bot=bot, storage=storage, catalogs=CATALOGS, clinic=CLINIC, protocol=PROTOCOL, clock=lambda: now
    )
    await bot.initialize()
    running = asyncio.create_task(outbox.Outbox(services).run())
    services.due.set()
    while await _due(storage, now):
        await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await bot.shutdown()
    await storage.close()


async def _due(storage: Storage, now: datetime) -> bool:
    """Whether there is something to claim; what a victim before had claimed is still leased."""
    async with storage.snapshot() as tx:
        due = await tx.outbox.next_due(now)
    return due is not None and due <= now


def try_once(order: dict[str, Any]) -> dict[str, Any]:
    """One child's life; answers its steps and whether it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            asyncio.run(deliver(order, writing))
        except BaseException as error:  # noqa: BLE001 - a child must never run on into its parent's code
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as report:
        steps = report.read().splitlines()
    _, status = os.waitpid(child, 0)
    return {"steps": steps, "status": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(try_once(json.loads(line))), flush=True)
