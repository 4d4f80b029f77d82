"""A question in a client's own words: passed on with one tap, answered by a reply, and back again."""

import sqlite3
from pathlib import Path

from demo.chats import StoredMessage
from tests.dialogues.asking import at_rest, to_phone
from tests.house import House, data_of, shown

WORDS = "Can I come <b>with</b> my sister & her baby?"


async def ask(house: House, words: str = WORDS) -> StoredMessage:
    """Type the words, pass them on, and answer the card in the staff chat."""
    house.anna.say(words)
    await house.tap("question:send")
    await at_rest(house)
    return next(m for m in reversed(house.staff.messages) if m.from_bot and "Question No." in shown(m))


async def answer(house: House, to: StoredMessage, words: str = "Of course, both are welcome.") -> StoredMessage:
    said = house.mia.say(words, chat=house.staff, reply_to=to.message_id)
    await at_rest(house)
    return said


async def test_a_question_reaches_the_staff_and_a_reply_to_it_the_client(house: House) -> None:
    await house.consult()
    card = await ask(house)
    assert "Question No. 1 from Anna Weber" in shown(card)
    assert WORDS in shown(card)
    assert "Passed on" in shown(await house.button("change"))
    await answer(house, card)
    told = await house.screen("Of course, both are welcome.")
    assert shown(told).startswith("💬 From Linden Clinic")
    assert "Answered by Mia Brandt" in shown(card)


async def test_the_client_s_reply_comes_back_under_the_card_and_can_be_answered_again(house: House) -> None:
    card = await ask(house)
    await answer(house, card)
    told = await house.screen("both are welcome")
    house.anna.say("Thank you! And my dog?", reply_to=told.message_id)
    await at_rest(house)
    back = house.staff.messages[-1]
    assert "Anna Weber on question No. 1:\n\nThank you! And my dog?" in shown(back)
    assert back.reply_to is card
    await answer(house, back, "The dog, too.")
    await house.screen("The dog, too.")


async def test_words_are_offered_to_be_passed_on_until_the_next_screen(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    house.anna.say("what is that?")
    offered = await house.button("question:send")
    assert "answer:symptoms:none" in data_of(offered), "the question is still there"
    assert "passes your words on" in shown(offered)
    await house.tap("answer:symptoms:none")
    await at_rest(house)
    press = await house.answered(house.anna.press(offered, "question:send"))
    assert "from earlier" in (press.answer or {})["text"]
    await at_rest(house)
    assert not [m for m in house.staff.messages if m.from_bot]


async def test_one_tap_passes_it_on_once(house: House) -> None:
    house.anna.say(WORDS)
    offered = await house.button("question:send")
    for press in [house.anna.press(offered, "question:send") for _ in range(3)]:
        await house.answered(press)
    await at_rest(house)
    assert len([m for m in house.staff.messages if "Question No." in shown(m)]) == 1


async def test_a_long_story_can_be_passed_on_and_a_longer_one_is_refused_kindly(house: House) -> None:
    card = await ask(house, "word " * 600 + "end")
    assert "end" in shown(card)
    house.anna.say("word " * 800)
    last = await house.screen("too long for me")
    assert "question:send" not in data_of(last)


async def test_nothing_is_offered_after_an_urgent_answer_nor_to_a_minor(house: House) -> None:
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": ["vision"]})
    await house.button("urgent:called")
    house.anna.say("should I worry?")
    await at_rest(house)
    assert set(data_of(await house.button("urgent:called"))) == {"urgent:called", "callback:start"}
    ben = house.standin.world.add_user("Ben")
    ben.say("/start")
    await house.tap("answer:consent:minor", ben)
    ben.say("but why?")
    await at_rest(house)
    assert not [m for m in ben.chat.messages if m.has_button("question:send")]


async def test_typing_at_a_step_of_a_callback_request_is_no_question(house: House) -> None:
    await to_phone(house)
    house.anna.say("why do you ask?")
    await at_rest(house)
    assert house.anna.chat.keyboard
    assert not [m for m in house.anna.chat.messages if m.has_button("question:send")]


async def note_under(house: House, said: StoredMessage) -> str:
    await at_rest(house)
    last = house.staff.messages[-1]
    assert last.from_bot
    assert last.reply_to is said
    return shown(last)


async def test_an_erased_client_s_thread_is_closed(house: House, tmp_path: Path) -> None:
    card = await ask(house)
    with sqlite3.connect(tmp_path / "bot.db") as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM clients")
        assert connection.execute("SELECT count(*) FROM questions").fetchone() == (0,)
    connection.close()
    said = await answer(house, card)
    assert "data was erased" in await note_under(house, said)
    assert not [m for m in house.anna.chat.messages if "both are welcome" in shown(m)]


async def test_an_answer_to_a_client_who_blocked_the_bot_is_not_silently_lost(house: House) -> None:
    card = await ask(house)
    house.anna.block_bot()
    await at_rest(house)
    said = await answer(house, card)
    assert "bot was blocked" in await note_under(house, said)


async def test_an_answer_that_cannot_be_passed_on_is_said_to_be_so(house: House) -> None:
    card = await ask(house)
    said = await answer(house, card, "x" * 3600)
    assert "too long" in await note_under(house, said)
    picture = house.mia.send_photo(chat=house.staff, reply_to=card.message_id)
    assert "I can pass on only text" in await note_under(house, picture)


async def test_an_answer_that_telegram_refuses_is_not_silently_lost(house: House) -> None:
    card = await ask(house)
    house.anna.deactivate()
    said = await answer(house, card)
    assert "did not arrive" in await note_under(house, said)


async def test_only_members_answer_and_an_anonymous_administrator_does(house: House) -> None:
    card = await ask(house)
    lea = house.standin.world.add_user("Lea")
    house.staff.members[lea.id] = lea
    said = lea.say("I know!", chat=house.staff, reply_to=card.message_id)
    del house.staff.members[lea.id]
    assert "Only members" in await note_under(house, said)
    house.jonas.say("Gladly.", chat=house.staff, reply_to=card.message_id, anonymous=True)
    await house.screen("Gladly.")


async def test_a_reply_to_another_card_answers_nobody(house: House) -> None:
    await ask(house)
    house.mia.say("/help", chat=house.staff)
    help_text = await house.message("What arrives here", house.staff)
    house.mia.say("thanks", chat=house.staff, reply_to=help_text.message_id)
    await at_rest(house)
    assert house.staff.messages[-1].sender["id"] == house.mia.id
