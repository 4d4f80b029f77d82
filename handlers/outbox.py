"""The outbox tick: everything that is said later goes out here.

One tick, in this order:

1. It claims what is due, with a lease. A crash after this leaves the rows leased; they are claimed again when the
   lease has run out.
2. For each row it checks the facts again and renders, in one transaction.
3. It sends, outside of any transaction. A crash after this and before 4 sends the row once more when its lease has
   run out: *persisted before acknowledged, delivered at least once*. Telegram offers no key by which a repeat could
   be refused, so a repeat is made recognisable: the same number on a card, the same Message-ID on a mail, and a line
   that says so wherever an earlier attempt may have arrived.
4. It records: sent, put off with a growing delay (temporary), failed (permanent), cancelled (no longer wanted) or
   missed (too late to be of use).
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

from telegram.ext import CallbackContext, Job, JobQueue

from bot.clock import system_clock
from bot.reminders import decent_moment
from handlers.deliveries import KINDS
from handlers.deliveries.delivery import Kind, as_repeat
from handlers.posting import post, understand
from handlers.services import Services
from handlers.staff_chat import follow
from storage.tables import OutboxRow

log = logging.getLogger(__name__)

AT_ONCE = 30
LEASE = timedelta(seconds=60)
LONGEST_SLEEP = timedelta(seconds=30)
TOO_OLD = timedelta(days=7)
"""How late a reminder may come; an older one is ``missed``."""


class Outbox:
    """Sends what is due. A job of the application's JobQueue wakes it, and so does a handler that adds a row."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._alarm: Job[Any] | None = None

    def set_alarm(self, queue: JobQueue[Any]) -> None:
        """Let ``queue`` wake the outbox. APScheduler keeps only this one job: what is planned lives in the database."""

        async def ring(context: CallbackContext[Any, Any, Any, Any]) -> None:
            self._services.due.set()

        # A stalled loop must not skip a tick, which is what the default grace of one second does.
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._alarm = queue.run_repeating(ring, LONGEST_SLEEP, first=0, job_kwargs=options)

    async def run(self) -> None:
        """Tick whenever woken, until cancelled."""
        while True:
            await self._services.due.wait()
            self._services.due.clear()
            try:
                await self.tick()
            except Exception:  # a tick that failed is tried again; the rows are still there
                log.exception("the outbox could not be worked off")
                await asyncio.sleep(1)
                self._services.due.set()

    async def tick(self) -> None:
        """Send everything that is due and set the alarm for the next row."""
        while await self._send_batch():
            pass
        now = self._services.now()
        async with self._services.storage.transaction() as tx:
            due = await tx.outbox.next_due(now)
        if due is not None and self._alarm is not None:
            delay = min(max(due - now, timedelta()), LONGEST_SLEEP)
            self._alarm.job.modify(next_run_time=system_clock() + delay)

    async def _send_batch(self) -> int:
        now = self._services.now()
        async with self._services.storage.transaction() as tx:
            rows = await tx.outbox.claim(now, limit=AT_ONCE, lease=LEASE)
        await asyncio.gather(*(self._deliver(row, now) for row in rows))
        return len(rows)

    async def _deliver(self, row: OutboxRow, now: datetime) -> None:
        kind = KINDS[row.kind]
        if kind.decent and await self._came_at_a_wrong_time(row, now):
            return
        try:
            await self._send(kind, row)
        except Exception as error:  # noqa: BLE001 - whatever happens to one row must not stop the others
            await self._put_off(row, error, now)

    async def _came_at_a_wrong_time(self, row: OutboxRow, now: datetime) -> bool:
        """A reminder too old is missed; one outside decent hours waits for the next morning."""
        moment = decent_moment(now, self._services.clinic.reminders.hour)
        if now - row.planned_for <= TOO_OLD and moment <= now:
            return False
        async with self._services.storage.transaction() as tx:
            if now - row.planned_for > TOO_OLD:
                await tx.outbox.miss(row.id, row.lease_token)
                self._count(row, "missed")
            else:
                await tx.outbox.postpone(row.id, row.lease_token, moment, "outside decent hours")
        return True

    async def _send(self, kind: Kind, row: OutboxRow) -> None:
        services = self._services
        async with services.storage.transaction() as tx:
            delivery = await kind.render(services, tx, row)
            if delivery is None:
                await tx.outbox.drop(row.id, row.lease_token)
            elif row.unclear and not kind.marks_repeats:
                delivery = await as_repeat(services, tx, row, delivery)
        if delivery is None:
            self._count(row, "dropped")
            return
        message_id = await post(services, delivery)
        self._count(row, "sent")
        async with services.storage.transaction() as tx:
            if await tx.outbox.sent(row.id, row.lease_token, services.now(), message_id) and kind.sent:
                await kind.sent(tx, row, delivery, message_id)

    async def _put_off(self, row: OutboxRow, error: Exception, now: datetime) -> None:
        name = type(error).__name__
        failure = understand(error, attempts=row.attempts, to_client=row.recipient.startswith("client:"))
        level = logging.WARNING if failure.delay else logging.ERROR
        log.log(level, "outbox row %s (%s) was not sent: %s", row.id, row.kind, name)
        self._count(row, "postponed" if failure.delay else "failed")
        async with self._services.storage.transaction() as tx:
            moved = row.recipient == "staff" and await follow(self._services, tx, error)
            if failure.delay is None:
                await tx.outbox.fail(row.id, row.lease_token, name)
            else:
                due = now if moved else now + failure.delay
                await tx.outbox.postpone(row.id, row.lease_token, due, name, unclear=failure.unclear)
            if failure.blocked and row.client_id is not None:
                client = await tx.clients.by_id(row.client_id)
                if client is not None:
                    client.blocked_at = now

    def _count(self, row: OutboxRow, outcome: str) -> None:
        self._services.metrics.outbox.labels(row.kind, outcome).inc()
