"""An urgent outcome: the staff is paged at once, reminders rest until somebody clears the alert."""

from datetime import timedelta

from tests.dialogues.asking import ask_for_a_call
from tests.house import HEALTHY, House, data_of, shown


async def with_a_reminder(house: House) -> None:
    date = (house.clock().date() - timedelta(days=3)).isoformat()
    await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["cheeks"], filler_date=date, settling="settled"
    )
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")
    await house.quiet()


async def report_a_red_flag(house: House) -> None:
    house.anna.say("/consult")
    await house.answer({"symptoms": ["skin_colour"]})
    await house.button("urgent:called")


async def test_reminders_rest_until_the_alert_is_cleared_and_then_go_on(house: House) -> None:
    await with_a_reminder(house)
    await report_a_red_flag(house)
    card = await house.button("request:1001:clear", house.staff)
    assert "blocked vessel" in shown(card)
    assert (await house.client()).paused_at is not None

    house.clock.move(days=4)
    house.wake()
    await house.rest()
    assert not any("your date is here" in shown(message) for message in house.anna.chat.messages)

    await house.tap("request:1001:clear", house.mia, house.staff)
    await house.eventually(lambda: "Cleared by Mia Brandt" in shown(card))
    assert (await house.client()).paused_at is None
    house.clock.move(hours=2)
    house.wake()
    await house.eventually(lambda: any("remind:" in str(message.buttons) for message in house.anna.chat.messages))


async def test_reminders_rest_as_long_as_one_alert_is_left(house: House) -> None:
    await report_first(house)
    await report_a_red_flag(house)
    await house.tap("request:1001:clear", house.mia, house.staff)
    await house.rest()
    assert (await house.client()).paused_at is not None
    await house.tap("request:1002:clear", house.jonas, house.staff)
    await house.rest()
    assert (await house.client()).paused_at is None


async def report_first(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": ["vision"]})
    await house.button("urgent:called")


async def red_flag_under_a_reminder(house: House) -> str:
    """The reminder comes, and its check finds a red flag; answers the data of its *Answer now*."""
    await with_a_reminder(house)
    house.clock.move(days=4)
    house.wake()
    message = await house.message("your date is here", house.anna.chat)
    check = next(data for data in data_of(message) if data.endswith(":check"))
    await house.tap(check)
    await house.answer({"symptoms": ["skin_colour"]})
    await house.button("urgent:called")
    await house.quiet()
    return check


async def test_the_same_reminder_tapped_again_shows_the_urgent_screen_until_the_alert_is_cleared(house: House) -> None:
    check = await red_flag_under_a_reminder(house)
    await house.tap(check)
    await house.quiet()
    assert house.anna.chat.messages[-1].has_button("urgent:called")
    assert not any("you can book" in shown(message) for message in house.anna.chat.messages)
    await house.tap("request:1001:clear", house.mia, house.staff)
    await house.rest()
    await house.tap(check)
    await house.button("answer:symptoms:none")


async def test_an_alert_cannot_be_cleared_from_elsewhere(house: House) -> None:
    await report_first(house)
    await house.button("request:1001:clear", house.staff)
    await house.answered(house.anna.press(house.anna.chat.messages[-1], "request:1001:clear"))
    assert (await house.client()).paused_at is not None


async def test_i_have_called_leads_to_help_from_the_clinic(house: House) -> None:
    await report_first(house)
    await house.tap("urgent:called")
    await house.tap("callback:start")
    await house.button("callback:cancel")


async def test_the_staff_can_ask_what_the_bot_does(house: House) -> None:
    house.mia.say("/help", chat=house.staff)
    await house.message("Callback requests", house.staff)


async def test_whoever_asks_for_help_is_called_first_and_asked_for_nothing_but_a_number(house: House) -> None:
    house.clock.move(hours=12)  # Friday evening: nobody is at the clinic
    await report_first(house)
    await house.tap("callback:start")
    await house.tap("callback:name")
    await house.standin.world.until(lambda: house.anna.chat.keyboard)
    house.anna.share_contact()
    summary = await house.button("callback:send")
    assert "Please don't wait for our call" in shown(summary)
    await house.tap("callback:send")
    received = await house.screen("You are first in line, No. 1002")
    assert "waited in vain" not in shown(received)
    assert "Emergency number" in shown(received)
    card = await house.button("request:1002:take", house.staff)
    assert "Asks for help after alert No. 1001: please call first" in shown(card)
    alert = await house.button("request:1001:clear", house.staff)
    await house.eventually(lambda: "+49 171 2345678" in shown(alert))


async def test_a_request_that_is_open_already_becomes_a_call_for_help(house: House) -> None:
    await ask_for_a_call(house)
    await house.tap("request:1001:take", house.mia, house.staff)
    await report_first(house)
    await house.tap("callback:start")
    await house.screen("You are first in line, No. 1001")
    await house.rest()
    card = await house.button("request:1001:take", house.staff)
    assert "Asks for help after alert No. 1002: please call first" in shown(card)
    cards = len(house.staff.messages)
    await house.tap("menu")
    await house.tap("callback:start")
    await house.rest()
    assert len(house.staff.messages) == cards, "it is said once"


async def test_nothing_is_suggested_offered_or_sold_until_the_alert_is_cleared(house: House) -> None:
    await report_first(house)
    house.anna.say("/consult")
    await house.answer(HEALTHY)
    held = await house.screen("The clinic has to speak to you first")
    assert sorted(data_of(held)) == ["callback:start", "change", "menu"]
    await house.tap("menu")
    await house.tap("reminders")
    offered = await house.screen("Your reminders")
    assert not any(data.startswith("remind:") for data in data_of(offered))
    await house.tap("request:1001:clear", house.mia, house.staff)
    await house.rest()
    house.anna.say("/start")
    await house.tap("continue")
    await house.screen("A massage is possible now")


async def test_what_is_written_under_an_urgent_text_is_not_chatted_about(house: House) -> None:
    await report_first(house)
    house.anna.send_sticker()
    screen = await house.screen("Please call now; the numbers stand below.")
    assert "Nice one" not in shown(screen)


async def test_all_signs_are_to_be_said_on_the_phone(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": ["vision", "stroke", "allergy", "skin_colour"]})
    urgent = await house.button("urgent:called")
    assert "Pain or colour" in shown(urgent)


async def test_a_red_flag_under_a_callback_request_leaves_both_with_the_staff(house: House) -> None:
    await report_first(house)
    await house.tap("callback:start")
    await house.tap("callback:name")
    await house.standin.world.until(lambda: house.anna.chat.keyboard)
    house.anna.share_contact()
    await house.tap("callback:send")
    await house.button("request:1002:take", house.staff)
    await house.button("request:1001:clear", house.staff)
