"""Telegram may hand an update over twice, and a webhook may bring them out of order: each counts once."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from demo.people import Person
from handlers.life import Life
from tests.house import House, newest_with, open_house

OPTIONS = ("toxin", "boosters", "peel", "laser")
"""Options of a set; all taps are made on one view of the screen, so that each turns its option on."""

NEAR = 20
"""How far an update may overtake others."""


async def arrive(house: House, person: Person) -> int:
    """Come to the question with the set; answers the message that asks it."""
    person.say("/start")
    await house.tap("answer:consent:agree", person)
    await house.tap("answer:symptoms:none", person)
    return (await house.button(f"answer:procedures:{OPTIONS[0]}", person.chat)).message_id


def ticked(person: Person) -> set[str]:
    """The options that are on, as the screen shows them."""
    message = newest_with(person.chat, f"answer:procedures:{OPTIONS[0]}")
    assert message is not None
    buttons = [button for row in message.buttons for button in row if button["text"].startswith("✅")]
    return {button["callback_data"].rpartition(":")[2] for button in buttons}


def twice_and_shuffled(updates: list[dict[str, Any]], chances: Random) -> list[dict[str, Any]]:
    """Every update two times, each up to ``NEAR`` places away from where it was."""
    places = [(index + chances.uniform(0, NEAR), update) for index, update in enumerate(updates) for _ in range(2)]
    return [update for _, update in sorted(places, key=lambda place: place[0])]


async def tap_much(house: House, clients: int, taps: int) -> None:
    """Everybody taps, and Telegram stutters: each tap is answered once, and does what it says."""
    chances = Random(clients)  # noqa: S311 - the same taps in every run
    people = [house.standin.world.add_user(f"Client {number}") for number in range(clients)]
    asked = {person: await arrive(house, person) for person in people}
    await house.quiet()
    await house.life.end()
    queue = house.standin.world.updates
    queue.clear()
    wanted: dict[Person, set[str]] = {person: set() for person in people}
    presses = []
    for _ in range(taps):
        for person in people:
            option = chances.choice(OPTIONS[: 1 + people.index(person) % len(OPTIONS)])
            wanted[person].add(option)
            presses.append(person.press(asked[person], f"answer:procedures:{option}"))
    updates = [pending.update for pending in queue.waiting()]
    queue.clear()
    for update in twice_and_shuffled(updates, chances):
        house.standin.world.push_raw(update)
    house.life = Life(house.services)
    await house.life.begin()
    await house.eventually(lambda: not queue.waiting())
    await house.quiet()
    calls = [call for call in house.standin.world.calls if call.method == "answerCallbackQuery"]
    answers = Counter(call.params["callback_query_id"] for call in calls)
    assert [answers[press.query_id] for press in presses] == [1] * len(presses)
    assert {person.id: ticked(person) for person in people} == {person.id: wanted[person] for person in people}


async def test_each_update_counts_once_however_often_and_in_whatever_order_it_comes(house: House) -> None:
    await tap_much(house, clients=3, taps=20)


@pytest.mark.proof
async def test_ten_thousand_repeated_and_reordered_updates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.PATIENCE", 900)
    async with open_house(tmp_path) as house:
        await tap_much(house, clients=50, taps=100)
    print("\n10,000 repeated and reordered updates of 50 clients: each counted once")
