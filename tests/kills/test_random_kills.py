"""kill -9 at random moments, under load: no update, no answer and no request is lost, and none is doubled.

``KILLS=1000 make proof`` gives the figure of docs/reliability.md.
"""

import asyncio
import os
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest

from tests.kills.lives import Life, Lives, lives_in
from tests.kills.people import Load
from tests.kills.verdict import verdict

CLIENTS = 5
STARTING = 0.06
"""Seconds within which a fifth of the lives are killed: while they start."""

CALLS = (8, 24)
"""After so many calls to Telegram the others are killed; half of these calls belong to the start."""

IDLE = 1.0
"""Seconds after which a life is killed that makes no more calls."""


async def kill_under_load(folder: Path, kills: int) -> tuple[str, list[Life]]:
    """Kill so often; answers the verdict, and what the lives had come to."""
    chances = Random(kills)  # noqa: S311 - the same moments in every run
    async with lives_in(folder) as lives:
        load = Load(lives, CLIENTS)
        await load.begin()
        for _ in range(kills):
            await live_and_die(lives, chances)
            load.check()
        await load.end()
        return verdict(lives, load.clients), lives.past


async def live_and_die(lives: Lives, chances: Random) -> None:
    """One life. It is told by its calls when it ends: a time would mean its start only, wherever much else runs."""
    await lives.start()
    if chances.random() < 0.2:
        await asyncio.sleep(chances.uniform(0, STARTING))
    else:
        await lives.calls(chances.randint(*CALLS), IDLE)
        await asyncio.sleep(chances.uniform(0, 0.01))  # between two calls, too
    await lives.kill()


def spread(past: list[Life]) -> str:
    """Make sure that the kills met every phase of a life; answers the figures in words."""
    given_before = accumulate((life.given for life in past), frozenset.union, initial=frozenset[int]())
    phases = {
        "before the first poll": (0.05, [not life.polled for life in past]),
        "after updates came": (0.3, [bool(life.given) for life in past]),
        "with updates that another life had died with": (
            0.1,
            [bool(life.given & before) for life, before in zip(past, given_before, strict=False)],
        ),
        "with updates not yet worked off": (0.1, [life.waiting > 0 for life in past]),
        "with screens not yet shown": (0.3, [life.owed > 0 for life in past]),
    }
    for phase, (least, lives) in phases.items():
        assert sum(lives) >= least * len(past), f"too few kills {phase}: {sum(lives)}"
    return ", ".join(f"{sum(lives)} {phase}" for phase, (_, lives) in phases.items())


async def test_a_hundred_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    _, past = await kill_under_load(tmp_path, 100)
    spread(past)


@pytest.mark.proof
async def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    kills = int(os.environ.get("KILLS", "1000"))
    result, past = await kill_under_load(tmp_path, kills)
    print(f"\n{kills} random kills ({spread(past)}): {result}")
