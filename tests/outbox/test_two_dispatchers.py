"""Several processes' outboxes on one PostgreSQL: they share the work, and nothing is said twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.gateways import pacing
from bot.gateways.telegram import build_bot
from handlers import outbox
from handlers.deliveries import KINDS
from handlers.outbox import Outbox
from handlers.services import Services
from storage.storage import Storage, Transaction
from storage.tables import OutboxRow
from tests.house import House, open_house
from tests.outbox.crowd import NOTICE, REMINDER, newcomers, once_each, plan_for, sent_to, waiting


@pytest.fixture
async def house(tmp_path: Path, postgresql_address: str) -> AsyncIterator[House]:
    async with open_house(tmp_path, url=postgresql_address) as built:
        yield built


@asynccontextmanager
async def another(house: House, url: str, kind: type[Outbox] = Outbox, **changes: Any) -> AsyncIterator[Services]:
    """Another process's outbox, on the same database; its services differ by ``changes``."""
    storage, bot = await Storage.open(url), build_bot(house.standin.token, house.standin.url)
    await bot.initialize()
    services = replace(house.services, bot=bot, storage=storage, **changes)
    running = asyncio.create_task(kind(services).run())
    try:
        yield services
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bot.shutdown()
        await storage.close()


async def test_two_dispatchers_at_once_send_each_row_once(house: House, postgresql_address: str) -> None:
    begun: list[int] = []

    class Counting(Outbox):
        async def _deliver(self, row: OutboxRow) -> None:
            begun.append(row.id)
            await super()._deliver(row)

    reminded, told = newcomers(house, 70), newcomers(house, 20)
    async with another(house, postgresql_address, Counting) as other:
        await plan_for(house, reminded, REMINDER)
        await plan_for(house, told, NOTICE)
        house.standin.faults.add("hang", times=None)
        house.wake()
        other.due.set()
        await house.eventually(lambda: begun)  # the first has not enough hands for all of them
        house.standin.faults.clear()
        await house.rest()
    assert sent_to(house, [*reminded, *told]) == once_each([*reminded, *told])
    assert 0 < len(set(begun)) == len(begun) < 90, "both had their share"


async def test_a_process_whose_clock_is_ahead_takes_no_row_that_another_has_in_hand(
    house: House, postgresql_address: str
) -> None:
    held, witnesses = newcomers(house, 3), newcomers(house, 2)
    house.standin.faults.add("hang", times=len(held))
    await plan_for(house, held)
    house.wake()
    await house.eventually(lambda: sent_to(house, held) == once_each(held) or None)

    def ahead() -> datetime:
        return house.clock() + timedelta(minutes=5)

    async with another(house, postgresql_address, clock=ahead) as other:
        for witness in witnesses:  # two ticks that find leases which are over by their clock
            await plan_for(house, [witness])
            other.due.set()
            await house.eventually(lambda one=witness: sent_to(house, [one]) or None)  # type: ignore[misc]
        house.standin.faults.clear()
        await house.rest()
    assert sent_to(house, [*held, *witnesses]) == once_each([*held, *witnesses])


async def test_what_waits_in_a_frozen_process_beyond_its_lease_is_sent_by_another_alone(
    house: House, postgresql_address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Standing still, it renews nothing; its second reminder to one client waits for its turn meanwhile."""
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(outbox, "CALL_SECONDS", 0)
    monkeypatch.setattr(pacing, "CHAT_PAUSE", 3)
    [person] = newcomers(house, 1)
    await plan_for(house, [person])
    await plan_for(house, [person], subject="the other")
    house.wake()
    await house.eventually(lambda: sent_to(house, [person]) or None)
    async with another(house, postgresql_address) as other, asyncio.timeout(10):
        while await waiting(house):
            await asyncio.sleep(0.1)
            other.due.set()
        assert sent_to(house, [person]).total() == 2
        await house.eventually(lambda: "NotAnyMore" in caplog.text)
    assert sent_to(house, [person]).total() == 2


async def test_what_was_taken_back_between_its_claim_and_its_turn_is_not_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    render, may_go_on = KINDS[REMINDER].render, asyncio.Event()

    async def slow(services: Services, tx: Transaction, row: OutboxRow) -> Any:
        await may_go_on.wait()
        return await render(services, tx, row)

    monkeypatch.setitem(KINDS, REMINDER, replace(KINDS[REMINDER], render=slow))
    people = newcomers(house, outbox.REMINDERS_AT_ONCE + 1)
    await plan_for(house, people)
    house.wake()
    async with asyncio.timeout(5):
        while len(leased := [row for row in await rows(house) if row.lease_token]) < len(people):
            await asyncio.sleep(0.02)
    last = leased[-1]
    async with house.services.storage.transaction() as tx:
        assert await tx.outbox.cancel(last.recipient, last.kind, last.subject)
    may_go_on.set()
    await house.rest()
    assert sent_to(house, people) == once_each(people[:-1])


async def rows(house: House) -> list[OutboxRow]:
    async with house.services.storage.snapshot() as tx:
        return list(await tx.outbox.waiting_of_kind(REMINDER))
