"""Plans of reminders: what a client is to be reminded of, and how far it is."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal_column, select

from storage.repository import LOCK, Repository
from storage.tables import OutboxRow, OutboxState, Plan, PlanState

# Spelled out, not parameters: neither database uses a partial index for a condition it cannot see.
_IS_ACTIVE: ColumnElement[bool] = Plan.state == literal_column(f"'{PlanState.ACTIVE}'")
_IS_WAITING: ColumnElement[bool] = OutboxRow.state == literal_column(f"'{OutboxState.WAITING}'")
_BELONG_TOGETHER = and_(
    OutboxRow.recipient == "client:" + cast(Plan.client_id, String),
    OutboxRow.kind == Plan.kind,
    OutboxRow.subject == cast(Plan.id, String) + ":" + cast(Plan.step, String),
    _IS_WAITING,
    _IS_ACTIVE,
)
"""A waiting row and the active plan whose current step it carries."""


class Plans(Repository):
    """The plans; handlers change the rows themselves, under the lock of their client.

    Of one kind and subject a client has at most one plan that is not over.
    """

    async def add(self, client_id: int, kind: str, subject: str, facts: Mapping[str, Any], now: datetime) -> Plan:
        """A new, active plan. Ask ``live`` first: a second one that is not over raises ``IntegrityError``."""
        plan = Plan(client_id=client_id, kind=kind, subject=subject, facts=dict(facts), created_at=now, changed_at=now)
        plan.uid = secrets.token_hex(16)
        return await self._add(plan)

    async def live(self, client_id: int, kind: str, subject: str = "") -> Plan | None:
        """The plan of this kind about this subject that is not over, locked until the transaction ends."""
        mine = select(Plan).where(Plan.client_id == client_id, Plan.kind == kind, Plan.subject == subject)
        return await self._session.scalar(mine.where(Plan.state != PlanState.ENDED).with_for_update(**LOCK))

    async def live_of(self, client_id: int) -> Sequence[Plan]:
        """The client's plans that are not over, the oldest first, locked until the transaction ends."""
        mine = select(Plan).where(Plan.client_id == client_id, Plan.state != PlanState.ENDED).order_by(Plan.id)
        return (await self._session.scalars(mine.with_for_update(**LOCK))).all()

    async def clients(self) -> Sequence[int]:
        """Ids of the clients who have a plan that is not over."""
        query = select(Plan.client_id).where(Plan.state != PlanState.ENDED).distinct().order_by(Plan.client_id)
        return (await self._session.scalars(query)).all()

    async def last(self, client_id: int, kind: str, subject: str = "") -> Plan | None:
        """The newest plan of this kind about this subject, whatever became of it."""
        mine = select(Plan).where(Plan.client_id == client_id, Plan.kind == kind, Plan.subject == subject)
        return await self._session.scalar(mine.order_by(Plan.id.desc()).limit(1))

    async def by_id(self, plan_id: int) -> Plan | None:
        """The plan, whatever became of it, locked until the transaction ends."""
        return await self._session.get(Plan, plan_id, with_for_update=LOCK, populate_existing=True)

    async def active(self, after: int = 0, limit: int = 500) -> Sequence[Plan]:
        """The active plans with ids above ``after``, in order and without a lock: one page of a walk over all."""
        page = select(Plan).where(Plan.state == PlanState.ACTIVE, Plan.id > after).order_by(Plan.id)
        return (await self._session.scalars(page.limit(limit))).all()

    async def without_row(self, after: int, limit: int, *, only: int | None = None) -> Sequence[Plan]:
        """Active plans with ids above ``after`` that have no waiting row, in order; never any, if all is well."""
        lost = select(Plan).where(_IS_ACTIVE, Plan.id > after, ~exists().where(_BELONG_TOGETHER))
        one = () if only is None else (Plan.id == only,)
        return (await self._session.scalars(lost.where(*one).order_by(Plan.id).limit(limit))).all()

    async def rows_without_plan(
        self, kinds: Collection[str], after: int, limit: int, *, only: int | None = None
    ) -> Sequence[OutboxRow]:
        """Waiting rows of these kinds, ids above ``after``, that carry no active plan's current step, in order."""
        of_kinds = (_IS_WAITING, OutboxRow.kind.in_(kinds), OutboxRow.client_id.is_not(None))
        stray = select(OutboxRow).where(*of_kinds, OutboxRow.id > after, ~exists().where(_BELONG_TOGETHER))
        one = () if only is None else (OutboxRow.id == only,)
        return (await self._session.scalars(stray.where(*one).order_by(OutboxRow.id).limit(limit))).all()
