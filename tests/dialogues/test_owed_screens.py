"""A screen is owed until the newest one was shown, whoever else shows something in between."""

from demo.world import Call
from handlers.life import Life
from tests.house import House


def held(house: House) -> list[Call]:
    """The client's calls that met a fault."""
    return [call for call in house.standin.world.calls if call.fault and call.chat_id == house.anna.id]


async def test_an_old_screen_that_comes_late_does_not_settle_what_is_owed_for_a_newer_tap(house: House) -> None:
    """Otherwise a crash between that tap's commit and its screen would leave the client with the old one."""
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
    house.anna.say("/privacy")
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    house.standin.faults.add("hang", method="sendMessage")
    await worked_off(house)
    belated.released.set()
    await house.eventually(lambda: len(held(house)) == 3)
    assert (await house.client()).screen_owed, "the newer screen was not shown, and would be forgotten by a crash"
    house.standin.faults.clear()
    await house.quiet()


async def worked_off(house: House) -> None:
    """Wait until every update was decided on, whether its screen was shown or not."""

    async def nothing_waits() -> bool:
        async with house.services.storage.snapshot() as tx:
            return not await tx.inbox.next(1)

    while not await nothing_waits():
        await house.eventually(lambda: True)
