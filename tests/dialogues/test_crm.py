"""The clinic's customer database hears of each change of a request, whatever happens to it meanwhile."""

import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest_asyncio

from bot.clinic import Crm, load_clinic
from tests.crm.receiver import Receiver, open_receiver
from tests.dialogues.test_escalation import later, send_request
from tests.house import House, open_house

SECRET = "0123456789abcdef"


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(tmp_path: Path, receiver: Receiver) -> AsyncIterator[House]:
    clinic = replace(load_clinic(), crm=Crm(receiver.url, SECRET, allow_private=True))
    async with open_house(tmp_path, clinic=clinic) as house:
        yield house


async def test_each_change_is_told_with_number_name_and_phone(desk: House, receiver: Receiver) -> None:
    await send_request(desk)
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await desk.tap("request:1001:reached", desk.mia, desk.staff)
    await desk.rest()
    assert sorted(receiver.events) == ["created", "reached", "taken"]
    events = sorted(receiver.calls, key=lambda call: call["sequence"])
    assert [event["id"] for event in events] == ["1001-1", "1001-2", "1001-3"]
    assert [event["state"] for event in events] == ["open", "taken", "reached"]
    assert {(event["number"], event["name"], event["phone"]) for event in events} == {
        (1001, "Anna Weber", "+49 171 2345678")
    }
    assert events[1]["staff"] == "Mia Brandt"
    assert events[0]["at"] == "2026-11-20T10:00:00+01:00"


async def test_a_call_is_signed_and_a_repeat_has_the_same_id(desk: House, receiver: Receiver) -> None:
    receiver.status = 503
    await send_request(desk)
    receiver.status = 204
    await later(desk, minutes=1)
    assert [call["id"] for call in receiver.calls] == ["1001-1", "1001-1"]
    assert receiver.bodies[0] == receiver.bodies[1]
    times = [headers["X-Afterglow-Timestamp"] for headers in receiver.headers]
    assert int(times[1]) - int(times[0]) == 60
    for body, headers, time in zip(receiver.bodies, receiver.headers, times, strict=True):
        expected = hmac.new(SECRET.encode(), time.encode() + b"." + body, sha256).hexdigest()
        assert headers["X-Afterglow-Signature"] == f"sha256={expected}"


async def test_a_forgotten_request_that_was_freed_is_told_too(desk: House, receiver: Receiver) -> None:
    await send_request(desk)
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await later(desk, hours=2)
    assert receiver.events[-1] == "released"


async def test_a_database_that_is_down_for_a_day_misses_nothing_and_the_operator_is_told(
    desk: House, receiver: Receiver
) -> None:
    receiver.status = 500
    await send_request(desk)
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await desk.tap("request:1001:reached", desk.mia, desk.staff)
    for _ in range(24):
        await later(desk, hours=1)
    subjects = [str(mail.message["Subject"]) for mail in desk.mailbox.mails]
    assert subjects.count("The customer database does not answer") == 2, "once on each of two days"
    receiver.status, receiver.calls = 204, []
    await later(desk, hours=1)
    assert sorted(receiver.events) == ["created", "reached", "taken"]


async def test_after_three_days_an_event_is_given_up_and_the_operator_is_told(desk: House, receiver: Receiver) -> None:
    receiver.status = 500
    await send_request(desk)
    for _ in range(3):
        await later(desk, days=1)
    subjects = [str(mail.message["Subject"]) for mail in desk.mailbox.mails]
    assert "The customer database has missed an event" in subjects
    receiver.calls = []
    await later(desk, days=1)
    assert receiver.calls == []


async def test_no_database_no_events(house: House) -> None:
    await send_request(house)
    async with house.services.storage.transaction() as tx:
        assert not await tx.outbox.waiting_of_kind("crm")
