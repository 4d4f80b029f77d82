"""The outbox: everything that is said later is a row, until it was said."""

import json
import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.columns import Instant
from storage.repository import Repository
from storage.tables import OutboxRow, OutboxState

# Spelled out, not a parameter: neither database uses a partial index for a condition it cannot see.
_IS_WAITING: ColumnElement[bool] = OutboxRow.state == literal_column(f"'{OutboxState.WAITING}'")
_other = aliased(OutboxRow)
_OTHER_IS_WAITING: ColumnElement[bool] = _other.state == literal_column(f"'{OutboxState.WAITING}'")
NOTHING: Mapping[int, str] = {}
_AS_WRITTEN = {"synchronize_session": False, "populate_existing": True}
_NO_LEASE = {"lease_token": None, "leased_until": None}

SOON = timedelta(seconds=30)
"""The longest that whoever sends sleeps; what is planned for later is noticed without waking anybody."""

_NOW = bindparam("now", type_=Instant())


class _Queries:
    """What the tick asks, leases being judged by ``clock``. Built once: that takes longer than to run it."""

    def __init__(self, clock: ColumnElement[datetime]) -> None:
        free: tuple[ColumnElement[bool], ...] = (
            _IS_WAITING,
            or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= clock),
            OutboxRow.id.not_in(bindparam("in_hand", expanding=True)),
            OutboxRow.recipient.not_in(bindparam("full", expanding=True)),
        )  # leased by nobody, not in the claimer's own hand, and not for a recipient who has enough
        self.first_due = select(OutboxRow.due_at).where(*free).order_by(OutboxRow.due_at).limit(1)
        # A row can be claimed, and so leased, only once it is due: the index on due_at leads to all leases.
        self.first_expiry = select(func.min(OutboxRow.leased_until), clock).where(
            _IS_WAITING,
            OutboxRow.due_at <= _NOW,
            OutboxRow.leased_until > clock,
            OutboxRow.id.not_in(bindparam("in_hand", expanding=True)),
        )
        self.claimable = (
            select(OutboxRow)
            .where(*free, OutboxRow.due_at <= _NOW, OutboxRow.id.not_in(bindparam("claimed", expanding=True)))
            .order_by(OutboxRow.due_at, OutboxRow.id)
            .limit(bindparam("missing"))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        # By itself the order would lead past all rows of other kinds; so the few of these kinds are found first.
        of_kinds = _other.kind.in_(bindparam("kinds", expanding=True))
        self.claimable_of_kinds = self.claimable.where(
            OutboxRow.id.in_(select(_other.id).where(of_kinds, _OTHER_IS_WAITING))
        )


_OF_ONE_PROCESS, _SHARED = _Queries(_NOW), _Queries(func.clock_timestamp(type_=Instant()))


class Outbox(Repository):
    """Persisted before acknowledged, delivered at least once, a repeat is recognisable by its row's id.

    1. ``plan`` stores what is to be said, in the transaction that decided it.
    2. ``claim`` leases what is due; a process that dies loses its lease when it runs out, and the rows are due again.
    3. The message goes out, outside any transaction.
    4. ``sent``, ``postpone``, ``fail``, ``miss`` or ``drop`` records what became of it, if the lease still holds: a row
       that was re-planned, cancelled or claimed by somebody else meanwhile is left alone, and the answer is ``False``.
    A crash between 3 and 4 repeats the message. Where several processes share the database, leases go by its clock and
    not by theirs, which may differ.
    """

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self.stirred = False
        """Whether something may be due before ``SOON`` that was not before."""

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
        self.stirred = self.stirred or due - now < SOON
        changed = (row.planned_for, row.payload) != (due, content)
        if changed if row.state == OutboxState.WAITING else again:
            _start_afresh(row, due, content)
        return row

    async def plan_once(self, kind: str, *, recipient: str, subject: str, now: datetime) -> bool:
        """Have it said at once, where it was never planned before; whether that is so.

        A row that is there stays as it is: it may be waiting for its next attempt.
        """
        key = {"recipient": recipient, "kind": kind, "subject": subject}
        new = {"payload": {}, "planned_for": now, "due_at": now, "created_at": now}
        is_new = await self._changed(self._insert(OutboxRow).values(**key, **new).on_conflict_do_nothing()) == 1
        self.stirred = self.stirred or is_new
        return is_new

    async def cancel(self, recipient: str, kind: str, subject: str) -> bool:
        """Give up what is waiting; ``False`` where nothing was."""
        exactly = (OutboxRow.recipient == recipient, OutboxRow.kind == kind, OutboxRow.subject == subject)
        return await self._cancel(*exactly) == 1

    async def give_up(self, recipient: str, kind: str, subject: str, state: OutboxState) -> bool:
        """End what is waiting in another ``state`` than cancelled, whoever has claimed it."""
        waiting = update(OutboxRow).where(_IS_WAITING, OutboxRow.recipient == recipient, OutboxRow.kind == kind)
        statement = waiting.where(OutboxRow.subject == subject).values(state=state, **_NO_LEASE)
        return await self._changed(statement) == 1

    async def cancel_all(self, client_id: int, kinds: Collection[str] | None = None) -> int:
        """Give up all that waits about a client, of these ``kinds`` only where given; returns how many."""
        of_kinds = () if kinds is None else (OutboxRow.kind.in_(kinds),)
        return await self._cancel(OutboxRow.client_id == client_id, *of_kinds)

    async def claim(
        self,
        now: datetime,
        *,
        limit: int,
        lease: timedelta,
        kinds: Collection[str] | None = None,
        in_hand: Mapping[int, str] = NOTHING,
        each: int | None = None,
    ) -> Sequence[OutboxRow]:
        """Lease at most ``limit`` rows that are due ``now``, the longest due first, for as long as ``lease``.

        Of these ``kinds`` only, where given. ``in_hand`` are the rows that the claimer is busy with, recipient by id:
        they are not given out again, whatever the clock says of their leases. One recipient has at most ``each`` rows
        in hand.

        Two claimers never get the same row: on PostgreSQL each skips what the other has locked, on SQLite there is one
        writing transaction at a time. A row whose lease ran out is ``unclear``: whoever held it may have sent it.
        """
        query = self._queries.claimable if kinds is None else self._queries.claimable_of_kinds
        which: dict[str, Any] = {"now": now, "in_hand": list(in_hand)} | (
            {} if kinds is None else {"kinds": list(kinds)}
        )
        claimed: dict[int, OutboxRow] = {}
        while (missing := limit - len(claimed)) > 0:
            hand = {**in_hand, **{row.id: row.recipient for row in claimed.values()}}
            room = {"missing": missing, "claimed": list(claimed), "full": _full(hand, each)}
            found = (await self._session.scalars(query, which | room)).all()
            for row in found:
                if row.recipient not in _full(hand, each):
                    claimed[row.id], hand[row.id] = row, row.recipient
            if len(found) < missing or each is None:
                break
        await self._lease(list(claimed), now, lease)
        return list(claimed.values())

    async def _lease(self, ids: Collection[int], now: datetime, lease: timedelta) -> None:
        values = {
            "unclear": or_(OutboxRow.unclear, OutboxRow.lease_token.is_not(None)),
            "lease_token": secrets.token_hex(8),
            "leased_until": self._end_of(lease, now),
            "attempts": OutboxRow.attempts + 1,
        }
        leased = update(OutboxRow).where(OutboxRow.id.in_(ids)).values(**values).returning(OutboxRow)
        if ids:  # what the session has loaded of them follows
            (await self._session.scalars(leased, execution_options=_AS_WRITTEN)).all()

    @property
    def _queries(self) -> _Queries:
        return _SHARED if self._shared else _OF_ONE_PROCESS

    def _end_of(self, lease: timedelta, now: datetime) -> datetime | ColumnElement[datetime]:
        return func.clock_timestamp() + lease if self._shared else now + lease

    async def renew(self, tokens: Mapping[int, str | None], now: datetime, lease: timedelta) -> Collection[int]:
        """Hold the leases with these tokens, by row, for as long as ``lease``; answers those that are still held."""
        held = (OutboxRow.id.in_(tokens), OutboxRow.lease_token.in_(set(tokens.values())), _IS_WAITING)
        longer = update(OutboxRow).where(*held).values(leased_until=self._end_of(lease, now)).returning(OutboxRow.id)
        return (await self._session.scalars(longer, execution_options=_AS_WRITTEN)).all()

    async def holds(self, row_id: int, token: str | None) -> bool:
        """Whether the row is still to be said by whoever claimed it under ``token``."""
        held = (OutboxRow.id == row_id, OutboxRow.lease_token == token, _IS_WAITING)
        return await self._session.scalar(select(OutboxRow.id).where(*held)) is not None

    async def sent(self, row_id: int, token: str | None, now: datetime, message_id: int | None = None) -> bool:
        """It was said, as the message ``message_id`` where it has one."""
        return await self._settle(row_id, token, state=OutboxState.SENT, sent_at=now, message_id=message_id)

    async def sent_along(
        self, row_id: int, planned_for: datetime, now: datetime, message_id: int | None = None
    ) -> bool:
        """It was said with another row, whoever holds it; ``False`` where it is over, or was planned for another time.

        Who may take it along is for the caller to decide, under the lock of the client.
        """
        as_planned = (OutboxRow.id == row_id, OutboxRow.planned_for == planned_for, _IS_WAITING)
        values = {"state": OutboxState.SENT, "sent_at": now, "message_id": message_id, **_NO_LEASE}
        return await self._changed(update(OutboxRow).where(*as_planned).values(**values)) == 1

    async def postpone(
        self, row_id: int, token: str | None, due: datetime, error: str | None, *, unclear: bool = False
    ) -> bool:
        """Try again at ``due``; ``error`` is the class name of what stood in the way.

        ``unclear`` where it may have arrived all the same: that stays known until it was said, or is planned anew.
        """
        self.stirred = True
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

    async def hurry(self, recipient: str, now: datetime) -> None:
        """What was put off for this recipient is tried again at once: what stood in the way is gone."""
        put_off = (OutboxRow.recipient == recipient, OutboxRow.due_at > now, OutboxRow.attempts > 0)
        free = OutboxRow.lease_token.is_(None)
        self.stirred = True
        await self._changed(update(OutboxRow).where(_IS_WAITING, free, *put_off).values(due_at=now))

    async def next_due(
        self, now: datetime, *, in_hand: Mapping[int, str] = NOTHING, each: int | None = None
    ) -> datetime | None:
        """When there will be something to claim: the past or ``now`` for at once, ``None`` for never.

        ``in_hand`` and ``each`` as for ``claim``: what could not be claimed because of them does not count.
        """
        mine = {"now": now, "in_hand": list(in_hand)}
        due = await self._session.scalar(self._queries.first_due, mine | {"full": _full(in_hand, each)})
        leased_until, clock = (await self._session.execute(self._queries.first_expiry, mine)).one()
        expiry = leased_until and now + (leased_until - clock)
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

    async def last_sent(self, recipient: str, kinds: Collection[str], subject_prefix: str) -> OutboxRow | None:
        """The row of these kinds that was said last to ``recipient`` about a subject that begins so."""
        mine = select(OutboxRow).where(OutboxRow.recipient == recipient, OutboxRow.kind.in_(kinds))
        said = mine.where(OutboxRow.subject.startswith(subject_prefix), OutboxRow.state == OutboxState.SENT)
        return await self._session.scalar(said.order_by(OutboxRow.sent_at.desc(), OutboxRow.id.desc()).limit(1))

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


def _full(in_hand: Mapping[int, str], each: int | None) -> list[str]:
    """The recipients who have ``each`` rows in hand."""
    return [who for who, rows in Counter(in_hand.values()).items() if each is not None and rows >= each]


def _start_afresh(row: OutboxRow, due: datetime, payload: dict[str, Any]) -> None:
    row.state, row.planned_for, row.due_at, row.payload = OutboxState.WAITING, due, due, payload
    row.lease_token = row.leased_until = row.sent_at = row.message_id = row.last_error = None
    row.attempts, row.unclear = 0, False
