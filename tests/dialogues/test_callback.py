"""A callback request, from the client's first tap to the clinic's call."""

import pytest

from tests.house import House, data_of, newest_with, shown


async def to_phone(house: House) -> None:
    house.anna.say("/callback")
    await house.tap("callback:name")
    await house.standin.world.until(lambda: house.anna.chat.keyboard)


def first_slot(house: House) -> str | None:
    offered = (data for message in house.anna.chat.messages for data in data_of(message))
    return next((data for data in offered if data.startswith("callback:time:")), None)


async def to_summary(house: House) -> None:
    await to_phone(house)
    house.anna.share_contact()
    times = await house.standin.world.until(
        lambda: next(
            (m for m in reversed(house.anna.chat.messages) if any("callback:time:" in d for d in data_of(m))), None
        )
    )
    slot = next(data for data in data_of(times) if data.startswith("callback:time:"))
    await house.tap(slot)
    await house.button("callback:send")


async def test_a_request_reaches_the_clinic_and_the_client_hears_who_takes_it(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    received = await house.screen("1001")
    card = await house.button("request:1001:take", house.staff)
    for words in ("1001", "Anna Weber", "+49 171 2345678"):
        assert words in shown(card)
    assert "1001" in shown(received)

    await house.tap("request:1001:take", house.mia, house.staff)
    await house.standin.world.until(lambda: any("Mia" in shown(m) for m in house.anna.chat.messages) or None)
    await house.button("request:1001:reached", house.staff)
    assert newest_with(house.staff, "request:1001:take") is None
    assert "Mia Brandt" in shown(card)

    await house.tap("request:1001:reached", house.mia, house.staff)
    await house.standin.world.until(lambda: not card.buttons or None)


async def test_the_second_who_takes_a_request_reads_who_was_first(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    card = await house.button("request:1001:take", house.staff)
    first = house.mia.press(card, "request:1001:take", chat=house.staff)
    second = house.jonas.press(card, "request:1001:take", chat=house.staff)
    await house.answered(first)
    await house.answered(second)
    assert second.answer is not None
    assert "Mia" in second.answer["text"]


async def test_one_send_gives_one_number_however_often_it_is_pressed(house: House) -> None:
    await to_summary(house)
    summary = await house.button("callback:send")
    presses = [house.anna.press(summary, "callback:send") for _ in range(3)]
    for press in presses:
        await house.answered(press)
    await house.quiet()
    cards = [m for m in house.staff.messages if m.from_bot]
    assert len(cards) == 1
    house.anna.say("/callback")
    await house.quiet()
    assert "1001" in shown(house.anna.chat.last() or cards[0])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0171 2345678", "+49 171 2345678"),
        ("+380 44 123 4567", "+380 44 123 4567"),
        ("0049 171 2345678", "+49 171 2345678"),
    ],
)
async def test_a_phone_number_may_be_typed_and_is_shown_in_international_form(
    house: House, typed: str, kept: str
) -> None:
    await to_phone(house)
    house.anna.say(typed)
    await house.standin.world.until(
        lambda: any(kept in shown(m) for m in house.anna.chat.messages if m.from_bot) or None
    )


@pytest.mark.parametrize("typed", ["12", "hello", "+49 1", "🙂", "+999 123456789", "110"])
async def test_a_phone_number_that_cannot_exist_is_asked_again(house: House, typed: str) -> None:
    await to_phone(house)
    house.anna.say(typed)
    await house.quiet()
    assert (await house.client()).draft["callback"]["phone"] == ""
    assert house.anna.chat.keyboard


async def test_somebody_elses_contact_is_not_taken_as_ones_own(house: House) -> None:
    await to_phone(house)
    house.anna.share_contact(of=house.mia)
    await house.quiet()
    assert (await house.client()).draft["callback"]["phone"] == ""
    assert house.anna.chat.keyboard


async def test_each_line_of_the_summary_can_be_corrected(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:edit:name")
    await house.button("callback:name")
    house.anna.say("Anna Maria Weber")
    summary = await house.button("callback:send")
    assert "Anna Maria Weber" in shown(summary)
    assert "+49 171 2345678" in shown(summary)


async def test_a_request_can_be_given_up_before_it_is_sent(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:cancel")
    await house.quiet()
    assert (await house.client()).draft == {}
    assert not [m for m in house.staff.messages if m.from_bot]


async def test_a_request_that_nobody_takes_goes_out_by_mail(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    await house.button("request:1001:take", house.staff)
    house.clock.move(minutes=59)
    house.wake()
    await house.quiet()
    assert not house.mailbox.mails
    house.clock.move(minutes=2)
    house.wake()
    await house.eventually(lambda: house.mailbox.mails)
    mail = house.mailbox.mails[0]
    assert "1001" in str(mail.message["Subject"])
    assert "massage" not in str(mail.message["Subject"])
    assert "+49 171 2345678" in mail.message.get_content()


async def test_a_request_that_was_taken_is_not_mailed(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    await house.tap("request:1001:take", house.mia, house.staff)
    house.clock.move(hours=5)
    house.wake()
    await house.screen("Mia")
    assert not house.mailbox.mails


async def test_a_stranger_who_knows_the_button_cannot_take_a_request(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    card = await house.button("request:1001:take", house.staff)
    press = house.anna.press(house.anna.chat.messages[-1], "request:1001:take")
    await house.answered(press)
    await house.quiet()
    assert card.has_button("request:1001:take")
