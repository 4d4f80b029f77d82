"""The write-ahead log of an SQLite database is copied beside the commits, not by them."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from storage import checkpoints
from storage.checkpoints import LOG_PAGES, Checkpoints
from storage.engine import database_url, writing_engine
from storage.storage import Storage

MARK = b"the end of the log"
SQLITES_OWN_LIMIT = 1_000  # pages


@pytest.fixture(autouse=True)
def _sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "PAUSE", 0.01)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@asynccontextmanager
async def filled(file: Path, pages: int) -> AsyncIterator[None]:
    """A database with an open connection, on which ``pages`` pages of 4 KB were committed, the last one marked."""
    engine = writing_engine(database_url(f"sqlite:///{file}"))
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE notes (note BLOB)")
            await connection.exec_driver_sql("INSERT INTO notes VALUES (zeroblob(?))", (4096 * pages,))
            await connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (MARK,))
        yield
    finally:
        await engine.dispose()


def is_copied(file: Path) -> bool:
    return MARK in file.read_bytes()


async def until_copied(file: Path) -> None:
    async with asyncio.timeout(10):
        while not is_copied(file):
            await asyncio.sleep(0.01)


async def test_an_open_storage_copies_what_was_committed(file: Path) -> None:
    storage = await Storage.open(f"sqlite:///{file}")
    async with filled(file, 10):
        await until_copied(file)
    await storage.close()


async def test_a_file_that_had_no_log_yet_is_copied_when_it_has_one(file: Path) -> None:
    sqlite3.connect(file).close()
    copying = Checkpoints(file)
    await asyncio.sleep(0.1)
    async with filled(file, 10):
        await until_copied(file)
    copying.close()


async def test_a_file_whose_folder_comes_later_is_copied(tmp_path: Path) -> None:
    file = tmp_path / "data" / "bot.db"
    copying = Checkpoints(file)
    await asyncio.sleep(0.1)
    assert not file.parent.exists()
    file.parent.mkdir()
    async with filled(file, 10):
        await until_copied(file)
    copying.close()


async def test_a_commit_copies_nothing(file: Path) -> None:
    async with filled(file, 2 * SQLITES_OWN_LIMIT):
        assert not is_copied(file)


async def test_a_commit_copies_a_log_that_grew_too_long(file: Path) -> None:
    async with filled(file, LOG_PAGES):
        assert is_copied(file)


async def test_a_database_that_failed_for_a_while_is_copied_afterwards(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE notes (note BLOB)")
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("INSERT INTO notes VALUES (?)", (MARK,))
        copying = Checkpoints(file)
        await asyncio.sleep(0.1)
        assert not is_copied(file)
        other.execute("PRAGMA locking_mode = NORMAL")
        other.execute("SELECT note FROM notes").fetchall()
        await until_copied(file)
        copying.close()
