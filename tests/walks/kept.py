"""A client's whole state, kept so that others can be put into the same situation."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from handlers.start import HEALTH_ANSWERS
from storage.tables import AdviceRow, Request
from tests.walks.walker import ANNA, Walker

_numbers = count(1000)
FIELDS = ("place", "consultation", "draft", "contact", "paused_at")


@dataclass(frozen=True)
class Kept:
    """What is stored of a client, free of their rows."""

    fields: dict[str, Any]
    has_agreed: bool
    advice: AdviceRow | None
    request: Request | None
    reminders: tuple[tuple[str, datetime], ...]


async def keep(walker: Walker) -> Kept:
    """Take down where the client stands."""
    client, tx = walker.client, walker.tx
    waiting = await tx.outbox.waiting_of(client.id)
    return Kept(
        fields={name: getattr(client, name) for name in FIELDS},
        has_agreed=await tx.consents.has(client.id, HEALTH_ANSWERS),
        advice=await tx.advices.latest(client.id),
        request=await tx.requests.open_of(client.id),
        reminders=tuple((row.kind, row.due_at) for row in waiting if row.recipient == f"client:{client.id}"),
    )


async def again(walker: Walker, kept: Kept) -> Walker:
    """Somebody new, in the transaction of ``walker``, who stands where ``kept`` says."""
    tx, now, user = walker.tx, walker.services.now(), {**ANNA, "id": next(_numbers)}
    profile = {"first_name": "Anna", "last_name": "Weber", "username": ""}
    client = await tx.clients.get_or_create(user["id"], chat_id=user["id"], profile=profile, language="en", now=now)
    for name, value in kept.fields.items():
        setattr(client, name, value)
    if kept.has_agreed:
        await tx.consents.give(client.id, HEALTH_ANSWERS, "1", now)
    if row := kept.advice:
        await tx.advices.add(client.id, row.protocol_version, row.given_on, row.answers, row.advice, now)
    if open_request := kept.request:
        await tx.requests.create(client.id, open_request.details, open_request.slot_start, open_request.slot_end, now)
    for kind, due in kept.reminders:
        await tx.outbox.plan(kind, recipient=f"client:{client.id}", subject=kind, due=due, client_id=client.id, now=now)
    there = Walker(walker.services, tx, client, user)
    await there.look()
    return there
