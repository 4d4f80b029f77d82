"""Reminders to a client: each is checked again at its time, and says the current step of its plan.

1. Rendering locks the client, and finds out whether the reminder is still wanted and still true. One that came too late
   is missed, one in the quiet hours waits, and its plan goes on in the same transaction.
2. What else of the client is due goes into the same message: nobody gets three messages because a server was down.
   The row remembers whose steps it says, so a crash after this loses none of them.
3. When Telegram has taken the message, the plan goes on to its next step, in the transaction that records it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise
from bot.consultation.interview import Consultation, is_under_way
from bot.reminders.facts import Facts
from bot.reminders.following import Moved, still_true
from bot.reminders.kinds import KINDS as REMINDERS
from bot.reminders.kinds import SAFE_NOW, UNFINISHED, VISIT
from bot.reminders.schedules import Due
from handlers import plans
from handlers.deliveries.delivery import Delivery, Kind, Note, reachable_client
from handlers.plans import Desk
from handlers.services import Services
from handlers.start import HEALTH_ANSWERS
from messages import reminders as reminder_texts
from messages.reminders import Item
from storage.storage import Transaction
from storage.tables import OutboxRow, Plan, PlanState

WITH = "with"
"""In the payload of a row: the kinds, steps and plans that it says beside its own."""


@dataclass(frozen=True, slots=True)
class Reminder(Note):
    """A reminder on its way: the plan and the step that it says, and what follows when it was said."""

    plan_id: int = 0
    step: int = 0
    following: Due | None = None
    now: datetime | None = None


async def remind(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The step of a plan, with whatever else is due; ``None`` where nothing is to be said now."""
    client = await tx.clients.by_id(row.client_id, lock=True) if row.client_id else None
    held = await tx.outbox.by_id(row.id)
    if client is None or held is None or held.lease_token != row.lease_token:
        return None
    desk = Desk.of(services, tx, client)
    plan = await plan_of(tx, held)
    if plan is None or not await _is_wanted(services, desk, plan, held):
        return None
    if desk.times.decent(desk.now) > desk.now:
        await tx.outbox.postpone(held.id, held.lease_token, desk.times.decent(desk.now), "in the quiet hours")
        return None
    await _take_along(services, desk, held)
    said = [Item(plan.kind, plan.step), *items(held)]
    following = next(iter(desk.ahead(plan, plan.step + 1)), None)
    screen = reminder_texts.due(services.catalog(client), held.id, said, clinic=services.clinic.name)
    return Reminder(client.chat_id, screen, plan_id=plan.id, step=plan.step, following=following, now=desk.now)


async def said(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """The plan goes on: its next step waits, or it is over."""
    plan = await tx.plans.by_id(delivery.plan_id) if isinstance(delivery, Reminder) else None
    if not isinstance(delivery, Reminder) or delivery.now is None or plan is None or plan.step != delivery.step:
        return
    plan.snoozes = row.payload.get(plans.LATER, 0)
    if plan.state != PlanState.ACTIVE:
        return
    if delivery.following is None:
        await plans.end(tx, plan, "completed", delivery.now)
        return
    plan.step = delivery.following.step
    await plans.plan_row(tx, plan, delivery.following.moment, delivery.now)


async def plan_of(tx: Transaction, row: OutboxRow) -> Plan | None:
    """The plan whose step the row is."""
    number = row.subject.partition(":")[0]
    return await tx.plans.by_id(int(number)) if number.isdecimal() else None


def items(row: OutboxRow) -> list[Item]:
    """What else the row says beside its own step."""
    return [Item(kind, step, plan_id) for kind, step, plan_id in row.payload.get(WITH, ())]


async def _is_wanted(services: Services, desk: Desk, plan: Plan, row: OutboxRow) -> bool:
    """Whether the step may be said; where not, the plan has gone on, rests or is over."""
    tx, client, now = desk.tx, desk.client, desk.now
    if plan.state != PlanState.ACTIVE or plan.outbox_subject != row.subject:
        await tx.outbox.cancel(row.recipient, row.kind, row.subject)
        return False
    if client.blocked_at or client.paused_at:
        await plans.pause_all(tx, client.id, plans.BLOCKED if client.blocked_at else plans.URGENT, now)
    elif reason := await _unwanted(services, desk, plan):
        await plans.end(tx, plan, reason, now)
    elif row.planned_for < now and max(now, desk.times.decent(now)) > desk.useful_until(plan, row.planned_for):
        await plans.miss(desk, plan)
    elif REMINDERS[plan.kind].books and await _is_booked(desk):
        await plans.skip(desk, plan, "booked")
    elif plan.kind == SAFE_NOW.id:
        return await _is_still_true(desk, plan)
    else:
        return True
    return False


async def _unwanted(services: Services, desk: Desk, plan: Plan) -> str:
    """Why nothing of the plan is wanted any more; empty where it is."""
    if plan.kind not in services.clinic.reminders.kinds:
        return "switched_off"
    if plan.kind != VISIT.id and not await desk.tx.consents.has(desk.client.id, HEALTH_ANSWERS):
        return "consent"
    if plan.kind == UNFINISHED.id and not is_under_way(Consultation.from_json(desk.client.consultation)):
        return "not_needed"
    return ""


async def _is_booked(desk: Desk) -> bool:
    """Whether a visit lies ahead: who has one needs no word that they can book."""
    visits = [plan for plan in await desk.tx.plans.live_of(desk.client.id) if plan.kind == VISIT.id]
    return any(Facts.from_json(plan.facts).day >= desk.times.day(desk.now) for plan in visits)


async def _is_still_true(desk: Desk, plan: Plan) -> bool:
    """Whether today's protocol says of the stored answers what the reminder is about; else it moves, or is over."""
    row = await desk.tx.advices.latest(desk.client.id)
    if row is None:
        return True
    try:
        advice = advise(desk.protocol, row.answers, row.given_on)
    except InvalidAnswers:  # a question was added since: the check asks it
        return True
    facts = Facts.from_json(plan.facts)
    now_true = still_true(facts, desk.known(advice, row.answers))
    if now_true is None:
        await plans.end(desk.tx, plan, "not_needed", desk.now)
    elif now_true != facts:
        await plans.change(desk, plan, now_true, plan.step)
    return now_true == facts


async def _take_along(services: Services, desk: Desk, row: OutboxRow) -> None:
    """Put what else is due into this row; those plans go on as if each had been said by itself."""
    while other := next(iter(await _due_beside(desk, row)), None):
        plan = await plan_of(desk.tx, other)
        if plan is None:
            await desk.tx.outbox.cancel(other.recipient, other.kind, other.subject)
        elif await _is_wanted(services, desk, plan, other):
            along = [*row.payload.get(WITH, ()), [plan.kind, plan.step, plan.id]]
            row.payload = {**row.payload, WITH: along}
            await plans.skip(desk, plan, "completed")


async def _due_beside(desk: Desk, row: OutboxRow) -> list[OutboxRow]:
    """The client's other reminders that are due."""
    waiting = await desk.tx.outbox.waiting_of(desk.client.id)
    return [each for each in waiting if each.id != row.id and each.kind in REMINDERS and each.due_at <= desk.now]


async def advice_moved(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The clinic's rules or the client's answers changed, and with them days that the client was promised."""
    client = await reachable_client(tx, row)
    if client is None:
        return None
    moved = [Moved.from_json(each) for each in row.payload["moved"]]
    why, catalog = row.payload.get("why", "rules"), services.catalog(client)
    screen = reminder_texts.plans_moved(catalog, why, moved, services.today(client))
    return Note(client.chat_id, screen)


KINDS: Mapping[str, Kind] = {
    **{name: Kind(remind, sent=said) for name in REMINDERS},
    "advice_moved": Kind(advice_moved, decent=True),
    "plans_moved": Kind(advice_moved),
}
