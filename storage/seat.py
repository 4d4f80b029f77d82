"""A seat that one process of all those on a database holds at a time: whoever fetches Telegram's updates sits on it."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.engine import CONNECT_TIMEOUT
from storage.errors import DRIVER_ERRORS, unusable

BEAT = timedelta(seconds=5)
"""How often whoever sits must say so; see ``_SESSION``."""

# PostgreSQL ends the session, and so frees the seat, when the process dies (its connection is closed), when it stands
# still (it does not beat), and when its machine or the network is gone (nothing acknowledges the keepalives).
_SESSION = {
    "application_name": "afterglow seat",
    "idle_session_timeout": "20s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class Seat:
    """A session-level advisory lock on a connection of its own; on SQLite, which one process has for itself, nothing.

    Holding it is no fence: a process that was frozen may believe for a moment that it still sits. So it must guard
    only what two may do without harm; two pollers store each update once, since its number is unique.
    """

    def __init__(self, url: URL, name: str) -> None:
        self._key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        self._engine: AsyncEngine | None = None
        if url.get_backend_name() == "postgresql":
            options = {"timeout": CONNECT_TIMEOUT, "command_timeout": CONNECT_TIMEOUT, "server_settings": _SESSION}
            self._engine = create_async_engine(
                url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options
            )
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        """Sit down; ``False`` where somebody else sits. Raises ``StorageError`` where the database does not answer."""
        if self._engine is None:
            return True
        try:
            if self._connection is None:
                self._connection = await self._engine.connect()
            lock = text("SELECT pg_try_advisory_lock(:key)")
            return bool((await self._connection.execute(lock, {"key": self._key})).scalar_one())
        except (SQLAlchemyError, *DRIVER_ERRORS) as error:
            await self.leave()
            raise unusable(error) from error

    async def held(self) -> bool:
        """Say that we are alive; ``False`` where the seat was lost with its connection."""
        if self._engine is None:
            return True
        if self._connection is None:
            return False
        try:
            await self._connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, *DRIVER_ERRORS):
            await self.leave()
            return False
        return True

    async def leave(self) -> None:
        """Get up: the next process that tries sits down at once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.invalidate()  # closes it without a word, which also a broken connection allows
                await connection.close()
            except (SQLAlchemyError, *DRIVER_ERRORS):
                return
