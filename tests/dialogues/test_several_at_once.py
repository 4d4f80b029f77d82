"""Several reminders in one message: each keeps its plan and its row until Telegram has taken the message."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.reminders.facts import Facts
from bot.reminders.kinds import COURSE, MONTHLY
from demo.chats import StoredMessage
from handlers import plans
from handlers.deliveries import KINDS as DELIVERIES
from handlers.deliveries.reminders import Reminder
from handlers.plans import Desk
from storage.storage import Transaction
from storage.tables import OutboxRow
from tests.dialogues.planning import advised, plan, rows_of
from tests.house import House, data_of, open_house, shown

SEVERAL = "a few things at once"
LEASE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def house(tmp_path: Path, address: str) -> AsyncIterator[House]:
    """On both databases: which of several rows is rendered first differs."""
    async with open_house(tmp_path, url=address) as built:
        yield built


async def planned(house: House, *kinds: str) -> None:
    """A filler three days ago, and these reminders confirmed; on day 7 several are due."""
    await advised(house)
    await plan(house, *kinds)


async def due(house: House) -> dict[str, datetime]:
    return {kind: row.planned_for for kind, row in (await rows_of(house)).items()}


def notes(house: House) -> list[StoredMessage]:
    return [message for message in house.anna.chat.messages if shown(message).startswith("A note from")]


async def fails(house: House) -> None:
    """Day 7 comes, and the message about several does not go out at first."""
    house.standin.faults.add("5xx", method="sendMessage", chat_id=house.anna.id)
    house.clock.move(days=4)
    house.wake()
    await house.eventually(lambda: any(call.fault for call in house.standin.world.calls))
    await house.settled()


async def arrived(house: House, number: int = 1) -> str:
    """Wait for so many reminders; the number under the last one."""
    house.wake()
    await house.eventually(lambda: len(notes(house)) == number)
    await house.rest()
    return next(data.split(":")[1] for data in data_of(notes(house)[-1]) if data.startswith("remind:"))


async def stop(house: House, kind: str) -> None:
    """From the list of all."""
    client = await house.client()
    async with house.services.storage.transaction() as tx:
        plan = await tx.plans.last(client.id, kind)
    assert plan is not None
    house.anna.say("/reminders")
    await house.tap(f"reminders:stop:{plan.id}")
    await house.quiet()


async def test_what_was_taken_along_waits_until_the_message_was_taken(house: House) -> None:
    await planned(house, "after_injection", "course")
    await fails(house)
    morning = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert await due(house) == {"after_injection": morning, "course": morning}
    house.clock.move(minutes=2)
    await arrived(house)
    assert SEVERAL in shown(notes(house)[0])
    assert await due(house) == {
        "after_injection": datetime(2026, 12, 1, 9, tzinfo=UTC),
        "course": datetime(2026, 12, 1, 9, tzinfo=UTC),
    }


@pytest.mark.parametrize("carrier", ["after_injection", "course"])
async def test_where_the_one_that_carries_is_given_up_the_other_comes_by_itself(house: House, carrier: str) -> None:
    other = {"after_injection": "course", "course": "after_injection"}[carrier]
    await planned(house, carrier, other)
    await fails(house)
    await stop(house, carrier)
    house.clock.move(minutes=2)
    await arrived(house)
    assert SEVERAL not in shown(notes(house)[0])
    assert set(await due(house)) == {other}


async def test_an_answer_that_moves_the_day_moves_the_plan_that_it_is_about(house: House) -> None:
    await planned(house, "after_injection", "safe_now")
    house.clock.move(days=4)
    number = await arrived(house)
    await house.tap(f"remind:{number}:check")
    await house.answer({"symptoms": "none", "settling": "mild"})
    await house.tap("check:no")
    told = await house.screen("Not quite yet")
    assert "I have moved your reminder" in shown(told)
    week_later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert await due(house) == {"after_injection": week_later, "safe_now": week_later}


async def test_later_puts_off_each_of_them_and_they_come_together_again(house: House) -> None:
    await planned(house, "after_injection", "course")
    house.clock.move(days=4)
    number = await arrived(house)
    await house.tap(f"remind:{number}:later")
    await house.tap(f"remind:{number}:later:tomorrow")
    await house.screen("noted")
    tomorrow = datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert await due(house) == {"after_injection": tomorrow, "course": tomorrow}
    house.clock.moment = tomorrow
    await arrived(house, 2)
    assert SEVERAL in shown(notes(house)[-1])


@pytest.mark.parametrize("stopped", ["after_injection", "course"])
async def test_later_repeats_nothing_that_was_stopped(house: House, stopped: str) -> None:
    [left] = {"after_injection", "course"} - {stopped}
    await planned(house, "after_injection", "course")
    house.clock.move(days=4)
    number = await arrived(house)
    await stop(house, stopped)
    await house.tap(f"remind:{number}:later")
    await house.tap(f"remind:{number}:later:tomorrow")
    await house.screen("noted")
    assert await due(house) == {left: datetime(2026, 11, 25, 9, tzinfo=UTC)}
    house.clock.move(days=1)
    await arrived(house, 2)
    assert SEVERAL not in shown(notes(house)[-1])


async def two_due(house: House) -> None:
    """A course and a monthly facial are due in an hour, and no process sends."""
    house.anna.say("/start")
    await house.button("answer:consent:agree")
    await house.quiet()
    await house.life.end()
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        assert client is not None
        await tx.consents.give(client.id, "health_answers", "1", house.clock())
        for kind in (COURSE, MONTHLY):
            day = house.clock().date() + timedelta(days=1)
            assert await plans.put(Desk.of(house.services, tx, client), kind, Facts(day=day))
    house.clock.move(days=1)


async def claimed(house: House, limit: int = 10) -> Sequence[OutboxRow]:
    """What another process takes in hand."""
    async with house.services.storage.transaction() as tx:
        return await tx.outbox.claim(house.clock(), limit=limit, lease=LEASE, kinds=["course", "monthly"])


async def rendered(house: House, row: OutboxRow) -> list[str] | None:
    """The kinds that the row's message says; ``None`` where it says nothing by itself."""
    async with house.services.storage.transaction() as tx:
        delivery = await DELIVERIES[row.kind].render(house.services, tx, row)
    return [step.kind for step in delivery.steps] if isinstance(delivery, Reminder) else None


async def test_what_was_claimed_together_is_said_once_by_whichever_comes_first(house: House) -> None:
    await two_due(house)
    first, second = await claimed(house)
    assert await rendered(house, second) == [second.kind, first.kind]
    assert await rendered(house, first) is None


async def test_what_another_process_is_sending_is_not_taken_along(house: House) -> None:
    await two_due(house)
    [first], [second] = await claimed(house, 1), await claimed(house, 1)
    assert await rendered(house, first) == [first.kind]
    assert await rendered(house, second) == [second.kind]


async def test_what_is_free_is_taken_along_and_is_said_by_nobody_else_meanwhile(house: House) -> None:
    await two_due(house)
    [first] = await claimed(house, 1)
    assert len(await rendered(house, first) or []) == 2
    [second] = await claimed(house, 1)
    assert await rendered(house, second) is None


async def test_what_was_said_along_stays_said_where_the_one_that_carried_it_is_given_up_on_the_way(
    house: House,
) -> None:
    await two_due(house)
    [first] = await claimed(house, 1)
    async with house.services.storage.transaction() as tx:
        delivery = await DELIVERIES[first.kind].render(house.services, tx, first)
    assert isinstance(delivery, Reminder)
    async with house.services.storage.transaction() as tx:
        plan = await tx.plans.by_id(delivery.steps[0].plan_id)
        assert plan is not None
        await plans.end(tx, plan, "stopped", house.clock())
    async with house.services.storage.transaction() as tx:
        await taken(tx, first, delivery, house.clock())
    [left] = (await rows_of(house)).values()
    assert left.kind != first.kind
    assert left.planned_for > house.clock(), "it went on"


async def taken(tx: Transaction, row: OutboxRow, delivery: Reminder, now: datetime) -> None:
    """As the outbox records it."""
    kind = DELIVERIES[row.kind]
    assert kind.sent
    assert kind.sent_along
    if await tx.outbox.sent(row.id, row.lease_token, now, 7):
        await kind.sent(tx, row, delivery, 7)
    await kind.sent_along(tx, row, delivery, 7)


async def test_what_moved_while_its_message_was_on_the_way_comes_on_its_new_day(house: House) -> None:
    await two_due(house)
    [first] = await claimed(house, 1)
    async with house.services.storage.transaction() as tx:
        delivery = await DELIVERIES[first.kind].render(house.services, tx, first)
    assert isinstance(delivery, Reminder)
    moved = house.clock().date() + timedelta(days=9)
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        plan = await tx.plans.by_id(delivery.steps[1].plan_id)
        assert client is not None
        assert plan is not None
        await plans.change(Desk.of(house.services, tx, client), plan, Facts(day=moved), plan.step)
    async with house.services.storage.transaction() as tx:
        await taken(tx, first, delivery, house.clock())
    assert (await rows_of(house))[delivery.steps[1].kind].planned_for.date() == moved
