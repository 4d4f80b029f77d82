"""The way into the database: open it, bring it up to date, and run one transaction after another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage import schema
from storage.advices import Advices
from storage.checkpoints import Checkpoints
from storage.clients import Clients
from storage.consents import Consents
from storage.engine import connect_once, database_url, snapshot_engine, writing_engine
from storage.errors import DRIVER_ERRORS, is_outage, told_in_one_line, unusable
from storage.facts import Facts
from storage.figures import Figures
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.plans import Plans
from storage.questions import Questions
from storage.quotes import Quotes
from storage.requests import Requests
from storage.screens import Screens
from storage.seat import Seat


class Transaction:
    """What one transaction can reach. Rows it returned may still be read after it has ended.

    Lock clients first, then requests, plans, quotes, and outbox rows last: two processes that lock in different orders
    would wait for each other until PostgreSQL fails one of them.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.clients = Clients(session)
        self.consents = Consents(session)
        self.advices = Advices(session)
        self.requests = Requests(session)
        self.plans = Plans(session)
        self.quotes = Quotes(session)
        self.questions = Questions(session)
        self.inbox = Inbox(session)
        self.outbox = Outbox(session)
        self.facts = Facts(session)
        self.figures = Figures(session)
        self.screens = Screens(session)


class Storage:
    """An open database. One per process; it is safe to use from many tasks at once.

    ``due`` is set whenever a transaction was committed that left something to be said soon.
    """

    def __init__(self, writing: AsyncEngine, snapshots: AsyncEngine) -> None:
        self._writing = writing
        self._snapshots = snapshots
        self._write = async_sessionmaker(writing, expire_on_commit=False)
        self._read = async_sessionmaker(snapshots, expire_on_commit=False)
        self._checkpoints = None if self.shared else Checkpoints(Path(writing.url.database or ""))
        self.due = asyncio.Event()

    @classmethod
    async def open(cls, url: str) -> "Storage":
        """Open ``sqlite:///path`` (the folder and the file are created) or ``postgresql://…``.

        Raises ``StorageError`` with one line, free of the address, when the database cannot be reached or written.
        """
        address = database_url(url)
        writing = writing_engine(address)
        storage = cls(writing, snapshot_engine(address, writing))
        try:
            await connect_once(writing)
        except BaseException:
            await storage.close()
            raise
        return storage

    async def migrate(self) -> None:
        """Bring the schema to this release's; does nothing where it is. Raises ``StorageError``, see ``schema``."""
        engine = writing_engine(self._writing.url, migrating=True)
        try:
            with told_in_one_line():
                async with engine.begin() as connection:
                    await connection.run_sync(schema.upgrade)
        finally:
            await engine.dispose()

    async def at_head(self) -> bool:
        """Whether the schema is exactly this release's. Raises ``StorageError`` where the database fails."""
        with told_in_one_line():
            async with self._snapshots.begin() as connection:
                return await connection.run_sync(schema.at_head)

    @property
    def shared(self) -> bool:
        """Whether other processes may work on the same database; an SQLite file belongs to one alone."""
        return self._writing.url.get_backend_name() != "sqlite"

    def seat(self, name: str) -> Seat:
        """The seat of that ``name``, on which one process of all sits at a time."""
        return Seat(self._writing.url, name)

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that commits when the block ends, and rolls everything back when the block raises.

        Raises ``StorageError`` where the database fails; the same transaction may succeed later.
        Never await Telegram or a mail server inside: on SQLite every other transaction is waiting meanwhile.
        """
        return _transaction(self._write, self.due)

    def snapshot(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that only reads: it sees one moment, however long it lasts, and holds up no writer."""
        return _transaction(self._read, self.due)

    async def close(self) -> None:
        """Close all connections."""
        if self._checkpoints is not None:
            self._checkpoints.close()
        await self._snapshots.dispose()
        await self._writing.dispose()


@asynccontextmanager
async def _transaction(sessions: async_sessionmaker[AsyncSession], due: asyncio.Event) -> AsyncIterator[Transaction]:
    try:
        async with sessions.begin() as session:
            await _connect(session)
            tx = Transaction(session)
            yield tx
        if tx.outbox.stirred:
            due.set()
    except SQLAlchemyError as error:
        if is_outage(error):
            raise unusable(error) from error
        raise


async def _connect(session: AsyncSession) -> None:
    """Begin at once: what a driver raises here is the database's, and no handler's code has run yet."""
    try:
        await session.connection()
    except DRIVER_ERRORS as error:
        raise unusable(error) from error
