"""The invariant monitor: what came apart is found, mended, counted and told; what is whole is left alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.reminders.facts import Facts
from bot.reminders.kinds import COURSE, SAFE_NOW, VISIT, Kind
from handlers import plans
from handlers.monitor import FORGOTTEN, LOST, OVERDUE, REFUSED, STRAY, STUCK, Monitor
from storage.storage import Transaction
from storage.tables import OutboxRow, Plan, PlanState
from tests.house import House, open_house, shown

TOLD = "The bot checked itself"


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as built:
        built.anna.say("/start")
        await built.button("answer:consent:agree")
        await built.quiet()
        yield built


async def put(house: House, kind: Kind = SAFE_NOW, days: int = 4) -> tuple[int, str]:
    """A plan as a client confirms it; answers its id and its row's subject."""
    day: date = house.clock().date() + timedelta(days=days)
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        assert client is not None
        plan = await plans.put(plans.Desk.of(house.services, tx, client), kind, Facts(day=day))
        assert plan is not None
        number, subject = plan.id, plan.outbox_subject
    house.wake()
    return number, subject


async def plan_of(tx: Transaction, plan_id: int) -> Plan:
    plan = await tx.plans.by_id(plan_id)
    assert plan is not None
    return plan


async def lose(house: House, plan_id: int, **changes: object) -> None:
    """Take the plan's row away behind everybody's back."""
    async with house.services.storage.transaction() as tx:
        plan = await plan_of(tx, plan_id)
        assert await tx.outbox.cancel(f"client:{plan.client_id}", plan.kind, plan.outbox_subject)
        for name, value in changes.items():
            setattr(plan, name, value)


async def rows(house: House) -> list[OutboxRow]:
    return [row for row in await house.outbox() if row.kind in {SAFE_NOW.id, COURSE.id}]


def counted(house: House, rule: str) -> bool:
    return f'afterglow_violations_total{{rule="{rule}"}}' in house.services.metrics.text().decode()


async def test_what_is_whole_is_left_alone(house: House) -> None:
    for kind in (SAFE_NOW, COURSE):
        await put(house, kind)
    before = [(row.id, row.due_at) for row in await rows(house)]
    assert await Monitor(house.services).check_all() == {}
    assert [(row.id, row.due_at) for row in await rows(house)] == before
    assert len(before) == 2
    assert not any(counted(house, rule) for rule in (LOST, STRAY, OVERDUE))
    await house.rest()
    assert not house.staff.messages


@pytest.mark.parametrize("kind", [SAFE_NOW, COURSE])
async def test_a_plan_that_lost_its_row_gets_it_back_and_the_operator_hears_of_it(house: House, kind: Kind) -> None:
    plan_id, _ = await put(house, kind)
    [before] = await rows(house)
    await lose(house, plan_id)
    assert await rows(house) == []
    assert await Monitor(house.services).check() == {LOST: 1}
    [after] = await rows(house)
    assert (after.subject, after.due_at, after.state) == (before.subject, before.due_at, "waiting")
    assert counted(house, LOST)
    told = await house.message(TOLD, house.staff)
    assert "1 client's reminders had stopped" in shown(told)
    assert "Anna" not in shown(told)
    assert await Monitor(house.services).check() == {}, "mended is mended"


async def test_what_was_lost_and_is_long_past_is_missed_and_says_so(house: House) -> None:
    plan_id, _ = await put(house)
    await lose(house, plan_id)
    house.clock.move(days=60)
    assert await Monitor(house.services).check() == {LOST: 1}
    async with house.services.storage.transaction() as tx:
        plan = await plan_of(tx, plan_id)
    assert (plan.state, plan.reason) == (PlanState.ENDED, "missed")
    assert await rows(house) == []


@pytest.mark.parametrize("mark", ["paused_at", "blocked_at"])
async def test_a_client_who_is_not_to_be_reminded_now_is_not(house: House, mark: str) -> None:
    plan_id, _ = await put(house)
    await lose(house, plan_id)
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        setattr(client, mark, house.clock())
    assert await Monitor(house.services).check() == {LOST: 1}
    async with house.services.storage.transaction() as tx:
        plan = await plan_of(tx, plan_id)
    assert plan.state == PlanState.PAUSED
    assert plan.reason
    assert await rows(house) == []


async def test_a_row_that_belongs_to_no_plan_is_taken_back(house: House) -> None:
    plan_id, subject = await put(house)
    async with house.services.storage.transaction() as tx:
        plan = await plan_of(tx, plan_id)
        plan.step += 1
        await plans.plan_row(tx, plan, house.clock() + timedelta(days=9), house.clock())
        plan.step -= 1
    assert len(await rows(house)) == 2
    assert await Monitor(house.services).check() == {STRAY: 1}
    assert [row.subject for row in await rows(house)] == [subject], "the plan's own row stays"
    assert counted(house, STRAY)
    await house.message("1 reminder was planned that belongs to nothing", house.staff)


async def test_rows_of_a_plan_that_is_over_are_taken_back(house: House) -> None:
    plan_id, _ = await put(house)
    async with house.services.storage.transaction() as tx:
        plan = await plan_of(tx, plan_id)
        plan.state, plan.reason = PlanState.ENDED, "stopped"
    assert await Monitor(house.services).check() == {STRAY: 1}
    assert await rows(house) == []


async def test_what_is_long_due_is_told_by_the_daily_check_alone(house: House) -> None:
    await house.life.end()  # nobody sends
    async with house.services.storage.transaction() as tx:
        for name in ("one", "two"):
            await tx.outbox.plan("staff_help", recipient="staff", subject=name, due=house.clock(), now=house.clock())
    monitor = Monitor(house.services)
    house.clock.move(seconds=STUCK.total_seconds() - 1)
    assert await monitor.check_all() == {}
    house.clock.move(seconds=1)
    assert await monitor.check() == {}, "at a start it is how things should be"
    assert await monitor.check_all() == {OVERDUE: 2}
    await house.begin()
    await house.message("2 messages should have been sent hours ago", house.staff)


async def booked(house: House, days: int) -> None:
    """A visit as the staff books it, and nothing that reminds of it."""
    now, day = house.clock(), house.clock().date() + timedelta(days=days)
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        assert client is not None
        request = await tx.requests.create(client.id, {}, slot_start=now, slot_end=now, now=now, state="booked")
        request.outcome, request.booked_at = {"by": "Mia", "day": day.isoformat()}, now


async def test_a_visit_of_which_nothing_reminds_gets_its_reminder_and_the_operator_hears_of_it(house: House) -> None:
    await booked(house, days=9)
    assert await Monitor(house.services).check() == {FORGOTTEN: 1}
    [row] = [row for row in await house.outbox() if row.kind == VISIT.id]
    assert row.due_at.date() == house.clock().date() + timedelta(days=8)
    assert counted(house, FORGOTTEN)
    await house.message("1 booked visit had no reminder", house.staff)
    assert await Monitor(house.services).check() == {}, "mended is mended"


@pytest.mark.parametrize("days", [-3, 0, 1])
async def test_a_visit_that_is_over_or_too_soon_for_a_reminder_breaks_nothing(house: House, days: int) -> None:
    house.clock.move(hours=3)
    await booked(house, days)
    assert await Monitor(house.services).check() == {}


@pytest.mark.parametrize("reason", ["completed", "stopped"])
async def test_a_visit_whose_reminder_was_said_or_stopped_is_left_alone(house: House, reason: str) -> None:
    await booked(house, days=9)
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        assert client is not None
        day = house.clock().date() + timedelta(days=9)
        plan = await plans.put(plans.Desk.of(house.services, tx, client), VISIT, Facts(day=day))
        assert plan is not None
        await plans.end(tx, plan, reason, house.clock())
    assert await Monitor(house.services).check() == {}


async def test_of_two_visits_the_day_that_was_booked_last_counts(house: House) -> None:
    await booked(house, days=9)
    house.clock.move(hours=1)
    await booked(house, days=5)
    assert await Monitor(house.services).check() == {FORGOTTEN: 1}
    [row] = [row for row in await house.outbox() if row.kind == VISIT.id]
    assert row.due_at.date() == house.clock().date() + timedelta(days=4)


async def test_plans_that_rest_because_telegram_refused_are_told_by_the_daily_check_alone(house: House) -> None:
    plan_id, _ = await put(house)
    async with house.services.storage.transaction() as tx:
        await plans.pause(tx, await plan_of(tx, plan_id), plans.REFUSED, house.clock())
    assert await Monitor(house.services).check() == {}
    assert await Monitor(house.services).check_all() == {REFUSED: 1}
    assert counted(house, REFUSED)
    await house.message("1 reminder rests", house.staff)


async def test_a_start_checks_by_itself(house: House) -> None:
    plan_id, _ = await put(house)
    await house.life.end()
    await lose(house, plan_id)
    await house.begin()
    await house.message(TOLD, house.staff)
    assert len(await rows(house)) == 1


async def test_many_are_mended_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.monitor.AT_ONCE", 2)
    for number in range(5):
        async with house.services.storage.transaction() as tx:
            name = {"first_name": f"Client {number}", "last_name": "", "username": ""}
            client = await tx.clients.get_or_create(
                number + 1, chat_id=number + 1, profile=name, language="en", now=house.clock()
            )
            desk = plans.Desk.of(house.services, tx, client)
            plan = await plans.put(desk, SAFE_NOW, Facts(day=house.clock().date() + timedelta(days=4)))
            assert plan is not None
            await tx.outbox.cancel(f"client:{client.id}", plan.kind, plan.outbox_subject)
    assert await Monitor(house.services).check() == {LOST: 5}
    assert await Monitor(house.services).check() == {}


async def test_the_end_does_not_wait_for_a_check(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (SAFE_NOW, COURSE):
        await put(house, kind)
    await house.life.end()
    monkeypatch.setattr("handlers.monitor.AT_ONCE", 1)
    monkeypatch.setattr("handlers.monitor.PAUSE_SECONDS", 3600)
    await house.begin()
    await house.quiet()
    async with asyncio.timeout(5):
        await house.life.end()
