"""What an update that always fails costs everybody else: the time from a tap to its screen, with and without it.

Short phases with and without alternate, so that a slow hour of the machine meets both alike. In a phase with poison
there is always one such update at work: it fails five times and is set aside, and then the next one comes.
"""

import asyncio
import os
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from demo.people import Person
from handlers.inbox import TRIES
from tests.benchmarks.taps import percentile, spared_collections, until_shown
from tests.house import House, open_house

CLIENTS, PHASES, PHASE_SECONDS = 8, int(os.environ.get("PHASES", "160")), 4.0
PAUSE = 0.65
"""Seconds between two taps of a client, so that neither the machine nor Telegram's limits are the bottleneck."""

OPTION = "toxin"
DEAREST = 1.1

pytestmark = pytest.mark.benchmark


async def tap_for_a_while(house: House, person: Person, chances: Random) -> list[float]:
    """What each tap of a client had to wait, in one phase."""
    end, waited = perf_counter() + PHASE_SECONDS, []
    while perf_counter() < end:
        await asyncio.sleep(chances.uniform(0, 2 * PAUSE))
        waited.append(await until_shown(house, person, OPTION))
    return waited


async def poison(house: House, name: int) -> None:
    """One update after the other that cannot be parsed, each from somebody else, until cancelled."""
    while True:
        name += 1
        aside = set_aside(house)
        message = {"message_id": 1, "date": "no date", "chat": {"id": name, "type": "private"}}
        house.standin.world.push_raw({"message": message})
        while set_aside(house) == aside:
            await asyncio.sleep(0.05)


def set_aside(house: House) -> float:
    """How many updates were given up so far."""
    return next(sample.value for metric in house.services.metrics.set_aside.collect() for sample in metric.samples)


async def test_a_poison_update_slows_nobody_down(tmp_path: Path) -> None:
    chances = Random(1)  # noqa: S311 - the same taps in every run
    waited: dict[bool, list[float]] = {False: [], True: []}
    async with spared_collections(), open_house(tmp_path) as house:
        people = [house.standin.world.add_user(f"Client {number}") for number in range(CLIENTS)]
        for person in people:
            person.say("/start")
            await house.tap("answer:consent:agree", person)
            await house.tap("answer:symptoms:none", person)
            await house.button(f"answer:procedures:{OPTION}", person.chat)
        for phase in range(PHASES):
            poisoned = bool(phase % 2)
            poisoner = asyncio.create_task(poison(house, 1000 * phase)) if poisoned else None
            taps = await asyncio.gather(*(tap_for_a_while(house, person, chances) for person in people))
            waited[poisoned] += [seconds for each in taps for seconds in each]
            if poisoner:
                poisoner.cancel()
                await asyncio.wait({poisoner})
                await house.quiet()  # the last one is set aside
        given_up = set_aside(house)
    p50, p99 = ([1000 * percentile(waited[poisoned], part) for poisoned in (False, True)] for part in (0.5, 0.99))
    print(
        f"\nfrom a tap to its screen: {len(waited[False])} taps without poison, p50 {p50[0]:.1f} ms, "
        f"p99 {p99[0]:.1f} ms; {len(waited[True])} beside {given_up:.0f} updates that failed {TRIES} times each: "
        f"p50 {p50[1]:.1f} ms, p99 {p99[1]:.1f} ms; ratio of p99 {p99[1] / p99[0]:.2f}"
    )
    assert p99[1] / p99[0] < DEAREST
