"""kill -9 in the middle of a conversation: what was answered is stored, and the client sees the next question."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import system_clock
from demo import StandIn
from demo.people import Person
from storage.storage import Storage
from tests.house import newest_with

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def bot_process(standin: StandIn, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The real command, as an operator runs it."""
    environment = {
        "PATH": os.environ["PATH"],
        "TELEGRAM_BOT_TOKEN": standin.token,
        "TELEGRAM_API_URL": standin.url,
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "run", cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 15)


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
                await process.wait()
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
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        await standin.stop()
