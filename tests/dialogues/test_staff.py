"""The staff's work on a request: every move, who may make it, and who was first."""

import asyncio
from datetime import timedelta

import pytest

from demo.chats import StoredMessage
from demo.faults import FaultKind
from demo.people import Person, Press
from storage.tables import Request
from tests.dialogues.asking import ask_for_a_call
from tests.house import House, data_of, shown


async def stored(house: House, number: int = 1001) -> Request:
    async with house.services.storage.snapshot() as tx:
        request = await tx.requests.by_number(number, lock=False)
    assert request is not None
    return request


async def staff_tap(house: House, action: str, person: Person | None = None) -> Press:
    """Press a button of the card once it is there, and wait until the card shows what came of it."""
    press = await house.tap(f"request:1001:{action}", person or house.mia, house.staff)
    await house.rest()
    return press


def toast(press: Press) -> str:
    return str((press.answer or {}).get("text", ""))


def card(house: House) -> StoredMessage:
    """The card that is in use: the newest one."""
    return next(m for m in reversed(house.staff.messages) if m.from_bot and "Language" in shown(m))


@pytest.mark.parametrize(
    ("actions", "state", "says"),
    [
        (["take", "release"], "open", "Callback No. 1001"),
        (["take", "release", "take"], "taken", "Taken by Mia Brandt"),
        (["take", "reached"], "reached", "Reached by Mia Brandt"),
        (["take", "no_answer"], "no_answer", "tries: 1"),
        (["take", "no_answer", "take", "no_answer"], "no_answer", "tries: 2"),
        (["take", "declined", "declined:price"], "declined", "Declined (The price), noted by Mia Brandt"),
        (["take", "reached", "declined", "declined:other"], "declined", "Another reason"),
        (["take", "booked", "back"], "taken", "Taken by Mia Brandt"),
        (["take", "booked", "booked:2026-11-27", "booked:service:classic"], "booked", "Booked for Friday, 27 November"),
        (["take", "reached", "booked", "booked:2026-11-27", "booked:service:other"], "booked", "by Mia Brandt"),
        (["take", "booked", "booked:from:2026-12-01", "booked:2026-12-03"], "taken", "what is booked?"),
    ],
)
async def test_each_move_shows_on_the_card(house: House, actions: list[str], state: str, says: str) -> None:
    await ask_for_a_call(house)
    for action in actions:
        await staff_tap(house, action)
    assert (await stored(house)).state == state
    assert says in shown(card(house))


async def test_a_booking_keeps_day_and_service_and_tells_the_client(house: House) -> None:
    await ask_for_a_call(house)
    for action in ("take", "booked", "booked:2026-11-27", "booked:service:classic"):
        await staff_tap(house, action)
    request = await stored(house)
    assert request.outcome == {"by": "Mia Brandt", "day": "2026-11-27", "service": "classic"}
    assert request.closed_at == house.clock()
    assert (request.called_at, request.reached_at, request.booked_at) == (house.clock(),) * 3
    told = await house.screen("booked for Friday, 27 November")
    assert "lassic" not in shown(told), "a preview names no treatment"
    (visit,) = [row for row in await house.outbox() if row.kind == "visit"]
    assert visit.due_at.date().isoformat() == "2026-11-26", "the day before"


async def test_only_who_began_an_outcome_may_enter_it_and_not_for_ever(house: House) -> None:
    await ask_for_a_call(house)
    await staff_tap(house, "take")
    await staff_tap(house, "booked")
    other = await staff_tap(house, "booked:2026-11-27", house.jonas)
    assert toast(other) == "Mia Brandt is entering how it went."
    assert "Mia Brandt, for which day" in shown(card(house))
    house.clock.move(minutes=11)
    await staff_tap(house, "booked:2026-11-27", house.jonas)
    await staff_tap(house, "booked:service:classic", house.jonas)
    assert (await stored(house)).outcome["by"] == "Jonas Vogel"


@pytest.mark.parametrize("choice", ["2025-01-01", "2029-01-01", "2026-02-31", "service:classic", "from:never", "x"])
async def test_an_invented_day_or_service_books_nothing(house: House, choice: str) -> None:
    await ask_for_a_call(house)
    await staff_tap(house, "take")
    await staff_tap(house, "booked")
    await house.answered(house.mia.press(card(house), f"request:1001:booked:{choice}"))
    assert (await stored(house)).state == "taken"


async def test_two_who_press_at_once_one_gets_it_the_other_reads_who(house: House) -> None:
    await ask_for_a_call(house)
    there = await house.button("request:1001:take", house.staff)
    presses = [person.press(there, "request:1001:take") for person in (house.mia, house.jonas)]
    for press in presses:
        await house.answered(press)
    taken_by = (await stored(house)).taken_by_name
    first, second = presses if taken_by == "Mia Brandt" else reversed(presses)
    assert toast(first).startswith("It's yours")
    assert toast(second) == f"Already taken by {taken_by}."


async def test_no_answer_comes_back_after_two_hours_of_opening_time_as_a_repeat(house: House) -> None:
    house.clock.move(hours=7)  # Friday, 17:00; the clinic closes at 18:00 and opens at 10:00 on Saturday
    await ask_for_a_call(house)
    await staff_tap(house, "take")
    await staff_tap(house, "no_answer")
    told = await house.screen("nobody answered")
    assert "tomorrow between 11:00 and 13:00" in shown(told)
    first = card(house)
    house.clock.move(hours=17, minutes=59)
    house.wake()
    await house.rest()
    assert (await stored(house)).state == "no_answer"
    house.clock.move(minutes=2)
    house.wake()
    await house.rest()
    request = await stored(house)
    assert (request.state, request.taken_by_name, request.no_answers) == ("open", None, 1)
    again = card(house)
    assert again is not first
    assert "1001" in shown(again)
    assert data_of(again) == ["request:1001:take"]
    assert not first.buttons, "nobody works on the old card"
    await staff_tap(house, "take", house.jonas)
    assert "Taken by Jonas Vogel" in shown(again)


async def press_as(house: House, person: Person) -> Press:
    """A press that Telegram delivers although its sender may have gone meanwhile."""
    press = house.standin.world.press(person, house.staff, card(house).message_id, "request:1001:take")
    await house.answered(press)
    await house.rest()
    return press


async def test_an_outsider_and_a_former_member_change_nothing(house: House) -> None:
    await ask_for_a_call(house)
    await house.button("request:1001:take", house.staff)
    lea = house.standin.world.add_user("Lea")
    house.staff.members[lea.id] = lea
    lea.leave(house.staff)
    ole = house.standin.world.add_user("Ole")
    house.staff.members[ole.id] = ole
    ole.be_removed(house.staff)
    for person in (house.anna, lea, ole):
        press = await press_as(house, person)
        assert toast(press) == "Only members of the staff chat can do this."
        assert (await stored(house)).state == "open"


async def test_somebody_who_leaves_is_believed_for_a_minute_at_most(house: House) -> None:
    await ask_for_a_call(house)
    await staff_tap(house, "take", house.jonas)
    await staff_tap(house, "release", house.jonas)
    house.jonas.leave(house.staff)
    house.clock.move(seconds=60)
    assert "Only members" in toast(await press_as(house, house.jonas))
    assert (await stored(house)).state == "open"


async def test_an_anonymous_administrator_presses_under_their_own_name(house: House) -> None:
    await ask_for_a_call(house)
    await house.button("request:1001:take", house.staff)
    house.staff.anonymous_admins.add(house.jonas.id)
    assert toast(await press_as(house, house.jonas)).startswith("It's yours")
    assert (await stored(house)).taken_by_name == "Jonas Vogel"


@pytest.mark.parametrize("kind", ["5xx", "429", "reset"])
async def test_while_telegram_does_not_say_who_belongs_nothing_changes(house: House, kind: FaultKind) -> None:
    await ask_for_a_call(house)
    await house.button("request:1001:take", house.staff)
    house.standin.faults.add(kind, method="getChatMember", times=1)
    press = await press_as(house, house.mia)
    assert "nothing has changed" in toast(press)
    assert (await stored(house)).state == "open"


async def test_while_telegram_is_silent_about_who_belongs_every_press_is_answered_within_three_seconds(
    house: House,
) -> None:
    await ask_for_a_call(house)
    card = await house.button("request:1001:take", house.staff)
    house.standin.faults.add("hang", method="getChatMember", times=None)
    async with asyncio.timeout(3):
        presses = [who.press(card, "request:1001:take", chat=house.staff) for who in (house.mia, house.jonas) * 2]
        for press in presses:
            assert "nothing has changed" in toast(await house.answered(press))
    assert (await stored(house)).state == "open"


async def test_the_numbers_add_up(house: House) -> None:
    """Every request is in exactly one state, and its card says the same as the database."""
    people = [house.standin.world.add_user(name, phone=f"+4917123456{i}0") for i, name in enumerate("ABCD")]
    for number, person in enumerate(people):
        await ask_for_a_call(house, person)
        for action in ("take", "reached")[:number]:
            await house.tap(f"request:{1001 + number}:{action}", house.mia, house.staff)
    await house.rest()
    states = [(await stored(house, 1001 + number)).state for number in range(4)]
    assert states == ["open", "taken", "reached", "reached"]
    cards = [shown(m) for m in house.staff.messages if m.from_bot and "Language" in shown(m)]
    assert len(cards) == 4
    assert [("Taken" in words, "Reached by" in words) for words in cards] == [
        (False, False),
        (True, False),
        (False, True),
        (False, True),
    ]


async def test_health_answers_are_shown_in_private_to_who_took_the_request_and_the_view_is_logged(
    house: House,
) -> None:
    await house.consult(skin=["sensitive"])
    await ask_for_a_call(house)
    house.mia.say("/start")
    await staff_tap(house, "take")
    assert toast(await staff_tap(house, "details", house.jonas)).startswith("Only who has taken")
    assert toast(await staff_tap(house, "details")) == "Sent to you in our private chat."
    private = next(m for m in reversed(house.mia.chat.messages) if m.from_bot)
    assert "Sensitive" in shown(private)
    assert private.fields["has_protected_content"]
    assert not [m for m in house.staff.messages if "Sensitive" in shown(m)]
    assert not [m for m in house.jonas.chat.messages if m.from_bot]
    async with house.services.storage.snapshot() as tx:
        views = await tx.requests.views(1001)
    assert [(view.staff_id, view.staff_name) for view in views] == [(house.mia.id, "Mia Brandt")]


async def test_a_press_is_answered_in_time_where_the_details_are_slow_to_go_out(house: House) -> None:
    await ask_for_a_call(house)
    house.mia.say("/start")
    await staff_tap(house, "take")
    house.standin.faults.add("hang", method="sendMessage", chat_id=house.mia.id)
    async with asyncio.timeout(3):
        assert toast(await staff_tap(house, "details")).startswith("I can't reach our private chat just now")
    house.standin.faults.clear()
    assert toast(await staff_tap(house, "details")) == "Sent to you in our private chat."


async def test_who_has_no_chat_with_the_bot_is_led_there_and_sees_the_details(house: House) -> None:
    await house.consult(skin=["sensitive"])
    await ask_for_a_call(house)
    await staff_tap(house, "take")
    press = await staff_tap(house, "details")
    link = (press.answer or {})["url"]
    assert link == f"https://t.me/{house.services.bot.username}?start=request-1001"
    house.mia.say(f"/start {link.partition('=')[2]}")
    await house.screen("Behind No. 1001", house.mia)
    async with house.services.storage.snapshot() as tx:
        assert await tx.clients.by_user(house.mia.id) is None, "a colleague is no client"


async def test_a_client_who_guesses_the_link_is_greeted_like_everybody(house: House) -> None:
    await ask_for_a_call(house)
    await staff_tap(house, "take")
    eve = house.standin.world.add_user("Eve")
    eve.say("/start request-1001")
    await house.button("answer:consent:agree", eve.chat)
    assert not [m for m in eve.chat.messages if "Behind" in shown(m)]


async def test_a_request_that_is_over_shows_no_details_any_more(house: House) -> None:
    await ask_for_a_call(house)
    house.mia.say("/start")
    for action in ("take", "declined", "declined:price"):
        await staff_tap(house, action)
    press = house.mia.press(card(house), "request:1001:details")
    await house.answered(press)
    assert toast(press).startswith("Only who has taken")


async def test_a_staff_button_in_a_client_s_chat_is_an_old_one(house: House) -> None:
    await ask_for_a_call(house)
    await house.button("request:1001:take", house.staff)
    press = house.anna.press(house.anna.chat.messages[-1], "request:1001:take")
    await house.answered(press)
    assert "from earlier" in toast(press)
    assert (await stored(house)).state == "open"
    assert timedelta() <= house.clock() - (await stored(house)).created_at
