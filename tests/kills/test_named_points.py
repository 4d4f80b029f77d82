"""kill -9 at each point of an update's and of a card's way, 20 times each: nothing is lost, repeats are marked."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.kills.lives import Lives, lives_in
from tests.kills.nursery import POINTS
from tests.kills.people import Client, keep_busy
from tests.kills.verdict import verdict

KILLS = 20

SCREENS: dict[str, dict[str, Any]] = {
    "tap not yet acknowledged": {"kind": "hang", "method": "answerCallbackQuery"},
    "screen not yet sent": {"kind": "hang", "method": "editMessageText"},
    "screen sent and not yet noted": {"kind": "late", "method": "editMessageText"},
}
CARDS: dict[str, dict[str, Any]] = {
    "card claimed and not yet sent": {"kind": "hang", "method": "sendMessage"},
    "card sent and not yet noted": {"kind": "late", "method": "sendMessage"},
}


def client(lives: Lives, number: int) -> Client:
    return Client(lives, lives.standin.world.add_user(f"Client {number}"), Random(number))  # noqa: S311 - repeatable


async def kill_at_fault(lives: Lives, fault: dict[str, Any]) -> None:
    """Kill as soon as a call meets the fault."""
    calls = lives.standin.world.calls
    before = len(calls)
    lives.standin.faults.add(**fault)
    await lives.standin.world.until(lambda: any(call.fault for call in calls[before:]), timeout=120)
    await lives.kill()
    lives.standin.faults.clear()


async def finish(lives: Lives, clients: list[Client], load: list[asyncio.Task[None]], stop: asyncio.Event) -> str:
    """One life that is left alone, for everything that is still to be done."""
    stop.set()
    await lives.start()
    await asyncio.gather(*load)
    await lives.quiet()
    await lives.stop()
    return verdict(lives, clients)


@pytest.mark.proof
@pytest.mark.parametrize("point", [*POINTS, *SCREENS])
async def test_kills_on_the_way_of_an_update_lose_nothing(tmp_path: Path, point: str) -> None:
    async with lives_in(tmp_path) as lives:
        clients, stop = [client(lives, number) for number in range(3)], asyncio.Event()
        load = [asyncio.create_task(keep_busy(each, stop)) for each in clients]
        for _ in range(KILLS):
            if point in POINTS:
                await lives.start(point)
                await lives.death()
            else:
                await lives.start()
                await kill_at_fault(lives, SCREENS[point])
        print(f"\n{KILLS} kills, {point}: {await finish(lives, clients, load, stop)}")


@pytest.mark.proof
@pytest.mark.parametrize("point", CARDS)
async def test_kills_on_the_way_of_a_card_lose_nothing(tmp_path: Path, point: str) -> None:
    async with lives_in(tmp_path) as lives:
        clients = [client(lives, number) for number in range(KILLS)]
        load = []
        for each in clients:
            load.append(asyncio.create_task(each.arrive_and_ask()))
            await lives.start()
            await kill_at_fault(lives, CARDS[point] | {"chat_id": lives.staff.id})
        print(f"\n{KILLS} kills, {point}: {await finish(lives, clients, load, asyncio.Event())}")
