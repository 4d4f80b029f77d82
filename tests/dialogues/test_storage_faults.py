"""A database that cannot be written confirms nothing to Telegram, is told, and loses nothing."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from handlers import inbox, outage
from storage.engine import PRAGMAS
from tests.house import House, open_house, shown

UPDATES = 12


@dataclass
class Disk:
    """Where it is full, no SQLite database of this process may grow by a single page."""

    is_full: bool = False

    def begin(self, connection: Connection) -> None:
        pages = 1 if self.is_full else 1_000_000  # SQLite takes the present size where that is more
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    event.listen(Engine, "begin", disk.begin)
    yield disk
    event.remove(Engine, "begin", disk.begin)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """With the product's own driver: its errors and its thread are what is tried here."""
    async with open_house(tmp_path) as built:
        yield built


@asynccontextmanager
async def a_lock(house: House, database: Path) -> AsyncIterator[None]:
    """Another process holds the database's write lock."""
    with closing(sqlite3.connect(database, timeout=0)) as other:
        await house.eventually(lambda: begins(other))
        yield


def begins(connection: sqlite3.Connection) -> bool:
    """Take the write lock, unless the bot has it at this moment."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


@asynccontextmanager
async def impatient_house(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house that waits a moment for a lock, where the real one waits ten seconds."""
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 50)
    async with open_house(folder) as house:
        yield house


async def test_a_lock_that_lasts_confirms_nothing_and_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with impatient_house(tmp_path, monkeypatch) as house:
        await house.quiet()
        async with a_lock(house, tmp_path / "bot.db"):
            house.anna.say("/start")
            await house.eventually(lambda: "cannot be stored" in caplog.text)
            polls = len(polled(house))
            await house.eventually(lambda: len(polled(house)) > polls + 1)
            assert len(house.standin.world.updates.waiting()) == 1, "an update was confirmed that is not stored"
        await house.button("answer:consent:agree")
        await house.eventually(lambda: "stored again" in caplog.text)
        assert "SQLITE_BUSY" in caplog.text


def polled(house: House) -> list[Any]:
    return [call for call in house.standin.world.calls if call.method == "getUpdates"]


async def test_a_lock_between_the_answer_and_its_screen_only_delays_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with impatient_house(tmp_path, monkeypatch) as house:
        house.anna.say("/start")
        await house.button("answer:consent:agree")
        house.standin.faults.add("hang", method="editMessageText")
        house.anna.press(await house.button("answer:consent:agree"), "answer:consent:agree")
        await house.eventually(lambda: any(call.fault == "hang" for call in house.standin.world.calls))
        async with a_lock(house, tmp_path / "bot.db"):
            house.standin.faults.clear()
            await house.button("answer:symptoms:none")
        await house.quiet()
        assert (await house.client()).screen_owed is False


async def test_a_full_disk_confirms_nothing_tells_the_staff_and_goes_on_when_there_is_room(
    disk: Disk,
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(outage, "ALERT_AFTER", 0)
    await house.quiet()
    disk.is_full = True
    for number in range(UPDATES):
        house.anna.say(f"{number} " + "long " * 700)
    await house.message("cannot save anything", house.staff)
    assert house.standin.world.updates.waiting(), "what could not be stored was confirmed"
    assert "SQLITE_FULL" in caplog.text
    disk.is_full = False
    await house.message("can save again", house.staff)
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    await house.quiet()
    assert states(tmp_path / "bot.db") == {"done": UPDATES}
    assert sum("cannot save" in shown(message) for message in house.staff.messages) == 1, "one outage is one alert"


def states(database: Path) -> dict[str, int]:
    """How many updates there are in each state."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM inbox GROUP BY state"))


async def test_updates_are_not_blamed_for_an_outage(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five failures set an update aside; a database that is away is no failure of the update."""
    monkeypatch.setattr(inbox, "OUTAGE_PAUSE_SECONDS", 0.01)
    house.anna.say("/start")
    first = await house.button("answer:consent:agree")
    await house.quiet()
    failures = iter(range(inbox.TRIES + 2))

    def fail(connection: Connection, cursor: Any, statement: str, *more: Any) -> None:
        if statement.startswith("UPDATE inbox") and next(failures, None) is not None:
            raise OperationalError(statement, None, sqlite3.OperationalError("disk I/O error"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        house.anna.press(first, "answer:consent:agree")
        await house.button("answer:symptoms:none")
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert next(failures, None) is None
