"""Plans of reminders: what a client is to be reminded of, and how far it is."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.repository import LOCK, Repository
from storage.tables import Plan, PlanState


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
