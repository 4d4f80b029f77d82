"""Where the staff is: the link that makes a group the staff chat, a group that moves, topics, strangers' groups."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.chats import Chat, StoredMessage
from handlers.invitation import invite
from tests.dialogues.asking import another_time, to_summary
from tests.dialogues.test_escalation import later, send_request
from tests.house import House, data_of, open_house, shown


async def test_a_group_that_became_a_supergroup_is_followed_and_shows_its_open_requests_again(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        await send_request(house)
        house.staff = house.staff.migrate_to_supergroup()
        card = await house.button("request:1001:take", house.staff)
        assert "Sent again" in shown(card)
        await later(house, minutes=15)
        ping = house.staff.messages[-1]
        assert ping.reply_to is card
        await house.tap("request:1001:take", house.mia, house.staff)
        await house.eventually(lambda: "request:1001:reached" in data_of(card))


async def test_a_migration_that_only_an_error_tells_of_is_followed_too(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        old = house.staff
        house.staff = old.migrate_to_supergroup()
        house.standin.world.updates.clear()
        await send_request(house)
        assert not [message for message in old.messages if "1001" in shown(message)]


async def test_the_move_is_remembered_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        await send_request(house)
        house.staff = house.staff.migrate_to_supergroup()
        await house.button("request:1001:take", house.staff)
        await house.rest()
        await house.life.end()
        await house.begin()
        await house.tap("request:1001:take", house.mia, house.staff)
        await house.button("request:1001:reached", house.staff)


async def code_of(house: House) -> str:
    """The code that ``run`` would print as part of its link."""
    async with house.services.storage.transaction() as tx:
        code = await invite(house.services, tx, house.services.now())
    assert code is not None
    return code


async def said(house: House, words: str, chat: Chat | None = None) -> StoredMessage:
    where = chat or house.staff
    return await house.eventually(lambda: next((m for m in where.messages if words in shown(m)), None))


@pytest_asyncio.fixture
async def unlinked(tmp_path: Path) -> AsyncIterator[House]:
    """A house that has a group, which the bot is not in, and no staff chat."""
    async with open_house(tmp_path, staff=False) as house:
        yield house


async def test_the_link_adds_the_bot_and_makes_the_group_the_staff_chat(unlinked: House) -> None:
    house = unlinked
    await send_to_nobody(house)
    code = await code_of(house)
    house.staff.add_bot(house.mia)
    house.mia.say(f"/start@{house.standin.world.bot['username']} {code}", chat=house.staff)
    await said(house, "Here I am")
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.button("request:1001:reached", house.staff)
    assert house.staff.bot_status == "member", "no administrator's rights were needed"
    menu = [command["command"] for command in house.standin.world.commands_for(house.mia, house.staff)]
    assert "queue" in menu


async def send_to_nobody(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    await house.screen("1001")
    await house.rest()


async def test_the_same_link_is_printed_until_it_was_used_or_is_a_day_old(unlinked: House) -> None:
    house = unlinked
    first = await code_of(house)
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,64}", first)
    assert await code_of(house) == first
    house.clock.move(days=1)
    assert await code_of(house) != first


@pytest.mark.parametrize("words", ["", "wrong-code", "\u00e4"])
async def test_a_group_without_the_right_code_is_told_so_and_left(unlinked: House, words: str) -> None:
    house = unlinked
    await code_of(house)
    house.staff.add_bot(house.mia)
    house.mia.say(f"/start@{house.standin.world.bot['username']} {words}", chat=house.staff)
    await house.eventually(lambda: house.staff.bot_status == "left")
    assert "only" in shown(house.staff.messages[-1])


async def test_a_code_works_once_and_for_a_day(unlinked: House) -> None:
    house = unlinked
    code = await code_of(house)
    house.clock.move(days=1, minutes=1)
    house.staff.add_bot(house.mia)
    house.mia.say(f"/start {code}", chat=house.staff)
    await house.eventually(lambda: house.staff.bot_status == "left")
    await house.rest()
    code = await code_of(house)
    house.staff.add_bot(house.mia)
    house.mia.say(f"/start {code}", chat=house.staff)
    await said(house, "Here I am")
    other = house.standin.world.add_group("Another group", [house.jonas], bot_is_member=False)
    other.add_bot(house.jonas)
    house.jonas.say(f"/start {code}", chat=other)
    await house.eventually(lambda: other.bot_status == "left")


async def test_a_strangers_group_is_left_at_once_with_one_line(house: House) -> None:
    eve = house.standin.world.add_user("Eve")
    other = house.standin.world.add_group("Eve's friends", [eve], bot_is_member=False)
    other.add_bot(eve)
    await house.eventually(lambda: other.bot_status == "left")
    lines = [shown(message) for message in other.messages if message.from_bot]
    assert len(lines) == 1
    assert "Linden Clinic" in lines[0]
    assert "\n" not in lines[0]


@pytest.mark.parametrize("words", ["/queue", "/export", "/help", "/start"])
async def test_a_group_that_the_bot_is_in_already_gets_no_answer_but_goodbye(house: House, words: str) -> None:
    eve = house.standin.world.add_user("Eve")
    other = house.standin.world.add_group("Eve's friends", [eve])
    eve.say(words, chat=other)
    await house.eventually(lambda: other.bot_status == "left")
    assert len([message for message in other.messages if message.from_bot]) == 1


async def test_a_group_in_which_the_bot_may_not_write_is_left_all_the_same(house: House) -> None:
    eve = house.standin.world.add_user("Eve")
    other = house.standin.world.add_group("Eve's friends", [eve], bot_is_member=False)
    house.standin.faults.add("5xx", method="sendMessage", chat_id=other.id)
    other.add_bot(eve)
    await house.eventually(lambda: other.bot_status == "left")


async def test_a_topic_is_chosen_by_sending_the_link_s_code_or_here_in_it(unlinked: House) -> None:
    house = unlinked
    house.staff.is_forum = True
    house.staff.add_bot(house.mia)
    first, second = (house.staff.add_topic(name, house.mia) for name in ("Calls", "Bot"))
    house.mia.say(f"/start {await code_of(house)}", chat=house.staff, thread_id=first)
    assert (await said(house, "Here I am")).thread_id == first
    await send_to_nobody(house)
    assert (await house.button("request:1001:take", house.staff)).thread_id == first
    house.mia.say("/here", chat=house.staff, thread_id=second)
    await house.eventually(lambda: [m for m in house.staff.messages if "Here I am" in shown(m)][1:])
    await later(house, minutes=15)
    await said(house, "has been waiting")
    welcome = [m for m in house.staff.messages if "Here I am" in shown(m)][-1]
    assert welcome.thread_id == second


async def linked_in_a_topic(house: House) -> int:
    """Make a topic of a forum the place for the staff; answers its number."""
    house.staff.is_forum = True
    house.staff.add_bot(house.mia)
    topic = house.staff.add_topic("Calls", house.mia)
    house.mia.say(f"/start {await code_of(house)}", chat=house.staff, thread_id=topic)
    await said(house, "Here I am")
    return topic


async def test_what_was_meant_for_a_deleted_topic_comes_to_the_group(unlinked: House) -> None:
    house = unlinked
    topic = await linked_in_a_topic(house)
    await house.rest()
    house.staff.delete_topic(topic)
    await send_to_nobody(house)
    card = await house.button("request:1001:take", house.staff)
    assert card.thread_id is None


async def test_a_card_that_went_with_its_topic_is_shown_in_the_group_when_something_happens(unlinked: House) -> None:
    house = unlinked
    topic = await linked_in_a_topic(house)
    await send_request(house)
    house.staff.delete_topic(topic)
    await another_time(house)
    card = await house.button("request:1001:take", house.staff)
    assert card.thread_id is None


async def test_the_card_of_a_question_stays_as_it_is_where_the_staff_is_no_more(tmp_path: Path) -> None:
    async with open_house(tmp_path, supergroup=False) as house:
        house.anna.say("May I bring my sister?")
        await house.tap("question:send")
        card = await said(house, "Question No. 1")
        house.standin.faults.add("5xx", method="sendMessage", chat_id=house.anna.id)
        house.mia.say("Of course.", chat=house.staff, reply_to=card.message_id)
        await house.eventually(lambda: [call for call in house.standin.world.calls if call.fault])
        await house.settled()  # it is put off by now, from this moment on
        house.staff = house.staff.migrate_to_supergroup()
        await later(house, minutes=2)
        await house.screen("Of course.")
        await later(house, minutes=6)
        assert "question_card_edit" not in {row.kind for row in await house.outbox()}
        assert not house.mailbox.mails, "nobody is told that the staff chat does not take messages"


async def test_who_let_the_bot_in_again_gets_what_waited_at_once(house: House) -> None:
    house.staff.remove_bot()
    await house.eventually(lambda: [m for m in house.mailbox.mails if "staff chat" in str(m.message["Subject"])])
    await send_to_nobody(house)
    for _ in range(20):
        await later(house, minutes=1)
    house.staff.add_bot(house.mia)
    await house.button("request:1001:take", house.staff)


async def test_a_lost_staff_chat_can_be_replaced_by_another_group(unlinked: House) -> None:
    house = unlinked
    house.staff.add_bot(house.mia)
    house.mia.say(f"/start {await code_of(house)}", chat=house.staff)
    await said(house, "Here I am")
    await send_request(house)
    house.staff.remove_bot()
    await house.eventually(lambda: [m for m in house.mailbox.mails if "staff chat" in str(m.message["Subject"])])
    new = house.standin.world.add_group("The new desk", [house.mia], bot_is_member=False)
    new.add_bot(house.mia)
    house.mia.say(f"/start {await code_of(house)}", chat=new)
    await said(house, "Here I am", new)
    card = await house.button("request:1001:take", new)
    assert "Sent again" in shown(card)
