"""What is said later and meets a fault: it comes all the same, and a repeat says that it is one."""

from typing import Any

import pytest

from demo.chats import Chat, StoredMessage
from tests.dialogues.asking import to_summary
from tests.house import House, data_of, shown

UNCLEAR: tuple[dict[str, Any], ...] = ({"kind": "5xx"}, {"kind": "lost"})
"""The first attempt does not arrive, and does; tests/test_unclear_sends.py tells all kinds apart."""

UNREADABLE: tuple[dict[str, Any], ...] = ({"kind": "html"}, {"kind": "truncated"}, {"kind": "reset"})
ARRIVED = {"lost", "truncated"}

CLEAR: tuple[dict[str, Any], ...] = (
    {"kind": "429", "retry_after": 1},
    {"kind": "refusal", "description": "Bad Request: chat not found"},
)


def ids(faults: tuple[dict[str, Any], ...]) -> list[str]:
    return [str(fault["kind"]) for fault in faults]


def cards(house: House, data: str = "request:1001:take") -> list[StoredMessage]:
    return [message for message in house.staff.messages if message.has_button(data)]


async def ask_for_a_call(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await to_summary(house)
    await house.tap("callback:send")


async def tried(house: House, chat: Chat) -> None:
    """Wait until the faulty attempt was made and recorded."""
    await house.eventually(lambda: any(c.fault and c.chat_id == chat.id for c in house.standin.world.calls))
    await house.settled()


@pytest.mark.parametrize("fault", UNCLEAR + UNREADABLE, ids=ids(UNCLEAR + UNREADABLE))
async def test_a_card_that_may_have_arrived_comes_again_at_once_with_its_number_and_says_so(
    house: House, fault: dict[str, Any]
) -> None:
    house.standin.faults.add(**fault, method="sendMessage", chat_id=house.staff.id)
    await ask_for_a_call(house)
    await tried(house, house.staff)
    house.clock.move(seconds=2)
    house.wake()
    await house.eventually(lambda: [card for card in cards(house) if "Sent again" in shown(card)])
    assert len(cards(house)) == (2 if fault["kind"] in ARRIVED else 1)
    assert all("1001" in shown(card) for card in cards(house))


@pytest.mark.parametrize("fault", CLEAR, ids=ids(CLEAR))
async def test_a_card_that_was_clearly_refused_comes_later_and_is_no_repeat(
    house: House, fault: dict[str, Any]
) -> None:
    house.standin.faults.add(**fault, method="sendMessage", chat_id=house.staff.id)
    await ask_for_a_call(house)
    await tried(house, house.staff)
    await house.patiently(lambda: cards(house), minutes=2)
    assert ["Sent again" in shown(card) for card in cards(house)] == [False]


async def plan_a_reminder(house: House) -> None:
    await house.consult(skin_issues=["sunburn"])
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")
    await house.rest()  # the file for the calendar has gone, too


def reminders(house: House) -> list[StoredMessage]:
    def is_reminder(data: str) -> bool:
        return data.startswith("remind:") and data.endswith(":check")

    return [message for message in house.anna.chat.messages if any(map(is_reminder, data_of(message)))]


@pytest.mark.parametrize("fault", UNCLEAR, ids=ids(UNCLEAR))
async def test_a_reminder_that_may_have_arrived_waits_a_minute_and_then_says_so(
    house: House, fault: dict[str, Any]
) -> None:
    await plan_a_reminder(house)
    house.standin.faults.add(**fault, method="sendMessage", chat_id=house.anna.id)
    house.clock.move(days=7)
    house.wake()
    await tried(house, house.anna.chat)
    first = int(fault["kind"] == "lost")
    assert len(reminders(house)) == first
    house.clock.move(seconds=59)
    house.wake()
    await house.settled()
    assert len(reminders(house)) == first, "it was sent blindly within the same minute"
    house.clock.move(seconds=1)
    house.wake()
    await house.eventually(lambda: len(reminders(house)) > first)
    assert ["Sent again" in shown(message) for message in reminders(house)] == [False] * first + [True]
    assert len({tuple(data_of(message)) for message in reminders(house)}) == 1, "a repeat is the same row"


async def test_a_reminder_that_was_held_for_hours_by_a_429_comes_once(house: House) -> None:
    await plan_a_reminder(house)
    house.standin.faults.add("429", method="sendMessage", chat_id=house.anna.id, retry_after=2 * 3600)
    house.clock.move(days=7)
    house.wake()
    await tried(house, house.anna.chat)
    [row] = [row for row in await house.outbox() if row.kind == "safe_now"]
    assert (row.due_at - house.clock()).total_seconds() == pytest.approx(2 * 3600, abs=5)
    assert (row.unclear, row.last_error) == (False, "RetryAfter")
    assert reminders(house) == []
