"""kill -9 at random moments, under load: no update, no answer and no request is lost, and none is doubled.

``KILLS=1000 make proof`` gives the figure of docs/reliability.md.
"""

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from tests.kills.lives import lives_in
from tests.kills.people import Client, keep_busy
from tests.kills.verdict import verdict

CLIENTS = 6
LONGEST_LIFE = 30
"""Calls to Telegram after which a life is killed, at the latest; or after ``IDLE`` seconds."""

IDLE = 3.0


async def kill_under_load(folder: Path, kills: int) -> str:
    """Kill so often, and answer the verdict."""
    chances = Random(kills)  # noqa: S311 - the same moments in every run
    async with lives_in(folder) as lives:
        people = [lives.standin.world.add_user(f"Client {number}") for number in range(CLIENTS)]
        clients = [Client(lives, person, Random(person.id)) for person in people]  # noqa: S311 - as above
        stop = asyncio.Event()
        load = [asyncio.create_task(keep_busy(client, stop)) for client in clients]
        for _ in range(kills):
            await lives.start()
            if chances.random() < 0.9:  # the others die while they start
                await lives.is_up()
            await lives.calls(chances.randint(0, LONGEST_LIFE), IDLE)
            await asyncio.sleep(chances.uniform(0, 0.02))  # between two calls, too
            await lives.kill()
            for task in load:
                if task.done():
                    task.result()
        stop.set()
        await lives.start()
        await asyncio.gather(*load)
        await lives.quiet()
        await lives.stop()
        return verdict(lives, clients)


@pytest.mark.proof
async def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    kills = int(os.environ.get("KILLS", "100"))
    print(f"\n{kills} random kills: {await kill_under_load(tmp_path, kills)}")
