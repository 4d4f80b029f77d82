"""The outbox: everything that is said later goes out here.

A tick looks for what is due, begins with it, and sets the alarm for the next row. Each row then goes its own way, side
by side with the others:

1. It is claimed with a lease. A crash after this leaves the row leased; it is claimed again when the lease has run out.
   The lease is renewed for as long as the row is in hand: it may have to wait for its place among Telegram's limits.
   What has just happened is claimed before reminders: a page to the staff does not queue behind ten thousand of them.
2. The lease and the facts are checked again and the message is rendered, in one transaction; claims and reminders step
   aside for whoever waits for an answer just then (``handlers/calm.py``).
3. It is sent, outside of any transaction, unless its turn comes when the lease may be over: the process may have been
   frozen, and another have sent it. A crash after this and before 4 sends the row once more when its lease has
   run out: *persisted before acknowledged, delivered at least once*. Telegram offers no key by which a repeat could
   be refused, so a repeat is made recognisable: the same number on a card, the same Message-ID on a mail, and a line
   that says so wherever an earlier attempt may have arrived.
4. What became of it is recorded: sent, put off with a growing delay (temporary), failed (permanent), cancelled (no
   longer wanted) or missed (too late to be of use). What was sent is never put off: where the record fails, recording
   is tried again, not sending; where the database stays away, the lease runs out as after a crash.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from telegram.ext import CallbackContext, Job, JobQueue

from bot.clock import system_clock
from bot.gateways.pacing import Lane, in_lane
from bot.reminders.kinds import KINDS as PLANNED
from handlers.deliveries import KINDS
from handlers.deliveries.delivery import Delivery, as_repeat
from handlers.in_hand import OF_ONE_RECIPIENT, InHand
from handlers.plans import BLOCKED, REFUSED, pause_all, times
from handlers.posting import patience, post, understand
from handlers.services import Services
from handlers.staff_chat import follow
from handlers.trouble import tell_operator
from storage.errors import StorageError
from storage.outbox import SOON
from storage.storage import Transaction
from storage.tables import OutboxRow

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20
CALL_SECONDS = 15
"""How long before its lease is over a row is sent no more: a call takes time, and another process waits for that."""

FINISH_SECONDS = 6
RECORD_AGAIN_SECONDS = (0.5, 2.0)
"""Pauses before it is recorded once more that a row was sent."""

REMINDERS_AT_ONCE = 2
"""So many reminders are rendered or recorded side by side."""

SHORTEST_SLEEP = timedelta(milliseconds=200)
"""How soon to look again for what another process has just locked."""

TOO_OLD = timedelta(days=7)
"""How late a reminder may come; an older one is ``missed``."""

REMINDERS = frozenset(name for name, kind in KINDS.items() if kind.decent or name in PLANNED)
NOTICES = frozenset(KINDS) - REMINDERS
"""What has just happened and cannot wait for a decent hour; it is claimed before reminders."""


class Outbox:
    """Sends what is due. A job of the application's JobQueue wakes it, and so does a handler that adds a row."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._alarm: Job[Any] | None = None
        self._in_hand = InHand(services.due.set)
        # Who waits for an answer shall wait behind a few reminders, not behind forty; an SQLite file has one writer.
        places = REMINDERS_AT_ONCE if services.storage.shared else 1
        self._rendering, self._recording = asyncio.Semaphore(places), asyncio.Semaphore(places)
        self._at_once = contextlib.nullcontext()

    def set_alarm(self, queue: JobQueue[Any]) -> None:
        """Let ``queue`` wake the outbox. APScheduler keeps only this one job: what is planned lives in the database."""

        async def ring(context: CallbackContext[Any, Any, Any, Any]) -> None:
            self._services.due.set()

        # A stalled loop must not skip a tick, which is what the default grace of one second does.
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._alarm = queue.run_repeating(ring, SOON, job_kwargs=options)

    async def run(self) -> None:
        """Tick whenever woken, until cancelled; what has begun by then comes to its end."""
        renewing = asyncio.create_task(self._renew())
        self._services.due.set()  # what fell due while no bot ran; the alarm rings for the first time in half a minute
        try:
            while True:
                await self._services.due.wait()
                self._services.due.clear()
                try:
                    await self.tick()
                except Exception:  # a tick that failed is tried again; the rows are still there
                    log.exception("the outbox could not be worked off")
                    await asyncio.sleep(1)
                    self._services.due.set()
        finally:
            await self._in_hand.finish(FINISH_SECONDS)
            renewing.cancel()

    async def tick(self) -> None:
        """Begin with everything that is due and fits, and set the alarm for the next row."""
        now, hand, held_until = self._services.now(), self._in_hand, _end_of_lease()
        async with self._services.storage.snapshot() as tx:
            due = await tx.outbox.next_due(now, in_hand=hand.recipients, each=OF_ONE_RECIPIENT)
        if due is None:
            return
        if due > now:
            self._wake_in(due - now)
        elif rows := await self._claim(now):
            for row in rows:
                hand.begin(row, self._deliver(row), reminder=row.kind in REMINDERS, until=held_until)
            self._services.due.set()  # there may be more, or a next moment
        elif hand.room_for_reminders():
            self._wake_in(SHORTEST_SLEEP)  # another process was quicker; else a row that ends will wake the outbox

    def _wake_in(self, delay: timedelta) -> None:
        if self._alarm is not None:
            self._alarm.job.modify(next_run_time=system_clock() + min(delay, SOON))

    async def _claim(self, now: datetime) -> list[OutboxRow]:
        """What has just happened first, and reminders in the places that are left to them."""
        hand = self._in_hand
        await self._services.calm.moment()
        async with self._services.storage.transaction() as tx:
            mine = dict(hand.recipients)
            claim = partial(tx.outbox.claim, now, lease=LEASE, each=OF_ONE_RECIPIENT)
            rows = list(await claim(limit=hand.room(), kinds=NOTICES, in_hand=mine))
            mine |= {row.id: row.recipient for row in rows}
            room = min(hand.room_for_reminders(), hand.room() - len(rows))
            rows += await claim(limit=room, in_hand=mine)
        return rows

    async def _renew(self) -> None:
        """Keep the leases of what is in hand, until cancelled."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if tokens := self._in_hand.tokens:
                held_until = _end_of_lease()
                try:
                    async with self._services.storage.transaction() as tx:
                        held = await tx.outbox.renew(tokens, self._services.now(), LEASE)
                except Exception:
                    log.exception("leases were not renewed")
                else:
                    self._in_hand.hold(held, held_until)

    async def _deliver(self, row: OutboxRow) -> None:
        """Send one row and record what became of it; whatever happens to it must not stop the others."""
        try:
            try:
                delivery = await self._rendered(row)
                message_id = await self._posted(row, delivery) if delivery else None
            except Exception as error:  # noqa: BLE001 - see above
                await self._put_off(row, error)
                return
            if delivery:
                self._count(row, "sent")
                await self._record(row, delivery, message_id)
        except Exception:
            log.exception("what became of outbox row %s (%s) was not recorded; its lease runs out", row.id, row.kind)

    async def _came_at_a_wrong_time(self, tx: Transaction, row: OutboxRow, now: datetime) -> bool:
        """A reminder too old is missed; one outside decent hours waits for the next morning."""
        client = await tx.clients.by_id(row.client_id) if row.client_id is not None else None
        moment = times(self._services, client).decent(now)
        if now - row.planned_for <= TOO_OLD and moment <= now:
            return False
        if now - row.planned_for > TOO_OLD:
            await tx.outbox.miss(row.id, row.lease_token)
            self._count(row, "missed")
        else:
            await tx.outbox.postpone(row.id, row.lease_token, moment, "outside decent hours")
        return True

    @contextlib.asynccontextmanager
    async def _when_it_is_calm(self) -> AsyncIterator[None]:
        """A reminder's turn to be rendered. It is recorded without waiting: its button may be tapped already."""
        async with self._rendering:
            await self._services.calm.moment()
            yield

    async def _rendered(self, row: OutboxRow) -> Delivery | None:
        """What the row says now; ``None`` where nothing is to be sent, and that was recorded."""
        services, kind = self._services, KINDS[row.kind]
        rendering = self._when_it_is_calm() if row.kind in REMINDERS else self._at_once
        async with rendering, services.storage.transaction() as tx:
            if not await tx.outbox.holds(row.id, row.lease_token):  # planned anew, cancelled, or claimed by another
                services.due.set()
                return None
            if kind.decent and await self._came_at_a_wrong_time(tx, row, services.now()):
                return None
            delivery = await kind.render(services, tx, row)
            if delivery is None:
                await tx.outbox.drop(row.id, row.lease_token)
            elif row.unclear and not kind.marks_repeats:
                delivery = await as_repeat(services, tx, row, delivery)
        if delivery is None:
            self._count(row, "dropped")
        return delivery

    async def _posted(self, row: OutboxRow, delivery: Delivery) -> int | None:
        lane = Lane.REMINDER if row.kind in REMINDERS else Lane.NOTICE
        with in_lane(lane, partial(self._in_hand.is_held, row.id)):
            return await post(self._services, delivery)

    async def _record(self, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
        """Note that it was sent, and what follows from that; if that never succeeds, at least that it was sent.

        Nothing here may have it sent again, as long as the database can be written.
        """
        error: Exception | None = None
        for pause in RECORD_AGAIN_SECONDS:
            try:
                await self._note(row, message_id, delivery)
            except Exception as failed:
                log.exception("outbox row %s (%s) was sent, which could not be recorded", row.id, row.kind)
                error = failed
            else:
                return
            await asyncio.sleep(pause)
        # What is no fault of the database would fail each time.
        await self._note(row, message_id, delivery if isinstance(error, StorageError) else None)

    async def _note(self, row: OutboxRow, message_id: int | None, delivery: Delivery | None = None) -> None:
        """Record that it was sent; with its ``delivery`` also what follows."""
        services, kind = self._services, KINDS[row.kind]
        recording = self._recording if row.kind in REMINDERS else self._at_once
        async with recording, services.storage.transaction() as tx:
            if row.client_id is not None:  # clients are locked before what belongs to them
                await tx.clients.by_id(row.client_id, lock=True)
            is_recorded = await tx.outbox.sent(row.id, row.lease_token, services.now(), message_id)
            if delivery and is_recorded and kind.sent:
                await kind.sent(tx, row, delivery, message_id)
            if delivery and kind.sent_along:
                await kind.sent_along(tx, row, delivery, message_id)

    async def _put_off(self, row: OutboxRow, error: Exception) -> None:
        now = self._services.now()  # delays count from the failure: the row may have been on its way for long
        name, kind = type(error).__name__, KINDS.get(row.kind)
        failure = understand(error, attempts=row.attempts, recipient=row.recipient)
        if kind is not None:
            failure = patience(kind, failure, attempts=row.attempts, planned_for=row.planned_for, now=now)
        level = logging.WARNING if failure.delay else logging.ERROR
        log.log(level, "outbox row %s (%s) was not sent: %s", row.id, row.kind, name)
        self._count(row, "postponed" if failure.delay else "failed")
        async with self._services.storage.transaction() as tx:
            client = await tx.clients.by_id(row.client_id, lock=True) if row.client_id is not None else None
            moved = row.recipient == "staff" and await follow(self._services, tx, error)
            if failure.delay is None:
                follows = kind and kind.failed
                if await tx.outbox.fail(row.id, row.lease_token, name) and follows:
                    await follows(self._services, tx, row, error)
            else:
                due = now if moved else now + failure.delay
                await tx.outbox.postpone(row.id, row.lease_token, due, name, unclear=failure.unclear)
            await tell_operator(self._services, tx, row, now, error, given_up=failure.delay is None)
            if failure.blocked and client is not None:
                client.blocked_at = now
                await pause_all(tx, client.id, BLOCKED, now)
            elif failure.delay is None and client is not None and row.kind in PLANNED:
                await pause_all(tx, client.id, REFUSED, now)

    def _count(self, row: OutboxRow, outcome: str) -> None:
        self._services.metrics.outbox.labels(row.kind, outcome).inc()


def _end_of_lease() -> float:
    """Until when, by the loop's clock, a row may be sent whose lease begins no earlier than now."""
    return asyncio.get_running_loop().time() + LEASE.total_seconds() - CALL_SECONDS
