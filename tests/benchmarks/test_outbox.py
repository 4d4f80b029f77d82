"""What the outbox costs: a tick with nothing due beside a million waiting rows, and ten thousand reminders at once."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import text

from bot.gateways.pacing import MESSAGES_PER_SECOND
from demo.people import Person
from handlers.outbox import Outbox
from handlers.services import Services
from storage.engine import database_url, writing_engine
from storage.storage import Storage
from tests.benchmarks.taps import percentile, spared_collections, until_shown
from tests.house import House, open_house
from tests.outbox.crowd import newcomers, once_each, plan_for, sent_to

pytestmark = pytest.mark.benchmark

FEW, MANY = 1_000, 1_000_000
TICKS = 600
DEAREST = 1.2

DUE_AT_ONCE = int(os.environ.get("DUE_AT_ONCE", "10000"))
TAPPERS = 40
IDLE_TAPS = DUE_AT_ONCE // 40
PAUSE_SECONDS = 1.0
SLOWEST = 2.0
LEAST_OF_THE_LIMIT = 0.95

COLUMNS = "recipient, kind, subject, payload, planned_for, due_at, state, attempts, unclear, created_at"
VALUES = "'client:' || n, 'safe_now', '', '{}', moment, moment, 'waiting', 0, FALSE, moment"
SQLITE = f"""
INSERT INTO outbox ({COLUMNS})
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
SELECT {VALUES} FROM (SELECT n, strftime('%Y-%m-%d %H:%M:%S.000000', '2027-01-01', (n % 500000) || ' minutes') AS moment
    FROM numbers)
"""  # noqa: S608 - constants of this file
POSTGRESQL = f"""
INSERT INTO outbox ({COLUMNS})
SELECT {VALUES} FROM (SELECT n, TIMESTAMPTZ '2027-01-01' + (n % 500000) * INTERVAL '1 minute' AS moment
    FROM generate_series(1, CAST(:count AS integer)) AS n) AS many
"""  # noqa: S608 - constants of this file


async def fill(address: str, count: int) -> None:
    """Let ``count`` reminders wait, all of them for next year."""
    engine = writing_engine(database_url(address))
    sqlite = engine.dialect.name == "sqlite"
    async with engine.begin() as connection:
        await connection.execute(text(SQLITE if sqlite else POSTGRESQL), {"count": count})
    async with engine.begin() as connection:
        if not sqlite:  # autovacuum's work, done by now in any database that did not grow a second ago
            await connection.execute(text("ANALYZE"))
    await engine.dispose()


@asynccontextmanager
async def outbox_with(folder: Path, address: str, count: int) -> AsyncIterator[Outbox]:
    """The outbox of a house at rest, with so many rows waiting."""
    async with open_house(folder, url=address) as house:
        await house.life.end()
        await fill(address, count)
        yield Outbox(house.services)


def addresses(request: pytest.FixtureRequest, folder: Path, kind: str) -> list[str]:
    if kind == "sqlite":
        return [f"sqlite:///{folder}/{count}.db" for count in (FEW, MANY)]
    first = request.getfixturevalue("postgresql_address")
    server = request.getfixturevalue("postgresql")
    server.psql("CREATE ROLE many LOGIN; CREATE SCHEMA AUTHORIZATION many")
    return [first, str(server.get_postmaster_info().get_uri(user="many", database="postgres"))]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_tick_with_nothing_due(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    few_address, many_address = addresses(request, tmp_path, kind)
    async with AsyncExitStack() as stack:
        few = await stack.enter_async_context(outbox_with(tmp_path, few_address, FEW))
        many = await stack.enter_async_context(outbox_with(tmp_path, many_address, MANY))
        took: dict[Outbox, list[float]] = {few: [], many: []}
        for _ in range(TICKS):
            for outbox, times in took.items():  # in turns, so that a slow moment of the machine meets both
                begin = perf_counter()
                await outbox.tick()
                times.append(perf_counter() - begin)
    costs = [1000 * percentile(times, 0.5) for times in took.values()]
    ratio = costs[1] / costs[0]
    print(f"\n{kind}: a tick costs {costs[0]:.2f} ms at {FEW:,} rows, {costs[1]:.2f} ms at {MANY:,}, ratio {ratio:.2f}")
    assert ratio <= DEAREST


async def tap_around(house: House, people: list[Person], *, until: asyncio.Event | None, times: int) -> list[float]:
    """One tap after the other, by one client after the other, as a busy afternoon would bring them."""
    took: list[float] = []
    while len(took) < times if until is None else not until.is_set():
        await asyncio.sleep(PAUSE_SECONDS)
        took.append(await until_shown(house, people[len(took) % len(people)], "filler"))
    return took


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_ten_thousand_due_at_once(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    address = str(request.getfixturevalue(f"{kind}_address"))
    async with spared_collections(), open_house(tmp_path, url=address) as house:
        tappers, people = newcomers(house, TAPPERS), newcomers(house, DUE_AT_ONCE)
        for person in tappers:
            person.say("/start")
            await house.tap("answer:consent:agree", person)
            await house.answer({"symptoms": "none"}, person)
            await house.button("answer:procedures:filler", person.chat)
        house.standin.flood.enabled = True
        idle = await tap_around(house, tappers, until=None, times=IDLE_TAPS)
        for start in range(0, DUE_AT_ONCE, 500):
            await plan_for(house, people[start : start + 500], after=timedelta(hours=1))
        calls, drained = len(house.standin.world.calls), asyncio.Event()
        tapping = asyncio.create_task(tap_around(house, tappers, until=drained, times=0))
        house.clock.move(hours=1)
        begin = perf_counter()
        house.wake()
        async with asyncio.timeout(2 * DUE_AT_ONCE / MESSAGES_PER_SECOND):
            while await due(house.services.storage, house.services):
                await asyncio.sleep(1)
        seconds = perf_counter() - begin
        drained.set()
        busy = await tapping
    made = [call for call in house.standin.world.calls[calls:] if call.chat_id]
    refused = sum(call.status == 429 for call in made)
    rate = len(made) / seconds  # answers to taps take their places from the same limit
    slow = [1000 * percentile(times, part) for times in (idle, busy) for part in (0.5, 0.99)]
    print(
        f"\n{kind}: {DUE_AT_ONCE:,} reminders in {seconds:.0f} s, with the answers {rate:.2f} calls a second: "
        f"{rate / MESSAGES_PER_SECOND:.1%} of the limit ({MESSAGES_PER_SECOND}), {refused} times 429; "
        f"taps p50 {slow[0]:.0f} ms and p99 {slow[1]:.0f} ms idle ({len(idle)} taps), "
        f"p50 {slow[2]:.0f} ms and p99 {slow[3]:.0f} ms meanwhile ({len(busy)} taps)"
    )
    assert sent_to(house, people) == once_each(people)
    assert refused == 0
    assert rate >= LEAST_OF_THE_LIMIT * MESSAGES_PER_SECOND
    assert slow[3] <= SLOWEST * slow[1]


async def due(storage: Storage, services: Services) -> int:
    """How many rows are due and not sent yet."""
    async with storage.snapshot() as tx:
        count, _ = await tx.outbox.overdue(services.now())
    return count
