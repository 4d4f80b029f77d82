"""Two processes' worth of bot on one PostgreSQL: each with its own storage, pacer, metrics and name."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.gateways.telegram import build_bot
from bot.metrics import Metrics
from handlers.life import Life
from handlers.services import Services
from storage.engine import database_url, writing_engine
from storage.storage import Storage
from tests.fresh import open_fresh
from tests.house import House, open_house

_names = (f"colleague {number}" for number in count(1))


@dataclass
class Colleague:
    """Another process of the same bot."""

    services: Services
    life: Life


@asynccontextmanager
async def colleague_of(house: House, url: str) -> AsyncIterator[Colleague]:
    """Start a second bot beside the house's own, on the same database."""
    storage, metrics = await Storage.open(url), Metrics()
    bot = build_bot(house.standin.token, house.standin.url, metrics)
    services = replace(house.services, bot=bot, storage=storage, metrics=metrics, process=next(_names))
    life = Life(services)
    await life.begin()
    try:
        yield Colleague(services, life)
    finally:
        await life.end()
        await storage.close()


async def cut_off(life: Life) -> None:
    """Break a bot's loops off as a kill would: nothing is drained, and nothing is given back but its connection."""
    for task in life._loops:  # noqa: SLF001  a kill asks nobody
        task.cancel()
    await asyncio.gather(*life._loops, return_exceptions=True)  # noqa: SLF001


@pytest.fixture
async def house(tmp_path: Path, postgresql_address: str) -> AsyncIterator[House]:
    """A house on PostgreSQL, which polls before anybody else comes."""
    async with open_house(tmp_path, url=postgresql_address) as built:
        await built.eventually(lambda: b"afterglow_polling 1.0" in built.services.metrics.text())
        yield built


@pytest.fixture
async def colleague(house: House, postgresql_address: str) -> AsyncIterator[Colleague]:
    """The second process."""
    async with colleague_of(house, postgresql_address) as built:
        yield built


@pytest.fixture
async def sql(postgresql_address: str) -> AsyncIterator[Callable[[str], Any]]:
    """Runs one statement behind the bots' back and answers its rows."""
    engine = writing_engine(database_url(postgresql_address))

    async def run(statement: str) -> Any:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return [tuple(row) for row in result.all()] if result.returns_rows else []

    yield run
    await engine.dispose()


@pytest.fixture
async def database(postgresql_address: str) -> str:
    """PostgreSQL with its tables."""
    await (await open_fresh(postgresql_address)).close()
    return postgresql_address
