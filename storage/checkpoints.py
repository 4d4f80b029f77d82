"""Copying SQLite's write-ahead log into the database beside the commits, so that nobody's answer waits for it."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

PAUSE = 1.0  # seconds

LOG_PAGES = 10_000
"""How long the log (40 MB) may grow until a commit copies it after all; see ``Checkpoints``."""


class Checkpoints:
    """A thread that copies the log of the SQLite file at ``path`` once a second, until ``close``.

    Left to itself, SQLite has every commit that finds 1,000 pages in the log copy them, and on a slow disk whoever
    waits for that commit waits for a fifth of a second. A passive checkpoint on a connection of its own holds up
    neither readers nor writers. It may find a writer at work and leave a few pages for the next time, so the log is
    begun anew a little later than otherwise; ``LOG_PAGES`` is the end of that on any disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = Event()
        self._thread = Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for a copy under way (milliseconds), and begin no other."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        # What fails here fails the commits, too, and they say so. Most commands of an operator end before the first.
        with suppress(sqlite3.Error):
            if self._closed.wait(PAUSE):
                return
            with closing(sqlite3.connect(self._path, timeout=0)) as connection:
                while True:
                    with suppress(sqlite3.Error):
                        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                    if self._closed.wait(PAUSE):
                        return
