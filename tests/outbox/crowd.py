"""Clients of whom each has a reminder due, and what reached them."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from demo.people import Person
from tests.house import House

REMINDER = "advice_moved"
NOTICE = "request_cleared"


def newcomers(house: House, count: int) -> list[Person]:
    """People whom the bot may write to."""
    people = [house.standin.world.add_user(f"Client {number}") for number in range(count)]
    for person in people:
        person.started = True
    return people


async def plan_for(
    house: House,
    people: Sequence[Person],
    kind: str = REMINDER,
    *,
    after: timedelta = timedelta(0),
    subject: str = "the one",
) -> None:
    """Plan one message to each, due at once or ``after`` a while, in one transaction."""
    now = house.clock()
    async with house.services.storage.transaction() as tx:
        for person in people:
            name = {"first_name": person.user["first_name"], "last_name": "", "username": ""}
            client = await tx.clients.get_or_create(person.id, chat_id=person.id, profile=name, language="en", now=now)
            await tx.outbox.plan(
                kind,
                recipient=f"client:{client.id}",
                subject=subject,
                payload={"before": now.isoformat(), "due": None, "moved": []},
                due=now + after,
                now=now,
                client_id=client.id,
            )


async def waiting(house: House, kind: str = REMINDER) -> int:
    """How many of them are still to be sent."""
    async with house.services.storage.snapshot() as tx:
        return len(await tx.outbox.waiting_of_kind(kind))


def sent_to(house: House, people: Sequence[Person]) -> Counter[int]:
    """How often each of them was written to."""
    chats = {person.id for person in people}
    calls = [call for call in house.standin.world.calls if call.method == "sendMessage" and call.chat_id in chats]
    return Counter(call.chat_id for call in calls if call.chat_id is not None)


def once_each(people: Sequence[Person]) -> Counter[int]:
    """What ``sent_to`` answers when all went well."""
    return Counter(person.id for person in people)
