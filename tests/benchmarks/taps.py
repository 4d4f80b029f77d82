"""How long a client waits, and what most of them wait at most."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from time import perf_counter

from demo.people import Person
from tests.house import House, newest_with


def percentile(values: Iterable[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


async def until_shown(house: House, person: Person, option: str) -> float:
    """Tap an option and wait until its tick is on the screen; answers the seconds."""
    data = f"answer:procedures:{option}"
    message = newest_with(person.chat, data)
    assert message is not None
    before = message.buttons

    def changed() -> bool | None:
        newest = newest_with(person.chat, data)
        return (newest is not None and newest.buttons != before) or None

    begin = perf_counter()
    person.press(message, data)
    await house.standin.world.until(changed, timeout=60)
    return perf_counter() - begin


@asynccontextmanager
async def spared_collections() -> AsyncIterator[None]:
    """Keep what there is out of garbage collection, second by second.

    The messages of all those chats are the stand-in's. The bot's own collection would not look through them; here it
    would hold up everybody for 100 to 200 ms.
    """

    async def keep_out() -> None:
        while True:
            gc.freeze()
            await asyncio.sleep(1)

    keeping = asyncio.create_task(keep_out())
    try:
        yield
    finally:
        keeping.cancel()
