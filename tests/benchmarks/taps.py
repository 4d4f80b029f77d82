"""How long a client waits, and what most of them wait at most."""

from collections.abc import Iterable
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
