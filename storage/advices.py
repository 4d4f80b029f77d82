"""Advices: each as it was given, with the answers and the protocol's version."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from storage.repository import Repository
from storage.tables import AdviceRow, Client

# Built once: it is asked for with nearly every screen.
_LATEST = select(AdviceRow).where(AdviceRow.client_id == bindparam("client")).order_by(AdviceRow.id.desc()).limit(1)


class GivenAdvice(NamedTuple):
    """The advice that counts for one client."""

    client_id: int
    answers: dict[str, Any]
    given_on: date
    advice: dict[str, Any]


class Advices(Repository):
    """The advices; a client's last one counts."""

    async def add(
        self,
        client_id: int,
        protocol_version: str,
        given_on: date,
        answers: Mapping[str, Any],
        advice: Mapping[str, Any],
        now: datetime,
    ) -> AdviceRow:
        """Keep an advice. ``given_on`` is the client's own date, on which the advice's days are counted."""
        row = AdviceRow(client_id=client_id, protocol_version=protocol_version, given_on=given_on, given_at=now)
        row.answers, row.advice = dict(answers), dict(advice)
        return await self._add(row)

    async def latest(self, client_id: int) -> AdviceRow | None:
        """The advice that counts."""
        return await self._session.scalar(_LATEST, {"client": client_id})

    async def of_active_clients(self) -> AsyncIterator[GivenAdvice]:
        """The advice that counts of each client who has not blocked the bot, by client, in constant memory.

        Iterate within a snapshot: the rows are streamed, and a writing transaction would be held open all the while.
        """
        latest = select(func.max(AdviceRow.id)).group_by(AdviceRow.client_id)
        query = (
            select(AdviceRow.client_id, AdviceRow.answers, AdviceRow.given_on, AdviceRow.advice)
            .join(Client, Client.id == AdviceRow.client_id)
            .where(AdviceRow.id.in_(latest), Client.blocked_at.is_(None))
            .order_by(AdviceRow.client_id)
        )
        async for row in await self._session.stream(query, execution_options={"yield_per": 500}):
            yield GivenAdvice(*row)
