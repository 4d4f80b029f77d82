"""A callback request, from the client's first tap to the clinic's call."""

import pytest

from storage.tables import Request
from tests.dialogues.asking import ask_for_a_call, to_phone, to_summary, to_times, walk_to_summary
from tests.house import House, data_of, newest_with, shown


async def test_a_request_reaches_the_clinic_and_the_client_hears_who_takes_it(house: House) -> None:
    await walk_to_summary(house)
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
    await house.standin.world.until(lambda: newest_with(house.staff, "request:1001:reached") is None or None)
    assert "Reached by Mia Brandt" in shown(card)
    await house.screen("we have spoken")


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


async def test_who_lives_by_another_clock_reads_whose_times_these_are(house: House) -> None:
    await to_phone(house)
    house.anna.say("+380 44 234 5678")  # Kyiv is an hour ahead of the clinic
    offered = await house.screen("When shall we call you?")
    assert "These are the times of Berlin." in shown(offered)


async def test_who_lives_by_the_clinics_clock_reads_nothing_of_clocks(house: House) -> None:
    assert "times of" not in shown(await to_times(house))


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


async def stored(house: House, number: int = 1001) -> Request:
    async with house.services.storage.snapshot() as tx:
        request = await tx.requests.by_number(number, lock=False)
    assert request is not None
    return request


async def pass_time(house: House, **span: float) -> None:
    house.clock.move(**span)
    house.wake()
    await house.rest()


async def test_a_request_can_be_moved_to_another_time_and_the_card_shows_it(house: House) -> None:
    await ask_for_a_call(house)
    await house.tap("callback:move")
    await house.tap("callback:time:2026-11-23-am")
    received = await house.screen("We call you on Monday, 23 November between 09:00 and 12:00")
    assert "1001" in shown(received)
    await house.rest()
    card = await house.button("request:1001:take", house.staff)
    assert "Monday, 23 November, 09:00–12:00" in shown(card)
    assert (await stored(house)).state == "open"


async def test_who_took_a_request_is_told_of_another_time_under_the_card(house: House) -> None:
    await ask_for_a_call(house)
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("callback:move")
    await house.tap("callback:time:2026-11-23-am")
    await house.rest()
    note = house.staff.messages[-1]
    assert "asks for another time, Monday, 23 November" in shown(note)
    card = await house.button("request:1001:reached", house.staff)
    assert note.reply_to is card
    assert (await stored(house)).taken_by_name == "Mia Brandt"


async def test_a_move_can_be_thought_better_of(house: House) -> None:
    await ask_for_a_call(house)
    before = (await stored(house)).slot_start
    await house.tap("callback:move")
    await house.tap("callback:keep")
    await house.button("callback:withdraw")
    await house.tap("callback:withdraw")
    await house.tap("callback:keep")
    await house.button("callback:move")
    assert ((await stored(house)).state, (await stored(house)).slot_start) == ("open", before)


async def test_a_request_can_be_withdrawn_and_another_one_made(house: House) -> None:
    await ask_for_a_call(house)
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("callback:withdraw")
    await house.tap("callback:withdraw:yes")
    await house.rest()
    assert (await stored(house)).state == "withdrawn"
    card = next(m for m in house.staff.messages if "Withdrawn by the client" in shown(m))
    assert not card.buttons
    assert "Please don't call" in shown(house.staff.messages[-1])
    press = house.mia.press(card, "request:1001:reached")
    await house.answered(press)
    assert "withdrawn" in (press.answer or {})["text"]
    await house.tap("callback:start")
    await house.tap("callback:name")
    await house.standin.world.until(lambda: house.anna.chat.keyboard)
    await pass_time(house, days=3)
    assert not house.mailbox.mails, "nobody is pinged for a withdrawn request"


async def test_a_client_whom_nobody_called_is_first_in_line(house: House) -> None:
    await ask_for_a_call(house)  # at 10:00, for the time until 12:00
    await house.tap("request:1001:take", house.mia, house.staff)
    await pass_time(house, hours=2, minutes=4)
    assert newest_with(house.anna.chat, "callback:nobody:1001") is None
    await pass_time(house, minutes=2)
    asked = await house.button("callback:nobody:1001")
    assert "is over" in shown(asked)
    await house.tap("callback:nobody:1001")
    await house.screen("You are first in line, No. 1001")
    await house.rest()
    request = await stored(house)
    assert (request.state, request.has_priority, request.taken_by_name) == ("open", True, None)
    card = await house.button("request:1001:take", house.staff)
    assert "Nobody called in time" in shown(card)
    assert card is house.staff.messages[-1]
    assert request.slot_end.astimezone(house.services.clinic.time_zone).hour == 14


async def test_before_the_promised_time_is_over_nobody_can_say_that_nobody_called(house: House) -> None:
    await ask_for_a_call(house)
    received = await house.button("callback:move")
    press = await house.answered(house.anna.press(received, "callback:nobody:1001"))
    assert "from earlier" in (press.answer or {})["text"]
    assert not (await stored(house)).has_priority


async def test_who_was_called_is_not_asked_whether_anybody_did(house: House) -> None:
    await ask_for_a_call(house)
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("request:1001:reached", house.mia, house.staff)
    await pass_time(house, days=1)
    assert newest_with(house.anna.chat, "callback:nobody:1001") is None


async def test_a_client_who_was_reached_in_vain_moves_the_call_and_the_card_comes_back_at_once(house: House) -> None:
    await ask_for_a_call(house)
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("request:1001:no_answer", house.mia, house.staff)
    await house.tap("callback:start")
    await house.tap("callback:move")
    await house.tap("callback:time:2026-11-23-am")
    await house.rest()
    assert (await stored(house)).state == "open"
    assert house.staff.messages[-1].has_button("request:1001:take")
    await pass_time(house, hours=3)
    assert (await stored(house)).slot_start.day == 23, "it does not come back a second time"


async def to_address(house: House) -> None:
    times = await to_times(house)
    await house.tap(next(data for data in data_of(times) if data.startswith("callback:time:")))
    await house.button("callback:skip")


async def test_an_address_and_a_remark_go_along_and_only_who_calls_reads_them(house: House) -> None:
    await to_address(house)
    house.anna.say("anna@@example")
    await house.screen("e-mail address")
    house.anna.say("Anna.Weber@Example.com")
    await house.screen("before we call")
    house.anna.say("x" * 301)
    await house.screen("before we call")
    house.anna.say("my lips <b>feel</b> odd")
    summary = await house.button("callback:send")
    assert "Anna.Weber@example.com" in shown(summary)
    assert "my lips <b>feel</b> odd" in shown(summary)
    await house.tap("callback:send")
    await house.rest()
    card = await house.button("request:1001:take", house.staff)
    assert "see Details" in shown(card)
    assert not [m for m in house.staff.messages if "lips" in shown(m) or "example.com" in shown(m)]
    house.mia.say("/start")
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("request:1001:details", house.mia, house.staff)
    private = await house.screen("Behind No. 1001", house.mia)
    assert "Remark: my lips <b>feel</b> odd" in shown(private)
    assert "E-mail: Anna.Weber@example.com" in shown(private)


@pytest.mark.parametrize("line", ["email", "remark"])
async def test_what_was_left_out_can_still_be_entered(house: House, line: str) -> None:
    await to_summary(house)
    await house.tap(f"callback:edit:{line}")
    await house.button("callback:skip")
    house.anna.say("anna@example.com")
    summary = await house.button("callback:send")
    assert "anna@example.com" in shown(summary)
    assert (await house.client()).draft["callback"][line] == "anna@example.com"


async def test_nothing_but_the_address_and_the_remark_can_be_skipped(house: House) -> None:
    house.anna.say("/callback")
    asked = await house.button("callback:name")
    press = await house.answered(house.anna.press(asked, "callback:skip"))
    assert "from earlier" in (press.answer or {})["text"]
