"""A migration that is killed in the middle has done nothing; one that goes down and up keeps what was stored."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select

from storage import schema
from storage.engine import database_url, writing_engine
from storage.storage import Storage

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FIRST_TABLES = ("clients", "consents", "advices", "requests", "inbox", "outbox", "facts")

KILLED_WHILE_MIGRATING = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from storage.storage import Storage

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *more):
    global left
    if statement.startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

async def main():
    storage = await Storage.open(sys.argv[1])
    await storage.migrate()
    await storage.close()
    print("statements left:", left)

asyncio.run(main())
"""


def migrate_and_die(address: str, statements: int) -> subprocess.CompletedProcess[str]:
    """Migrate in a process of its own, which kills itself after so many statements."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    call = [sys.executable, "-c", KILLED_WHILE_MIGRATING, address, str(statements)]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=False, timeout=60)


async def on(address: str, work: Any) -> Any:
    engine = writing_engine(database_url(address), migrating=True)
    async with engine.begin() as connection:
        result = await connection.run_sync(work)
    await engine.dispose()
    return result


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def check_all_or_none(address: str, statements: int) -> None:
    died = await asyncio.to_thread(migrate_and_die, address, statements)
    assert died.returncode == -9, f"it was not killed: {died.stdout}{died.stderr}"
    assert await on(address, tables) == set(), "half a migration was left behind"
    storage = await Storage.open(address)
    await storage.migrate()
    assert await storage.at_head()
    await storage.close()


async def test_a_migration_killed_in_the_middle_has_done_nothing(address: str) -> None:
    await check_all_or_none(address, statements=12)


@pytest.mark.proof
@pytest.mark.parametrize("statements", range(1, 31))
async def test_a_migration_killed_after_any_statement_has_done_nothing(address: str, statements: int) -> None:
    await check_all_or_none(address, statements)


async def fill(storage: Storage) -> None:
    """One row in each table of the first release."""
    async with storage.transaction() as tx:
        ada = await tx.clients.get_or_create(7, chat_id=70, profile={"first_name": "Ada"}, language="de", now=NOW)
        await tx.consents.give(ada.id, "health", "1", NOW)
        await tx.advices.add(ada.id, "2026.1", NOW.date(), {"age": "adult"}, {"outcome": "wait"}, NOW)
        await tx.requests.create(ada.id, {"name": "Ada"}, NOW, NOW, NOW)
        await tx.inbox.receive(1, [(5, 7, {"message": {"text": "hello"}})], NOW)
        row: dict[str, Any] = {"recipient": f"client:{ada.id}", "subject": "-", "client_id": ada.id}
        await tx.outbox.plan("my_data", **row, payload={"a": 1}, due=NOW, now=NOW)
        await tx.facts.put("staff_chat", "-100")


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by its columns."""
    reflected = MetaData()
    reflected.reflect(connection)
    return {
        name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for name, table in reflected.tables.items()
        if name != "alembic_version"
    }


def kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    """Whatever both releases know is the same."""
    for name in before.keys() & after.keys():
        assert len(before[name]) == len(after[name]), name
        for old, new in zip(before[name], after[name], strict=True):
            shared = old.keys() & new.keys()
            assert {key: old[key] for key in shared} == {key: new[key] for key in shared}, name


def steps(connection: Connection) -> list[str]:
    """All revisions, the newest first."""
    script = ScriptDirectory.from_config(schema.alembic_config(connection))
    return [step.revision for step in script.walk_revisions()]


async def test_every_step_down_and_up_again_keeps_what_both_releases_know(address: str) -> None:
    storage = await Storage.open(address)
    await storage.migrate()
    await fill(storage)
    newest = await on(address, contents)
    assert all(len(newest[table]) == 1 for table in FIRST_TABLES)
    revisions = await on(address, steps)
    for revision in revisions[1:]:
        await on(address, lambda db, to=revision: command.downgrade(schema.alembic_config(db), to))
        kept(newest, await on(address, contents))
    oldest = await on(address, contents)
    assert oldest.keys() == set(FIRST_TABLES)
    for revision in reversed(revisions[:-1]):
        await on(address, lambda db, to=revision: command.upgrade(schema.alembic_config(db), to))
        kept(oldest, await on(address, contents))
    assert await storage.at_head()
    await storage.close()
