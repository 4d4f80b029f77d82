"""The people of the stand-in's world: what they can do, what they see, and what the bot gets to know of it."""

import asyncio
from typing import Any

import pytest

from demo import Chat, Person, StandIn, World
from demo.errors import ImpossibleError
from tests.standin.api import START, Api, Clock

SHARE = {
    "keyboard": [[{"text": "Share my number", "request_contact": True}], ["Cancel"]],
    "resize_keyboard": True,
    "one_time_keyboard": True,
}


async def messages(api: Api) -> list[dict[str, Any]]:
    return [update["message"] for update in await api.updates() if "message" in update]


async def test_a_start_with_a_payload_is_a_command_message(api: Api, world: World) -> None:
    person = world.add_user("Zoë", language_code="de")
    person.say("/start from-instagram")
    (message,) = await messages(api)
    assert message == {
        "message_id": 1,
        "from": {"id": person.id, "is_bot": False, "first_name": "Zoë", "language_code": "de"},
        "chat": {"id": person.id, "first_name": "Zoë", "type": "private"},
        "date": int(START.timestamp()),
        "text": "/start from-instagram",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }


async def test_numbers_of_messages_count_together_except_in_supergroups(
    world: World, ann: Person, mia: Person, staff: Chat
) -> None:
    basic = world.add_group("Basic", [mia], supergroup=False)
    numbers = [ann.say("x"), mia.say("x", chat=basic), ann.say("x"), mia.say("x", chat=staff)]
    assert [message.message_id for message in numbers] == [2, 3, 4, 1]
    assert (ann.id > 0, -(10**12) < basic.id < 0, staff.id < -(10**12)) == (True, True, True)


async def test_a_pressed_button_reaches_the_bot_with_its_message(api: Api, ann: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "answer:yes"}]]}
    sent = await api.ok("sendMessage", chat_id=ann.id, text="Sure?", reply_markup=markup)
    press = ann.tap("Yes")
    (update,) = await api.updates()
    query = update["callback_query"]
    assert (query["id"], query["data"], query["message"]) == (press.query_id, "answer:yes", sent)
    assert int(query["chat_instance"])


async def test_a_button_of_a_deleted_message_comes_with_an_inaccessible_one(api: Api, ann: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=ann.id, text="x")
    await api.ok("deleteMessage", chat_id=ann.id, message_id=sent["message_id"])
    ann.press(sent["message_id"], "old")
    (update,) = await api.updates()
    gone = {"chat": ann.chat.as_json(), "message_id": sent["message_id"], "date": 0}
    assert update["callback_query"]["message"] == gone


async def test_only_buttons_that_are_there_can_be_tapped(api: Api, ann: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Site", "url": "https://spa.example"}]]}
    await api.ok("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    with pytest.raises(ImpossibleError, match="no button 'Site'"):
        ann.tap("Site")
    with pytest.raises(ImpossibleError, match="has no button 'old'"):
        ann.press(ann.chat.messages[-1], "old", strict=True)


async def test_the_share_button_shares_the_own_number_and_a_one_time_keyboard_goes(api: Api, ann: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=ann.id, text="Your number?", reply_markup=SHARE)
    assert "reply_markup" not in sent
    assert ann.chat.keyboard == SHARE
    assert ann.tap("Share my number").answered.is_set()
    (message,) = await messages(api)
    assert message["contact"] == {
        "phone_number": "380671234567",
        "first_name": "Ann",
        "last_name": "Bell",
        "user_id": ann.id,
    }
    assert message["reply_to_message"]["message_id"] == sent["message_id"]
    assert ann.chat.keyboard is None


async def test_a_plain_button_of_the_keyboard_says_its_text(api: Api, ann: Person) -> None:
    await api.ok("sendMessage", chat_id=ann.id, text="Your number?", reply_markup=SHARE | {"one_time_keyboard": False})
    ann.tap("Cancel")
    assert [message["text"] for message in await messages(api)] == ["Cancel"]
    assert ann.chat.keyboard is not None


@pytest.mark.parametrize("way", ["remove", "delete", "other keyboard", "force reply"])
async def test_a_reply_keyboard_stays_until_it_is_replaced(api: Api, ann: Person, way: str) -> None:
    sent = await api.ok("sendMessage", chat_id=ann.id, text="Your number?", reply_markup=SHARE)
    inline = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await api.ok("sendMessage", chat_id=ann.id, text="x", reply_markup=inline)
    assert ann.chat.keyboard == SHARE
    other = {"keyboard": [[{"text": "Other"}]]}
    expected = other if way == "other keyboard" else None
    if way == "delete":
        await api.ok("deleteMessage", chat_id=ann.id, message_id=sent["message_id"])
    else:
        markup = {"remove": {"remove_keyboard": True}, "other keyboard": other, "force reply": {"force_reply": True}}
        await api.ok("sendMessage", chat_id=ann.id, text="x", reply_markup=markup[way])
    assert ann.chat.keyboard == expected
    assert (ann.chat.force_reply is not None) == (way == "force reply")


def test_contacts_may_be_somebody_elses_or_nobodys(world: World, ann: Person) -> None:
    bob = world.add_user("Bob")
    assert ann.share_contact(of=bob).contact == {
        "phone_number": bob.phone,
        "first_name": "Bob",
        "user_id": bob.id,
    }
    unknown = ann.share_contact(phone="12345").contact
    assert unknown
    assert "user_id" not in unknown


async def test_editing_ones_own_message_reaches_the_bot(api: Api, clock: Clock, ann: Person) -> None:
    message = ann.say("helo")
    clock.advance(seconds=60)
    ann.edit(message, "/help")
    update = (await api.updates())[1]
    assert update["edited_message"]["text"] == "/help"
    assert update["edited_message"]["entities"][0]["type"] == "bot_command"
    assert update["edited_message"]["edit_date"] == message.date.timestamp() + 60
    sent = await api.ok("sendMessage", chat_id=ann.id, text="x")
    bots = ann.chat.message(sent["message_id"])
    assert bots
    with pytest.raises(ImpossibleError):
        ann.edit(bots, "y")


async def test_blocking_and_unblocking_is_told_once_and_silences_the_person(api: Api, ann: Person) -> None:
    ann.block_bot()
    ann.block_bot()
    with pytest.raises(ImpossibleError, match="blocked"):
        ann.say("hello?")
    ann.unblock_bot()
    ann.say("/start")
    blocked, unblocked, started = await api.updates()
    statuses = [
        (update["my_chat_member"]["old_chat_member"]["status"], update["my_chat_member"]["new_chat_member"]["status"])
        for update in (blocked, unblocked)
    ]
    assert statuses == [("member", "kicked"), ("kicked", "member")]
    assert started["message"]["text"] == "/start"


async def test_privacy_mode_hides_what_is_not_meant_for_the_bot(
    api: Api, world: World, mia: Person, staff: Chat
) -> None:
    sent = await api.ok("sendMessage", chat_id=staff.id, text="Request 1")
    for text in ("lunch?", "/queue", "/stats@afterglow_demo_bot", "/stats@other_bot"):
        mia.say(text, chat=staff)
    mia.say("on it", chat=staff, reply_to=sent["message_id"])
    mia.share_contact(chat=staff)
    seen = [message["text"] for message in await messages(api)]
    assert seen == ["/queue", "/stats@afterglow_demo_bot", "on it"]
    assert len(staff.messages) == 7
    world.updates.clear()
    world.bot["can_read_all_group_messages"] = True
    mia.say("lunch?", chat=staff)
    assert len(await messages(api)) == 1


async def test_an_anonymous_administrator_writes_as_the_group(api: Api, mia: Person, staff: Chat) -> None:
    mia.say("/queue", chat=staff, anonymous=True)
    (message,) = await messages(api)
    assert message["from"] == {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    assert message["sender_chat"] == staff.as_json()


async def test_a_bot_that_was_removed_hears_nothing_of_its_old_buttons(api: Api, mia: Person, staff: Chat) -> None:
    sent = await api.ok("sendMessage", chat_id=staff.id, text="Request 1")
    staff.remove_bot(mia)
    mia.press(sent["message_id"], "request:1:take", chat=staff)
    mia.say("/queue", chat=staff)
    (update,) = await api.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4097, "😀" * 2049])
def test_the_apps_send_no_empty_and_no_longer_texts(ann: Person, text: str) -> None:
    with pytest.raises(ImpossibleError, match="1 to 4096"):
        ann.say(text)
    assert len(ann.say("😀" * 2048).text or "") == 2048


async def test_people_who_are_not_in_a_group_cannot_write_there(ann: Person, mia: Person, staff: Chat) -> None:
    with pytest.raises(ImpossibleError, match="not in Staff"):
        ann.say("hello", chat=staff)
    ann.join(staff)
    ann.say("hello", chat=staff)
    mia.leave(staff)
    with pytest.raises(ImpossibleError):
        mia.say("hello", chat=staff)


async def test_an_upgrade_is_told_in_both_chats(api: Api, world: World, mia: Person) -> None:
    basic = world.add_group("Desk", [mia], supergroup=False)
    new = basic.migrate_to_supergroup()
    leaving, arriving = await messages(api)
    assert (leaving["chat"]["id"], leaving["migrate_to_chat_id"]) == (basic.id, new.id)
    assert (arriving["chat"]["id"], arriving["migrate_from_chat_id"]) == (new.id, basic.id)
    assert new.members == basic.members
    with pytest.raises(ImpossibleError, match="upgraded"):
        mia.say("/queue", chat=basic)
    with pytest.raises(ImpossibleError, match="no basic group"):
        new.migrate_to_supergroup()


async def test_members_and_administrators_can_be_asked_for(
    api: Api, world: World, ann: Person, mia: Person, staff: Chat
) -> None:
    jonas = world.add_user("Jonas")
    jonas.join(staff)

    async def status(user_id: int) -> str:
        return str((await api.ok("getChatMember", chat_id=staff.id, user_id=user_id))["status"])

    assert [await status(person.id) for person in (mia, jonas, ann)] == ["creator", "member", "left"]
    jonas.leave(staff)
    assert await status(jonas.id) == "left"
    jonas.join(staff)
    jonas.be_removed(staff)
    assert await status(jonas.id) == "kicked"
    jonas.join(staff)
    staff.anonymous_admins.add(jonas.id)
    hidden = await api.ok("getChatMember", chat_id=staff.id, user_id=jonas.id)
    assert (hidden["status"], hidden["is_anonymous"]) == ("administrator", True)
    staff.anonymous_admins.clear()
    assert await status(world.bot["id"]) == "member"
    staff.promote_bot(mia)
    assert await status(world.bot["id"]) == "administrator"
    found = await api.ok("getChatAdministrators", chat_id=staff.id)
    assert [member["user"]["id"] for member in found] == [mia.id]
    found = await api.ok("getChatAdministrators", chat_id=staff.id, return_bots=True)
    assert [member["user"]["id"] for member in found] == [mia.id, world.bot["id"]]


async def test_changes_tell_from_the_moment_of_subscribing(api: Api, world: World, ann: Person) -> None:
    changes = world.changes()
    sent = await api.ok("sendMessage", chat_id=ann.id, text="x")
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    await api.ok("sendChatAction", chat_id=ann.id, action="typing")
    await api.ok("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "👍"}])
    await api.ok("editMessageText", **place, text="y")
    press = ann.press(sent["message_id"], "a")
    await api.ok("answerCallbackQuery", callback_query_id=press.query_id, text="ok")
    await api.ok("deleteMessage", **place)
    await api.ok("setMyCommands", commands=[])
    ann.block_bot()
    seen = [await anext(changes) for _ in range(8)]
    kinds = ["message", "chat_action", "edited", "edited", "callback_answer", "deleted", "commands", "person"]
    assert [change.kind for change in seen] == kinds
    assert (seen[0].chat_id, seen[0].message_id) == (ann.id, sent["message_id"])
    assert seen[1].detail == {"action": "typing"}
    answer = {"press": press.query_id, "person": ann.id, "text": "ok", "show_alert": False}
    assert seen[4].detail == answer
    changes.close()
    ann.unblock_bot()
    assert changes.queue.empty()


async def test_until_waits_for_what_comes_and_pictures_what_did_not(api: Api, world: World, ann: Person) -> None:
    waiting = asyncio.create_task(world.until(ann.chat.last))
    await asyncio.sleep(0)
    await api.ok("sendMessage", chat_id=ann.id, text="there you are")
    assert (await waiting).text == "there you are"
    with pytest.raises(TimeoutError, match=r"(?s)Ann: /start.*there you are.*sendMessage"):
        await world.until(lambda: None, timeout=0.01)


async def test_the_ledger_holds_every_call_and_every_delivery(
    stand_in: StandIn, api: Api, world: World, ann: Person
) -> None:
    await api.ok("getMe")
    await api.refusal("sendMessage", chat_id=ann.id, text="")
    sent = await api.ok("sendMessage", chat_id=ann.id, text="<b>x</b>", parse_mode="HTML")
    await api.ok("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="y")
    stand_in.faults.add("429")
    await api.refusal("sendMessage", chat_id=ann.id, text="z")
    assert [(call.method, call.status, call.ok) for call in world.calls] == [
        ("getMe", 200, True),
        ("sendMessage", 400, False),
        ("sendMessage", 200, True),
        ("editMessageText", 200, True),
        ("sendMessage", 429, False),
    ]
    assert world.calls[1].description == "Bad Request: message text is empty"
    delivered = [(entry.method, entry.chat_id, entry.message_id, entry.text) for entry in world.deliveries]
    assert delivered == [
        ("sendMessage", ann.id, sent["message_id"], "<b>x</b>"),
        ("editMessageText", ann.id, sent["message_id"], "y"),
    ]
    assert {entry.at for entry in world.deliveries} == {START}
