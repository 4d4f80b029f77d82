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
        # Most commands of an operator end before the first.
        while not self._closed.wait(PAUSE):
            # What fails here fails the commits, too, and they say so.
            with suppress(sqlite3.Error):
                self._copy()

    def _copy(self) -> None:
        # Opened anew each time: a connection that met the file before it had a log never learns that it has one now.
        # Never created here: it is for its owner's eyes alone (``storage.engine``).
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", timeout=0, uri=True)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
