"""After an outage, clients in the middle of a question see it again; and an update that fails is told to both sides."""

import asyncio

import pytest

from handlers.silence import HEARD
from tests.house import House, data_of, shown


async def restart_after(house: House, **silence: float) -> None:
    """End the bot, let time go by, and begin again."""
    await house.quiet()
    await house.life.end()
    house.clock.move(**silence)
    await house.begin()


def newest(house: House) -> int:
    last = house.anna.chat.last()
    return last.message_id if last else 0


async def asked(house: House) -> int:
    """Bring the client to a question; answers its message's id."""
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    message = await house.button("answer:symptoms:none")
    await house.quiet()
    return message.message_id


async def test_a_question_is_seen_again_after_an_outage(house: House) -> None:
    before = await asked(house)
    await restart_after(house, minutes=10)
    await house.eventually(lambda: newest(house) > before)
    await house.quiet()
    last = house.anna.chat.last()
    assert last is not None
    assert "answer:symptoms:none" in data_of(last)
    assert [message for message in house.anna.chat.messages if message.message_id == before] == []


async def test_a_short_restart_repeats_nothing(house: House) -> None:
    before = await asked(house)
    await restart_after(house, seconds=60)
    ben = house.standin.world.add_user("Ben")
    ben.say("/start")
    await house.button("answer:consent:agree", ben.chat)
    await house.quiet()
    assert newest(house) == before


async def test_who_was_not_being_asked_is_left_alone(house: House) -> None:
    await house.consult()
    await house.quiet()
    before = newest(house)
    ben = house.standin.world.add_user("Ben")
    ben.say("/callback")
    question = await house.button("callback:name", ben.chat)
    await restart_after(house, minutes=10)
    await house.standin.world.until(
        lambda: (last := ben.chat.last()) and last.message_id > question.message_id and last.has_button("callback:name")
    )
    await house.quiet()
    assert newest(house) == before, "an advice is read, not answered"


async def test_who_had_left_long_before_is_left_alone(house: House) -> None:
    before = await asked(house)
    house.clock.move(hours=1)
    async with house.services.storage.transaction() as tx:
        await tx.facts.put(HEARD, house.clock().isoformat())
    await restart_after(house, minutes=10)
    ben = house.standin.world.add_user("Ben")
    ben.say("/start")
    await house.button("answer:consent:agree", ben.chat)
    await house.quiet()
    assert newest(house) == before


async def test_what_was_written_meanwhile_is_answered_and_its_question_not_repeated(house: House) -> None:
    await asked(house)
    await house.life.end()
    house.anna.say("none")
    house.clock.move(minutes=10)
    await house.begin()
    await house.button("answer:procedures:none")
    await house.quiet()
    last = house.anna.chat.last()
    assert last is not None
    assert "answer:procedures:none" in data_of(last)


@pytest.fixture
def broken(house: House) -> dict[str, object]:
    """A message of the client's that nobody can parse."""
    who = {"id": house.anna.id}
    return {"message_id": 9, "date": 0, "chat": {**who, "type": "private"}, "from": who, "text": "my secret sorrow"}


async def test_an_update_that_is_given_up_is_told_to_the_staff_and_its_sender_once(
    house: House, broken: dict[str, object]
) -> None:
    await asked(house)
    house.standin.world.push_raw({"message": broken})
    await house.eventually(lambda: [m for m in house.anna.chat.messages if "something went wrong" in shown(m)])
    alert = await house.message("could not be processed", house.staff)
    await house.rest()
    assert "TypeError" in shown(alert)
    assert "Anna" not in shown(alert)
    assert "sorrow" not in shown(alert)
    house.standin.world.push_raw({"message": broken})
    await house.eventually(lambda: house.services.metrics.set_aside._value.get() == 2)  # noqa: SLF001
    await house.rest()
    assert len([m for m in house.staff.messages if "could not be processed" in shown(m)]) == 1, "one an hour is enough"
    async with house.services.storage.transaction() as tx:
        assert await tx.inbox.waiting() == 0


async def test_clients_are_told_of_a_failure_even_while_the_staff_chat_is_gone(
    house: House, broken: dict[str, object]
) -> None:
    await asked(house)
    house.standin.faults.add("5xx", chat_id=house.staff.id, times=None)
    house.standin.world.push_raw({"message": broken})
    await house.eventually(lambda: [m for m in house.anna.chat.messages if "something went wrong" in shown(m)])
    await asyncio.sleep(0)
