"""The invariant monitor: every active plan has exactly one waiting row in the outbox, or is over with a reason.

A clinic's bot once lost all its day-before reminders for four weeks, and nobody noticed. So at each start and once a
day the two tables are compared. What does not fit is logged (no personal data: rules and numbers), counted in the
metrics, repaired under the client's lock, where it is looked at again, and told to the operator in the staff chat.

1. A plan without its row goes on: what it missed and is still of use is said, else what lies ahead is planned, and
   where nothing does, the plan is over with the reason ``missed``.
2. A reminder's row without its plan is taken back: it would be a second one, or say what nobody wants any more.
3. A visit that lies ahead and of which nothing reminds, or ever did, gets its reminder, where there is a day left.
4. Rows that are long due show that nothing is sent. That is not repaired but told, and only by the daily check: at a
   start after a long rest it is how things should be.
5. Plans rest whose client Telegram refused for good, until that client comes back with ``/start``. That is told every
   day, too: nobody else would notice that they say nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from bot.reminders.facts import Facts
from bot.reminders.kinds import KINDS, VISIT
from handlers import plans
from handlers.services import Services
from storage.storage import Transaction

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
STUCK = timedelta(hours=6)
"""How long a row may be due before something must be wrong."""

AT_ONCE = 2000
PAUSE_SECONDS = 0.05
"""The check reads so many ids at a time, and rests in between: it has all day, and clients who wait have not."""

ALERT = "operator_alert"

LOST, STRAY, FORGOTTEN = "plan_without_row", "row_without_plan", "visit_without_reminder"
OVERDUE, REFUSED = "row_overdue", "plan_refused"
"""The rules, under the names by which the metrics and the log know them."""


class Monitor:
    """Compares plans and rows; :meth:`run` is a loop."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Check at once, and every day from then on, until cancelled."""
        await self._guarded(self.check)
        while True:
            await asyncio.sleep(DAY.total_seconds())
            await self._guarded(self.check_all)

    async def _guarded(self, check: Callable[[], Awaitable[dict[str, int]]]) -> None:
        try:
            await check()
        except Exception:  # the next check may succeed; a start must not fail because of it
            log.exception("plans and reminders could not be compared")

    async def check_all(self) -> dict[str, int]:
        """The daily check: what ``check`` finds, and what is long due or refused."""
        now = self._services.now()
        async with self._services.storage.snapshot() as tx:
            overdue, _ = await tx.outbox.overdue(now - STUCK)
            refused = await tx.plans.resting(plans.REFUSED)
        return await self.check({OVERDUE: overdue, REFUSED: refused})

    async def check(self, found: dict[str, int] | None = None) -> dict[str, int]:
        """Find, repair, count and tell; answers how many there were of each rule, ``found`` included."""
        found = {rule: number for rule, number in (found or {}).items() if number}
        async with self._services.storage.snapshot() as tx:
            last_plan, last_row = await tx.plans.newest()
            last_request = await tx.requests.newest()
        walks = (
            (LOST, last_plan, self._lost, self._go_on),
            (STRAY, last_row, self._strays, self._take_back),
            (FORGOTTEN, last_request, self._visits, self._remind),
        )
        for rule, last, look, mend in walks:
            if number := await self._repair(last, look, mend):
                found[rule] = number
        for rule, number in found.items():
            log.error("the invariant %s is broken %s times", rule, number)
            self._services.metrics.violations.labels(rule).inc(number)
        if found:
            await self._tell(found)
        return found

    async def _repair(
        self,
        last: int,
        look: Callable[[Transaction, int, int], Awaitable[Sequence[tuple[int, int]]]],
        mend: Callable[[Transaction, plans.Desk, int], Awaitable[bool]],
    ) -> int:
        """Mend each (client, id) that ``look`` finds, page by page up to ``last``; answers how many were broken."""
        storage, broken = self._services.storage, 0
        for after in range(0, last, AT_ONCE):
            if after:
                await asyncio.sleep(PAUSE_SECONDS)
            async with storage.snapshot() as tx:
                page = await look(tx, after, after + AT_ONCE)
            for client_id, number in page:
                async with storage.transaction() as tx:
                    client = await tx.clients.by_id(client_id, lock=True)
                    if client is not None:
                        broken += await mend(tx, plans.Desk.of(self._services, tx, client), number)
        return broken

    async def _lost(self, tx: Transaction, after: int, until: int) -> Sequence[tuple[int, int]]:
        return [(plan.client_id, plan.id) for plan in await tx.plans.without_row(after, until)]

    async def _go_on(self, tx: Transaction, desk: plans.Desk, plan_id: int) -> bool:
        if not await tx.plans.without_row(plan_id - 1, plan_id):
            return False
        plan = await tx.plans.by_id(plan_id)
        assert plan is not None, "found under the client's lock"  # noqa: S101 - narrows the type
        if desk.client.blocked_at or desk.client.paused_at:
            await plans.pause(tx, plan, plans.BLOCKED if desk.client.blocked_at else plans.URGENT, desk.now)
        else:
            await plans.catch_up(desk, plan)
        return True

    async def _strays(self, tx: Transaction, after: int, until: int) -> Sequence[tuple[int, int]]:
        rows = await tx.plans.rows_without_plan(KINDS, after, until)
        return [(row.client_id, row.id) for row in rows if row.client_id is not None]

    async def _take_back(self, tx: Transaction, desk: plans.Desk, row_id: int) -> bool:
        rows = await tx.plans.rows_without_plan(KINDS, row_id - 1, row_id)
        for row in rows:
            await tx.outbox.cancel(row.recipient, row.kind, row.subject)
        return bool(rows)

    async def _visits(self, tx: Transaction, after: int, until: int) -> Sequence[tuple[int, int]]:
        booked, today = await tx.requests.booked(after, until), self._services.today()
        return [(each.client_id, each.number) for each in booked if plans.booked_day(each) > today]

    async def _remind(self, tx: Transaction, desk: plans.Desk, number: int) -> bool:
        booked = [each for each in await tx.requests.booked_of(desk.client.id) if each.booked_at]
        last = max(booked, key=lambda each: each.booked_at or desk.now, default=None)
        if last is None or last.number != number or VISIT.id not in desk.kinds:  # the day booked last counts
            return False
        day, plan = plans.booked_day(last), await tx.plans.last(desk.client.id, VISIT.id)
        if plan is not None and Facts.from_json(plan.facts).day == day:
            return False
        return await plans.put(desk, VISIT, Facts(day)) is not None

    async def _tell(self, found: dict[str, int]) -> None:
        """To the operator, with the numbers alone; once for each check, whichever process made it."""
        now = self._services.now()
        async with self._services.storage.transaction() as tx:
            subject = f"monitor {now:%Y-%m-%dT%H:%M}"
            await tx.outbox.plan(ALERT, recipient="staff", subject=subject, due=now, now=now, payload={"found": found})
