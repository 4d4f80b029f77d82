"""The callback requests as the clinic looks at them: those that are open, all of a period, and what is counted.

Alerts share the table of requests and are never counted as such.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from bot.callback import ALERT, ALERTS
from bot.figures import NO_LINK, Call, Cohort, Funnel, QuoteCounts
from bot.request_files import Record
from storage.repository import Repository
from storage.tables import AdviceRow, Client, Quote, Request, RequestState

_IS_REQUEST: ColumnElement[bool] = Request.state.not_in(ALERTS)
_IS_OPEN: ColumnElement[bool] = Request.state.in_(list(RequestState))

_AS_THEY_ARE: Mapping[str, Any] = {
    "number": Request.number,
    "state": Request.state,
    "created_at": Request.created_at,
    "call_from": Request.slot_start,
    "call_until": Request.slot_end,
    "language": Client.language,
    "taken_at": Request.taken_at,
    "called_at": Request.called_at,
    "reached_at": Request.reached_at,
    "booked_at": Request.booked_at,
    "closed_at": Request.closed_at,
}
_RECORD = (Request.details, Client.source, Request.taken_by_name, *_AS_THEY_ARE.values())


class Figures(Repository):
    """Counts and lists for the clinic; read them in one transaction, so that they belong together."""

    async def open_count(self) -> int:
        """How many requests still need the clinic."""
        query = select(func.count()).select_from(Request).where(_IS_OPEN)
        return await self._session.scalar(query) or 0

    async def queue(self, after: int, limit: int) -> Sequence[Request]:
        """The requests that still need the clinic, the oldest first, from the number ``after`` onwards."""
        query = select(Request).where(_IS_OPEN, Request.number > after).order_by(Request.number).limit(limit)
        return (await self._session.scalars(query)).all()

    async def alerts(self) -> Sequence[int]:
        """The numbers of the urgent alerts that nobody has cleared, the oldest first."""
        query = select(Request.number).where(Request.state == ALERT).order_by(Request.number)
        return (await self._session.scalars(query)).all()

    async def cohorts(self, edges: Sequence[datetime]) -> Sequence[Cohort]:
        """The clients who started between the first and the last of ``edges``, by week and source."""
        week = case(*((Client.created_at < edge, number) for number, edge in enumerate(edges[1:])))
        advised = select(AdviceRow.client_id).distinct().subquery()
        requests = select(
            Request.client_id,
            func.count(Request.reached_at).label("reached"),
            func.count(Request.booked_at).label("booked"),
        )
        asked = requests.where(_IS_REQUEST).group_by(Request.client_id).subquery()
        # A subquery names the week: written twice, its parameters would make two expressions of it.
        clients = (
            select(
                week.label("week"),
                func.coalesce(Client.source, NO_LINK).label("source"),
                _flag(advised.c.client_id.is_not(None)).label("advised"),
                _flag(asked.c.client_id.is_not(None)).label("requested"),
                _flag(asked.c.reached > 0).label("reached"),
                _flag(asked.c.booked > 0).label("booked"),
            )
            .outerjoin(advised, advised.c.client_id == Client.id)
            .outerjoin(asked, asked.c.client_id == Client.id)
            .where(Client.created_at >= edges[0], Client.created_at < edges[-1])
            .subquery()
        )
        one = clients.c
        stages = [func.count(), *(func.sum(flag) for flag in (one.advised, one.requested, one.reached, one.booked))]
        rows = await self._session.execute(select(one.week, one.source, *stages).group_by(one.week, one.source))
        return [Cohort(week, source, Funnel(*map(int, counts))) for week, source, *counts in rows]

    async def calls(self, start: datetime, end: datetime) -> Sequence[Call]:
        """The requests that arrived from ``start`` until before ``end``."""
        query = select(Request.created_at, Request.slot_end, Request.called_at, Request.called_in_time, _IS_OPEN)
        arrived = (_IS_REQUEST, Request.created_at >= start, Request.created_at < end)
        return [Call(*row) for row in await self._session.execute(query.where(*arrived))]

    async def quotes(self, start: datetime, end: datetime) -> QuoteCounts:
        """The price quotes that were made from ``start`` until before ``end``."""
        counts = (func.count(), func.count(Quote.sent_at), func.count(Quote.accepted_at))
        query = select(*counts).where(Quote.created_at >= start, Quote.created_at < end)
        return QuoteCounts(*(await self._session.execute(query)).one())

    async def records(self, start: datetime | None, end: datetime | None) -> AsyncIterator[Record]:
        """The requests that arrived from ``start`` until before ``end``, by number, in constant memory.

        Iterate within a snapshot: the rows are streamed, and a writing transaction would be held open all the while.
        """
        query = select(*_RECORD).join(Client, Client.id == Request.client_id)
        query = query.where(_IS_REQUEST).order_by(Request.number)
        if start is not None:
            query = query.where(Request.created_at >= start)
        if end is not None:
            query = query.where(Request.created_at < end)
        async for row in await self._session.stream(query, execution_options={"yield_per": 500}):
            details, source, taken_by, *others = row
            told = {key: details.get(key, "") for key in ("name", "phone", "email")}
            names = zip(_AS_THEY_ARE, others, strict=True)
            yield Record(**told, source=source or "", taken_by=taken_by or "", **dict(names))


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where it holds, else 0: both databases add those up."""
    return case((condition, 1), else_=0)
