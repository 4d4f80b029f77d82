"""From a database's address to an engine that keeps its promises: durable, one writer, nothing left behind."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

from sqlalchemy import URL, event, make_url
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.checkpoints import LOG_PAGES
from storage.errors import DRIVER_ERRORS, StorageError, unusable

CONNECT_TIMEOUT = 4  # seconds
START_TIMEOUT = 2.5  # seconds; a bad start has to end within five, of which reading the program takes its part
BUSY_TIMEOUT = 10_000  # milliseconds that SQLite waits for another process's transaction
COMMAND_TIMEOUT = 20  # seconds; a lock that a frozen process holds is free after 15, see SESSION
SNAPSHOT_READERS = 2
POSTGRESQL_POOL = 10
POSTGRESQL_OVERFLOW = 10  # more connections while much is going on, see docs/operations.md
_SUPPORTED = "write sqlite:///path or postgresql://user:password@host/database"

SESSION = {
    "application_name": "afterglow",
    # No transaction of ours waits for anything but the database: one that does belongs to a process that stands still,
    # and its locks would hold up all the others.
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""What PostgreSQL is told about each of our sessions."""

PRAGMAS = {
    "busy_timeout": BUSY_TIMEOUT,  # first: switching to WAL may have to wait already
    "journal_mode": "WAL",
    "synchronous": "FULL",  # a confirmed update survives a power cut
    "secure_delete": "ON",  # what was erased is overwritten
    "wal_autocheckpoint": LOG_PAGES,
    "temp_store": "MEMORY",  # sorting leaves no personal data in files
}


def database_url(address: str) -> URL:
    """The address an operator writes, with the driver added. Raises ``StorageError`` for any other kind of database."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # ValueError: a password with an @ or a : that is not escaped
        raise StorageError(f"not a database address; {_SUPPORTED}") from None
    if url.drivername == "sqlite":
        if url.database in {None, "", ":memory:"} or url.host:
            raise StorageError("an SQLite database needs a file: sqlite:///path, or sqlite:////absolute/path")
        return url.set(drivername="sqlite+aiosqlite")
    if url.drivername in {"postgresql", "postgres"}:
        return _for_asyncpg(url)
    raise StorageError(f"a kind of database that is not supported; {_SUPPORTED}")


def writing_engine(url: URL, *, migrating: bool = False) -> AsyncEngine:
    """The engine of all transactions that write.

    SQLite has a single writer, so one connection is enough: the pool's queue is where coroutines wait their turn,
    instead of racing for the file's lock. ``migrating``: without foreign keys, see ``storage.schema``, and with all
    the time that a large table takes.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, "BEGIN IMMEDIATE", pool_size=1, foreign_keys=not migrating)
    patience = None if migrating else COMMAND_TIMEOUT
    engine = create_async_engine(
        url,
        pool_size=POSTGRESQL_POOL,
        max_overflow=POSTGRESQL_OVERFLOW,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_TIMEOUT, "command_timeout": patience, "server_settings": SESSION},
    )
    event.listen(engine.sync_engine, "handle_error", _give_up)
    return engine


def snapshot_engine(url: URL, writing: AsyncEngine) -> AsyncEngine:
    """The engine of transactions that only read, see one moment of the database, and hold up no writer."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, "BEGIN", pool_size=SNAPSHOT_READERS, query_only=True)
    return writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


async def connect_once(engine: AsyncEngine) -> None:
    """Open the database for the first time. Raises ``StorageError`` when it cannot be reached or written."""
    sqlite = engine.url.get_backend_name() == "sqlite"
    try:
        if sqlite:
            await asyncio.to_thread(_try_file, Path(engine.url.database or ""))
        # A host may have several addresses, each with a timeout of its own; this one is for all of them.
        async with asyncio.timeout(None if sqlite else START_TIMEOUT), engine.begin():
            pass
    # TypeError, ValueError: an option in the address that the driver does not know
    except (SQLAlchemyError, *DRIVER_ERRORS, TypeError, ValueError) as error:
        raise unusable(error) from None


def _give_up(context: ExceptionContext) -> Exception | None:
    """A server that did not answer in time: to SQLAlchemy the driver's ``TimeoutError`` is none of the database's, and
    it would go on with a connection on which the next statement waits as long."""
    error = context.original_exception
    if not isinstance(error, TimeoutError):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, error, connection_invalidated=True)


def _for_asyncpg(url: URL) -> URL:
    query = dict(url.query)
    if "sslmode" in query:  # libpq's spelling, known to every operator; asyncpg calls it ssl
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)


def _sqlite_engine(
    url: URL, begin: str, *, pool_size: int, foreign_keys: bool = True, query_only: bool = False
) -> AsyncEngine:
    # Errors go to logs, and parameters are personal data: hidden on both kinds of databases.
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, hide_parameters=True)
    pragmas = {**PRAGMAS, "foreign_keys": int(foreign_keys), "query_only": int(query_only)}

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        try:
            for name, value in pragmas.items():
                _run(connection, f"PRAGMA {name} = {value}")
        except BaseException:
            connection.close()  # the pool forgets a connection that fails here, and its thread would run on
            raise

    @event.listens_for(engine.sync_engine, "invalidate")
    def let_go(connection: DBAPIConnection, _: ConnectionPoolEntry, __: BaseException | None) -> None:
        # A task was cancelled in the middle. SQLite puts off closing while a cursor lives on, in a traceback perhaps,
        # and with it the lock that everybody else waits for.
        with suppress(*DRIVER_ERRORS, SQLAlchemyError):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        # The driver's own BEGIN comes only before the first write, too late to protect what was read before it.
        _run(connection.connection.dbapi_connection, begin)

    return engine


def _run(connection: DBAPIConnection | None, statement: str) -> None:
    """Run a statement without a result, in one step of the driver's thread where a cursor would take three."""
    cast("AsyncAdapt_dbapi_connection", connection).run_async(lambda driver: driver.execute_fetchall(statement))


def _try_file(path: Path) -> None:
    """Create the file where it is missing, and see whether SQLite can read and write it.

    The asynchronous driver is kept from a file that cannot be opened: it leaves a thread behind, which ends with a
    traceback on the operator's screen.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # readable by nobody else; SQLite gives its WAL the same mode
    with closing(sqlite3.connect(path, timeout=START_TIMEOUT)) as connection:
        connection.execute("PRAGMA schema_version")
        connection.execute("BEGIN IMMEDIATE")
