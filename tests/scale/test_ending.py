"""SIGTERM ends a bot within ten seconds, whatever it is at."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from demo import StandIn
from tests.scale.processes import Process, bot

PROMISED = 10.0


async def seconds_to_end(running: Process) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    running.signal(signal.SIGTERM)
    await asyncio.wait_for(running.process.wait(), 30)
    return loop.time() - began


async def test_a_bot_whose_database_is_locked_ends_in_time(standin: StandIn, tmp_path: Path) -> None:
    anna = standin.world.add_user("Anna")
    async with bot(standin, tmp_path, f"sqlite:///{tmp_path}/bot.db") as running:
        await running.ready()
        with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            anna.say("/start")
            await standin.world.until(lambda: was_given(standin))
            assert await seconds_to_end(running) < PROMISED


def was_given(standin: StandIn) -> bool:
    """Whether the bot was given an update, which it stores now."""
    return any(call.method == "getUpdates" and call.result for call in standin.world.calls)
