"""kill -9 at every step of a delivery: it arrives all the same, and where it may have come before it says so."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.people import Person
from handlers.outbox import LEASE
from tests.house import House, open_house
from tests.outbox.crowd import newcomers, plan_for, sent_to

ROOT = Path(__file__).parents[2]
REPEAT = "Sent again"


@asynccontextmanager
async def victims() -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that forks one victim after the other."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.outbox.victim",
        cwd=ROOT,
        env={**os.environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 15)


async def deliver(
    process: asyncio.subprocess.Process, house: House, url: str, now: datetime, kill_at: int
) -> dict[str, Any]:
    """Let one victim send what is due."""
    assert process.stdin is not None
    assert process.stdout is not None
    order = {"url": url, "api": house.standin.url, "token": house.standin.token}
    order |= {"now": now.isoformat(), "kill_at": kill_at}  # type: ignore[dict-item]
    process.stdin.write(json.dumps(order).encode() + b"\n")
    async with asyncio.timeout(60):
        answer: dict[str, Any] = json.loads(await process.stdout.readline())
    return answer


def says_repeat(house: House, person: Person) -> list[bool]:
    """Of each message to the person, whether it says that it may have come before."""
    return [REPEAT in (message.text or "") for message in person.chat.messages]


@pytest.mark.proof
async def test_a_kill_at_any_step_loses_nothing_and_repeats_only_what_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    died: list[tuple[str, Person]] = []
    async with open_house(tmp_path, url=url) as house, victims() as process:
        await house.life.end()
        for kill_at in range(1, 40):
            [person] = newcomers(house, 1)
            await plan_for(house, [person])
            end = await deliver(process, house, url, house.clock(), kill_at)
            if end["status"] == 0:
                break
            assert end["status"] == -signal.SIGKILL
            died.append((end["steps"][-1], person))
        assert end["status"] == 0, "the last one was through before its step came"
        again = await deliver(process, house, url, house.clock() + LEASE + timedelta(seconds=1), 0)
        assert again["status"] == 0
        arrived: dict[str, list[int]] = {}
        for step, person in died:
            came = sent_to(house, [person]).total()
            arrived.setdefault(step, []).append(came)
            assert says_repeat(house, person)[1:] == [True] * (came - 1)
        assert arrived["before the call"] == [1]
        assert arrived["after the call"] == [2], "nobody can know whether it arrived: it is said again"
        assert sorted(arrived["before a commit"])[-2:] == [1, 2], "twice only where that commit was to record it"
        assert set(arrived["after a commit"]) == {1}
        assert min(min(counts) for counts in arrived.values()) == 1, "nothing is lost"
