"""Price quotes and their numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from storage.repository import LOCK, Repository
from storage.tables import Counter, Quote


class Quotes(Repository):
    """The quotes; handlers change the rows themselves, under the lock of ``by_number``.

    A number is counted in the transaction that stores its quote, under the lock of the year's counter: of two workers
    one waits for the other, and a transaction that is rolled back gives its number back. So none is ever given out
    twice and none is left out.
    """

    async def create(  # noqa: PLR0913  all that stands on a quote
        self,
        client_id: int,
        *,
        year: int,
        lines: Sequence[dict[str, Any]],
        currency: str,
        total: str,
        price_list: str,
        checked: bool,
        valid_until: date,
        language: str,
        email: str,
        message_id: str,
        now: datetime,
    ) -> Quote:
        """A new quote with the next number of the clinic's ``year``, to be sent; lock the client before."""
        counter = await self._locked_or_new(Counter, {"name": f"quote:{year}"}, {"value": 0})
        counter.value += 1
        row = Quote(client_id=client_id, year=year, serial=counter.value, lines=list(lines), currency=currency)
        row.total, row.price_list, row.checked, row.valid_until = total, price_list, checked, valid_until
        row.language, row.email, row.message_id, row.created_at = language, email, message_id, now
        return await self._add(row)

    async def by_number(self, number: str, *, lock: bool = True) -> Quote | None:
        """The quote with a number such as ``2026-0001``, by default locked until the transaction ends."""
        year, _, serial = number.partition("-")
        query = select(Quote).where(Quote.year == int(year), Quote.serial == int(serial))
        if lock:
            query = query.with_for_update(**LOCK).execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def latest(self, client_id: int) -> Quote | None:
        """The client's newest quote."""
        mine = select(Quote).where(Quote.client_id == client_id).order_by(Quote.id.desc())
        return await self._session.scalar(mine.limit(1))

    async def addressed_since(self, client_id: int, moment: datetime) -> int:
        """To how many addresses, counted each time, the client has had quotes sent that were made since ``moment``."""
        mine = (Quote.client_id == client_id, Quote.created_at >= moment)
        return await self._session.scalar(select(func.sum(Quote.addresses)).where(*mine)) or 0
