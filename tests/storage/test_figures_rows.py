"""The open requests, those of a period, and what is counted, on both databases."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.figures import Call
from storage.storage import Storage, Transaction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def request(
    transaction: Transaction, user: int, *, state: str = "open", at: datetime = NOW, source: str | None = None
) -> int:
    """A client with one request in that state."""
    client = await transaction.clients.get_or_create(user, chat_id=user, profile={}, language="de", now=at)
    client.source = source
    details = {"outcome": "urgent_a"} if state in {"alert", "cleared"} else {"name": f"U{user}", "phone": "+49 30 1"}
    row = await transaction.requests.create(client.id, details, at, at + HOUR, at, state=state)
    return row.number


async def test_the_queue_holds_what_needs_the_clinic_the_oldest_first_and_goes_on_after_a_page(
    storage: Storage,
) -> None:
    states = ("open", "reached", "taken", "alert", "open", "cleared")
    async with storage.transaction() as transaction:
        numbers = [await request(transaction, user, state=state) for user, state in enumerate(states, 1)]
    async with storage.snapshot() as transaction:
        first = await transaction.figures.queue(0, 2)
        rest = await transaction.figures.queue(first[-1].number, 2)
        count, alerts = await transaction.figures.open_count(), await transaction.figures.alerts()
    assert [row.number for row in (*first, *rest)] == [numbers[0], numbers[2], numbers[4]]
    assert (count, list(alerts)) == (3, [numbers[3]])


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(None, None, [1, 2, 3]), (NOW, None, [2, 3]), (None, NOW, [1]), (NOW, NOW + DAY, [2]), (NOW + 2 * DAY, None, [])],
)
async def test_the_records_of_a_period_are_those_that_arrived_in_it_without_alerts(
    storage: Storage, start: datetime | None, end: datetime | None, found: list[int]
) -> None:
    async with storage.transaction() as transaction:
        for user, days in ((1, -1), (2, 0), (3, 1)):
            await request(transaction, user, at=NOW + days * DAY, source="poster" if user == 2 else None)
        await request(transaction, 4, state="alert")
    async with storage.snapshot() as transaction:
        records = [record async for record in transaction.figures.records(start, end)]
    assert [record.name for record in records] == [f"U{user}" for user in found]
    assert {record.source for record in records} <= {"poster", ""}
    assert all((record.language, record.email, record.state) == ("de", "", "open") for record in records)


async def test_a_record_tells_the_requests_life(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        number = await request(transaction, 1)
        row = await transaction.requests.by_number(number)
        assert row
        row.taken_by_name, row.taken_at = "Mia Brandt", NOW + HOUR
        transaction.requests.move(row, "booked", NOW + 2 * HOUR)
    async with storage.snapshot() as transaction:
        (record,) = [record async for record in transaction.figures.records(None, None)]
    assert (record.number, record.taken_by, record.taken_at) == (number, "Mia Brandt", NOW + HOUR)
    assert {record.called_at, record.reached_at, record.booked_at} == {NOW + 2 * HOUR}
    assert record.closed_at is None


async def test_clients_are_counted_once_at_each_stage_by_week_and_source(storage: Storage) -> None:
    """Counted here one by one, and there by the database."""
    dice, expected = Random(7), Counter[tuple[int, str, str]]()  # noqa: S311 - dice
    async with storage.transaction() as transaction:
        for user in range(1, 120):
            at, source = NOW + dice.randrange(-3, 24) * DAY, dice.choice([None, "poster", "web"])
            client = await transaction.clients.get_or_create(user, chat_id=user, profile={}, language="en", now=at)
            client.source = source
            advices, requests = dice.choice([0, 1, 3]), [dice.choice(LIVES) for _ in range(dice.randrange(3))]
            for _ in range(advices):
                await transaction.advices.add(client.id, "1", at.date(), {}, {}, at)
            for life in requests:
                row = await transaction.requests.create(client.id, {}, at, at + HOUR, at, state=life[0])
                for state in life[1:]:
                    transaction.requests.move(row, state, at + HOUR)
            week = (at - NOW).days // 7
            if 0 <= week < 3:
                calls = [life for life in requests if life[0] != "alert"]
                came = {
                    "started": True,
                    "advised": advices > 0,
                    "requested": bool(calls),
                    "reached": any({"reached", "booked"} & set(life) for life in calls),
                    "booked": any("booked" in life for life in calls),
                }
                expected.update((week, source or "", stage) for stage, did in came.items() if did)
    async with storage.snapshot() as transaction:
        found = await transaction.figures.cohorts([NOW + 7 * week * DAY for week in range(4)])
    counted = {(row.week, row.source, stage): n for row in found for stage, n in asdict(row.funnel).items() if n}
    assert counted == expected
    assert len(counted) > 30


LIVES = (
    ("alert",),
    ("alert", "cleared"),
    ("closed",),
    ("closed", "no_answer", "declined"),
    ("closed", "reached", "closed"),
    ("closed", "booked", "closed"),
)
"""States that requests go through; none is left open, since a client has one open request at most."""


async def test_calls_are_those_of_the_requests_that_arrived_in_the_period(storage: Storage) -> None:
    async with storage.transaction() as transaction:
        for user, days in ((1, -1), (2, 0), (3, 1)):
            number = await request(transaction, user, at=NOW + days * DAY)
            row = await transaction.requests.by_number(number)
            if user == 2 and row:
                transaction.requests.move(row, "reached", NOW + HOUR)
        await request(transaction, 4, state="alert")
    async with storage.snapshot() as transaction:
        found = await transaction.figures.calls(NOW, NOW + 2 * DAY)
    assert sorted(found, key=lambda call: call.asked_at) == [
        Call(NOW, NOW + HOUR, NOW + HOUR, in_time=True, is_open=False),
        Call(NOW + DAY, NOW + DAY + HOUR, None, in_time=None, is_open=True),
    ]
