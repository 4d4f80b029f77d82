"""A consistent copy of a live SQLite database, for ``python main.py backup``."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine import BUSY_TIMEOUT, database_url
from storage.errors import StorageError, unusable

TIMEOUT = BUSY_TIMEOUT / 1000


class BackupError(Exception):
    """The copy cannot be written where it was asked for: one line for the operator."""


def backup(address: str, target: Path) -> None:
    """Copy the database at ``address`` to the new file ``target``, while the bot goes on working.

    1. The copy is one moment of the database, whatever is committed meanwhile: in WAL mode a reader sees one snapshot
       and holds up no writer.
    2. It is written under another name, checked page by page, and put on the disk. A crash leaves that unfinished file
       and never half a backup under a good name.
    3. It gets its name. What is there already is not overwritten: yesterday's copy may be the last good one.

    It is its owner's alone (mode 0600), as the database is. Raises ``StorageError`` where the database cannot be read
    or is no SQLite, ``BackupError`` where the copy cannot be written.
    """
    source = _source(address)
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        if target.exists():
            raise BackupError(f"{target} exists already and is not overwritten; name a new file")
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise BackupError(f"{unfinished} exists: another backup is running, or one was broken off; remove it") from None
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror})") from error
    try:
        _copy(source, unfinished)
        _put_on_disk(unfinished)
        unfinished.rename(target)
        _put_on_disk(target.parent)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror})") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _source(address: str) -> Path:
    url = database_url(address)
    if url.get_backend_name() != "sqlite":
        raise StorageError("backup copies an SQLite database; for PostgreSQL use pg_dump")
    path = Path(url.database or "")
    if not path.is_file():
        raise StorageError("there is no database to copy")
    return path


def _copy(source: Path, copy: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(source, timeout=TIMEOUT)) as live,
            closing(sqlite3.connect(copy, timeout=TIMEOUT)) as written,
        ):
            live.backup(written)  # all pages in one step, which is one snapshot
            written.execute("PRAGMA journal_mode = DELETE")  # a single file: nothing beside it can be left behind
            [(verdict,), *_] = written.execute("PRAGMA integrity_check")
    except sqlite3.Error as error:
        if error.sqlite_errorname == "SQLITE_FULL":
            raise BackupError(f"{copy} cannot be written (the disk is full)") from error
        raise unusable(error) from error
    if verdict != "ok":
        raise StorageError("the database is damaged: its copy does not pass the integrity check and was not kept")


def _put_on_disk(path: Path) -> None:
    """Have the operating system write it out: a backup must survive the power cut that it was made for."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
