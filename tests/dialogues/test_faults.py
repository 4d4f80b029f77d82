"""When Telegram misbehaves, screens come all the same."""

import asyncio
from typing import Any

import pytest

from demo.faults import FaultKind
from demo.ledger import Call
from tests.house import House, data_of, newest_with, shown


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


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
async def test_a_gateways_own_json_blocks_no_client_and_ends_no_bot(house: House, status: int) -> None:
    said = '{"message": "Forbidden", "status": "ok"}'
    house.anna.say("/start")
    await house.button("answer:consent:agree")
    house.standin.faults.add("json", status=status, description=said, method="getUpdates")
    house.standin.faults.add("json", status=status, description=said, method="editMessageText")
    await house.tap("answer:consent:agree")
    await house.tap("answer:symptoms:none")
    await house.button("answer:procedures:none")
    await house.quiet()
    assert (await house.client()).blocked_at is None


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


@pytest.mark.parametrize("method", ["editMessageText", "answerCallbackQuery"])
async def test_a_tap_is_answered_within_three_seconds_while_something_said_before_hangs(
    house: House, method: str
) -> None:
    house.anna.say("/start")
    board = await house.button("answer:consent:agree")
    house.standin.faults.add("hang", method=method)
    house.anna.press(board, "answer:consent:agree")
    await house.eventually(lambda: any(call.fault for call in house.standin.world.calls))
    async with asyncio.timeout(3):
        await house.answered(house.anna.press(board, "answer:symptoms:none"))
    house.standin.faults.clear()
    await house.button("answer:procedures:none")
    await house.quiet()


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


async def test_word_of_a_block_that_comes_late_silences_nobody_who_uses_the_bot(house: House) -> None:
    """A webhook repeats updates out of order: *kicked* after *member* and what the client has done since."""
    await house.consult(skin_issues=["sunburn"])
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")
    await house.quiet()
    house.standin.world.push_raw({"my_chat_member": membership_of(house, "member", "kicked")})
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    await house.quiet()
    assert (await house.client()).blocked_at is not None
    assert await house.outbox() == [], "nothing is sent to somebody who has blocked the bot"
    await house.tap("menu")
    await house.button("reminders")
    assert (await house.client()).blocked_at is None
    assert [row.kind for row in await house.outbox()] == ["safe_now"]


def membership_of(house: House, before: str, after: str) -> dict[str, Any]:
    """What Telegram tells when the bot's standing with the client changes."""
    bot = {"id": house.services.bot.id, "is_bot": True, "first_name": "Afterglow"}
    old, new = ({"user": bot, "status": status} for status in (before, after))
    change = {"chat": {"id": house.anna.id, "type": "private", "first_name": "Anna"}, "from": house.anna.as_user()}
    return {**change, "date": 1, "old_chat_member": old, "new_chat_member": {"until_date": 0, **new}}


async def test_a_request_waits_until_the_staff_chat_can_be_reached(house: House) -> None:
    house.standin.faults.add("5xx", chat_id=house.staff.id, times=2)
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": ["vision"]})
    await house.button("urgent:called")
    await house.patiently(lambda: [m for m in house.staff.messages if "Anna" in shown(m)], minutes=1)
    assert len([call for call in house.standin.world.calls if call.fault]) == 2
