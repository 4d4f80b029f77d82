"""kill -9 at each point of an update's and of a card's way, 20 times each: nothing is lost, repeats are marked."""

from pathlib import Path
from typing import Any

import pytest

from tests.kills.lives import Lives, lives_in
from tests.kills.nursery import POINTS
from tests.kills.people import Load
from tests.kills.verdict import verdict

KILLS = 20
CLIENTS = 3

SCREENS: dict[str, dict[str, Any]] = {
    "tap not yet acknowledged": {"kind": "hang", "method": "answerCallbackQuery"},
    "screen not yet sent": {"kind": "hang", "method": "editMessageText"},
    "screen sent and not yet noted": {"kind": "late", "method": "editMessageText"},
}
CARDS: dict[str, dict[str, Any]] = {
    "card claimed and not yet sent": {"kind": "hang", "method": "sendMessage"},
    "card sent and not yet noted": {"kind": "late", "method": "sendMessage"},
}


async def kill_at_fault(lives: Lives, fault: dict[str, Any]) -> None:
    """Kill as soon as a call meets the fault."""
    calls = lives.standin.world.calls
    before = len(calls)
    lives.standin.faults.add(**fault)
    await lives.standin.world.until(lambda: any(call.fault for call in calls[before:]), timeout=120)
    await lives.kill()
    lives.standin.faults.clear()


@pytest.mark.proof
@pytest.mark.parametrize("point", [*POINTS, *SCREENS])
async def test_kills_on_the_way_of_an_update_lose_nothing(tmp_path: Path, point: str) -> None:
    async with lives_in(tmp_path) as lives:
        load = Load(lives, CLIENTS)
        await load.begin()
        for _ in range(KILLS):
            if point in POINTS:
                await lives.start(point)
                await lives.death()
            else:
                await lives.start()
                await kill_at_fault(lives, SCREENS[point])
        await load.end()
        print(f"\n{KILLS} kills, {point}: {verdict(lives, load.clients)}")


@pytest.mark.proof
@pytest.mark.parametrize("point", CARDS)
async def test_kills_on_the_way_of_a_card_lose_nothing(tmp_path: Path, point: str) -> None:
    async with lives_in(tmp_path) as lives:
        load = Load(lives, 0)
        await load.begin()
        for _ in range(KILLS):
            load.add_one_who_asks()
            await lives.start()
            await kill_at_fault(lives, CARDS[point] | {"chat_id": lives.staff.id})
        await load.end()
        print(f"\n{KILLS} kills, {point}: {verdict(lives, load.clients)}")
