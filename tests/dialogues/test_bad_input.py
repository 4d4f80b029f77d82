"""Bad input gets a short, kind answer, and changes nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from demo.people import Person
from tests.house import House, data_of, shown

QUESTION = "answer:skin:clear"


async def at_a_question(house: House) -> None:
    await house.has_answered(house.anna, {"symptoms": "none", "procedures": "none"})
    house.anna.say("/start")
    await house.tap("continue")
    await house.button(QUESTION)
    await house.quiet()


async def state_of(house: House) -> tuple[Any, ...]:
    client = await house.client()
    return client.consultation, client.place, client.contact, client.draft


SENT: dict[str, Callable[[Person], object]] = {
    "a sticker": lambda anna: anna.send_sticker(),
    "a voice message": lambda anna: anna.send_voice(),
    "a video note": lambda anna: anna.send_video_note(),
    "a photo": lambda anna: anna.send_photo(),
    "a document": lambda anna: anna.send_document(),
    "a place": lambda anna: anna.send_location(),
    "a text of 4,096 characters": lambda anna: anna.say("word " * 819 + "x"),
    "emoji only": lambda anna: anna.say("🙂🙂🙂"),
    "words that are no option": lambda anna: anna.say("whatever you think"),
    "an unknown command": lambda anna: anna.say("/prices"),
    "their own contact, unasked": lambda anna: anna.share_contact(),
    "markup": lambda anna: anna.say("<b>&amp; <a href='x'>"),
    "a null character": lambda anna: anna.say("skin \x00 clear"),
}


@pytest.mark.parametrize("what", SENT)
async def test_what_is_no_answer_gets_a_hint_and_the_question_again(house: House, what: str) -> None:
    await at_a_question(house)
    before = await state_of(house)
    SENT[what](house.anna)
    await house.eventually(lambda: (last := house.anna.chat.last()) and house.anna.chat.messages[-1] is last)
    await house.quiet()
    last = house.anna.chat.last()
    assert last is not None
    assert QUESTION in data_of(last), "the question is at the end of the chat again"
    hint = shown(last).partition("\n\n")[0]
    assert 0 < len(hint) <= 200
    assert await state_of(house) == before


async def test_an_edited_message_is_answered_and_not_taken_as_an_answer(house: House) -> None:
    await at_a_question(house)
    message = house.anna.say("hello")
    await house.quiet()
    before = await state_of(house)
    house.anna.edit(message, "clear")
    screen = await house.screen("I read messages only once, so editing them changes nothing.")
    assert QUESTION in data_of(screen)
    await house.quiet()
    assert await state_of(house) == before


async def test_a_live_location_that_moves_is_not_answered_each_time(house: House) -> None:
    await at_a_question(house)
    place = house.anna.send_location()
    await house.screen("I can't look at pictures, files or places")
    await house.quiet()
    said = len(house.anna.chat.messages)
    where = {"latitude": 50.5, "longitude": 30.5, "live_period": 900}
    moved = place.as_json() | {"edit_date": int(house.clock().timestamp()), "location": where}
    house.standin.world.updates.push("edited_message", moved)
    await house.quiet()
    assert len(house.anna.chat.messages) == said


@pytest.mark.parametrize(
    "typed", ["31.02.2026", "13.13.2026", "tomorrow", "30.11.2026", "March 2025", "soon", "01.01.1815", "99"]
)
async def test_an_impossible_date_is_asked_again_and_never_guessed(house: House, typed: str) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": "none", "procedures": ["toxin"]})
    await house.button("answer:toxin_date:unknown")
    await house.quiet()
    house.anna.say(typed)
    await house.eventually(lambda: (last := house.anna.chat.last()) and house.anna.chat.messages[-1] is last)
    await house.quiet()
    assert "toxin_date" not in (await house.client()).consultation["answers"]
    last = house.anna.chat.last()
    assert last is not None
    assert "answer:toxin_date:unknown" in data_of(last)


@pytest.mark.parametrize(
    "data",
    [
        "answer:symptoms:none",
        "answer:wish:relax",
        "answer:skin:nonsense",
        "answer:nonsense:none",
        "answer:skin:done",
        "answer:consent:agree",
        "back2",
        "callback:send",
        "callback:time:now",
        "change:symptoms",
        "advice",
        "month:skin:2026-11",
        "remind:safe_now:on",
        "remind:1:done",
        "remind:999999999999999999:later",
        "request:1001:take",
        "urgent:called",
        "restart",
        "x" * 64,
        "🙂",
        "answer:skin:clear\n",
    ],
)
async def test_a_button_that_does_not_fit_is_answered_and_changes_nothing(house: House, data: str) -> None:
    await at_a_question(house)
    before = await state_of(house)
    question = await house.button(QUESTION)
    await house.answered(house.anna.press(question, data))
    await house.quiet()
    assert await state_of(house) == before
    last = house.anna.chat.last()
    assert last is not None
    assert QUESTION in data_of(last)


async def test_an_old_button_is_answered_in_words_and_shows_the_current_question(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    first = await house.button("answer:symptoms:none")
    await house.quiet()
    house.anna.say("/start")
    await house.eventually(lambda: (last := house.anna.chat.last()) and last.message_id > first.message_id)
    await house.answer({"symptoms": "none"})
    press = await house.answered(house.anna.press(first.message_id, "answer:symptoms:none"))
    assert press.answer is not None
    assert press.answer["text"]
    await house.button("answer:procedures:none")


async def test_a_double_tap_on_a_tick_leaves_it_ticked(house: House) -> None:
    await at_a_question(house)
    question = await house.button(QUESTION)
    first = house.anna.press(question, "answer:skin:puffy")
    second = house.anna.press(question, "answer:skin:puffy")
    await house.answered(first)
    await house.answered(second)
    await house.quiet()
    assert (await house.client()).consultation["ticks"] == ["puffy"]


async def test_a_double_tap_on_back_goes_back_once(house: House) -> None:
    await at_a_question(house)
    question = await house.button(QUESTION)
    for press in [house.anna.press(question, "back"), house.anna.press(question, "back")]:
        await house.answered(press)
    await house.quiet()
    assert (await house.client()).consultation["answers"] == {"age": "adult", "symptoms": ["none"]}


async def test_done_without_a_tick_is_explained(house: House) -> None:
    await at_a_question(house)
    press = await house.tap("answer:skin:done")
    assert press.answer is not None
    assert press.answer["text"]


async def test_names_with_markup_are_shown_as_they_are(house: House) -> None:
    eve = house.standin.world.add_user("<b>Eve & Co", phone="+491712345679")
    eve.say("/callback")
    await house.tap("callback:name", eve)
    await house.standin.world.until(lambda: eve.chat.keyboard)


@pytest.mark.parametrize(
    "raw",
    [
        {"message": {"message_id": "x"}},
        {"message": {"message_id": 5, "date": 0, "chat": {"id": 77, "type": "private"}, "text": 5, "from": 3}},
        {"callback_query": {"id": "1"}},
        {"callback_query": None},
        {"future_kind_of_update": {"id": 1}},
        {"message": []},
    ],
)
async def test_an_update_that_cannot_be_understood_is_set_aside_and_stops_nobody(
    house: House, raw: dict[str, Any]
) -> None:
    house.standin.world.push_raw(raw)
    await house.consult()
    await house.eventually(lambda: not house.standin.world.updates.waiting())


UNSTORABLE = {
    "a chat beyond all integers": f'{{"message": {{"chat": {{"id": {10**30}}}}}}}',
    "a number without an end": '{"message": {"chat": {"id": 1}, "date": 1e999}}',
}


@pytest.mark.parametrize("what", UNSTORABLE)
async def test_an_update_that_no_database_takes_is_set_aside_and_keeps_nobody_from_theirs(
    house: House, what: str
) -> None:
    await house.life.end()
    house.anna.say("/start")
    house.standin.world.push_raw(json.loads(UNSTORABLE[what]))
    ben = house.standin.world.add_user("Ben")
    ben.say("/start")
    await house.begin()
    await house.button("answer:consent:agree")
    await house.button("answer:consent:agree", ben.chat)
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    await house.message("could not be processed", house.staff)


async def test_a_broken_update_of_a_client_does_not_stop_that_clients_next_one(house: House) -> None:
    await at_a_question(house)
    broken = {
        "message_id": 9,
        "date": 0,
        "chat": {"id": house.anna.id, "type": "private"},
        "from": {"id": house.anna.id},
    }
    house.standin.world.push_raw({"message": broken})
    await house.tap(QUESTION)
    await house.button("answer:skin_issues:none")
