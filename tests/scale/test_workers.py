"""The process that watches its workers: what it believes of them, and whom it starts again."""

import asyncio
import sys
from pathlib import Path

import pytest

from handlers import workers
from handlers.workers import MISCONFIGURED, Workers

WORKER = """
import pathlib, sys, time
folder, number, codes = pathlib.Path(sys.argv[1]), sys.argv[3], eval(sys.argv[2])
lives = len(list(folder.glob(f"{number}.*")))
(folder / f"{number}.{lives}").touch()
if number == "0" and lives < len(codes):
    sys.exit(codes[lives])
sys.stdin.read()
"""
"""Worker 0 ends with one code after the other; everybody else lives until the watcher is gone."""


async def watched(folder: Path, codes: list[int], lives: int) -> int | None:
    """Watch two workers until the first one began so many ``lives``; what the watcher answered by itself, if it did."""
    watcher = Workers([sys.executable, "-c", WORKER, str(folder), str(codes)], 2)
    stop = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(watcher.run(stop))
    async with asyncio.timeout(20):
        while not running.done() and not ((folder / "1.0").exists() and (folder / f"0.{lives - 1}").exists()):
            await asyncio.sleep(0.01)
    ended_itself = running.done()
    if not ended_itself:
        stop.set_result(None)
    code = await running
    return code if ended_itself else None


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAUSES", (0.01,))


async def test_a_worker_that_was_well_and_finds_the_database_away_ends_nobody(tmp_path: Path) -> None:
    assert await watched(tmp_path, codes=[1, MISCONFIGURED, MISCONFIGURED], lives=4) is None
    assert not (tmp_path / "1.1").exists(), "the other one has lived on"


async def test_a_worker_that_is_misconfigured_from_the_start_ends_all(tmp_path: Path) -> None:
    assert await watched(tmp_path, codes=[MISCONFIGURED], lives=2) == MISCONFIGURED
