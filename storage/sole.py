"""An SQLite database belongs to one running bot: a second one is turned away instead of doing everything twice."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.engine import database_url
from storage.errors import StorageError

if sys.platform != "win32":
    import fcntl

PATIENCE_SECONDS = 2.0
"""How long to wait for a bot that is just ending, as after a restart."""

_PAUSE = 0.1


@contextmanager
def sole_process(address: str) -> Iterator[None]:
    """Have an SQLite database for this process alone; other databases are shared. Raises ``StorageError``.

    The lock is the operating system's, on a file beside the database: it ends with the process, however that ends.
    (On Windows, which locks files differently, nobody is turned away.)
    """
    url = database_url(address)
    if url.get_backend_name() != "sqlite" or sys.platform == "win32":
        yield
        return
    path = Path(f"{url.database}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        file = path.open("r+b")
    except OSError as error:
        raise StorageError(f"the database's folder cannot be written: {(error.strerror or '').lower()}") from None
    with file:
        _lock(file.fileno())
        yield


def _lock(file: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise StorageError(
                    "another process is already running on this SQLite file; end it first, "
                    "or use PostgreSQL to run several"
                ) from None
            time.sleep(_PAUSE)
        else:
            return
