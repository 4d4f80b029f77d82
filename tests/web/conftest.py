"""A house whose bot listens: behind a webhook, or polling with its health pages open."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.settings import Listen, Webhook
from tests.house import House, open_house

SECRET = "s3cret_-"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def meddle(folder: Path, statement: str) -> None:
    """Change the database behind the bot's back, waiting for its lock in a thread of its own."""

    def run() -> None:
        with closing(sqlite3.connect(folder / "bot.db", isolation_level=None)) as database:
            database.execute(statement)

    await asyncio.to_thread(run)


@pytest.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[House]:
    """A house behind a webhook."""
    port = free_port()
    webhook = Webhook(f"http://127.0.0.1:{port}/telegram/hook", SECRET)
    async with open_house(tmp_path, listen=Listen("127.0.0.1", port), webhook=webhook) as built:
        yield built


@pytest.fixture
async def polling(tmp_path: Path) -> AsyncIterator[House]:
    """A house that polls, and listens for whoever looks after it."""
    async with open_house(tmp_path, listen=Listen("127.0.0.1", 0)) as built:
        yield built


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """Somebody who calls the web server."""
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def house_of_services(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose bot is at rest: only its storage and clock are of interest."""
    async with open_house(tmp_path) as built:
        await built.life.end()
        yield built
