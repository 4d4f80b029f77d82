"""A bot that is killed again and again, seen from outside: the real process, the stand-in, the database file."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.clock import system_clock
from demo import StandIn
from demo.chats import Chat
from demo.world import Call

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0

LEFT = """
    SELECT 'update', update_id, state, tries, '' FROM inbox WHERE state = 'waiting'
    UNION SELECT 'screen', id, '', '', '' FROM clients WHERE screen_owed
    UNION SELECT kind, subject, due_at, attempts, last_error FROM outbox
        WHERE state = 'waiting' AND due_at < datetime('now', '+3 minutes')
"""
"""What can keep a bot from its rest."""


@dataclass(frozen=True)
class Life:
    """What a life that was killed had come to.

    Whether it had ``polled``, the numbers of the updates that it was ``given``, how many updates it left ``waiting``
    in the inbox, and how many screens it ``owed``.
    """

    polled: bool
    given: frozenset[int]
    waiting: int
    owed: int


@dataclass
class Lives:
    """One bot with its database, one life after another; ``past`` are those that :meth:`kill` ended."""

    standin: StandIn
    staff: Chat
    folder: Path
    nursery: asyncio.subprocess.Process
    pid: int = 0
    past: list[Life] = field(default_factory=list)
    _begun: int = 0

    async def warmed_up(self) -> None:
        """End the first life, the nursery's own, in good order: what it met until now, the others find warm."""
        self.nursery.send_signal(signal.SIGTERM)
        assert await self._number() == 0

    async def start(self, point: str = "", *, minutes: int = 0) -> None:
        """Begin a life; with a ``point`` of the nursery's it ends by itself there. Its clock is ``minutes`` ahead."""
        assert self.nursery.stdin
        self._begun = len(self.standin.world.calls)
        self.nursery.stdin.write(f"{minutes} {point}\n".encode())
        self.pid = await self._number()

    async def is_up(self) -> None:
        """Wait until this life asks for updates."""
        before = len(self.standin.world.calls)
        await self.standin.world.until(lambda: self._polls_since(before) or self._gone(), timeout=PATIENCE)
        assert not self._gone(), self.log()

    async def calls(self, number: int, seconds: float) -> None:
        """Wait until the bot has made so many more calls, or for so many seconds."""
        wanted = len(self.standin.world.calls) + number
        with suppress(TimeoutError):
            await self.standin.world.until(lambda: len(self.standin.world.calls) >= wanted, timeout=seconds)

    async def kill(self) -> None:
        """kill -9, now."""
        os.kill(self.pid, signal.SIGKILL)
        polled, given = self._what_it_was_given()
        await self.death()
        [(waiting, owed)] = self.query(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting'), (SELECT sum(screen_owed) FROM clients)"
        )
        self.past.append(Life(polled, given, waiting, owed))

    async def stop(self) -> None:
        """SIGTERM, as an operator's service manager sends it."""
        os.kill(self.pid, signal.SIGTERM)
        assert await self._number() == 0

    async def death(self) -> None:
        """Wait until this life was killed, by whomever."""
        assert await self._number() == signal.SIGKILL, self.log()
        self.pid = 0

    def log(self) -> str:
        """The end of what the bot has said."""
        return (self.folder / "log").read_text()[-3000:]

    def query(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database file, and leave it to the next life to tidy it up."""
        with closing(sqlite3.connect(f"file:{self.folder}/bot.db?mode=ro", uri=True, timeout=20)) as connection:
            return connection.execute(question).fetchall()

    async def quiet(self) -> None:
        """Wait until every update was taken and worked off, every screen shown, and everything due was said.

        A row whose holder was killed rests until its lease is over, which takes a minute.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(240):
                while self.standin.world.updates.waiting() or self.query(LEFT):
                    await asyncio.sleep(0.2)
                return
        pytest.fail(f"no quiet came: {self.query(LEFT)}\n{self.log()}")

    def _what_it_was_given(self) -> tuple[bool, frozenset[int]]:
        polls: list[Any] = [call.result for call in self._polls_since(self._begun)]
        return bool(polls), frozenset(update["update_id"] for result in polls for update in result or ())

    def _gone(self) -> bool:
        return self.nursery.returncode is not None

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
