"""What can wait a moment steps aside for whoever waits for an answer, and for no longer than a moment."""

import asyncio

import pytest

from handlers import calm
from handlers.calm import Calm


async def is_over(moment: asyncio.Task[None]) -> bool:
    await asyncio.sleep(0.01)
    return moment.done()


async def test_where_nobody_waits_there_is_nothing_to_wait_for() -> None:
    assert await is_over(asyncio.create_task(Calm().moment()))


async def test_it_waits_until_everybody_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calm, "LONGEST_SECONDS", 60)
    kept = Calm()
    kept.lose()
    kept.lose()
    moment = asyncio.create_task(kept.moment())
    assert not await is_over(moment)
    kept.find()
    assert await is_over(moment)


async def test_it_does_not_wait_for_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calm, "LONGEST_SECONDS", 0.1)
    kept = Calm()
    kept.lose()
    first = asyncio.create_task(kept.moment())
    assert not await is_over(first)
    await asyncio.sleep(0.05)
    kept.lose()  # one more: the time runs from the first of them
    async with asyncio.timeout(0.09):
        await first
    assert await is_over(asyncio.create_task(kept.moment()))
