"""SQLite without the driver's thread: for walks and dialogues, in which one client does one thing after another.

To hand each statement to a thread and back costs a third of such a test. Where many act at a time, where the database
fails and in its own tests, the driver is the product's.
"""

import sqlite3
from collections.abc import Callable, Generator
from typing import Any

import aiosqlite

_ROWS_AT_A_TIME = 64


class Connection(aiosqlite.Connection):
    """Does at once, on the loop, what is asked of it."""

    def __await__(self) -> Generator[Any, None, "Connection"]:
        return self._connect().__await__()

    async def _connect(self) -> "Connection":
        self._connection = self._connector()
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    def stop(self) -> None:
        """There is no thread to be ended."""
        self._running = False


def connect(path: str, **options: Any) -> Connection:
    """The driver's ``connect``."""
    return Connection(lambda: sqlite3.connect(path, **options), _ROWS_AT_A_TIME)
