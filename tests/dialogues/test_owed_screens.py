"""A screen is owed until the newest one was shown, whoever else shows something in between."""

import pytest

from demo.faults import Fault
from demo.world import Call
from handlers.life import Life
from tests.house import House


def held_by_anybody(house: House) -> list[Call]:
    """All calls that met a fault."""
    return [call for call in house.standin.world.calls if call.fault]


def held(house: House) -> list[Call]:
    """The client's calls that met a fault."""
    return [call for call in held_by_anybody(house) if call.chat_id == house.anna.id]


@pytest.fixture(autouse=True)
def short_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs when the bot ends hangs for ever."""
    monkeypatch.setattr("handlers.life.DRAIN_SECONDS", 0.2)


async def a_belated_screen(house: House) -> Fault:
    """Let a new bot show what the one before owed; the screen stands in the chat, and the answer is on its way."""
    house.anna.say("/start")
    first = await house.button("answer:consent:agree")
    house.standin.faults.add("hang", method="editMessageText")
    house.anna.press(first, "answer:consent:agree")
    await house.eventually(lambda: held(house))
    await house.life.end()  # the answer is stored, and its screen is owed
    house.standin.faults.clear()

    belated = house.standin.faults.add("late", method="sendMessage")
    house.life = Life(house.services)
    await house.life.begin()
    await house.eventually(lambda: len(held(house)) == 2)
    return belated


async def test_an_old_screen_that_comes_late_does_not_settle_what_is_owed_for_a_newer_tap(house: House) -> None:
    """Otherwise a crash between that tap's commit and its screen would leave the client with the old one."""
    belated = await a_belated_screen(house)
    house.anna.say("/privacy")
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    house.standin.faults.add("hang", method="sendMessage")
    await worked_off(house)
    belated.released.set()
    await house.eventually(lambda: len(held(house)) == 3)
    assert (await house.client()).screen_owed, "the newer screen was not shown, and would be forgotten by a crash"
    house.standin.faults.clear()
    await house.quiet()


async def test_an_update_that_changes_nothing_leaves_no_screen_owed(house: House) -> None:
    belated = await a_belated_screen(house)
    house.standin.faults.add("hang", method="answerCallbackQuery")
    press = house.anna.press(house.anna.chat.messages[-1], "noop")
    await house.eventually(lambda: any(call.method == "answerCallbackQuery" for call in held_by_anybody(house)))
    belated.released.set()
    await house.quiet()
    house.standin.faults.clear()
    await house.answered(press)


async def worked_off(house: House) -> None:
    """Wait until every update was decided on, whether its screen was shown or not."""

    async def nothing_waits() -> bool:
        async with house.services.storage.snapshot() as tx:
            return not await tx.inbox.next(1)

    while not await nothing_waits():
        await house.eventually(lambda: True)
