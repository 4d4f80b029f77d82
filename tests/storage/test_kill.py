"""A process that is killed while it writes: what it committed is there, what it did not is not, the file is sound."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from storage.storage import Storage

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from storage.storage import Storage

async def main(address):
    storage = await Storage.open(address)
    await storage.migrate()
    now = datetime(2026, 11, 20, tzinfo=UTC)
    for number in range(1, 1_000_000):
        async with storage.transaction() as transaction:
            for half in (1, 2):
                await transaction.inbox.receive(half, [(number, number, {"text": "x" * 500})], now)
        print(number, flush=True)

asyncio.run(main(sys.argv[1]))
"""
ENOUGH = 60


def write_until_killed(address: str) -> int:
    """Kill a writer once it has committed enough; returns the last number that it had announced as committed."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", WRITER, address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout
        announced = [int(writer.stdout.readline()) for _ in range(ENOUGH)]
        writer.kill()
        announced += [int(line) for line in writer.stdout if line.endswith("\n")]
    return announced[-1]


async def test_a_kill_while_writing_loses_nothing_that_was_committed(sqlite_address: str, tmp_path: Path) -> None:
    committed = await asyncio.to_thread(write_until_killed, sqlite_address)

    storage = await Storage.open(sqlite_address)
    assert await storage.at_head()
    await storage.close()
    connection = sqlite3.connect(tmp_path / "data" / "bot.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows = connection.execute("SELECT bot_id, max(update_id), count(*) FROM inbox GROUP BY bot_id").fetchall()
    connection.close()
    newest = rows[0][1]
    assert committed <= newest <= committed + 1
    assert rows == [(half, newest, newest) for half in (1, 2)], "a transaction was stored by half"
