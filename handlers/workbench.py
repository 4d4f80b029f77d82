"""The sign-off workbench: what a change of protocol means, before the switch and right after it.

Before, ``protocol --compare`` says which rows differ and for how many clients on file. After, at the first start with
another protocol, every reminder that waits for a day is planned anew, and a client whose day moved is told.
"""

import logging
from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import sha256

from bot.consultation.advice import BOOKABLE, Advice
from bot.consultation.answers import InvalidAnswers
from bot.consultation.compare import ImpactCount, differing_rows
from bot.consultation.engine import advise
from bot.consultation.protocol import Protocol
from bot.reminders import SAFE_NOW, decent_moment, due_at, safe_day
from handlers.services import Services
from storage.storage import Storage, Transaction
from storage.tables import OutboxRow

log = logging.getLogger(__name__)

IN_FORCE = "protocol"
"""The fact that remembers under which protocol the reminders were planned."""


async def compare(ours: Protocol, theirs: Protocol, storage: Storage | None) -> AsyncIterator[str]:
    """The differing rows and, with a database, for how many clients an advice would change; no personal data."""
    rows = differing_rows(ours, theirs)
    yield f"{len(rows)} rows differ between {ours.version} (in force) and {theirs.version}"
    for row in rows:
        yield f"  {row.row}: {row.ours or 'absent'} -> {row.theirs or 'absent'}"
    if storage is None:
        yield "No database: nothing is said about clients."
        return
    count = ImpactCount(ours, theirs)
    async with storage.snapshot() as tx:
        async for given in tx.advices.of_active_clients():
            count.add(given.client_id, given.answers, given.given_on)
    impact = count.result()
    yield f"{impact.clients} active clients on file"
    yield f"  outcome changes: {impact.outcome}"
    for (before, after), clients in impact.outcomes.items():
        yield f"    {before} -> {after}: {clients}"
    yield f"  a date changes: {impact.dates}"
    yield f"  only a verdict changes: {impact.verdicts}"
    if impact.unreadable:
        yield f"  answers that cannot be read: {impact.unreadable}"
    if impact.examples:
        yield f"  for example clients {', '.join(map(str, impact.examples))}"


def identity(protocol: Protocol) -> str:
    """Equal for protocols that advise alike: the version and a digest of all rows."""
    rows = "\n".join(f"{name}={text}" for name, text in sorted(protocol.rows.items()))
    return f"{protocol.version}:{sha256(rows.encode()).hexdigest()[:16]}"


async def follow_protocol(services: Services) -> None:
    """Plan every waiting reminder anew if the protocol is another one than at the last start.

    Each client is one transaction, and the new protocol is noted last: a crash in between repeats the rest, and who
    has been dealt with is found unchanged.
    """
    name = identity(services.protocol)
    async with services.storage.transaction() as tx:
        if await tx.facts.get(IN_FORCE) == name:
            return
        waiting = [row.id for row in await tx.outbox.waiting_of_kind(SAFE_NOW)]
    for row_id in waiting:
        async with services.storage.transaction() as tx:
            await _replan(services, tx, row_id, name)
    async with services.storage.transaction() as tx:
        await tx.facts.put(IN_FORCE, name)
    services.due.set()


async def _replan(services: Services, tx: Transaction, row_id: int, name: str) -> None:
    row = await tx.outbox.by_id(row_id)
    given = await tx.advices.latest(row.client_id) if row and row.client_id else None
    if row is None or row.client_id is None or given is None or row.state != "waiting":
        return
    now = services.now()
    try:
        advice = advise(services.protocol, given.answers, now.date())
    except InvalidAnswers:
        log.exception("the answers of client %s fit no longer; the reminder stays as it is", row.client_id)
        return
    before, due = row.planned_for, _due(services, advice, row, now)
    if due == before:
        return
    await tx.advices.add(
        row.client_id,
        protocol_version=advice.protocol,
        given_on=now.date(),
        answers=given.answers,
        advice=advice.as_stored(),
        now=now,
    )
    if due is None:
        await tx.outbox.cancel(row.recipient, row.kind, row.subject)
    else:
        await tx.outbox.plan(
            SAFE_NOW, recipient=row.recipient, subject=row.subject, due=due, client_id=row.client_id, now=now
        )
    await tx.outbox.plan(
        "advice_moved",
        recipient=row.recipient,
        subject=name,
        due=decent_moment(now, services.clinic.reminders.hour),
        payload={"before": before.isoformat(), "due": due and due.isoformat()},
        client_id=row.client_id,
        now=now,
    )


def _due(services: Services, advice: Advice, row: OutboxRow, now: datetime) -> datetime | None:
    """When the reminder is due under the new protocol; ``None`` where there is nothing left to wait for."""
    clinic = services.clinic
    if advice.outcome not in BOOKABLE:
        return None
    day = safe_day(advice, now.date())
    if day is None:  # possible today: a day in the future moves here, one put off by the client stays
        return min(row.planned_for, decent_moment(now, clinic.reminders.hour))
    return due_at(day, clinic.reminders.hour, clinic.time_zone)
