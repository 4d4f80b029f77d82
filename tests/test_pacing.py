"""The pacer: Telegram's limits are kept, and a 429 holds its own chat and nobody else."""

import asyncio
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.gateways.pacing import Pacer, Window, seconds_to_wait


class Telegram:
    """Takes calls and answers those to ``busy`` with a 429."""

    def __init__(self) -> None:
        self.busy: dict[int, float] = {}
        self.calls: list[int | None] = []

    async def call(self, chat: int | None) -> bool:
        self.calls.append(chat)
        if chat in self.busy:
            raise RetryAfter(int(self.busy.pop(chat)))
        return True


async def send(pacer: Pacer, telegram: Telegram, chat: int | None) -> Any:
    data = {} if chat is None else {"chat_id": chat}
    return await pacer.process_request(telegram.call, (chat,), {}, "sendMessage", data, None)


async def test_a_429_holds_its_own_chat_and_nobody_else() -> None:
    pacer, telegram = Pacer(), Telegram()
    telegram.busy[1] = 60
    with pytest.raises(RetryAfter):
        await send(pacer, telegram, 1)
    with pytest.raises(RetryAfter) as refused:
        await send(pacer, telegram, 1)
    assert 58 < seconds_to_wait(refused.value) <= 60
    assert await send(pacer, telegram, 2)
    assert await send(pacer, telegram, None)
    assert telegram.calls == [1, 2, None], "inside the wait Telegram is not asked"


async def test_a_window_lets_through_as_many_as_fit_and_then_one_by_one() -> None:
    window, loop = Window(5, 0.2), asyncio.get_running_loop()
    begin = loop.time()
    for _ in range(5):
        await window.enter()
    burst = loop.time() - begin
    for _ in range(5):
        await window.enter()
    assert burst < 0.1
    assert 0.2 <= loop.time() - begin < 0.4


async def test_no_window_of_its_length_ever_holds_more_than_its_limit() -> None:
    window, loop = Window(4, 0.1), asyncio.get_running_loop()
    moments: list[float] = []

    async def enter() -> None:
        await window.enter()
        moments.append(loop.time())

    await asyncio.gather(*(enter() for _ in range(14)))
    assert all(later - earlier >= 0.099 for earlier, later in zip(moments, moments[4:], strict=False))


async def test_groups_are_forgotten_when_they_restrict_nothing() -> None:
    window = Window(2, 0.05)
    assert window.idle
    await window.enter()
    assert not window.idle
    await asyncio.sleep(0.06)
    assert window.idle
