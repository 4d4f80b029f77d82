"""The outbox: everything that is said later is a row, until it was said."""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select, update

from storage.repository import Repository
from storage.tables import OutboxRow, OutboxState

# Spelled out, not a parameter: neither database uses a partial index for a condition it cannot see.
_IS_WAITING: ColumnElement[bool] = OutboxRow.state == literal_column(f"'{OutboxState.WAITING}'")
_NO_LEASE = {"lease_token": None, "leased_until": None}


class Outbox(Repository):
    """Persisted before acknowledged, delivered at least once, a repeat is recognisable by its row's id.

    1. ``plan`` stores what is to be said, in the transaction that decided it.
    2. ``claim`` leases what is due; a process that dies loses its lease when it runs out, and the rows are due again.
    3. The message goes out, outside any transaction.
    4. ``sent``, ``postpone``, ``fail``, ``miss`` or ``drop`` records what became of it, if the lease still holds: a row
       that was re-planned, cancelled or claimed by somebody else meanwhile is left alone, and the answer is ``False``.
    A crash between 3 and 4 repeats the message.
    """

    async def plan(  # noqa: PLR0913  what, to whom, about what, when: a class for one call would only hide the list
        self,
        kind: str,
        *,
        recipient: str,
        subject: str,
        due: datetime,
        now: datetime,
        payload: Mapping[str, Any] | None = None,
        client_id: int | None = None,
        again: bool = False,
    ) -> OutboxRow:
        """Have ``kind`` about ``subject`` said to ``recipient`` when it is ``due``; planning twice is planning once.

        A waiting row follows a new ``due`` or ``payload`` and starts afresh (also where it is being sent right now:
        the new one will be sent as well). A row that is over stays as it is, unless ``again`` revives it.
        """
        content = json.loads(json.dumps(payload or {}))  # as it will be read, so that the same compares equal
        key = {"recipient": recipient, "kind": kind, "subject": subject}
        new = {"client_id": client_id, "payload": content, "planned_for": due, "due_at": due, "created_at": now}
        row = await self._locked_or_new(OutboxRow, key, new)
        changed = (row.planned_for, row.payload) != (due, content)
        if changed if row.state == OutboxState.WAITING else again:
            _start_afresh(row, due, content)
        return row

    async def cancel(self, recipient: str, kind: str, subject: str) -> bool:
        """Give up what is waiting; ``False`` where nothing was."""
        exactly = (OutboxRow.recipient == recipient, OutboxRow.kind == kind, OutboxRow.subject == subject)
        return await self._cancel(*exactly) == 1

    async def cancel_all(self, client_id: int, kinds: Collection[str] | None = None) -> int:
        """Give up all that waits about a client, of these ``kinds`` only where given; returns how many."""
        of_kinds = () if kinds is None else (OutboxRow.kind.in_(kinds),)
        return await self._cancel(OutboxRow.client_id == client_id, *of_kinds)

    async def claim(self, now: datetime, *, limit: int, lease: timedelta) -> Sequence[OutboxRow]:
        """Lease at most ``limit`` rows that are due, the longest due first, until ``now + lease``.

        Two claimers never get the same row: on PostgreSQL each skips what the other has locked, on SQLite there is one
        writing transaction at a time. A row whose lease ran out is ``unclear``: whoever held it may have sent it.
        """
        free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now)
        due = select(OutboxRow).where(_IS_WAITING, OutboxRow.due_at <= now, free)
        longest_first = due.order_by(OutboxRow.due_at, OutboxRow.id).limit(limit).with_for_update(skip_locked=True)
        rows = (await self._session.scalars(longest_first, execution_options={"populate_existing": True})).all()
        token = secrets.token_hex(8)
        for row in rows:
            row.unclear = row.unclear or row.lease_token is not None
            row.lease_token, row.leased_until, row.attempts = token, now + lease, row.attempts + 1
        await self._session.flush()
        return rows

    async def sent(self, row_id: int, token: str | None, now: datetime, message_id: int | None = None) -> bool:
        """It was said, as the message ``message_id`` where it has one."""
        return await self._settle(row_id, token, state=OutboxState.SENT, sent_at=now, message_id=message_id)

    async def postpone(
        self, row_id: int, token: str | None, due: datetime, error: str | None, *, unclear: bool = False
    ) -> bool:
        """Try again at ``due``; ``error`` is the class name of what stood in the way.

        ``unclear`` where it may have arrived all the same: that stays known until it was said, or is planned anew.
        """
        known = {"unclear": True} if unclear else {}
        return await self._settle(row_id, token, due_at=due, last_error=error, **known)

    async def fail(self, row_id: int, token: str | None, error: str) -> bool:
        """It can never be said: blocked, refused. ``error`` is the class name of the reason."""
        return await self._settle(row_id, token, state=OutboxState.FAILED, last_error=error)

    async def miss(self, row_id: int, token: str | None) -> bool:
        """It is too late to say it."""
        return await self._settle(row_id, token, state=OutboxState.MISSED)

    async def drop(self, row_id: int, token: str | None) -> bool:
        """It is no longer wanted."""
        return await self._settle(row_id, token, state=OutboxState.CANCELLED)

    async def next_due(self, now: datetime) -> datetime | None:
        """When there will be something to claim: the past or ``now`` for at once, ``None`` for never."""
        free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now)
        due = await self._session.scalar(
            select(OutboxRow.due_at).where(_IS_WAITING, free).order_by(OutboxRow.due_at).limit(1)
        )
        # A row can be claimed, and so leased, only once it is due: the index on due_at leads to all leases.
        leased = (_IS_WAITING, OutboxRow.due_at <= now, OutboxRow.leased_until > now)
        expiry = await self._session.scalar(select(func.min(OutboxRow.leased_until)).where(*leased))
        return min((moment for moment in (due, expiry) if moment is not None), default=None)

    async def overdue(self, now: datetime) -> tuple[int, datetime | None]:
        """How many rows are due and not sent yet, those being sent included, and since when the oldest is due."""
        query = select(func.count(), func.min(OutboxRow.due_at)).where(_IS_WAITING, OutboxRow.due_at <= now)
        count, oldest = (await self._session.execute(query)).one()
        return count, oldest

    async def waiting_of(self, client_id: int) -> Sequence[OutboxRow]:
        """What waits about a client, the soonest first."""
        query = select(OutboxRow).where(_IS_WAITING, OutboxRow.client_id == client_id)
        return (await self._session.scalars(query.order_by(OutboxRow.due_at, OutboxRow.id))).all()

    async def waiting_of_kind(self, kind: str) -> Sequence[OutboxRow]:
        """What waits of one kind, the soonest first."""
        query = select(OutboxRow).where(_IS_WAITING, OutboxRow.kind == kind)
        return (await self._session.scalars(query.order_by(OutboxRow.due_at, OutboxRow.id))).all()

    async def by_id(self, row_id: int) -> OutboxRow | None:
        """The row, whatever became of it."""
        return await self._session.get(OutboxRow, row_id)

    async def _cancel(self, *conditions: ColumnElement[bool]) -> int:
        waiting = update(OutboxRow).where(_IS_WAITING, *conditions)
        return await self._changed(waiting.values(state=OutboxState.CANCELLED, **_NO_LEASE))

    async def _settle(self, row_id: int, token: str | None, **values: Any) -> bool:
        if token is None:  # whoever claimed nothing holds nothing, and NULL would match a free row
            return False
        held = (OutboxRow.id == row_id, OutboxRow.lease_token == token, _IS_WAITING)
        return await self._changed(update(OutboxRow).where(*held).values(**values, **_NO_LEASE)) == 1


def _start_afresh(row: OutboxRow, due: datetime, payload: dict[str, Any]) -> None:
    row.state, row.planned_for, row.due_at, row.payload = OutboxState.WAITING, due, due, payload
    row.lease_token = row.leased_until = row.sent_at = row.message_id = row.last_error = None
    row.attempts, row.unclear = 0, False
