"""Plans of reminders: what a client is to be reminded of, and how far it is."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal_column, select

from storage.repository import LOCK, Repository
from storage.tables import OutboxRow, OutboxState, Plan, PlanState

# Spelled out, not parameters: neither database uses a partial index for a condition it cannot see.
_IS_ACTIVE: ColumnElement[bool] = Plan.state == literal_column(f"'{PlanState.ACTIVE}'")
_IS_WAITING: ColumnElement[bool] = OutboxRow.state == literal_column(f"'{OutboxState.WAITING}'")
_BELONG_TOGETHER = and_(
    OutboxRow.client_id == Plan.client_id,  # the index by which a row's plan is found: there are few of one client
    OutboxRow.recipient == "client:" + cast(Plan.client_id, String),
    OutboxRow.kind == Plan.kind,
    OutboxRow.subject == cast(Plan.id, String) + ":" + cast(Plan.step, String),
    _IS_WAITING,
    _IS_ACTIVE,
)
"""A waiting row and the active plan whose current step it carries."""

# No EXISTS: PostgreSQL makes a join of it, and would read all plans for every page of rows.
_HAS_NO_ROW = select(OutboxRow.id).where(_BELONG_TOGETHER).limit(1).correlate(Plan).scalar_subquery().is_(None)
_HAS_NO_PLAN = select(Plan.id).where(_BELONG_TOGETHER).limit(1).correlate(OutboxRow).scalar_subquery().is_(None)


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

    async def without_row(self, after: int, until: int) -> Sequence[Plan]:
        """Active plans with ids above ``after``, up to ``until``, that have no waiting row; never any, if all is well.

        In the order of their ids.
        """
        some = (_IS_ACTIVE, Plan.id > after, Plan.id <= until)
        return (await self._session.scalars(select(Plan).where(*some, _HAS_NO_ROW).order_by(Plan.id))).all()

    async def rows_without_plan(self, kinds: Collection[str], after: int, until: int) -> Sequence[OutboxRow]:
        """Waiting rows of these kinds that carry no active plan's current step, of those ids, in their order."""
        some = (_IS_WAITING, OutboxRow.id > after, OutboxRow.id <= until)
        of_kinds = (OutboxRow.kind.in_(kinds), OutboxRow.client_id.is_not(None))
        query = select(OutboxRow).where(*some, *of_kinds, _HAS_NO_PLAN).order_by(OutboxRow.id)
        return (await self._session.scalars(query)).all()

    async def resting(self, reason: str) -> int:
        """How many plans rest for this ``reason``."""
        query = select(func.count()).where(Plan.state == PlanState.PAUSED, Plan.reason == reason)
        return await self._session.scalar(query) or 0

    async def newest(self) -> tuple[int, int]:
        """The highest ids of a plan and of a row, with which a walk over all of them ends."""
        query = select(select(func.max(Plan.id)).scalar_subquery(), select(func.max(OutboxRow.id)).scalar_subquery())
        plan_id, row_id = (await self._session.execute(query)).one()
        return plan_id or 0, row_id or 0
