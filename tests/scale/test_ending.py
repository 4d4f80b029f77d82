"""SIGTERM ends a bot within ten seconds, whatever it is at."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from demo import StandIn
from tests.house import newest_with
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


async def test_a_bot_whose_postgresql_stands_still_ends_in_time(
    standin: StandIn, tmp_path: Path, database: str, sql: Callable[[str], Any]
) -> None:
    anna = standin.world.add_user("Anna")
    async with bot(standin, tmp_path, database) as running:
        await running.ready()
        await running.sits()
        sessions = await sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
        for (process,) in sessions:
            os.kill(process, signal.SIGSTOP)
        try:
            anna.say("/start")
            await standin.world.until(lambda: was_given(standin))
            assert await seconds_to_end(running) < PROMISED
        finally:
            for (process,) in sessions:
                os.kill(process, signal.SIGCONT)


async def test_a_bot_with_work_in_flight_and_a_call_that_hangs_ends_in_time(standin: StandIn, tmp_path: Path) -> None:
    world = standin.world
    crowd = [world.add_user(f"Client{number}") for number in range(20)]
    async with bot(standin, tmp_path, f"sqlite:///{tmp_path}/bot.db") as running:
        await running.sits()
        standin.faults.add("hang", method="sendMessage", times=None)
        for person in crowd:
            person.say("/start")
        await world.until(lambda: any(call.fault == "hang" for call in world.calls))
        assert await seconds_to_end(running) < PROMISED
        standin.faults.clear()
    async with bot(standin, tmp_path, f"sqlite:///{tmp_path}/bot.db"):
        await world.until(lambda: all(newest_with(person.chat, "answer:consent:agree") for person in crowd), timeout=30)


def was_given(standin: StandIn) -> bool:
    """Whether the bot was given an update, which it stores now."""
    return any(call.method == "getUpdates" and call.result for call in standin.world.calls)
