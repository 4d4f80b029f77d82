"""What storage raises when the database itself is the trouble."""

import os
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

DRIVER_ERRORS = (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
_REFUSED = (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)
_REASONS: Mapping[type[Exception] | tuple[type[Exception], ...], str] = {
    _REFUSED: "user or password refused",
    asyncpg.InvalidCatalogNameError: "there is no database of that name",
    asyncpg.TooManyConnectionsError: "too many connections",
    asyncpg.InsufficientPrivilegeError: "permission denied",
    (TimeoutError, PoolTimeoutError): "no answer in time",
    socket.gaierror: "host not found",
}


class StorageError(Exception):
    """The database cannot be used: one line for the operator, free of addresses, names and passwords."""


def is_outage(error: Exception) -> bool:
    """Whether the same transaction may succeed later: a lost connection, a full disk, a lock that was not granted."""
    return isinstance(error, (DBAPIError, PoolTimeoutError)) and not isinstance(error, _OURS)


def unusable(error: Exception) -> StorageError:
    """``error`` in the operator's words; the driver's own may hold the user's name, the host or the path."""
    cause = getattr(error, "driver_exception", None) or error
    return StorageError(f"the database cannot be used: {_reason(cause)}")


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """For what is run on an operator's word: whatever fails is the database's fault, and a ``StorageError``."""
    try:
        yield
    except (SQLAlchemyError, *DRIVER_ERRORS) as error:
        raise unusable(error) from error


def _reason(cause: Exception) -> str:
    for kinds, words in _REASONS.items():
        if isinstance(cause, kinds):
            return words
    if isinstance(cause, OSError):
        return os.strerror(cause.errno).lower() if cause.errno else "host not found or not answering"
    return str(getattr(cause, "sqlite_errorname", type(cause).__name__))
