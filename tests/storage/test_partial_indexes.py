"""The queries of every tick walk partial indexes: a million rows that are over, or not yet due, cost them nothing."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import database_url, writing_engine
from storage.storage import Storage, Transaction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


MANY_ROWS = """
INSERT INTO outbox (recipient, kind, subject, payload, planned_for, due_at, state, attempts, created_at)
SELECT 'client:' || n, CASE WHEN n % 100 = 0 THEN 'card' ELSE 'safe_now' END, '', '{}', moment, moment, 'waiting', 0,
    moment
FROM (SELECT n, TIMESTAMPTZ '2026-11-20' + n * INTERVAL '1 hour' AS moment FROM generate_series(1, 5000) AS n) AS many
"""
"""What waits in a busy clinic."""


@pytest.fixture
def selects() -> Iterator[list[tuple[str, Any]]]:
    """The SELECTs that went to a database, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        parameters: Any,
        context: ExecutionContext | None,
        executemany: bool,
    ) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def explain_for_any_parameters(connection: AsyncConnection, statement: str, parameters: Sequence[Any]) -> str:
    """PostgreSQL's plan, the tables being too big to be read as a whole."""
    for setting in ("enable_seqscan = off", "enable_bitmapscan = off", "plan_cache_mode = force_generic_plan"):
        await connection.exec_driver_sql(f"SET LOCAL {setting}")
    await connection.exec_driver_sql(f"PREPARE query AS {statement}")
    values = f"({', '.join('NULL' for _ in parameters)})" if parameters else ""
    result = await connection.exec_driver_sql(f"EXPLAIN EXECUTE query{values}")
    await connection.exec_driver_sql("DEALLOCATE query")
    return "\n".join(result.scalars())


async def plan(connection: AsyncConnection, statement: str, parameters: Any) -> str:
    if connection.dialect.name == "postgresql":
        return await explain_for_any_parameters(connection, statement, parameters)
    result = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "\n".join(row.detail for row in result)


async def claim(transaction: Transaction) -> None:
    await transaction.outbox.claim(NOW, limit=10, lease=timedelta(minutes=1))


async def claim_of_kinds(transaction: Transaction) -> None:
    hand = {3: "staff", 4: "client:9"}
    lease = timedelta(minutes=1)
    await transaction.outbox.claim(NOW, limit=10, lease=lease, kinds=["card", "page"], in_hand=hand, each=1)


async def next_due(transaction: Transaction) -> None:
    await transaction.outbox.next_due(NOW)


async def next_updates(transaction: Transaction) -> None:
    await transaction.inbox.next(10, [3, 4])


async def claim_updates(transaction: Transaction) -> None:
    await transaction.inbox.claim("a", 10, [3, 4])


async def unattended(transaction: Transaction) -> None:
    await transaction.screens.unattended()


async def owed(transaction: Transaction) -> None:
    await transaction.clients.owed()


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        (claim, [{"ix_outbox_due"}]),
        (claim_of_kinds, [{"ix_outbox_waiting_kind"}]),
        (next_due, [{"ix_outbox_due"}, {"ix_outbox_due"}]),
        (next_updates, [{"ix_inbox_waiting", "ix_inbox_waiting_lane"}]),
        (claim_updates, [{"ix_inbox_waiting", "ix_inbox_waiting_lane"}]),
        (unattended, [{"ix_clients_screen_owed"}]),
        (owed, [{"ix_clients_screen_owed"}]),
    ],
)
async def test_a_tick_reads_partial_indexes_only(
    storage: Storage,
    address: str,
    selects: list[tuple[str, Any]],
    query: Callable[[Transaction], Awaitable[None]],
    indexes: list[set[str]],
) -> None:
    sorts = "" if query is claim_of_kinds else "|TEMP B-TREE"  # only the few rows of its kinds
    engine = writing_engine(database_url(address))
    if engine.dialect.name == "postgresql":  # which chooses by how many rows there are; SQLite does not look
        async with engine.begin() as connection:
            await connection.exec_driver_sql(MANY_ROWS)
            await connection.exec_driver_sql("ANALYZE")
    selects.clear()  # the migrations' own
    async with storage.transaction() as transaction:
        await query(transaction)
    async with engine.begin() as connection:
        found = [await plan(connection, statement, parameters) for statement, parameters in list(selects)]
    await engine.dispose()
    used = [set(re.findall(r"ix_\w+", text)) for text in found]
    # PostgreSQL weighs the two indexes by its statistics: the kinds', or the order's where few rows are due.
    assert used in (indexes, [{"ix_outbox_due"}] if query is claim_of_kinds and "postgresql" in address else indexes)
    assert not re.search(r"Seq Scan|SCAN (?!CONSTANT)\w+$" + sorts, "\n".join(found), re.MULTILINE)


async def lost_plans(transaction: Transaction) -> None:
    await transaction.plans.without_row(100, 200)


async def stray_rows(transaction: Transaction) -> None:
    await transaction.plans.rows_without_plan(["card", "safe_now"], 100, 200)


@pytest.mark.parametrize("query", [lost_plans, stray_rows])
async def test_a_page_of_the_check_finds_each_partner_by_an_index(
    storage: Storage,
    address: str,
    selects: list[tuple[str, Any]],
    query: Callable[[Transaction], Awaitable[None]],
) -> None:
    engine = writing_engine(database_url(address))
    selects.clear()
    async with storage.transaction() as transaction:
        await query(transaction)
    [(statement, parameters)] = selects
    async with engine.begin() as connection:
        found = await plan(connection, statement, parameters)
    await engine.dispose()
    assert not re.search(r"Seq Scan|\bSCAN|Join", found), "a join reads all partners for every page"
    assert len(re.findall(r"SEARCH|Index Cond", found)) == 2
