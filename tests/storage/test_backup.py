"""``backup``: one consistent moment of a database that is being written, and a drill that restores it."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.backup import BackupError, backup
from storage.errors import StorageError
from storage.storage import Storage

PAIRS_AT_LEAST = 200


@contextmanager
def writing(database: Path) -> Iterator[threading.Event]:
    """Another process's writes, as fast as they go: pairs of rows that belong together; the event says they began."""
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, timeout=10)) as connection:
            number = 0
            while not stop.is_set():
                with connection:
                    for half in ("left", "right"):
                        connection.execute("INSERT INTO facts VALUES (?, ?)", (f"{half} {number}", "x" * 300))
                number += 1
                if number == PAIRS_AT_LEAST:
                    begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield begun
    finally:
        stop.set()
        writer.join()


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    storage = await Storage.open(f"sqlite:///{tmp_path}/bot.db")
    await storage.migrate()
    await storage.close()
    return tmp_path / "bot.db"


def rows(path: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.glob("copy*")}


HALVES = "SELECT count(*) FILTER (WHERE key LIKE 'left %'), count(*) FILTER (WHERE key LIKE 'right %') FROM facts"


async def test_a_copy_made_under_load_is_one_moment_of_the_database(database: Path, tmp_path: Path) -> None:
    counts = []
    with writing(database) as begun:
        assert begun.wait(20)
        for number in range(5):
            copy = tmp_path / f"copy-{number}.db"
            await asyncio.to_thread(backup, f"sqlite:///{database}", copy)
            assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
            [(left, right)] = rows(copy, HALVES)
            assert left == right, "a transaction was copied by half"
            counts.append(left)
    assert counts[0] >= PAIRS_AT_LEAST, "what was committed before is there"
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "the writer was not held up"
    assert modes(tmp_path) == {f"copy-{number}.db": 0o600 for number in range(5)}


async def test_a_copy_opens_with_its_schema_and_takes_new_rows(database: Path, tmp_path: Path) -> None:
    backup(f"sqlite:///{database}", tmp_path / "copy.db")
    storage = await Storage.open(f"sqlite:///{tmp_path}/copy.db")
    assert await storage.at_head()
    async with storage.transaction() as transaction:
        await transaction.facts.put("key", "value")
    await storage.close()


def test_nothing_is_overwritten(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("yesterday's")
    with pytest.raises(BackupError, match="exists already"):
        backup(f"sqlite:///{database}", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "yesterday's"


def test_what_another_backup_is_writing_is_left_alone(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db.unfinished").write_text("half")
    with pytest.raises(BackupError, match="another backup"):
        backup(f"sqlite:///{database}", tmp_path / "copy.db")
    assert (tmp_path / "copy.db.unfinished").read_text() == "half"


def test_a_folder_that_is_not_there_is_told(database: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written"):
        backup(f"sqlite:///{database}", tmp_path / "nowhere" / "copy.db")


def test_a_damaged_database_gives_no_backup(database: Path, tmp_path: Path) -> None:
    with database.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(StorageError):
        backup(f"sqlite:///{database}", tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no database"):
        backup(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")
    assert not list(tmp_path.iterdir())


def test_postgresql_has_a_tool_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pg_dump"):
        backup("postgresql://ada:secret@host/spa", tmp_path / "copy.db")
