"""The bot as its operator runs it: real processes, asked over HTTP how they are, and ended by signals."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession

from demo import StandIn
from tests.web.conftest import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass
class Process:
    """A bot as the operator runs it, and where it can be asked how it is."""

    process: asyncio.subprocess.Process
    port: int
    log: Path

    def workers(self) -> dict[int, int]:
        """Of one that runs as several: the process of each worker, by its number."""
        started = re.findall(r"worker (\d+) runs as process (\d+)", self.log.read_text())
        return {int(number): int(process) for number, process in started}

    def children(self) -> list[int]:
        """The processes that it has started, and that have not ended."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(number) for number in found.split()]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def get(self, path: str, port: int | None = None) -> tuple[int, str]:
        try:
            url = f"http://127.0.0.1:{port or self.port}{path}"
            async with asyncio.timeout(5), ClientSession() as session, session.get(url) as answer:
                return answer.status, await answer.text()
        except (ClientError, TimeoutError):
            return 0, ""

    async def polls(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            while (answer := await self.get("/metrics"))[0] != 200:
                await asyncio.sleep(0.1)
        return "afterglow_polling 1.0" in answer[1]

    async def sits(self) -> None:
        """Wait until it is the one that polls."""
        async with asyncio.timeout(PATIENCE):
            while not await self.polls():
                await asyncio.sleep(0.05)

    async def ready(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while (await self.get("/readyz"))[0] != 200:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def bot(standin: StandIn, folder: Path, database: str, *arguments: str) -> AsyncIterator[Process]:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "TELEGRAM_BOT_TOKEN": standin.token,
        "TELEGRAM_API_URL": standin.url,
        "DATABASE_URL": database,
        "LISTEN": f"127.0.0.1:{port}",
    }
    path = folder / f"{port}.log"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "main.py"), "run", *arguments, cwd=folder, env=environment, stderr=log
        )
    try:
        yield Process(process, port, path)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 15)
