"""A step that was said comes again: the client puts it off, or its check finds that it is too early.

One message may have said steps of several plans, each by its own row; what the client does under it is done to each.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import TypeAlias

from bot.reminders import snoozing
from bot.reminders.checking import put_back as put_back_to
from bot.reminders.facts import Facts
from bot.reminders.kinds import KINDS
from bot.reminders.planning import APART
from handlers import plans
from handlers.plans import Desk
from storage.storage import Transaction
from storage.tables import OutboxRow, OutboxState, Plan, PlanState

CARRIES = "carries"
"""In the payload of a row: the ids of the rows that its message says beside its own."""

Said: TypeAlias = tuple[OutboxRow, Plan]
"""A row that was said, and the plan whose step it is."""


async def plan_of(tx: Transaction, row: OutboxRow) -> Plan | None:
    """The plan whose step the row is."""
    number = row.subject.partition(":")[0]
    return await tx.plans.by_id(int(number)) if number.isdecimal() else None


async def said_together(tx: Transaction, row: OutboxRow) -> list[OutboxRow]:
    """The row, and those that its message said too, unless they have been said again since or are about to be."""
    along = [await tx.outbox.by_id(number) for number in row.payload.get(CARRIES, ())]
    return [row, *(each for each in along if each and _is_said_by(each, row.message_id))]


def _is_said_by(row: OutboxRow, message_id: int | None) -> bool:
    return row.state == OutboxState.SENT and row.message_id == message_id


async def returnable(desk: Desk, row: OutboxRow) -> list[Said]:
    """What of the row's message may come again."""
    found = [(each, await plan_of(desk.tx, each)) for each in await said_together(desk.tx, row)]
    return [(each, plan) for each, plan in found if plan is not None and await _may_return(desk, plan, each)]


async def _may_return(desk: Desk, plan: Plan, row: OutboxRow) -> bool:
    """Whether the row was said last, and no other plan of its kind has taken the place of one that is over."""
    last = await desk.tx.outbox.last_sent(row.recipient, (row.kind,), f"{plan.id}:")
    if plan.state == PlanState.PAUSED or last is None or last.id != row.id:
        return False
    live, step = await desk.tx.plans.live(plan.client_id, plan.kind, plan.subject), step_of(row)
    if live is None:
        return plan.reason in {"completed", "missed"} and step >= plan.step - 1
    ahead = desk.ahead(plan, step + 1)
    return live.id == plan.id and plan.step == (ahead[0].step if ahead else step)


def step_of(row: OutboxRow) -> int:
    """The step of its plan that the row is."""
    return int(row.subject.partition(":")[2])


def choices(desk: Desk, said: Sequence[Said]) -> dict[str, datetime]:
    """When what was said may come again, by the choice's id: whatever fits one of the plans; empty where none does."""
    if not said:
        return {}
    hour, snoozes = Facts.from_json(said[0][1].facts).hour, max(plan.snoozes for _, plan in said)
    offered = snoozing.choices(desk.times, desk.now, hour, snoozes)
    return {name: due for name, due in offered.items() if any(_fits(desk, *each, due) for each in said)}


def _fits(desk: Desk, row: OutboxRow, plan: Plan, due: datetime) -> bool:
    following = desk.ahead(plan, step_of(row) + 1)
    return snoozing.fits(KINDS[plan.kind], Facts.from_json(plan.facts), desk.protocol, desk.times, due, following)


async def put_off(desk: Desk, row: OutboxRow, choice: str) -> list[str]:
    """Say what the message said once more as the client chose, as far as that fits; answers the kinds that do."""
    said = await returnable(desk, row)
    due = choices(desk, said).get(choice)
    if due is None:
        return []
    fitting = [(each, plan) for each, plan in said if _fits(desk, each, plan, due)]
    for each, plan in fitting:
        await _put_off(desk, each, plan, due, snoozing.new_hour(choice))
    return [plan.kind for _, plan in fitting]


async def _put_off(desk: Desk, row: OutboxRow, plan: Plan, due: datetime, hour: time | None) -> None:
    """Say one step once more, and the rest at another ``hour`` where one is given.

    Where the next step comes about then anyway, it is left at that.
    """
    step = step_of(row)
    if hour is not None:
        plan.facts = replace(Facts.from_json(plan.facts), hour=hour).as_json()
        plan.sequence += 1
        await plans.go_on(desk, plan)
    ahead = desk.ahead(plan, step + 1)
    plan.snoozes += 1
    if ahead and due > ahead[0].moment - APART:
        return
    await plans.take_back(desk.tx, plan)
    plan.state, plan.reason, plan.step, plan.changed_at = PlanState.ACTIVE, "", step, desk.now
    await plans.plan_row(desk.tx, plan, due, desk.now, {plans.LATER: plan.snoozes})


async def put_back(desk: Desk, row: OutboxRow, plan: Plan, day: date) -> None:
    """Have a step that was said come again on ``day``, and what follows it after that, where any of it lies ahead."""
    kind, step = KINDS[plan.kind], step_of(row)
    facts = put_back_to(kind, Facts.from_json(plan.facts), step, day)
    if not desk.ahead_of(kind, facts, step):
        return
    if plan.state == PlanState.ENDED:
        plan.state, plan.reason = PlanState.ACTIVE, ""
    await plans.change(desk, plan, facts, step)
