"""Many clients at the same time: everybody gets their own advice, in order, and nobody waits for long."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.consultation.questions import BY_KEY
from demo.chats import StoredMessage
from demo.people import Person
from tests.house import HEALTHY, House, newest_with, open_house

LONGEST_WAIT = 30.0
"""Seconds between a tap and its screen. Telegram's 30 messages a second make it a second for fifteen clients."""

WISHES = BY_KEY["wish"].options


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as built:
        yield built


def crowd(house: House, count: int) -> list[Person]:
    return [house.standin.world.add_user(f"Client {number}") for number in range(count)]


def answers_of(number: int) -> dict[str, str]:
    """A healthy client's answers, with a wish that the neighbours don't have."""
    return {**HEALTHY, "wish": WISHES[number % len(WISHES)]}


async def offered(house: House, person: Person, data: str) -> StoredMessage:
    """Wait for a message that carries this button."""
    return await house.standin.world.until(lambda: newest_with(person.chat, data), LONGEST_WAIT)


async def consult(house: House, person: Person, number: int) -> None:
    """From /start to the advice, as fast as the screens come."""
    person.say("/start")
    taps = ["answer:consent:agree", *(f"answer:{key}:{value}" for key, value in answers_of(number).items())]
    for data in taps:
        person.press(await offered(house, person, data), data)
    await offered(house, person, "change")


async def check_advices(house: House, people: list[Person]) -> None:
    """Each advice is on the answers of the one who gave them."""
    async with house.services.storage.snapshot() as tx:
        for number, person in enumerate(people):
            client = await tx.clients.by_user(person.id)
            assert client is not None
            row = await tx.advices.latest(client.id)
            assert row is not None
            assert row.answers["wish"] == answers_of(number)["wish"]
            assert row.answers == client.consultation["answers"]


def questions_shown_to(house: House, person: Person) -> list[str]:
    """The questions in the order in which they came to the person's phone."""
    deliveries = house.standin.world.deliveries
    return [asked for each in deliveries if each.chat_id == person.id and (asked := _asked(each.params))]


def _asked(params: dict[str, object]) -> str:
    words = str(params.get("reply_markup", ""))
    return next((key for key in HEALTHY if f"answer:{key}:" in words), "")


async def test_fifteen_clients_at_once_are_all_advised_each_in_order(house: House) -> None:
    people = crowd(house, 15)
    await asyncio.gather(*(consult(house, person, number) for number, person in enumerate(people)))
    await check_advices(house, people)
    for person in people:
        assert questions_shown_to(house, person) == list(HEALTHY)


async def test_taps_that_come_all_at_once_are_taken_in_their_order(house: House) -> None:
    """What a phone does that was without a net: ten clients' taps arrive in one batch, mixed with one another."""
    people = crowd(house, 10)
    for person in people:
        person.say("/start")
    for person in people:
        person.press(await offered(house, person, "answer:consent:agree"), "answer:consent:agree")
    screens = [await offered(house, person, "answer:symptoms:none") for person in people]
    for key in HEALTHY:
        for number, person in enumerate(people):
            person.press(screens[number], f"answer:{key}:{answers_of(number)[key]}")
    for person in people:
        await offered(house, person, "change")
    await check_advices(house, people)
    await house.quiet()
    pictures = Counter(call.chat_id for call in house.standin.world.calls if call.method == "sendPhoto")
    assert max(pictures.values()) <= 2, "what the taps led to is shown, not each of them"
