"""Two real workers on one PostgreSQL and 10,000 reminders that are due; the stand-in's chats tell what arrived.

A reminder that its worker has sent, and was killed before it recorded that, comes once more when its lease is over,
and says so. Nothing else comes twice, and all of them come.
"""

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlalchemy import insert

from bot.clock import system_clock
from demo import StandIn
from demo.people import Person
from handlers.outbox import LEASE
from storage.engine import database_url, writing_engine
from storage.tables import Client, OutboxRow
from tests.outbox.crowd import REMINDER
from tests.scale.processes import PATIENCE, Process, bot

DUE = 10_000
LONGEST = 600.0
SETTLED = 6.0
"""Seconds in which a living worker sends and records what it had in hand."""

REPEAT = "Sent again"
LEFT = f"SELECT count(*) FROM outbox WHERE kind = '{REMINDER}' AND state <> 'sent'"  # noqa: S608 - a constant
HELD = "SELECT recipient FROM outbox WHERE state = 'waiting' AND lease_token IS NOT NULL AND leased_until <= '{until}'"

pytestmark = pytest.mark.proof

Sql = Callable[[str], Awaitable[Any]]


def noon(now: datetime) -> str:
    """A time zone in which nobody is woken by a reminder now."""
    return next(name for name in sorted(available_timezones()) if 11 <= now.astimezone(ZoneInfo(name)).hour <= 13)


async def plan(database: str, people: Sequence[Person]) -> None:
    """One reminder for each, due now; the client's id is the place in ``people``."""
    now, engine = system_clock(), writing_engine(database_url(database))
    stamps = {"created_at": now, "time_zone": noon(now), "language": "en", "seen_at": now}
    row = {"kind": REMINDER, "subject": "the one", "planned_for": now, "due_at": now, "created_at": now}
    about: dict[str, Any] = {"before": now.isoformat(), "due": None, "moved": []}
    clients = [
        {"telegram_user_id": person.id, "chat_id": person.id, "id": number, **stamps}
        for number, person in enumerate(people)
    ]
    rows = [
        {"recipient": f"client:{number}", "client_id": number, "payload": about, **row} for number in range(len(people))
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(Client), clients)
        await connection.execute(insert(OutboxRow), rows)
    await engine.dispose()


def arrived(people: Sequence[Person]) -> Counter[int]:
    """How often each of them, by number, was reminded."""
    return Counter({number: len(person.chat.messages) for number, person in enumerate(people)})


async def both_alive(workers: Process) -> list[int]:
    """The processes of both workers, as soon as none waits for being started again."""
    async with asyncio.timeout(PATIENCE):
        while len(alive := workers.children()) < 2:
            await asyncio.sleep(0.1)
    return alive


async def kill_now_and_then(workers: Process, sql: Sql, people: Sequence[Person], kills: int) -> Counter[int]:
    """kill -9 one worker after the other; answers what had arrived, and was not recorded by whom it was sent."""
    chances, caught = Random(kills), Counter[int]()  # noqa: S311 - the same moments in every run
    for _ in range(kills):
        await both_alive(workers)
        await asyncio.sleep(chances.uniform(3, 9))
        os.kill(chances.choice(await both_alive(workers)), signal.SIGKILL)
        last_lease = system_clock() + LEASE
        await asyncio.sleep(SETTLED)
        held = [int(who.removeprefix("client:")) for (who,) in await sql(HELD.format(until=last_lease))]
        came = arrived(people)
        caught |= Counter({number: came[number] for number in held})
    return caught


async def shares(workers: Process) -> list[int]:
    """How many reminders each worker says it has sent."""
    answers = [await workers.get("/metrics", workers.port + number) for number in (0, 1)]
    sent = [re.search(rf'kind="{REMINDER}",outcome="sent"}} (\d+)', text) for _, text in answers]
    return [int(found[1]) if found else 0 for found in sent]


@pytest.mark.parametrize("kills", [0, 8])
async def test_two_workers_send_ten_thousand_reminders(
    standin: StandIn, tmp_path: Path, database: str, sql: Sql, kills: int
) -> None:
    people = [standin.world.add_user(f"Client {number}") for number in range(DUE)]
    for person in people:
        person.started = True
    await plan(database, people)
    begin = time.monotonic()
    async with bot(standin, tmp_path, database, "--workers", "2") as workers, asyncio.timeout(LONGEST):
        await workers.ready()
        caught = await kill_now_and_then(workers, sql, people, kills)
        while await sql(LEFT) != [(0,)]:
            await asyncio.sleep(1)
        seconds, each = time.monotonic() - begin, await shares(workers)
    came = arrived(people)
    twice = [number for number, times in came.items() if times > 1]
    print(
        f"\n{DUE:,} reminders by two workers in {seconds:.0f} s, {kills} kills: {sum(came.values()) - DUE} came twice, "
        f"{sum(caught.values())} had been sent and not recorded when their worker was killed; "
        f"the workers at the end sent {each[0]:,} and {each[1]:,}"
    )
    assert min(came.values()) == 1, "one was lost"
    assert all(came[number] <= caught[number] + 1 for number in twice), "one came twice without need"
    assert all(REPEAT in (message.text or "") for number in twice for message in people[number].chat.messages[1:])
    assert min(each) > 0
