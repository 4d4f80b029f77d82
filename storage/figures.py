"""The callback requests as the clinic looks at them: those that are open, and all of a period.

Alerts share the table of requests and are never counted as such.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from bot.callback import ALERT, ALERTS
from bot.request_files import Record
from storage.repository import Repository
from storage.tables import Client, Request, RequestState

_IS_REQUEST: ColumnElement[bool] = Request.state.not_in(ALERTS)
_IS_OPEN: ColumnElement[bool] = Request.state.in_(list(RequestState))


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

    async def records(self, start: datetime | None, end: datetime | None) -> AsyncIterator[Record]:
        """The requests that arrived from ``start`` until before ``end``, by number, in constant memory.

        Iterate within a snapshot: the rows are streamed, and a writing transaction would be held open all the while.
        """
        query = select(Request, Client.language, Client.source).join(Client, Client.id == Request.client_id)
        query = query.where(_IS_REQUEST).order_by(Request.number)
        if start is not None:
            query = query.where(Request.created_at >= start)
        if end is not None:
            query = query.where(Request.created_at < end)
        async for request, language, source in await self._session.stream(query, execution_options={"yield_per": 500}):
            yield _record(request, language, source)


def _record(request: Request, language: str, source: str | None) -> Record:
    details: dict[str, Any] = request.details
    return Record(
        number=request.number,
        state=request.state,
        created_at=request.created_at,
        name=details.get("name", ""),
        phone=details.get("phone", ""),
        email=details.get("email", ""),
        call_from=request.slot_start,
        call_until=request.slot_end,
        language=language,
        source=source or "",
        taken_by=request.taken_by_name or "",
        taken_at=request.taken_at,
        called_at=request.called_at,
        reached_at=request.reached_at,
        booked_at=request.booked_at,
        closed_at=request.closed_at,
    )
