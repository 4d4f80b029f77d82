"""A client's whole state, kept so that others can be put into the same situation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import inspect

from handlers.plans import plan_row
from handlers.start import HEALTH_ANSWERS
from messages.screen import Screen
from tests.walks.walker import ANNA, Walker

_numbers = count(1000)
FIELDS = ("place", "consultation", "draft", "contact", "time_zone", "paused_at")


@dataclass(frozen=True)
class Kept:
    """What is stored of a client, free of their rows."""

    fields: dict[str, Any]
    has_agreed: bool
    advice: Any
    request: Any
    plans: tuple[tuple[Any, datetime | None], ...]
    quote: Any
    shown: Screen

    @property
    def is_numbered(self) -> bool:
        """Whether the screen's buttons may name rows of this client, which somebody else has under other numbers."""
        return bool(self.plans or self.quote or self.request)


async def keep(walker: Walker) -> Kept:
    """Take down where the client stands."""
    client, tx = walker.client, walker.tx
    dues = {(row.kind, row.subject): row.due_at for row in await tx.outbox.waiting_of(client.id)}
    live = await tx.plans.live_of(client.id)
    return Kept(
        fields={name: getattr(client, name) for name in FIELDS},
        has_agreed=await tx.consents.has(client.id, HEALTH_ANSWERS),
        advice=_copy(await tx.advices.latest(client.id)),
        request=_copy(await tx.requests.open_of(client.id)),
        plans=tuple((_copy(plan), dues.get((plan.kind, plan.outbox_subject))) for plan in live),
        quote=_copy(await tx.quotes.latest(client.id)),
        shown=walker.shown,
    )


def _copy(row: Any) -> Any:
    """The row's values as they are now; ``None`` for none."""
    return row and SimpleNamespace(**{each.key: getattr(row, each.key) for each in inspect(row).mapper.column_attrs})


@asynccontextmanager
async def undone(walker: Walker) -> AsyncIterator[Walker]:
    """One step or more from where the walker stands; nothing is left of them."""
    session, client = walker.session, walker.client
    async with session.begin_nested() as step:
        yield Walker(walker.services, walker.tx, client, walker.user, walker.shown)
        await step.rollback()
    await session.refresh(client)


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
        start, end, state = open_request.slot_start, open_request.slot_end, open_request.state
        await tx.requests.create(client.id, open_request.details, start, end, now, state=state)
    for before, due in kept.plans:
        plan = await tx.plans.add(client.id, before.kind, before.subject, before.facts, now)
        plan.state, plan.reason, plan.step, plan.snoozes = before.state, before.reason, before.step, before.snoozes
        if due:
            await plan_row(tx, plan, due, now)
    if quote := kept.quote:
        await _quoted(walker, client.id, quote)
    there = Walker(walker.services, tx, client, user, kept.shown)
    if kept.is_numbered:
        await there.look()
    return there


async def _quoted(walker: Walker, client_id: int, row: Any) -> None:
    """A quote like this one; the client's buttons name it by its own number."""
    await walker.tx.quotes.create(
        client_id,
        year=row.year,
        lines=row.lines,
        currency=row.currency,
        total=row.total,
        price_list=row.price_list,
        checked=row.checked,
        valid_until=row.valid_until,
        language=row.language,
        email=row.email,
        message_id=row.message_id,
        now=walker.services.now(),
    )
