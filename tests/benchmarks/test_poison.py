"""What updates that always fail cost everybody else: the time from a tap to its answer, with and without them."""

import asyncio
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from demo.people import Person
from tests.house import House, open_house

CLIENTS, TAPS, ROUNDS = 8, 25, 5
PAUSE = 0.35
"""Seconds between two taps of a client, so that neither the machine nor Telegram's limits are the bottleneck."""

POISON_A_SECOND = 4


async def tap_on(house: House, person: Person, message_id: int, chances: Random) -> list[float]:
    """Turn options of a set on and off; answers how long each tap waited, in seconds."""
    waited = []
    for _ in range(TAPS):
        await asyncio.sleep(chances.uniform(0, 2 * PAUSE))
        begin = perf_counter()
        press = person.press(message_id, "answer:procedures:toxin")
        await press.answered.wait()
        waited.append(perf_counter() - begin)
    return waited


async def poison(house: House, number: int) -> None:
    """Updates that cannot be parsed, each from somebody else, until cancelled."""
    while True:
        number += 1
        message = {"message_id": 1, "date": "no date", "chat": {"id": number, "type": "private"}}
        house.standin.world.push_raw({"message": message})
        await asyncio.sleep(1 / POISON_A_SECOND)


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


@pytest.mark.benchmark
async def test_poison_updates_slow_nobody_down(tmp_path: Path) -> None:
    chances = Random(1)  # noqa: S311 - the same taps in every run
    waited: dict[bool, list[float]] = {False: [], True: []}
    async with open_house(tmp_path) as house:
        people = [house.standin.world.add_user(f"Client {number}") for number in range(CLIENTS)]
        asked = {}
        for person in people:
            person.say("/start")
            await house.tap("answer:consent:agree", person)
            await house.tap("answer:symptoms:none", person)
            asked[person] = (await house.button("answer:procedures:toxin", person.chat)).message_id
        for turn in range(2 * ROUNDS):
            poisoned = bool(turn % 2)
            poisoner = asyncio.create_task(poison(house, 10_000 * turn)) if poisoned else None
            taps = await asyncio.gather(*(tap_on(house, person, asked[person], chances) for person in people))
            waited[poisoned] += [seconds for each in taps for seconds in each]
            if poisoner:
                poisoner.cancel()
                await asyncio.sleep(3)  # the last ones are set aside
    clean, dirty = p99(waited[False]), p99(waited[True])
    print(
        f"\np99 from a tap to its answer, {len(waited[True])} taps each: {clean * 1000:.1f} ms without poison, "
        f"{dirty * 1000:.1f} ms with {POISON_A_SECOND} poison updates a second, ratio {dirty / clean:.2f}"
    )
