"""What the small repositories share."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Select, Table, UpdateBase, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Base

Row = TypeVar("Row", bound=Base)

# Locks a row against other writers, but not against rows that only refer to it.
LOCK: Any = {"key_share": True}


class Repository:
    """Reads and writes the rows of one table within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @property
    def _shared(self) -> bool:
        """Whether other processes may work on the same database; an SQLite file belongs to one alone."""
        return self._session.get_bind().dialect.name != "sqlite"

    async def _add(self, row: Row) -> Row:
        self._session.add(row)
        await self._session.flush()
        return row

    async def _locked_or_new(self, table: type[Row], key: Mapping[str, Any], new: Mapping[str, Any]) -> Row:
        """The row under the unique ``key``, locked until the transaction ends; inserted as ``new`` where missing."""
        query = _locked(table, tuple(key))
        row: Row | None = await self._session.scalar(query, key)
        if row is not None:
            return row
        # Another process may be inserting the same: whoever comes second waits for the first one and takes its row.
        await self._session.execute(self._insert(table).values(**key, **new).on_conflict_do_nothing())
        created: Row = (await self._session.scalars(query, key)).one()
        return created

    async def _changed(self, statement: UpdateBase, parameters: Mapping[str, Any] | None = None) -> int:
        """Run an UPDATE or a DELETE; returns how many rows it met."""
        result = await self._session.execute(statement, parameters)
        return cast("CursorResult[Any]", result).rowcount

    def _insert(self, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT, which both databases spell alike."""
        target = cast("Table", table.__table__)
        if self._session.get_bind().dialect.name == "postgresql":
            return postgresql.insert(target)
        return sqlite.insert(target)


@cache
def _locked(table: type[Row], key: tuple[str, ...]) -> Select[Row]:
    """The row under a unique key of these columns. Built once: that takes longer than to run it."""
    query = select(table).filter_by(**{name: bindparam(name) for name in key})
    return query.with_for_update(**LOCK).execution_options(populate_existing=True)
