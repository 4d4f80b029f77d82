"""Two processes' outboxes on one PostgreSQL: they share the work, and nothing is said twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.gateways.telegram import build_bot
from handlers.outbox import Outbox
from storage.storage import Storage
from storage.tables import OutboxRow
from tests.house import open_house
from tests.outbox.crowd import NOTICE, REMINDER, newcomers, once_each, plan_for, sent_to


async def test_two_dispatchers_at_once_send_each_row_once(tmp_path: Path, postgresql_address: str) -> None:
    async with open_house(tmp_path, url=postgresql_address) as house:
        storage = await Storage.open(postgresql_address)
        bot = build_bot(house.standin.token, house.standin.url)
        await bot.initialize()
        other = replace(house.services, bot=bot, storage=storage)
        begun: list[int] = []

        class Counting(Outbox):
            async def _deliver(self, row: OutboxRow, now: object) -> None:
                begun.append(row.id)
                await super()._deliver(row, now)  # type: ignore[arg-type]

        second = asyncio.create_task(Counting(other).run())
        reminded, told = newcomers(house, 70), newcomers(house, 20)
        await plan_for(house, reminded, REMINDER)
        await plan_for(house, told, NOTICE)
        house.standin.faults.add("hang", times=None)
        house.wake()
        other.due.set()
        await house.eventually(lambda: begun)  # the first has not enough hands for all of them
        house.standin.faults.clear()
        await house.rest()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert sent_to(house, [*reminded, *told]) == once_each([*reminded, *told])
        assert 0 < len(set(begun)) == len(begun) < 90, "both had their share"
        await bot.shutdown()
        await storage.close()
