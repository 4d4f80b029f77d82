"""kill -9 in the middle of a conversation: what was answered is stored, and the client sees the next question."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from bot.clock import system_clock
from demo import StandIn
from demo.people import Person
from storage.storage import Storage
from tests.command_line import begin
from tests.house import newest_with


@asynccontextmanager
async def bot_process(standin: StandIn, folder: Path) -> AsyncIterator[BaseProcess]:
    """The real command, as an operator runs it."""
    streams = folder / "streams"
    streams.mkdir(exist_ok=True)
    process = begin(
        folder,
        "run",
        streams=streams,
        TELEGRAM_BOT_TOKEN=standin.token,
        TELEGRAM_API_URL=standin.url,
        DATABASE_URL=f"sqlite:///{folder}/bot.db",
    )
    try:
        yield process
    finally:
        process.terminate()
        await ended(process)


async def ended(process: BaseProcess) -> int | None:
    """Wait for its end; answers its exit code."""
    await asyncio.to_thread(process.join, 15)
    return process.exitcode


async def tap(standin: StandIn, person: Person, data: str) -> None:
    message = await standin.world.until(lambda: newest_with(person.chat, data), timeout=15)
    person.press(message, data)


async def answers_of(folder: Path, person: Person) -> dict[str, object]:
    storage = await Storage.open(f"sqlite:///{folder}/bot.db")
    try:
        async with storage.snapshot() as tx:
            client = await tx.clients.by_user(person.id)
            return dict(client.consultation["answers"]) if client else {}
    finally:
        await storage.close()


async def until_answered(folder: Path, person: Person, key: str) -> None:
    async with asyncio.timeout(15):
        while key not in await answers_of(folder, person):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("killed_at", ["before the tap is taken", "between the answer and its reply"])
async def test_a_kill_loses_neither_the_answer_nor_the_question(tmp_path: Path, killed_at: str) -> None:
    standin = await StandIn.start(now=system_clock)
    anna = standin.world.add_user("Anna")
    try:
        async with bot_process(standin, tmp_path) as process:
            anna.say("/start")
            await tap(standin, anna, "answer:consent:agree")
            await standin.world.until(lambda: newest_with(anna.chat, "answer:symptoms:none"), timeout=15)
            if killed_at.startswith("between"):
                standin.faults.add("hang", method="editMessageText")
                await tap(standin, anna, "answer:symptoms:none")
                await until_answered(tmp_path, anna, "symptoms")
                process.kill()
            else:
                process.kill()
                await ended(process)
                await tap(standin, anna, "answer:symptoms:none")
        standin.faults.clear()
        async with bot_process(standin, tmp_path):
            await standin.world.until(lambda: newest_with(anna.chat, "answer:procedures:none"), timeout=15)
        assert await answers_of(tmp_path, anna) == {"age": "adult", "symptoms": ["none"]}
    finally:
        await standin.stop()


async def test_sigterm_ends_the_bot_in_good_order(tmp_path: Path) -> None:
    standin = await StandIn.start(now=lambda: datetime(2026, 11, 20, 9, tzinfo=UTC))
    anna = standin.world.add_user("Anna")
    try:
        async with bot_process(standin, tmp_path) as process:
            anna.say("/start")
            await standin.world.until(lambda: newest_with(anna.chat, "answer:consent:agree"), timeout=15)
            process.terminate()
            async with asyncio.timeout(10):
                assert await ended(process) == 0
    finally:
        await standin.stop()
