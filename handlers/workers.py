"""``run --workers N``: N identical processes on one machine, started, watched and ended by this one.

They share nothing but the PostgreSQL database. Each listens at a port of its own, the first at ``LISTEN``'s, and so is
seen by its own ``/healthz`` and ``/metrics``; a proxy in front spreads a webhook's posts over them.
"""

import asyncio
import logging
from collections.abc import Sequence

log = logging.getLogger(__name__)

DRAIN_SECONDS = 10
SHORT_LIFE = 30.0
"""Seconds. A worker that ends sooner than this after its start is started again with a growing pause."""

PAUSES = (0.2, 1.0, 5.0, 15.0)
MISCONFIGURED = 2


class Workers:
    """``command`` starts a worker, its number being appended. Workers end when this process does, however it ends.

    They notice by the end of their standard input, which is a pipe from here.
    """

    def __init__(self, command: Sequence[str], number: int) -> None:
        self._command = command
        self._number = number
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._ending = False

    async def run(self, stop: asyncio.Future[None]) -> int:
        """Keep all workers running until ``stop`` is done; answers the exit code.

        A worker that finds the configuration wrong (exit 2) at the very start would find it wrong again: all are
        ended. One that was well once finds a database that is away, and is started until that is back.
        """
        watches = [asyncio.create_task(self._keep_alive(number)) for number in range(self._number)]
        try:
            done, _ = await asyncio.wait({stop, *watches}, return_when=asyncio.FIRST_COMPLETED)
            return 0 if stop in done else MISCONFIGURED
        finally:
            self._ending = True
            await self._end()
            for task in (stop, *watches):
                task.cancel()
            await asyncio.gather(stop, *watches, return_exceptions=True)

    async def _keep_alive(self, number: int) -> None:
        """Start a worker again whenever it ends; returns where that has no sense."""
        loop = asyncio.get_running_loop()
        failures = 0
        is_first = True
        while True:
            began = loop.time()
            process = self._processes[number] = await asyncio.create_subprocess_exec(
                *self._command, str(number), stdin=asyncio.subprocess.PIPE
            )
            log.info("worker %s runs as process %s", number, process.pid)
            code = await process.wait()
            if self._ending or (is_first and code == MISCONFIGURED):
                return
            is_first = False
            failures = 0 if loop.time() - began > SHORT_LIFE else failures + 1
            log.error("worker %s ended with %s; it is started again", number, code)
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])

    async def _end(self) -> None:
        """Let all drain; whoever takes longer than ``DRAIN_SECONDS`` is killed, and its leases run out."""
        running = [process for process in self._processes.values() if process.returncode is None]
        for process in running:
            process.terminate()
        waits = [asyncio.create_task(process.wait()) for process in running]
        if not waits:
            return
        _, late = await asyncio.wait(waits, timeout=DRAIN_SECONDS)
        if late:
            log.warning("%s workers did not drain in time and are killed", len(late))
            for process in running:
                if process.returncode is None:
                    process.kill()
            await asyncio.wait(late)
