"""Proofs with real processes: takeover times, a frozen worker, and a start with a million rows. ``make proof``."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, text

from bot.clock import system_clock
from demo import StandIn
from demo.people import Person
from storage.columns import Instant
from storage.engine import database_url, writing_engine
from tests.fresh import open_fresh
from tests.house import HEALTHY, newest_with
from tests.scale.processes import PATIENCE, bot

TAKEOVER = 30.0
READY = 3.0

pytestmark = pytest.mark.proof

Sql = Callable[[str], Awaitable[Any]]


async def tap(standin: StandIn, person: Person, data: str) -> None:
    message = await standin.world.until(lambda: newest_with(person.chat, data), timeout=PATIENCE)
    person.press(message, data)


async def consult(standin: StandIn, person: Person) -> None:
    person.say("/start")
    await tap(standin, person, "answer:consent:agree")
    for key, option in HEALTHY.items():
        await tap(standin, person, f"answer:{key}:{option}")
    await standin.world.until(lambda: newest_with(person.chat, "change"), timeout=PATIENCE)


async def served(standin: StandIn, person: Person) -> float:
    """Seconds until a client who writes now is shown a screen."""

    def screens() -> int:
        return sum(call.method == "sendMessage" and call.chat_id == person.id for call in standin.world.calls)

    begin, before = time.monotonic(), screens()
    person.say("/start")
    await standin.world.until(lambda: screens() > before, timeout=PATIENCE)
    return time.monotonic() - begin


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_poller_is_replaced_within_30_seconds(
    standin: StandIn, tmp_path: Path, database: str, sql: Sql, how: signal.Signals
) -> None:
    anna = standin.world.add_user("Anna")
    took = []
    for _ in range(3):
        async with bot(standin, tmp_path, database) as first:
            await first.ready()
            await first.sits()
            async with bot(standin, tmp_path, database) as second:
                await second.ready()
                assert not await second.polls()
                await served(standin, anna)
                await until(sql, "SELECT count(*) FROM clients WHERE screen_owed", 0)  # what was drawn is recorded
                first.signal(how)
                took.append(await served(standin, anna))
                assert await second.polls()
    print(f"\na client is served again after the poller's {how.name}: {', '.join(f'{s:.1f}' for s in took)} s")
    assert max(took) < TAKEOVER


async def test_a_frozen_worker_that_comes_back_does_nothing_twice(
    standin: StandIn, tmp_path: Path, database: str, sql: Sql
) -> None:
    people = [standin.world.add_user(f"Client{number}") for number in range(20)]
    async with bot(standin, tmp_path, database) as first, bot(standin, tmp_path, database) as second:
        await first.ready()
        await second.ready()
        walks = [asyncio.create_task(consult(standin, person)) for person in people]
        for frozen in (first, second, first):
            await asyncio.sleep(1.5)
            frozen.signal(signal.SIGSTOP)
            await asyncio.sleep(25)  # beyond every lease, and beyond the seat's session
            frozen.signal(signal.SIGCONT)
            await asyncio.sleep(1)
        begin = time.monotonic()
        await asyncio.gather(*walks)
        print(f"\n20 consultations ended {time.monotonic() - begin:.1f} s after the third thaw")
        await until(sql, "SELECT count(*) FROM inbox WHERE state = 'waiting'", 0)
        await until(sql, "SELECT count(*) FROM clients WHERE screen_owed", 0)
    assert await sql("SELECT DISTINCT state, max(tries) FROM inbox GROUP BY state") == [("done", 0)]
    assert await sql("SELECT count(*), count(DISTINCT client_id) FROM advices") == [(20, 20)]
    for person in people:
        assert person.chat.last() is newest_with(person.chat, "change"), "the advice is what everybody sees last"


async def until(sql: Sql, query: str, value: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await sql(query) != [(value,)]:
            await asyncio.sleep(0.1)


async def test_workers_are_restarted_and_end_with_their_parent(standin: StandIn, tmp_path: Path, database: str) -> None:
    anna = standin.world.add_user("Anna")
    async with bot(standin, tmp_path, database, "--workers", "3") as parent:
        await parent.ready()
        ports = [parent.port + number for number in range(3)]
        for port in ports:
            async with asyncio.timeout(PATIENCE):
                while (await parent.get("/healthz", port))[0] != 200:
                    await asyncio.sleep(0.05)
        await served(standin, anna)
        children = parent.workers()
        assert sorted(children) == [0, 1, 2]
        os.kill(children[1], signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            while parent.workers()[1] == children[1]:
                await asyncio.sleep(0.05)
        assert "worker 1 ended with -9; it is started again" in parent.log.read_text()
        await served(standin, anna)
        begin = time.monotonic()
        parent.signal(signal.SIGTERM)
        assert await parent.process.wait() == 0
        print(f"\nthree workers drained in {time.monotonic() - begin:.1f} s")
        assert time.monotonic() - begin < 10
    async with bot(standin, tmp_path, database, "--workers", "2") as parent:
        await parent.ready()
        parent.signal(signal.SIGKILL)
        async with asyncio.timeout(15):
            while (await parent.get("/healthz"))[0] or (await parent.get("/healthz", parent.port + 1))[0]:
                await asyncio.sleep(0.1)


MANY = (
    """
    INSERT INTO clients (id, telegram_user_id, chat_id, profile, language, place, consultation, draft, contact,
                         screen_owed, created_at, seen_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    SELECT i, i, i, '{}', 'en', 'consultation', '{"answers":{}}', '{}', '{}', FALSE, :now, :now FROM n
    """,
    """
    INSERT INTO inbox (bot_id, update_id, lane, raw, received_at, state, tries)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    SELECT 1, i, i % 100000, '{}', CASE WHEN i % 3 = 0 THEN :old ELSE :now END, 'done', 0 FROM n
    """,
    """
    INSERT INTO plans (id, client_id, kind, subject, state, reason, facts, step, snoozes, uid, sequence, created_at,
                       changed_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    SELECT i, i % 100000 + 1, 'safe_now', 'the ' || i || 'th', 'active', '', '{}', 0, 0, 'uid ' || i, 0, :now, :now
    FROM n
    """,
    """
    INSERT INTO outbox (recipient, client_id, kind, subject, payload, planned_for, due_at, state, attempts, unclear,
                        created_at)
    SELECT 'client:' || client_id, client_id, kind, id || '\\:0', '{}', :later, :later, 'waiting', 0, FALSE, :now
    FROM plans
    """,
)
"""A million updates, a third of them old enough to be forgotten, and a million reminders with their plans."""


async def fill(database: str) -> None:
    now = system_clock()
    moments = {"now": now, "old": now - timedelta(days=5), "later": now + timedelta(days=9)}
    engine = writing_engine(database_url(database))
    async with engine.begin() as connection:
        for statement in MANY:
            used = [bindparam(name, value, Instant) for name, value in moments.items() if f":{name}" in statement]
            await connection.execute(text(statement).bindparams(*used))
    async with engine.begin() as connection:
        if "postgresql" in database:  # autovacuum's work, done by now in any database that did not grow a second ago
            await connection.execute(text("ANALYZE"))
    await engine.dispose()


async def start(standin: StandIn, folder: Path, database: str) -> float:
    """Seconds from the start of the process to ready."""
    begin = time.monotonic()
    async with bot(standin, folder, database) as process:
        await process.ready()
        return time.monotonic() - begin


async def test_a_start_with_a_million_rows_is_ready_within_3_seconds(
    standin: StandIn, tmp_path: Path, address: str
) -> None:
    await (await open_fresh(address)).close()
    first = await start(standin, tmp_path, address)
    empty = min([await start(standin, tmp_path, address) for _ in range(3)])
    await fill(address)
    full = [await start(standin, tmp_path, address) for _ in range(3)]
    print(
        f"\n{address.partition(':')[0]}: ready after {', '.join(f'{seconds:.2f}' for seconds in full)} s "
        f"with 1,000,000 updates and reminders ({empty:.2f} s empty, {first:.2f} s first)"
    )
    assert min(full) < READY
