"""Keeps a client's plans and the outbox together: an active plan has exactly one waiting row, always.

Whoever calls has the client's row locked, in a transaction that also stores why. A plan's row is of the plan's kind,
to the client, about ``plan.outbox_subject`` (plan and step), so that planning again finds the same row and a delivery
that was said stays on record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.consultation.advice import Advice
from bot.consultation.protocol import Protocol
from bot.consultation.questions import Answers
from bot.reminders.facts import Facts
from bot.reminders.following import Moved, follow
from bot.reminders.kinds import KINDS, SAFE_NOW, VISIT, Kind
from bot.reminders.offers import Known
from bot.reminders.planning import late, useful_until
from bot.reminders.planning import plan as deliveries
from bot.reminders.schedules import Due
from bot.reminders.times import Times
from handlers.services import Services
from storage.storage import Transaction
from storage.tables import Client, OutboxRow, OutboxState, Plan, PlanState, Request

LATER = "later"
"""In the payload of a row that the client put off: how often."""

CALENDAR, CALENDAR_UPDATE = "calendar_file", "calendar_update"
"""The kinds of the file with a plan's dates: the first one at once, another version at a decent hour."""

URGENT, BLOCKED, REFUSED = "urgent", "blocked", "refused"
"""Why plans rest: the clinic looks at an urgent answer first, or Telegram takes nothing for this client."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What planning needs to know of one client at one moment; ``kinds`` are those that the clinic wants."""

    tx: Transaction
    client: Client
    protocol: Protocol
    times: Times
    now: datetime
    kinds: frozenset[str]

    @classmethod
    def of(cls, services: Services, tx: Transaction, client: Client) -> "Desk":
        """The client's, at the present moment."""
        kinds = services.clinic.reminders.kinds
        return cls(tx, client, services.protocol, times(services, client), services.now(), kinds)

    def ahead(self, plan: Plan, step: int | None = None) -> tuple[Due, ...]:
        """What of the plan is still to come, from its step on or from another one."""
        return self.ahead_of(KINDS[plan.kind], Facts.from_json(plan.facts), plan.step if step is None else step)

    def ahead_of(self, kind: Kind, facts: Facts, step: int) -> tuple[Due, ...]:
        """What a plan with these facts has still to come from ``step`` on."""
        return deliveries(kind, facts, self.protocol, self.times, self.now, step)

    def useful_until(self, plan: Plan, due: datetime) -> datetime:
        """Until when the plan's own step, ``due`` then, may be said."""
        kind, facts = KINDS[plan.kind], Facts.from_json(plan.facts)
        following = (each for each in kind.days(facts, self.protocol, self.times) if each.step > plan.step)
        return useful_until(kind, due, next(following, None))

    def moment(self, plan: Plan) -> datetime | None:
        """When the plan's own step is due, past or not; ``None`` where it has no such step any more."""
        schedule = KINDS[plan.kind].days(Facts.from_json(plan.facts), self.protocol, self.times)
        return next((due.moment for due in schedule if due.step == plan.step), None)

    def late(self, plan: Plan) -> Due | None:
        """What of the plan is past and still of use."""
        return late(KINDS[plan.kind], Facts.from_json(plan.facts), self.protocol, self.times, self.now, plan.step)

    def known(self, advice: Advice, answers: Answers, *, shown: bool = True) -> Known:
        """An advice as offers and plans look at it."""
        return Known(advice, answers, self.protocol, self.times, self.now, shown)


def times(services: Services, client: Client | None) -> Times:
    """When this client may be reminded; without one, anybody in the clinic's time zone."""
    rules = services.clinic.reminders
    return Times(services.zone(client), rules.hour, rules.quiet_from, rules.quiet_until)


async def put(desk: Desk, kind: Kind, facts: Facts, subject: str = "") -> Plan | None:
    """Plan it, or change the plan that there is; ``None`` where nothing of it lies ahead."""
    if not desk.ahead_of(kind, facts, facts.at):
        return None
    plan = await desk.tx.plans.live(desk.client.id, kind.id, subject)
    if plan is None:
        plan = await desk.tx.plans.add(desk.client.id, kind.id, subject, facts.as_json(), desk.now)
        plan.step = facts.at
    if desk.client.paused_at:
        await pause(desk.tx, plan, URGENT, desk.now)
    await change(desk, plan, facts, plan.step)
    return plan


async def change(desk: Desk, plan: Plan, facts: Facts, step: int) -> None:
    """Give a plan other facts; its row moves with them."""
    if plan.facts != facts.as_json() or plan.step != step:
        await take_back(desk.tx, plan)
        plan.facts, plan.step, plan.snoozes = facts.as_json(), step, 0
        plan.sequence += 1
        plan.changed_at = desk.now
    await go_on(desk, plan)


async def go_on(desk: Desk, plan: Plan, reason: str = "missed") -> None:
    """See that the plan's next delivery waits in the outbox; where none is left, the plan is over for ``reason``.

    What has been said is behind the plan's step, so what is past from there on was missed.
    """
    if plan.state != PlanState.ACTIVE:
        return
    ahead = desk.ahead(plan)
    if not ahead:
        await end(desk.tx, plan, reason, desk.now)
        return
    if ahead[0].step != plan.step:
        await take_back(desk.tx, plan)
        plan.step, plan.snoozes = ahead[0].step, 0
    await plan_row(desk.tx, plan, ahead[0].moment, desk.now)


async def skip(desk: Desk, plan: Plan, reason: str) -> None:
    """Go on to the step after the plan's own; ``reason`` is kept where there is none."""
    await take_back(desk.tx, plan)
    plan.step, plan.snoozes = plan.step + 1, 0
    await go_on(desk, plan, reason)


async def miss(desk: Desk, plan: Plan) -> None:
    """The plan's own step came too late to be said: the next one is, if it is past too and still of use, at once."""
    await desk.tx.outbox.give_up(f"client:{plan.client_id}", plan.kind, plan.outbox_subject, OutboxState.MISSED)
    plan.step, plan.snoozes = plan.step + 1, 0
    await catch_up(desk, plan)


async def book_visit(desk: Desk, day: date) -> None:
    """The clinic booked a visit: the client is reminded the day before, and of nothing that says they can book.

    Another day moves it. A visit so soon that the day before has passed needs no reminder.
    """
    if VISIT.id in desk.kinds and await put(desk, VISIT, Facts(day)) is None:
        await cancel_visit(desk)
    safe_now = await desk.tx.plans.live(desk.client.id, SAFE_NOW.id)
    if safe_now is not None:
        await end(desk.tx, safe_now, "booked", desk.now)


def booked_day(request: Request) -> date:
    """The day of the visit that a request ended with."""
    return date.fromisoformat(request.outcome["day"])


async def cancel_visit(desk: Desk) -> None:
    """There is no visit any more."""
    visit = await desk.tx.plans.live(desk.client.id, VISIT.id)
    if visit is not None:
        await end(desk.tx, visit, "not_needed", desk.now)


async def plan_row(
    tx: Transaction, plan: Plan, due: datetime, now: datetime, payload: Mapping[str, Any] | None = None
) -> None:
    """Have the plan's current step said when it is ``due``."""
    await tx.outbox.plan(
        plan.kind,
        recipient=f"client:{plan.client_id}",
        subject=plan.outbox_subject,
        due=due,
        client_id=plan.client_id,
        now=now,
        payload=payload,
        again=True,
    )
    await _file_dates(tx, plan, now)


async def _file_dates(tx: Transaction, plan: Plan, now: datetime) -> None:
    """Each version of a plan that the client chose comes once as a file for the phone's calendar."""
    if not KINDS[plan.kind].offered:
        return
    kind = CALENDAR_UPDATE if plan.sequence else CALENDAR
    recipient, subject = f"client:{plan.client_id}", f"{plan.id}:{plan.sequence}"
    await tx.outbox.plan(kind, recipient=recipient, subject=subject, due=now, client_id=plan.client_id, now=now)


async def end(tx: Transaction, plan: Plan, reason: str, now: datetime) -> None:
    """Nothing more is said; ``reason`` is kept."""
    await take_back(tx, plan)
    plan.state, plan.reason, plan.changed_at = PlanState.ENDED, reason, now
    plan.sequence += 1
    await _file_dates(tx, plan, now)


async def end_all(tx: Transaction, client_id: int, reason: str, now: datetime, kinds: Iterable[str] = KINDS) -> int:
    """End all plans of these kinds; answers how many."""
    ended = [plan for plan in await tx.plans.live_of(client_id) if plan.kind in kinds]
    for plan in ended:
        await end(tx, plan, reason, now)
    return len(ended)


async def pause_all(tx: Transaction, client_id: int, reason: str, now: datetime) -> None:
    """Let all plans rest: nothing waits in the outbox, and nothing is tried."""
    for plan in await tx.plans.live_of(client_id):
        await pause(tx, plan, reason, now)


async def pause(tx: Transaction, plan: Plan, reason: str, now: datetime) -> None:
    """Let one plan rest."""
    if plan.state == PlanState.ACTIVE:
        await take_back(tx, plan)
        plan.state, plan.reason, plan.changed_at = PlanState.PAUSED, reason, now


async def resume_all(desk: Desk) -> None:
    """Go on with what rested, unless there is another reason to rest; what came too late meanwhile is left out."""
    if desk.client.paused_at or desk.client.blocked_at:
        return
    for plan in await desk.tx.plans.live_of(desk.client.id):
        if plan.state == PlanState.PAUSED:
            plan.state, plan.reason, plan.changed_at = PlanState.ACTIVE, "", desk.now
            await catch_up(desk, plan)


async def catch_up(desk: Desk, plan: Plan) -> None:
    """Say what is past and still of use; else go on to what lies ahead."""
    due = desk.late(plan)
    if due is None:
        await go_on(desk, plan)
        return
    if due.step != plan.step:
        await take_back(desk.tx, plan)
        plan.step, plan.snoozes = due.step, 0
    await plan_row(desk.tx, plan, due.moment, desk.now)


async def replan_all(desk: Desk, known: Known) -> list[Moved]:
    """Let all plans follow a new advice; answers what has moved."""
    changes = [await _follow(desk, plan, known) for plan in await desk.tx.plans.live_of(desk.client.id)]
    return [moved for moved in changes if moved]


async def rezone_all(desk: Desk) -> None:
    """The client's clock is another one: every row moves to the same hour of the new one; what was put off stays."""
    for plan in await desk.tx.plans.live_of(desk.client.id):
        await _reschedule(desk, plan)


async def _reschedule(desk: Desk, plan: Plan) -> None:
    """Where the plan's own step has another moment now than its row, the row moves there; what was put off stays.

    A step whose new moment is past comes at once as long as it is of use: it has not been said. What is being said
    just now is not moved.
    """
    row = await waiting_row(desk.tx, plan)
    if row is None or row.lease_token is not None or LATER in row.payload:
        return
    if row.planned_for != desk.moment(plan):
        await catch_up(desk, plan)


async def waiting_row(tx: Transaction, plan: Plan) -> OutboxRow | None:
    """The row with the plan's own step; a plan that rests or is over has none."""
    waiting = await tx.outbox.waiting_of(plan.client_id)
    mine = (row for row in waiting if (row.kind, row.subject) == (plan.kind, plan.outbox_subject))
    return next(mine, None)


async def _follow(desk: Desk, plan: Plan, known: Known) -> Moved | None:
    facts = Facts.from_json(plan.facts)
    place, before = follow(plan.kind, facts, plan.step, known), await _day(desk, plan)
    if place is None:
        await end(desk.tx, plan, "not_needed", desk.now)
        return Moved(plan.kind, before, None)
    if place != (facts, plan.step):
        await change(desk, plan, *place)
    else:  # another protocol may have other days for the same facts
        await _reschedule(desk, plan)
    after = None if plan.state == PlanState.ENDED else await _day(desk, plan)
    return Moved(plan.kind, before, after) if before != after else None


async def _day(desk: Desk, plan: Plan) -> date:
    """The client's day of the next delivery; of one that is being put off, the day that was planned."""
    row = await waiting_row(desk.tx, plan)
    if row is None or LATER in row.payload:
        return _next_day(desk, plan)
    return desk.times.day(row.planned_for)


def _next_day(desk: Desk, plan: Plan) -> date:
    ahead = desk.ahead(plan)
    return desk.times.day(ahead[0].moment) if ahead else Facts.from_json(plan.facts).first


async def take_back(tx: Transaction, plan: Plan) -> None:
    """Give up the row of the plan's own step."""
    await tx.outbox.cancel(f"client:{plan.client_id}", plan.kind, plan.outbox_subject)
