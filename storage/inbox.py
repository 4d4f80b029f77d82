"""The inbox: updates are stored raw before Telegram hears that they arrived."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import aliased, with_expression

from storage.repository import Repository
from storage.tables import InboxRow, InboxState

# Spelled out, not a parameter: neither database uses a partial index for a condition it cannot see.
_WAITING: ColumnElement[str] = literal_column(f"'{InboxState.WAITING}'")
_IS_OVER: ColumnElement[bool] = InboxRow.state != _WAITING

LEASE = timedelta(seconds=15)
"""Far longer than the transaction that works an update off; so long its client waits where a process dies."""

FORGOTTEN_AT_ONCE = 1000

MOST_AT_TELEGRAM = 100_000
"""So many updates Telegram keeps for a bot: none is overtaken by more."""

# Built once: they run at every update, and to put them together takes longer than to run them.
_other = aliased(InboxRow)
_OTHER_OF_LANE = exists().where(_other.state == _WAITING, _other.lane == InboxRow.lane)
_FIRST_OF_LANES = (
    select(InboxRow)
    .options(with_expression(InboxRow.followed, _OTHER_OF_LANE.where(_other.id > InboxRow.id)))
    .where(
        InboxRow.state == _WAITING,
        InboxRow.lane.not_in(bindparam("busy", expanding=True)),
        ~_OTHER_OF_LANE.where(_other.id < InboxRow.id),
    )
    .order_by(InboxRow.id)
    .limit(bindparam("limit"))
)
_NOW = func.clock_timestamp()
_CLAIMABLE = _FIRST_OF_LANES.where(
    or_(InboxRow.leased_until.is_(None), InboxRow.leased_until <= _NOW, InboxRow.lease_token == bindparam("token"))
).with_for_update(skip_locked=True, of=InboxRow)

_OVER = (
    update(InboxRow)
    .where(InboxRow.bot_id == bindparam("bot"), InboxRow.update_id == bindparam("update"))
    .where(InboxRow.state == _WAITING)
    .values(state=InboxState.DONE, raw={}, error=None, leased_until=None, lease_token=None)
    .execution_options(synchronize_session=False)
)

_OVERTAKEN = select(
    exists().where(
        InboxRow.bot_id == bindparam("bot"),
        InboxRow.update_id.between(bindparam("next"), bindparam("last")),
        InboxRow.lane == bindparam("lane"),
        InboxRow.state == InboxState.DONE,
    )
)


class Inbox(Repository):
    """The updates, in order within each lane (the person or the chat they belong to).

    1. ``receive`` stores a batch; after its commit the batch may be confirmed to Telegram.
    2. ``claim`` takes what can be worked on. Where several processes share the database, it leases the rows by the
       database's clock: the lease of a process that died or stands still runs out, and another takes its rows.
    3. ``done`` marks an update in the very transaction that saves what it changed: a crash before the commit leaves it
       waiting, a crash after it leaves nothing to repeat. It is the fence, too: a process that was frozen, and whose
       rows were taken meanwhile, finds them done and changes nothing.
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

    async def receive_set_aside(self, bot_id: int, update_id: int, lane: int, now: datetime, *, error: str) -> int:
        """Note an update that cannot be stored as it is: it is over, and a repeat of it is known. Returns as above."""
        row = {"bot_id": bot_id, "update_id": update_id, "lane": lane, "raw": {}, "received_at": now}
        aside = {"state": InboxState.SET_ASIDE, "error": error}
        insert = self._insert(InboxRow).values(**row, **aside).on_conflict_do_nothing()
        return await self._changed(insert)

    async def next(self, limit: int, busy_lanes: Collection[int] = ()) -> Sequence[InboxRow]:
        """The oldest waiting update of each lane that is not busy, oldest first, at most ``limit``."""
        return (await self._session.scalars(_FIRST_OF_LANES, {"limit": limit, "busy": list(busy_lanes)})).all()

    async def claim(self, token: str, limit: int, busy_lanes: Collection[int] = ()) -> Sequence[InboxRow]:
        """Take what :meth:`next` names, until ``LEASE`` is over; a lane whose first update another holds is left out.

        Two claimers never get the same row: each skips what the other has locked or leased. A lease of one's own is
        no hindrance: name the lanes that are being worked on in ``busy_lanes``.
        """
        if not self._shared:
            return await self.next(limit, busy_lanes)
        which = {"limit": limit, "busy": list(busy_lanes), "token": token}
        rows = (await self._session.scalars(_CLAIMABLE, which, execution_options={"populate_existing": True})).all()
        lease = {"leased_until": _NOW + LEASE, "lease_token": token}
        mine = update(InboxRow).where(InboxRow.id.in_([row.id for row in rows])).values(**lease)
        if rows:
            await self._session.execute(mine, execution_options={"synchronize_session": False})
        return rows

    async def release(self, token: str) -> None:
        """Give back what was claimed and not worked off, so that the next process need not wait."""
        if self._shared:
            mine = update(InboxRow).where(InboxRow.state == _WAITING, InboxRow.lease_token == token)
            await self._changed(mine.values(leased_until=None, lease_token=None))

    async def waiting(self) -> int:
        """How many updates wait."""
        query = select(func.count()).select_from(InboxRow).where(InboxRow.state == _WAITING)
        return (await self._session.scalars(query)).one()

    async def done(self, bot_id: int, update_id: int) -> bool:
        """Mark an update as dealt with and forget its content; ``False`` where it was no longer waiting.

        Call it first in the transaction and give up on ``False``: of two processes that picked the same update, the
        second one waits here for the first one's commit.
        """
        return await self._changed(_OVER, {"bot": bot_id, "update": update_id}) == 1

    async def is_overtaken(self, bot_id: int, update_id: int, lane: int) -> bool:
        """Whether a later update of this lane was dealt with before this one.

        A webhook gets a chat's messages and a person's taps side by side: of two that were sent one after the other,
        the first may have to be posted again. A number that is too far away was counted by another Bot API server.
        """
        later = {"bot": bot_id, "next": update_id + 1, "last": update_id + MOST_AT_TELEGRAM, "lane": lane}
        return bool(await self._session.scalar(_OVERTAKEN, later))

    async def set_aside(self, row_id: int, error: str, tries: int, token: str | None = None) -> bool:
        """An update has failed ``tries`` times: it is set aside, so that its lane goes on.

        ``error`` is the exception's class name: messages of exceptions may quote what the client wrote. ``False`` where
        the update no longer waits, or the claim under ``token`` is another's by now.
        """
        row = await self._session.get(InboxRow, row_id, with_for_update=True, populate_existing=True)
        if row is None or row.state != InboxState.WAITING or (self._shared and row.lease_token != token):
            return False
        row.state, row.tries, row.error = InboxState.SET_ASIDE, tries, error
        return True

    async def forget(self, before: datetime) -> int:
        """Delete what was done, and had arrived before ``before``, ``FORGOTTEN_AT_ONCE`` at most; returns how many.

        Keep at least a day: that long Telegram may deliver an update again.
        """
        old = (_IS_OVER, InboxRow.state == InboxState.DONE, InboxRow.received_at < before)
        some = select(InboxRow.id).where(*old).order_by(InboxRow.received_at).limit(FORGOTTEN_AT_ONCE)
        return await self._changed(delete(InboxRow).where(InboxRow.id.in_(some)))
