"""The numbers of quotes: none twice, none left out, whoever counts at the same time and whatever fails."""

import asyncio
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.figures import QuoteCounts
from storage.storage import Storage, Transaction
from storage.tables import Client, Quote
from tests.storage.conftest import NOW


async def make(transaction: Transaction, client_id: int, year: int = 2026, **changed: Any) -> Quote:
    facts: dict[str, Any] = {
        "lines": [{"service": "classic", "price": "79.00"}],
        "currency": "EUR",
        "total": "79.00",
        "price_list": "1",
        "checked": True,
        "valid_until": date(2026, 12, 20),
        "language": "en",
        "email": "ada@example.org",
        "message_id": "<1@clinic.example>",
        "now": NOW,
    }
    return await transaction.quotes.create(client_id, year=year, **{**facts, **changed})


async def made(storage: Storage, client_id: int, year: int = 2026) -> str:
    async with storage.transaction() as transaction:
        return (await make(transaction, client_id, year)).number


async def test_each_year_begins_at_one(storage: Storage, ada: Client) -> None:
    numbers = [await made(storage, ada.id, year) for year in (2026, 2026, 2027, 2026, 2027)]
    assert numbers == ["2026-0001", "2026-0002", "2027-0001", "2026-0003", "2027-0002"]


class _Broken(Exception):
    pass


async def broken_off(storage: Storage, client_id: int) -> None:
    """Take a number in a transaction that fails."""
    with suppress(_Broken):
        async with storage.transaction() as transaction:
            await make(transaction, client_id)
            await asyncio.sleep(0)
            raise _Broken


async def test_a_transaction_that_fails_gives_its_number_back(storage: Storage, ada: Client) -> None:
    await made(storage, ada.id)
    await broken_off(storage, ada.id)
    assert await made(storage, ada.id) == "2026-0002"


async def test_two_workers_count_without_gaps_and_repeats(storage: Storage, ada: Client, address: str) -> None:
    """Every third transaction fails after it took its number."""
    other = await Storage.open(address)

    async with asyncio.timeout(30):
        workers = (storage, other) * 4
        good = [made(worker, ada.id) for worker in workers * 2]
        await asyncio.gather(*good, *(broken_off(worker, ada.id) for worker in workers))
    await other.close()
    async with storage.snapshot() as transaction:
        data = await transaction.clients.everything(ada.id)
    assert sorted(quote["number"] for quote in data["quotes"]) == [f"2026-{serial:04}" for serial in range(1, 17)]


async def test_the_database_itself_refuses_a_number_twice(storage: Storage, ada: Client, sql: Any) -> None:
    await made(storage, ada.id)
    await sql("UPDATE counters SET value = 0")
    with pytest.raises(IntegrityError):
        await made(storage, ada.id)


async def test_an_erased_clients_numbers_are_not_given_out_again(storage: Storage, ada: Client, sql: Any) -> None:
    await made(storage, ada.id)
    await sql("DELETE FROM clients")
    async with storage.transaction() as transaction:
        assert await transaction.quotes.by_number("2026-0001") is None
        eve = await transaction.clients.get_or_create(8, chat_id=80, profile={}, language="en", now=NOW)
    assert await made(storage, eve.id) == "2026-0002"


async def test_quotes_are_found_by_number_and_by_client(storage: Storage, ada: Client) -> None:
    first, second = await made(storage, ada.id), await made(storage, ada.id)
    async with storage.transaction() as transaction:
        found, latest = await transaction.quotes.by_number(first), await transaction.quotes.latest(ada.id)
        assert found is not None
        assert latest is not None
        assert (found.number, found.email, found.state) == (first, "ada@example.org", "queued")
        assert latest.number == second
        found.addresses = 3
    async with storage.transaction() as transaction:
        assert await transaction.quotes.addressed_since(ada.id, NOW) == 4
        assert await transaction.quotes.addressed_since(ada.id + 1, NOW) == 0


async def test_the_clinics_figures_count_the_quotes_of_a_period(storage: Storage, ada: Client) -> None:
    async with storage.transaction() as transaction:
        for day, sent, accepted in (
            (-1, True, True),
            (0, True, True),
            (1, True, False),
            (2, False, False),
            (7, True, True),
        ):
            moment = NOW + timedelta(days=day)
            row = await make(transaction, ada.id, now=moment)
            row.sent_at, row.accepted_at = moment if sent else None, moment if accepted else None
    async with storage.snapshot() as transaction:
        assert await transaction.figures.quotes(NOW, NOW + timedelta(days=7)) == QuoteCounts(3, 2, 1)
