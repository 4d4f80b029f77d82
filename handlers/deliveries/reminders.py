"""Reminders to a client: each is checked again at its time, and says the current step of its plan.

1. Rendering locks the client, and finds out whether the reminder is still wanted and still true. One that came too late
   is missed, one in the quiet hours waits, and its plan goes on in the same transaction.
2. What else of the client is due goes into the same message: nobody gets three messages because a server was down. The
   row that carries the others remembers which; they stay as they are, each with its plan, and wait for as long as it
   does. Where it is put off, each is looked at again with it; where it is given up, each comes by itself.
3. When Telegram has taken the message, each plan goes on to its next step, in the transaction that records it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.consultation.answers import InvalidAnswers
from bot.consultation.engine import advise
from bot.consultation.interview import Consultation, is_under_way
from bot.reminders.facts import Facts
from bot.reminders.following import Moved, is_past_last_day, still_true
from bot.reminders.kinds import KINDS as REMINDERS
from bot.reminders.kinds import UNFINISHED, VISIT
from bot.reminders.schedules import Due
from handlers import plans
from handlers.coming_back import CARRIES, Said, plan_of
from handlers.deliveries.delivery import Delivery, Kind, Note, reachable_client
from handlers.plans import Desk, booked_day
from handlers.services import Services
from handlers.start import HEALTH_ANSWERS
from messages import reminders as reminder_texts
from messages.reminders import Item
from storage.storage import Transaction
from storage.tables import OutboxRow, Plan, PlanState

BESIDE = timedelta(seconds=30)
"""When a row that another one carries looks again whether that one still does."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that a message says: its row, its plan, and what of the plan follows."""

    row_id: int
    planned_for: datetime
    snoozes: int
    kind: str
    plan_id: int
    number: int
    following: Due | None


@dataclass(frozen=True, slots=True)
class Reminder(Note):
    """A reminder on its way: the steps that it says, its own row's first, and when they were looked at."""

    steps: tuple[Step, ...] = ()
    now: datetime | None = None


async def remind(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The step of a plan, with whatever else is due; ``None`` where nothing is to be said now."""
    client = await tx.clients.by_id(row.client_id, lock=True) if row.client_id else None
    held = await tx.outbox.by_id(row.id)
    if client is None or held is None or held.lease_token != row.lease_token:
        return None
    desk = Desk.of(services, tx, client)
    if carrier := await _carrier(desk, held):
        look_again = max(carrier.due_at, desk.now + BESIDE)
        await tx.outbox.postpone(held.id, held.lease_token, look_again, "comes with another")
        return None
    plan = await plan_of(tx, held)
    if plan is None or not await _is_wanted(services, desk, plan, held):
        return None
    if desk.times.decent(desk.now) > desk.now:
        await tx.outbox.postpone(held.id, held.lease_token, desk.times.decent(desk.now), "in the quiet hours")
        return None
    along = await _take_along(services, desk, held)
    row.unclear = row.unclear or any(each.unclear for each, _ in along)
    steps = [_step(desk, *each) for each in ((held, plan), *along)]
    items = [Item(each.kind, each.number) for each in steps]
    screen = reminder_texts.due(services.catalog(client), held.id, items, clinic=services.clinic.name)
    return Reminder(client.chat_id, screen, steps=tuple(steps), now=desk.now)


def _step(desk: Desk, row: OutboxRow, plan: Plan) -> Step:
    following = next(iter(desk.ahead(plan, plan.step + 1)), None)
    snoozes = row.payload.get(plans.LATER, 0)
    return Step(row.id, row.planned_for, snoozes, plan.kind, plan.id, plan.step, following)


async def said(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """The row's own plan goes on."""
    if isinstance(delivery, Reminder) and delivery.now is not None:
        await _go_on(tx, delivery.steps[0], delivery.now)


async def said_along(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """What was taken along was said as well, and its plans go on, unless it was planned for another time meanwhile."""
    if not isinstance(delivery, Reminder) or delivery.now is None:
        return
    for each in delivery.steps[1:]:
        if await tx.outbox.sent_along(each.row_id, each.planned_for, delivery.now, message_id):
            await _go_on(tx, each, delivery.now)


async def _go_on(tx: Transaction, said: Step, now: datetime) -> None:
    """The plan's next step waits, or it is over."""
    plan = await tx.plans.by_id(said.plan_id)
    if plan is None or plan.step != said.number:
        return
    plan.snoozes = said.snoozes
    if plan.state != PlanState.ACTIVE:
        return
    if said.following is None:
        await plans.end(tx, plan, "completed", now)
        return
    plan.step = said.following.step
    await plans.plan_row(tx, plan, said.following.moment, now)


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
    elif _comes_too_late(desk, plan, row):
        await plans.miss(desk, plan)
    elif REMINDERS[plan.kind].books and await _is_booked(desk):
        await plans.skip(desk, plan, "booked")
    elif REMINDERS[plan.kind].books:
        return await _is_still_true(desk, plan)
    else:
        return True
    return False


def _comes_too_late(desk: Desk, plan: Plan, row: OutboxRow) -> bool:
    """Whether the step is of no use any more; about a visit nothing is said on its day."""
    moment = desk.times.decent(desk.now)
    if plan.kind == VISIT.id and desk.times.day(moment) >= Facts.from_json(plan.facts).day:
        return True
    return row.planned_for < desk.now and moment > desk.useful_until(plan, row.planned_for)


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
    today = desk.times.day(desk.now)
    booked = await desk.tx.requests.booked_of(desk.client.id)
    return any(day >= today for day in map(booked_day, booked))


async def _is_still_true(desk: Desk, plan: Plan) -> bool:
    """Whether today's protocol says of the stored answers what the reminder is about; else it moves, or is over."""
    row = await desk.tx.advices.latest(desk.client.id)
    if row is None:
        return True
    try:
        advice = advise(desk.protocol, row.answers, row.given_on)
    except InvalidAnswers:  # a question was added since: the check asks it
        return True
    facts, known = Facts.from_json(plan.facts), desk.known(advice, row.answers)
    now_true = still_true(REMINDERS[plan.kind], facts, plan.step, known)
    if now_true is None:
        await plans.end(desk.tx, plan, "not_needed", desk.now)
    elif now_true != facts:
        await plans.change(desk, plan, now_true, plan.step)
    elif is_past_last_day(REMINDERS[plan.kind], known):
        await plans.skip(desk, plan, "not_needed")
    else:
        return True
    return False


async def _take_along(services: Services, desk: Desk, row: OutboxRow) -> list[Said]:
    """What else is due and still wanted; the row remembers that it carries it."""
    seen, along = {row.id}, list[Said]()
    while other := next((each for each in await _due_beside(desk, row) if each.id not in seen), None):
        seen.add(other.id)
        plan = await plan_of(desk.tx, other)
        if plan is None:
            await desk.tx.outbox.cancel(other.recipient, other.kind, other.subject)
        elif await _is_wanted(services, desk, plan, other):
            along.append((other, plan))
    carried = [other.id for other, _ in along]
    if row.payload.get(CARRIES, []) != carried:
        row.payload = {**row.payload, CARRIES: carried}
    return along


async def _due_beside(desk: Desk, row: OutboxRow) -> list[OutboxRow]:
    """The client's other reminders whose time has come, as far as they are free.

    Not free is what is being sent by itself or in another message that is on its way, and what may have arrived so
    lately that the client is left alone. What was claimed together with the row is free: whichever of them is rendered
    first takes the others along.
    """
    waiting = await desk.tx.outbox.waiting_of(desk.client.id)
    others = [each for each in waiting if each.kind in REMINDERS and each.id != row.id]
    free = [each for each in others if each.lease_token in {None, row.lease_token}]
    held = {number for each in others if each not in free for number in each.payload.get(CARRIES, ())}
    due = [each for each in free if each.planned_for <= desk.now and each.id not in held]
    return [each for each in due if each.due_at <= desk.now or not each.unclear]


async def _carrier(desk: Desk, row: OutboxRow) -> OutboxRow | None:
    """The row that waits with this one in its message."""
    waiting = await desk.tx.outbox.waiting_of(desk.client.id)
    return next((each for each in waiting if each.id != row.id and row.id in each.payload.get(CARRIES, ())), None)


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
    **{name: Kind(remind, sent=said, sent_along=said_along) for name in REMINDERS},
    "advice_moved": Kind(advice_moved, decent=True),
    "plans_moved": Kind(advice_moved),
}
