"""An open database of each kind, and what tests do with it behind its back."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text

from storage.engine import database_url, writing_engine
from storage.storage import Storage
from storage.tables import Client
from tests.fresh import open_fresh

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

Sql: TypeAlias = Callable[[str], Awaitable[Sequence[Any]]]


@pytest.fixture
async def storage(address: str) -> AsyncIterator[Storage]:
    """An open database with its tables."""
    opened = await open_fresh(address)
    yield opened
    await opened.close()


@pytest.fixture
async def sql(address: str) -> AsyncIterator[Sql]:
    """Runs one statement behind the storage's back and returns its rows."""
    engine = writing_engine(database_url(address))

    async def run(statement: str) -> Sequence[Any]:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return result.all() if result.returns_rows else []

    yield run
    await engine.dispose()


@pytest.fixture
async def ada(storage: Storage) -> Client:
    """A client who has just written for the first time."""
    async with storage.transaction() as transaction:
        profile = {"first_name": "Ada"}
        return await transaction.clients.get_or_create(7, chat_id=70, profile=profile, language="en", now=NOW)
