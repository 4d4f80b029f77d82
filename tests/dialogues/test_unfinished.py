"""A consultation left in the middle: one friendly word the next day, then silence."""

from tests.house import House, shown

WORDS = "still open"


async def begin(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none"})
    await house.button("answer:procedures:none")
    await house.quiet()


def nudges(house: House) -> int:
    return sum(WORDS in shown(message) for message in house.anna.chat.messages)


async def days_pass(house: House, days: int) -> None:
    for _ in range(days):
        house.clock.move(days=1)
        house.wake()
        await house.rest()


async def test_it_is_picked_up_once_the_next_day_and_then_left_alone(house: House) -> None:
    await begin(house)
    house.clock.move(hours=5)
    house.wake()
    await house.rest()
    assert nudges(house) == 0
    await days_pass(house, 5)
    assert nudges(house) == 1


async def test_its_button_leads_back_to_the_open_question(house: House) -> None:
    await begin(house)
    await days_pass(house, 1)
    await house.tap("continue")
    await house.quiet()
    last = house.anna.chat.last()
    assert last is not None
    assert last.has_button("answer:procedures:none")


async def test_going_on_and_stopping_again_is_not_asked_a_second_time(house: House) -> None:
    await begin(house)
    await days_pass(house, 1)
    await house.tap("continue")
    await house.answer({"procedures": "none"})
    await days_pass(house, 3)
    assert nudges(house) == 1


async def test_who_finished_is_not_asked(house: House) -> None:
    await house.consult()
    await days_pass(house, 2)
    assert nudges(house) == 0


async def test_who_only_agreed_is_not_asked(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await days_pass(house, 2)
    assert nudges(house) == 0
