"""SIGTERM ends a bot within ten seconds, whatever it is at."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from bot.clock import system_clock
from demo import StandIn
from tests.house import newest_with
from tests.scale.processes import Process, bot

PROMISED = 10.0


async def test_sigterm_ends_a_bot_in_time_whatever_it_waits_for(
    tmp_path: Path, database: str, sql: Callable[[str], Any]
) -> None:
    await asyncio.gather(
        locked_sqlite_file(tmp_path / "locked"),
        postgresql_that_stands_still(tmp_path / "still", database, sql),
        work_in_flight_and_a_call_that_hangs(tmp_path / "hanging"),
    )


@asynccontextmanager
async def beside(folder: Path) -> AsyncIterator[StandIn]:
    """A stand-in for a bot that has ``folder`` to itself."""
    await asyncio.to_thread(folder.mkdir)
    standin = await StandIn.start(now=system_clock)
    yield standin
    await standin.stop()


async def seconds_to_end(running: Process) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    running.signal(signal.SIGTERM)
    await asyncio.wait_for(running.process.wait(), 30)
    return loop.time() - began


async def locked_sqlite_file(folder: Path) -> None:
    file = folder / "bot.db"
    async with beside(folder) as standin, bot(standin, folder, f"sqlite:///{file}") as running:
        anna = standin.world.add_user("Anna")
        await running.ready()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            anna.say("/start")
            await standin.world.until(lambda: was_given(standin))
            assert await seconds_to_end(running) < PROMISED


async def postgresql_that_stands_still(folder: Path, database: str, sql: Callable[[str], Any]) -> None:
    async with beside(folder) as standin, bot(standin, folder, database) as running:
        anna = standin.world.add_user("Anna")
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


async def work_in_flight_and_a_call_that_hangs(folder: Path) -> None:
    async with beside(folder) as standin:
        world = standin.world
        crowd = [world.add_user(f"Client{number}") for number in range(20)]
        async with bot(standin, folder, f"sqlite:///{folder}/bot.db") as running:
            await running.sits()
            standin.faults.add("hang", method="sendMessage", times=None)
            for person in crowd:
                person.say("/start")
            await world.until(lambda: any(call.fault == "hang" for call in world.calls))
            assert await seconds_to_end(running) < PROMISED
            standin.faults.clear()
        async with bot(standin, folder, f"sqlite:///{folder}/bot.db"):
            agree = "answer:consent:agree"
            await world.until(lambda: all(newest_with(person.chat, agree) for person in crowd), timeout=30)


def was_given(standin: StandIn) -> bool:
    """Whether the bot was given an update, which it stores now."""
    return any(call.method == "getUpdates" and call.result for call in standin.world.calls)
