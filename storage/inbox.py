"""The inbox: updates are stored raw before Telegram hears that they arrived."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, literal_column, select, update
from sqlalchemy.orm import aliased

from storage.repository import Repository
from storage.tables import InboxRow, InboxState

# Spelled out, not a parameter: neither database uses a partial index for a condition it cannot see.
_WAITING: ColumnElement[str] = literal_column(f"'{InboxState.WAITING}'")


class Inbox(Repository):
    """The updates, in order within each lane (the person or the chat they belong to).

    1. ``receive`` stores a batch; after its commit the batch may be confirmed to Telegram.
    2. ``next`` names what can be worked on.
    3. ``done`` marks an update in the very transaction that saves what it changed: a crash before the commit leaves it
       waiting, a crash after it leaves nothing to repeat.
    """

    async def receive(self, bot_id: int, updates: Sequence[tuple[int, int, Mapping[str, Any]]], now: datetime) -> int:
        """Store updates given as ``(update_id, lane, raw)``, in this order; known ones are skipped.

        Returns how many are new.
        """
        if not updates:
            return 0
        row = {"bot_id": bot_id, "received_at": now}
        rows = [row | {"update_id": key, "lane": lane, "raw": dict(raw)} for key, lane, raw in updates]
        insert = self._insert(InboxRow).on_conflict_do_nothing(index_elements=["bot_id", "update_id"])
        stored = await self._session.execute(insert.returning(InboxRow.id), rows)
        return len(stored.all())

    async def next(self, limit: int, busy_lanes: Collection[int] = ()) -> Sequence[InboxRow]:
        """The oldest waiting update of each lane that is not busy, oldest first, at most ``limit``."""
        older = aliased(InboxRow)
        first_of_lane = ~exists().where(older.state == _WAITING, older.lane == InboxRow.lane, older.id < InboxRow.id)
        query = select(InboxRow).where(InboxRow.state == _WAITING, InboxRow.lane.not_in(busy_lanes), first_of_lane)
        return (await self._session.scalars(query.order_by(InboxRow.id).limit(limit))).all()

    async def waiting(self) -> int:
        """How many updates wait."""
        query = select(func.count()).select_from(InboxRow).where(InboxRow.state == _WAITING)
        return (await self._session.scalars(query)).one()

    async def done(self, bot_id: int, update_id: int) -> bool:
        """Mark an update as dealt with and forget its content; ``False`` where it was no longer waiting.

        Call it first in the transaction and give up on ``False``: of two processes that picked the same update, the
        second one waits here for the first one's commit.
        """
        one = update(InboxRow).where(InboxRow.bot_id == bot_id, InboxRow.update_id == update_id)
        waiting = one.where(InboxRow.state == _WAITING)
        return await self._changed(waiting.values(state=InboxState.DONE, raw={}, error=None)) == 1

    async def failed(self, row_id: int, error: str, limit: int = 5) -> bool:
        """Count a failed try; after ``limit`` of them the update is set aside, so that its lane goes on.

        ``error`` is the exception's class name: messages of exceptions may quote what the client wrote.
        Returns whether the update is set aside.
        """
        row = await self._session.get(InboxRow, row_id, with_for_update=True, populate_existing=True)
        if row is None or row.state == InboxState.DONE:
            return False
        row.tries += 1
        row.error = error
        if row.tries >= limit:
            row.state = InboxState.SET_ASIDE
        return row.state == InboxState.SET_ASIDE

    async def forget(self, before: datetime) -> int:
        """Delete what was done and had arrived before ``before``; returns how many.

        Keep at least a day: that long Telegram may deliver an update again.
        """
        old = (InboxRow.state == InboxState.DONE, InboxRow.received_at < before)
        return await self._changed(delete(InboxRow).where(*old))
