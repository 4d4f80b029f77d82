"""The pacer: Telegram's limits are kept, whoever waits goes first, and a 429 holds its own chat and nobody else."""

import asyncio
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.gateways import pacing
from bot.gateways.pacing import Gate, Lane, Pacer, in_lane, seconds_to_wait


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


async def send(pacer: Pacer, telegram: Telegram, chat: int | None, lane: Lane = Lane.ANSWER) -> Any:
    data = {} if chat is None else {"chat_id": chat}
    with in_lane(lane):
        return await pacer.process_request(telegram.call, (chat,), {}, "sendMessage", data, None)


async def pass_through(gate: Gate, lane: Lane = Lane.ANSWER, seconds: float = 0) -> tuple[float, float]:
    """One call; answers when it began and when it ended."""
    loop = asyncio.get_running_loop()
    async with gate.passing(lane):
        begin = loop.time()
        await asyncio.sleep(seconds)
    return begin, loop.time()


async def test_a_429_holds_its_own_chat_and_nobody_else() -> None:
    pacer, telegram = Pacer(), Telegram()
    telegram.busy[1] = 60
    with pytest.raises(RetryAfter):
        await send(pacer, telegram, 1)
    for lane in Lane:
        with pytest.raises(RetryAfter) as refused:
            await send(pacer, telegram, 1, lane)
        assert 58 < seconds_to_wait(refused.value) <= 60
    assert await send(pacer, telegram, 2)
    assert await send(pacer, telegram, None)
    assert telegram.calls == [1, 2, None], "inside the wait Telegram is not asked"


async def test_no_window_holds_more_than_the_limit_however_late_calls_arrive() -> None:
    gate = Gate(4, 0.1)
    calls = await asyncio.gather(*(pass_through(gate, seconds=(0.03, 0, 0.01)[n % 3]) for n in range(14)))
    begins = sorted(begin for begin, _ in calls)
    for _, end in calls:  # wherever between its beginning and its end it was counted
        assert sum(begin <= end + 0.099 for begin in begins) - sum(begin < end for begin in begins) <= 4
    assert begins[3] - begins[0] < 0.05, "as many as fit need not wait"


async def test_a_call_that_hangs_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "COUNTED_WITHIN", 0.5)
    gate, loop = Gate(1, 0.05), asyncio.get_running_loop()
    hanging = asyncio.create_task(pass_through(gate, seconds=30))
    await asyncio.sleep(0)
    before = loop.time()
    begin, _ = await pass_through(gate)
    assert 0.5 < begin - before < 2
    hanging.cancel()


async def test_answers_overtake_notices_and_these_overtake_reminders() -> None:
    gate, order = Gate(1, 0.02), list[str]()

    async def call(name: str, lane: Lane) -> None:
        async with gate.passing(lane):
            order.append(name)

    lanes = {"r1": Lane.REMINDER, "n1": Lane.NOTICE, "a1": Lane.ANSWER, "r2": Lane.REMINDER, "a2": Lane.ANSWER}
    await asyncio.gather(call("first", Lane.REMINDER), *(call(name, lane) for name, lane in lanes.items()))
    assert order == ["first", "a1", "a2", "n1", "r1", "r2"]


async def test_reminders_come_evenly_spread_and_answers_at_once() -> None:
    gate, loop = Gate(100, 1, later_per_second=50), asyncio.get_running_loop()
    begin = loop.time()
    reminders = [asyncio.create_task(pass_through(gate, Lane.REMINDER)) for _ in range(12)]
    answers = await asyncio.gather(*(pass_through(gate) for _ in range(20)))
    assert max(start for start, _ in answers) - begin < 0.1
    starts = [start for start, _ in await asyncio.gather(*reminders)]
    assert starts[-1] - starts[0] >= (12 - 1 - 4) / 50, "at most four at once, the rest at 50 a second"


async def test_who_gives_up_waiting_takes_nobodys_place() -> None:
    gate = Gate(1, 0.02)
    await pass_through(gate)
    impatient = [asyncio.create_task(pass_through(gate, lane)) for lane in Lane]
    patient = asyncio.create_task(pass_through(gate))
    await asyncio.sleep(0)
    for task in impatient:
        task.cancel()
    async with asyncio.timeout(2):
        await patient
        await pass_through(gate)


async def test_who_gives_up_at_the_moment_of_being_let_in_gives_the_place_back() -> None:
    gate = Gate(1, 0.02)
    task = asyncio.create_task(pass_through(gate))
    await asyncio.sleep(0)  # it was let in, and has not yet noticed
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(2):
        await pass_through(gate)
        await pass_through(gate)


async def test_nobody_gets_two_reminders_within_a_second() -> None:
    pacer, telegram, loop = Pacer(), Telegram(), asyncio.get_running_loop()
    begin = loop.time()
    await asyncio.gather(*(send(pacer, telegram, chat, Lane.REMINDER) for chat in (1, 2, 3)))
    assert loop.time() - begin < 0.5
    await asyncio.gather(send(pacer, telegram, 1, Lane.REMINDER), send(pacer, telegram, 4, Lane.REMINDER))
    assert 1 <= loop.time() - begin < 1.5
    assert telegram.calls == [1, 2, 3, 4, 1]


async def test_a_group_gets_twenty_in_a_minute_and_nobody_else_waits_for_it() -> None:
    pacer, telegram = Pacer(), Telegram()
    group = [asyncio.create_task(send(pacer, telegram, -100, Lane.NOTICE)) for _ in range(21)]
    await asyncio.wait(group, timeout=1.5)
    assert await send(pacer, telegram, 7, Lane.REMINDER)
    assert [task.done() for task in group].count(False) == 1
    group[-1].cancel()


async def test_a_gate_is_forgotten_when_it_restricts_nothing() -> None:
    gate = Gate(2, 0.05)
    assert gate.idle
    await pass_through(gate)
    assert not gate.idle
    await asyncio.sleep(0.07)
    assert gate.idle
