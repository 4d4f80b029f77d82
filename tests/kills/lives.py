"""A bot that is killed again and again, seen from outside: the real process, the stand-in, the database file."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import system_clock
from demo import StandIn
from demo.chats import Chat
from demo.world import Call

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass
class Lives:
    """One bot with its database, one life after another."""

    standin: StandIn
    staff: Chat
    folder: Path
    nursery: asyncio.subprocess.Process
    pid: int = 0

    async def start(self, point: str = "") -> None:
        """Begin a life; with a ``point`` of the nursery's it ends by itself there."""
        assert self.nursery.stdin
        self.nursery.stdin.write(f"{point}\n".encode())
        self.pid = await self._number()

    async def is_up(self) -> None:
        """Wait until this life asks for updates."""
        before = len(self.standin.world.calls)
        await self.standin.world.until(lambda: self._polls_since(before), timeout=PATIENCE)

    async def calls(self, number: int, seconds: float) -> None:
        """Wait until the bot has made so many more calls, or for so many seconds."""
        wanted = len(self.standin.world.calls) + number
        with suppress(TimeoutError):
            await self.standin.world.until(lambda: len(self.standin.world.calls) >= wanted, timeout=seconds)

    async def kill(self) -> None:
        """kill -9, now."""
        os.kill(self.pid, signal.SIGKILL)
        await self.death()

    async def stop(self) -> None:
        """SIGTERM, as an operator's service manager sends it."""
        os.kill(self.pid, signal.SIGTERM)
        assert await self._number() == 0

    async def death(self) -> None:
        """Wait until this life was killed, by whomever."""
        assert await self._number() == signal.SIGKILL, (self.folder / "log").read_text()[-3000:]

    def query(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database file."""
        with closing(sqlite3.connect(self.folder / "bot.db", timeout=20)) as connection:
            return connection.execute(question).fetchall()

    async def quiet(self) -> None:
        """Wait until every update was taken and worked off, every screen shown, and everything due was said.

        A row whose holder was killed rests until its lease is over, which takes a minute.
        """
        waiting = (
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
            " + (SELECT count(*) FROM clients WHERE screen_owed)"
            " + (SELECT count(*) FROM outbox WHERE state = 'waiting' AND (due_at < datetime('now', '+3 minutes')))"
        )
        async with asyncio.timeout(240):
            while self.standin.world.updates.waiting() or self.query(waiting) != [(0,)]:
                await asyncio.sleep(0.2)

    def _polls_since(self, index: int) -> list[Call]:
        return [call for call in self.standin.world.calls[index:] if call.method == "getUpdates"]

    async def _number(self) -> int:
        assert self.nursery.stdout
        async with asyncio.timeout(PATIENCE):
            return int(await self.nursery.stdout.readline())


@asynccontextmanager
async def lives_in(folder: Path) -> AsyncIterator[Lives]:
    """A stand-in with a front desk, and a nursery for the bot; all are gone afterwards."""
    standin = await StandIn.start(now=system_clock)
    staff = standin.world.add_group("Front desk", [standin.world.add_user("Mia", last_name="Brandt")])
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_BOT_TOKEN": standin.token,
        "TELEGRAM_API_URL": standin.url,
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "STAFF_CHAT_ID": str(staff.id),
        "LISTEN": "127.0.0.1:0",
    }
    command = (sys.executable, str(Path(__file__).with_name("nursery.py")))
    pipe = asyncio.subprocess.PIPE
    with (folder / "log").open("wb") as log:
        nursery = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=log
        )
    lives = Lives(standin, staff, folder, nursery)
    try:
        yield lives
    finally:
        if lives.pid:
            with suppress(ProcessLookupError):
                os.kill(lives.pid, signal.SIGKILL)
        nursery.kill()
        await nursery.communicate()
        await standin.stop()
