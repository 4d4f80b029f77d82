"""The sign-off workbench: what a change of protocol means, before the switch and right after it.

Before, ``protocol --compare`` says which rows differ and for how many clients on file. After, at the first start with
another protocol, every plan of reminders follows it, and a client whose day moved is told.
"""

import logging
from collections.abc import AsyncIterator
from hashlib import sha256

from bot.consultation.answers import InvalidAnswers
from bot.consultation.compare import ImpactCount, differing_rows
from bot.consultation.engine import advise
from bot.consultation.protocol import Protocol
from handlers import plans
from handlers.plans import Desk
from handlers.services import Services
from storage.storage import Storage, Transaction

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
    """Let all plans follow the protocol if it is another one than at the last start.

    Each client is one transaction, and the new protocol is noted last: a crash in between repeats the rest, and who
    has been dealt with is found unchanged.
    """
    name = identity(services.protocol)
    async with services.storage.transaction() as tx:
        if await tx.facts.get(IN_FORCE) == name:
            return
        clients = await tx.plans.clients()
    for client_id in clients:
        async with services.storage.transaction() as tx:
            await _replan(services, tx, client_id, name)
    async with services.storage.transaction() as tx:
        await tx.facts.put(IN_FORCE, name)


async def _replan(services: Services, tx: Transaction, client_id: int, name: str) -> None:
    """Advise again on the stored answers, as of the day they were given on, and tell the client what has moved."""
    client, given = await tx.clients.by_id(client_id, lock=True), await tx.advices.latest(client_id)
    if client is None or given is None:
        return
    desk = Desk.of(services, tx, client)
    try:
        advice = advise(services.protocol, given.answers, given.given_on)
    except InvalidAnswers:
        log.exception("the answers of client %s fit no longer; the reminders stay as they are", client_id)
        return
    moved = await plans.replan_all(desk, desk.known(advice, given.answers, shown=False))
    if not moved:
        return
    await tx.advices.add(
        client_id,
        protocol_version=advice.protocol,
        given_on=given.given_on,
        answers=given.answers,
        advice=advice.as_stored(),
        now=desk.now,
    )
    await tx.outbox.plan(
        "advice_moved",
        recipient=f"client:{client_id}",
        subject=name,
        due=desk.times.decent(desk.now),
        payload={"moved": [each.as_json() for each in moved]},
        client_id=client_id,
        now=desk.now,
    )
