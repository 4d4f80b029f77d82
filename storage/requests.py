"""Callback requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.figures import MILESTONES
from storage.repository import LOCK, Repository
from storage.tables import Request, RequestState, ViewOfDetails

BOOKED = "booked"
"""How a request ends that led to a visit; the day of the visit stands in its outcome."""

# Built once: it is asked for with many a screen.
_OPEN = select(Request).where(Request.client_id == bindparam("client"), Request.state.in_(tuple(RequestState)))


class Requests(Repository):
    """The callback requests; handlers change the rows themselves, under the lock of ``by_number``."""

    async def create(
        self,
        client_id: int,
        details: Mapping[str, Any],
        slot_start: datetime,
        slot_end: datetime,
        now: datetime,
        state: str = RequestState.OPEN,
    ) -> Request:
        """A new request with the next number, open unless ``state`` says otherwise.

        Ask ``open_of`` first, under the client's lock: a second one that needs the clinic raises ``IntegrityError``.
        """
        row = Request(client_id=client_id, state=state, details=dict(details), created_at=now)
        row.slot_start, row.slot_end = slot_start, slot_end
        return await self._add(row)

    async def by_number(self, number: int, *, lock: bool = True) -> Request | None:
        """The request; by default locked until the transaction ends, so that of two people one takes it."""
        return await self._session.get(Request, number, with_for_update=LOCK if lock else None, populate_existing=lock)

    def move(self, request: Request, state: str, now: datetime) -> None:
        """Bring a locked request into another state, and note the moments that the figures are counted from.

        Call it before the request's promised time is changed: the first call is judged by it.
        """
        request.state = state
        milestones = MILESTONES.get(state, ())
        if request.called_at is None and "called_at" in milestones:
            request.called_in_time = now <= request.slot_end
        for milestone in milestones:
            if getattr(request, milestone) is None:
                setattr(request, milestone, now)

    async def newest_in_state(self, client_id: int, state: str) -> Request | None:
        """The client's newest request in this state, if there is one."""
        mine = select(Request).where(Request.client_id == client_id, Request.state == state)
        return await self._session.scalar(mine.order_by(Request.number.desc()).limit(1))

    async def booked_of(self, client_id: int) -> Sequence[Request]:
        """The client's requests that ended with a visit, the oldest first."""
        mine = select(Request).where(Request.client_id == client_id, Request.state == BOOKED)
        return (await self._session.scalars(mine.order_by(Request.number))).all()

    async def booked(self, after: int, until: int) -> Sequence[Request]:
        """The requests with numbers above ``after``, up to ``until``, that ended with a visit, in order."""
        some = (Request.number > after, Request.number <= until, Request.state == BOOKED)
        return (await self._session.scalars(select(Request).where(*some).order_by(Request.number))).all()

    async def newest(self) -> int:
        """The highest number given out so far, 0 before the first."""
        return await self._session.scalar(select(func.max(Request.number))) or 0

    async def unsettled(self) -> Sequence[Request]:
        """Every request and alert that is not over, the oldest first."""
        query = select(Request).where(Request.closed_at.is_(None)).order_by(Request.number)
        return (await self._session.scalars(query)).all()

    async def open_of(self, client_id: int) -> Request | None:
        """The client's request that still needs the clinic."""
        return await self._session.scalar(_OPEN, {"client": client_id})

    async def log_view(self, number: int, *, staff_id: int, staff_name: str, now: datetime) -> None:
        """Note who is shown the health answers behind a request, before they are."""
        await self._add(ViewOfDetails(request_number=number, staff_id=staff_id, staff_name=staff_name, viewed_at=now))

    async def views(self, number: int) -> Sequence[ViewOfDetails]:
        """Who was shown them, in order."""
        query = select(ViewOfDetails).where(ViewOfDetails.request_number == number).order_by(ViewOfDetails.id)
        return (await self._session.scalars(query)).all()
