"""When Telegram misbehaves, screens come all the same."""

import asyncio

import pytest

from demo.faults import FaultKind
from demo.ledger import Call
from tests.house import House, data_of, newest_with


@pytest.mark.parametrize("fault", ["5xx", "html", "reset", "lost", "truncated"])
async def test_a_screen_lost_to_a_fault_is_sent_again(house: House, fault: FaultKind) -> None:
    house.anna.say("/start")
    await house.button("answer:consent:agree")
    house.standin.faults.add(fault, method="editMessageText", times=2)
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    await house.quiet()
    last = house.anna.chat.last()
    assert last is not None
    assert "answer:symptoms:none" in data_of(last)


async def test_a_screen_held_by_a_429_comes_when_the_wait_is_over_and_not_before(house: House) -> None:
    house.anna.say("/start")
    await house.button("answer:consent:agree")
    house.standin.faults.add("429", method="editMessageText", retry_after=1)
    before = len(house.standin.world.calls)
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    calls = [c for c in house.standin.world.calls[before:] if c.chat_id == house.anna.id]
    refused = next(index for index, call in enumerate(calls) if not call.ok)
    assert len(calls) == refused + 2, "no call was made to the chat inside its wait"


async def test_one_clients_429_does_not_hold_another(house: House) -> None:
    ben = house.standin.world.add_user("Ben")
    house.standin.faults.add("429", chat_id=house.anna.id, retry_after=60)
    house.anna.say("/start")
    await asyncio.sleep(0.1)
    await house.consult(ben)


async def test_a_hanging_call_holds_up_only_its_own_client(house: House) -> None:
    ben = house.standin.world.add_user("Ben")
    house.standin.faults.add("hang", chat_id=house.anna.id)
    house.anna.say("/start")
    await asyncio.sleep(0.1)
    await house.consult(ben)
    house.standin.faults.clear()


@pytest.mark.parametrize("fault", ["429", "5xx", "html", "reset", "lost", "truncated"])
async def test_polling_goes_on_after_a_fault(house: House, fault: FaultKind) -> None:
    house.standin.faults.add(fault, method="getUpdates", times=2, retry_after=1)
    await house.consult()


async def test_a_429_of_hours_to_a_poll_is_respected_and_holds_up_nothing_but_polls(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    await house.quiet()
    house.standin.faults.add("429", method="getUpdates", retry_after=3 * 3600)
    house.standin.world.add_user("Ben").say("/start")  # ends the poll that is under way
    polls = await house.standin.world.until(lambda: polls_of(house) if polls_of(house)[-1].status == 429 else None)
    house.anna.press(await house.button("answer:symptoms:none"), "answer:symptoms:none")
    async with house.services.storage.transaction() as tx:
        now = house.clock()
        await tx.outbox.plan("staff_help", recipient="staff", subject="1", due=now, now=now)
    await house.eventually(lambda: [message for message in house.staff.messages if message.from_bot])
    assert len(polls_of(house)) == len(polls), "nobody polls inside the wait"
    assert newest_with(house.anna.chat, "answer:procedures:none") is None
    await house.life.end()
    await house.begin()
    await house.button("answer:procedures:none")


def polls_of(house: House) -> list[Call]:
    return [call for call in house.standin.world.calls if call.method == "getUpdates"]


async def test_a_start_waits_as_long_as_a_429_says(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.life.RECONNECT_SECONDS", 0.01)
    await house.life.end()
    house.standin.faults.add("429", method="getMe", retry_after=1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await house.begin()
    assert loop.time() - began >= 1
    house.anna.say("/start")
    await house.button("answer:consent:agree")


async def test_a_client_who_blocks_and_returns_is_served_again(house: House) -> None:
    await house.consult()
    house.anna.block_bot()
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    await house.quiet()
    assert (await house.client()).blocked_at is not None
    house.anna.unblock_bot()
    house.anna.say("/start")
    await house.button("restart")


async def test_a_request_waits_until_the_staff_chat_can_be_reached(house: House) -> None:
    house.standin.faults.add("5xx", chat_id=house.staff.id, times=2)
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": ["vision"]})
    await house.button("urgent:called")
    house.clock.move(minutes=1)
    house.wake()
    await asyncio.sleep(0.2)
    house.clock.move(minutes=1)
    house.wake()
    await house.message("Anna", house.staff)
