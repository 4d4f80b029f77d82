"""The open requests and those of a period, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

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
