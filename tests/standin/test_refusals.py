"""What Telegram refuses, in its own words: one row each."""

from typing import Any

import pytest

from demo import Chat, Person, StandIn, World
from demo.chats import BotStatus
from demo.files import plain_png
from tests.standin.api import Api, Clock
from tests.standin.second_library import aiogram_client

STRICT = " (refused in strict mode only)"
TEXT_BUTTON = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
BAD_URL = "inline keyboard button URL '{}' is invalid: {}"
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NO_SUCH_FILE = "wrong remote file identifier specified: Wrong string length"

INLINE = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"chat_id": None}, "chat_id is empty"),
        ({"chat_id": 5}, "chat not found"),
        ({"chat_id": "ann"}, "chat not found"),
        ({"text": None}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": "   \n"}, "text must be non-empty"),
        ({"text": "\u200b"}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x", "message_thread_id": 7}, "message thread not found"),
        ({"reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"reply_parameters": {"quote": "x"}}, 'can\'t find field "message_id"'),
        ({"reply_parameters": {"message_id": 1, "quote": "nothing like it"}}, "QUOTE_TEXT_INVALID"),
        ({"link_preview_options": {"is_disabled": "yes"}}, 'field "is_disabled" must be of type Boolean'),
        ({"business_connection_id": "x"}, "business connection not found"),
        ({"allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
        ({"reply_markup": [1]}, "object expected as reply markup"),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": {"inline_keyboard": "x"}}, 'field "inline_keyboard" must be of type Array'),
        (
            {"reply_markup": {"inline_keyboard": [{}]}},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"reply_markup": {"keyboard": "x"}}, 'field "keyboard" must be of type Array'),
        ({"reply_markup": keyboard(text="A")}, TEXT_BUTTON),
        ({"reply_markup": keyboard(text="A", callback_data="")}, TEXT_BUTTON),
        (
            {"reply_markup": keyboard(callback_data="a")},
            'can\'t parse inline keyboard button: Can\'t find field "text"',
        ),
        (
            {"reply_markup": keyboard(text=5, callback_data="a")},
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        ({"reply_markup": keyboard(text="A", callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": keyboard(text="A", callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": keyboard(text="A", url="not-a-url")}, BAD_URL.format("not-a-url", "Wrong HTTP URL")),
        (
            {"reply_markup": keyboard(text="A", url="ftp://a.example")},
            BAD_URL.format("ftp://a.example", "Unsupported URL protocol"),
        ),
        ({"reply_markup": keyboard(text="A", url="tel:+491234")}, BAD_URL.format("tel:+491234", "Wrong HTTP URL")),
        ({"reply_markup": keyboard(text="A", copy_text={"text": ""})}, "BUTTON_COPY_TEXT_INVALID"),
        ({"reply_markup": keyboard(text="A", pay=True)}, "BUTTON_TYPE_INVALID"),
        (
            {"reply_markup": keyboard(text="A", callback_data="a", url="a.example")},
            "a button is either url or callback_data" + STRICT,
        ),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "a"}] * 8] * 13}},
            "reply markup is too long",
        ),
        (
            {"reply_markup": INLINE | {"keyboard": [["A"]]}},
            "a reply markup is either keyboard or inline_keyboard" + STRICT,
        ),
        (
            {"reply_markup": {"keyboard": [["A"]], "resize_keyboard": "yes"}},
            'field "resize_keyboard" must be of type Boolean',
        ),
        ({"reply_markup": {"force_reply": "yes"}}, 'field "force_reply" must be of type Boolean'),
        (
            {"reply_markup": keyboard(text="A", calback_data="a")},
            'can\'t parse inline keyboard button: Unknown field "calback_data" of InlineKeyboardButton' + STRICT,
        ),
        ({"disable_web_page_preview": True}, 'unknown parameter "disable_web_page_preview" of sendMessage' + STRICT),
        ({"disable_notification": "perhaps"}, 'can\'t parse parameter "disable_notification": expected a Boolean'),
        ({"message_thread_id": "seven"}, 'can\'t parse parameter "message_thread_id": expected an Integer'),
    ],
)  # fmt: skip
async def test_a_message_is_refused(api: Api, ann: Person, params: dict[str, Any], complaint: str) -> None:
    before = list(ann.chat.messages)
    merged = {"chat_id": ann.id, "text": "hello", **params}
    assert await api.refusal("sendMessage", **merged) == f"Bad Request: {complaint}"
    assert ann.chat.messages == before


async def test_the_limits_themselves_are_allowed(api: Api, ann: Person) -> None:
    markup = keyboard(text="A", callback_data="x" * 64)
    assert await api.ok("sendMessage", chat_id=ann.id, text="😀" * 2048, reply_markup=markup)
    long = f"<b>{'x' * 4096}</b>"
    assert await api.ok("sendMessage", chat_id=str(ann.id), text=long, parse_mode="html")


async def test_unknown_parameters_are_ignored_like_telegram_does_when_not_strict(
    stand_in: StandIn, api: Api, ann: Person
) -> None:
    stand_in.strict = False
    assert await api.ok("sendMessage", chat_id=ann.id, text="x", disable_web_page_preview=True)


@pytest.mark.parametrize(
    ("method", "params", "complaint"),
    [
        ("editMessageText", {"message_id": 999, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": "hers", "text": "x"}, "message can't be edited"),
        ("editMessageText", {"message_id": "keyboard", "text": "x"}, "message can't be edited"),
        ("editMessageText", {"message_id": "photo", "text": "x"}, "there is no text in the message to edit"),
        ("editMessageText", {"message_id": "mine", "text": "x" * 4097}, "MESSAGE_TOO_LONG"),
        ("editMessageText", {"message_id": "mine", "text": ""}, "message text is empty"),
        (
            "editMessageText", {"message_id": "mine", "text": "x", "reply_markup": {"keyboard": [["A"]]}},
            "inline keyboard expected",
        ),
        (
            "editMessageText", {"message_id": "mine", "text": "x", "reply_markup": {"remove_keyboard": True}},
            "inline keyboard expected",
        ),
        ("editMessageText", {"inline_message_id": "x", "text": "x"}, "MESSAGE_ID_INVALID"),
        ("editMessageCaption", {"message_id": "mine", "caption": "x"}, "there is no caption in the message to edit"),
        ("editMessageCaption", {"message_id": "photo", "caption": "x" * 1025}, "MEDIA_CAPTION_TOO_LONG"),
        ("editMessageMedia", {"message_id": "photo"}, "media is empty"),
        ("deleteMessage", {"message_id": 999}, "message to delete not found"),
        ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": list(range(1, 102))}, "too many message identifiers specified"),
        ("pinChatMessage", {"message_id": 999}, "message to pin not found"),
        ("unpinChatMessage", {}, "message to unpin not found"),
        (
            "setMessageReaction", {"message_id": "hers", "reaction": [{"type": "emoji", "emoji": "🧖"}]},
            "REACTION_INVALID",
        ),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendDocument", {"document": "attach://missing"}, NO_SUCH_FILE),
        ("sendPhoto", {"photo": "nonsense"}, NO_SUCH_FILE),
        ("sendPhoto", {"photo": "https://a.example/p.png"}, "failed to get HTTP URL content"),
        ("sendContact", {"first_name": "Clinic"}, 'parameter "phone_number" is required'),
        ("sendContact", {"phone_number": "+491234"}, 'parameter "first_name" is required'),
        ("sendContact", {"phone_number": "+491234", "first_name": ""}, 'parameter "first_name" is required'),
        (
            "sendContact", {"phone_number": "+491234", "first_name": "Clinic", "reply_parameters": {"message_id": 999}},
            "message to be replied not found",
        ),
        ("getFile", {"chat_id": None}, "file_id not specified"),
        ("getFile", {"chat_id": None, "file_id": "nonsense"}, "invalid file_id"),
        ("getChatMember", {}, "invalid user_id specified"),
        ("getChatMember", {"user_id": 5}, "member not found"),
        ("getChatAdministrators", {}, "there are no administrators in the private chat"),
        ("leaveChat", {}, "chat member status can't be changed in private chats"),
        ("answerCallbackQuery", {"chat_id": None, "callback_query_id": "77"}, TOO_OLD),
    ],
)  # fmt: skip
async def test_a_call_about_a_chat_is_refused(
    api: Api, ann: Person, method: str, params: dict[str, Any], complaint: str
) -> None:
    photo = await upload_photo(api, ann)
    keyed = await api.ok("sendMessage", chat_id=ann.id, text="x", reply_markup={"keyboard": [["A"]]})
    mine = await api.ok("sendMessage", chat_id=ann.id, text="mine", reply_markup=INLINE)
    numbers = {
        "hers": ann.chat.messages[0].message_id,
        "keyboard": keyed["message_id"],
        "mine": mine["message_id"],
        "photo": photo["message_id"],
    }
    params = {"chat_id": ann.id, **params}
    if params.get("message_id") in numbers:
        params["message_id"] = numbers[params["message_id"]]
    params = {key: value for key, value in params.items() if value is not None}
    assert await api.refusal(method, **params) == f"Bad Request: {complaint}"


async def upload_photo(api: Api, ann: Person) -> Any:
    """A photo of the bot's, sent by the id of one that Ann has sent."""
    photo = ann.send_photo(plain_png(8, 8, (1, 2, 3))).photo
    assert photo
    return await api.ok("sendPhoto", chat_id=ann.id, photo=photo[0]["file_id"], caption="p")


NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


async def test_an_edit_that_changes_nothing_is_refused(api: Api, ann: Person) -> None:
    text = {"text": "<b>x</b>", "parse_mode": "HTML"}
    sent = await api.ok("sendMessage", chat_id=ann.id, reply_markup=INLINE, **text)
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    assert await api.refusal("editMessageText", **place, **text, reply_markup=INLINE) == NOT_MODIFIED
    assert await api.refusal("editMessageReplyMarkup", **place, reply_markup=INLINE) == NOT_MODIFIED
    edited = await api.ok("editMessageText", **place, **text)
    assert "reply_markup" not in edited
    assert "edit_date" in edited
    assert await api.refusal("editMessageText", **place, **text) == NOT_MODIFIED
    assert (await api.ok("editMessageText", **place, text="x"))["text"] == "x"


async def test_an_edit_keeps_the_quote_and_the_protection(api: Api, ann: Person) -> None:
    quoted = {"message_id": ann.chat.messages[0].message_id, "quote": "start"}
    options = {"reply_parameters": quoted, "protect_content": True}
    sent = await api.ok("sendMessage", chat_id=ann.id, text="x", **options)
    assert sent["quote"] == {"text": "start", "position": 1, "is_manual": True}
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    assert await api.refusal("editMessageText", **place, text="x") == NOT_MODIFIED
    edited = await api.ok("editMessageText", **place, text="y")
    assert (edited["quote"], edited["has_protected_content"]) == (sent["quote"], True)


async def test_a_bot_deletes_only_what_is_young_and_its_own(
    api: Api, clock: Clock, ann: Person, mia: Person, staff: Chat
) -> None:
    old = await api.ok("sendMessage", chat_id=ann.id, text="old")
    clock.advance(hours=48)
    assert await api.ok("deleteMessage", chat_id=ann.id, message_id=ann.chat.messages[0].message_id)
    clock.advance(seconds=1)
    too_late = await api.refusal("deleteMessage", chat_id=ann.id, message_id=old["message_id"])
    assert too_late == "Bad Request: message can't be deleted for everyone"
    hers = mia.say("hello", chat=staff)
    place = {"chat_id": staff.id, "message_id": hers.message_id}
    assert await api.refusal("deleteMessage", **place) == "Bad Request: message can't be deleted for everyone"
    staff.promote_bot()
    assert await api.ok("deleteMessage", **place)
    assert await api.refusal("deleteMessage", **place) == "Bad Request: message to delete not found"


async def test_several_messages_are_deleted_and_missing_ones_skipped(api: Api, ann: Person) -> None:
    numbers = [(await api.ok("sendMessage", chat_id=ann.id, text="x"))["message_id"] for _ in range(2)]
    assert await api.ok("deleteMessages", chat_id=ann.id, message_ids=[*numbers, 999])
    assert [message.text for message in ann.chat.messages] == ["/start"]


async def test_a_query_is_answered_once_and_soon(api: Api, clock: Clock, ann: Person) -> None:
    await api.ok("sendMessage", chat_id=ann.id, text="x", reply_markup=INLINE)
    first, second = ann.tap("A"), ann.tap("a")
    too_long = await api.refusal("answerCallbackQuery", callback_query_id=first.query_id, text="x" * 201)
    assert too_long == "Bad Request: MESSAGE_TOO_LONG"
    answer = {"text": "x" * 200, "show_alert": True}
    assert await api.ok("answerCallbackQuery", callback_query_id=first.query_id, **answer)
    assert first.answered.is_set()
    assert first.answer == answer
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await api.refusal("answerCallbackQuery", callback_query_id=first.query_id) == too_old
    clock.advance(seconds=151)
    assert await api.refusal("answerCallbackQuery", callback_query_id=second.query_id) == too_old
    assert not second.answered.is_set()


async def test_people_and_groups_that_do_not_want_the_bot_answer_403(
    api: Api, world: World, ann: Person, mia: Person, staff: Chat
) -> None:
    async def refusal(chat: Chat) -> str:
        return await api.refusal("sendMessage", chat_id=chat.id, text="x")

    assert await refusal(world.add_user("Stranger").chat) == "Bad Request: chat not found"
    assert await refusal(mia.chat) == "Forbidden: bot can't initiate conversation with a user"
    ann.block_bot()
    assert await refusal(ann.chat) == "Forbidden: bot was blocked by the user"
    ann.unblock_bot()
    ann.deactivate()
    assert await refusal(ann.chat) == "Forbidden: user is deactivated"
    staff.remove_bot()
    assert await refusal(staff) == "Forbidden: bot was kicked from the supergroup chat"
    basic = world.add_group("Basic", [mia], supergroup=False)
    await api.ok("leaveChat", chat_id=basic.id)
    assert await refusal(basic) == "Forbidden: bot is not a member of the group chat"
    basic.add_bot(mia)
    basic.remove_bot()
    assert await refusal(basic) == "Forbidden: bot was kicked from the group chat"


async def asked_about(api: Api, chat: Chat, asker: Person) -> list[str]:
    """How Telegram answers each method that asks about a chat and who is in it: empty where it does."""
    me, place = chat.world.bot["id"], {"chat_id": chat.id}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("getChat", place),
        ("getChatMember", place | {"user_id": me}),
        ("getChatMember", place | {"user_id": asker.id}),
        ("getChatAdministrators", place),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat", **place}}),
    ]
    return [(await api.call(method, **params)).get("description", "") for method, params in calls]


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("left", "Forbidden: bot is not a member of the {} chat"),
        ("kicked", "Forbidden: bot was kicked from the {} chat"),
    ],
)
async def test_outside_a_group_the_bot_may_look_at_a_basic_one_and_see_its_members_in_none(
    api: Api, world: World, mia: Person, staff: Chat, status: BotStatus, refused: str
) -> None:
    basic = world.add_group("Basic", [mia], supergroup=False)
    assert await asked_about(api, staff, mia) == await asked_about(api, basic, mia) == [""] * 5
    staff.set_bot_status(status)
    assert await asked_about(api, staff, mia) == [refused.format("supergroup")] * 5
    basic.set_bot_status(status)
    assert await asked_about(api, basic, mia) == ["", "", *[refused.format("group")] * 3]


async def test_an_upgraded_group_can_be_looked_at_and_its_members_are_elsewhere(
    api: Api, world: World, mia: Person
) -> None:
    basic = world.add_group("Desk", [mia], supergroup=False)
    basic.migrate_to_supergroup()
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    assert await asked_about(api, basic, mia) == ["", "", upgraded, upgraded, upgraded]


async def test_an_upgraded_group_names_its_new_id(api: Api, world: World, mia: Person) -> None:
    basic = world.add_group("Desk", [mia], supergroup=False)
    new = basic.migrate_to_supergroup()
    refused = await api.call("sendMessage", chat_id=basic.id, text="x")
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new.id},
    }
    assert await api.ok("sendMessage", chat_id=new.id, text="x")


async def test_a_deleted_topic_takes_no_more_messages(api: Api, world: World, mia: Person) -> None:
    forum = world.add_group("Forum", [mia], forum=True)
    topic = forum.add_topic("Requests", mia)
    sent = await api.ok("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic)
    assert sent["message_thread_id"] == topic
    assert sent["reply_to_message"]["forum_topic_created"]["name"] == "Requests"
    forum.delete_topic(topic)
    assert forum.messages == []
    refused = await api.refusal("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic)
    assert refused == "Bad Request: message thread not found"


async def test_numbers_are_asked_for_in_private_chats_only(api: Api, ann: Person, staff: Chat) -> None:
    markup = {"keyboard": [[{"text": "Share", "request_contact": True}]]}
    assert await api.ok("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    refused = await api.refusal("sendMessage", chat_id=staff.id, text="x", reply_markup=markup)
    assert refused == "Bad Request: phone number can be requested in private chats only"


async def test_pinning_in_a_group_needs_an_administrator(api: Api, world: World, staff: Chat) -> None:
    sent = await api.ok("sendMessage", chat_id=staff.id, text="x")
    place = {"chat_id": staff.id, "message_id": sent["message_id"]}
    refused = await api.refusal("pinChatMessage", **place)
    assert refused == "Bad Request: not enough rights to manage pinned messages in the chat"
    staff.promote_bot()
    world.updates.clear()
    assert await api.ok("pinChatMessage", **place)
    (update,) = await api.updates()
    assert update["message"]["pinned_message"]["message_id"] == sent["message_id"]
    assert aiogram_client().read_and_written(update)["message"]
    assert (await api.ok("getChat", chat_id=staff.id))["pinned_message"]["message_id"] == sent["message_id"]
    assert await api.ok("unpinChatMessage", chat_id=staff.id)
    assert staff.pinned == []


@pytest.mark.parametrize(
    ("token", "method", "status", "description"),
    [
        ("1000001:wrong", "getMe", 401, "Unauthorized"),
        ("nonsense", "getMe", 404, "Not Found"),
        (None, "getMee", 404, "Not Found"),
        (None, "sendSticker", 404, "Not Found"),
    ],
)
async def test_a_wrong_token_or_method_is_refused(
    stand_in: StandIn, api: Api, token: str | None, method: str, status: int, description: str
) -> None:
    url = f"{stand_in.url}/bot{token or stand_in.token}/{method}"
    async with api.session.get(url) as response:
        assert response.status == status
        assert await response.json() == {"ok": False, "error_code": status, "description": description}


async def test_flood_limits_are_kept_when_switched_on(stand_in: StandIn, api: Api, ann: Person, staff: Chat) -> None:
    stand_in.flood.enabled = True
    answers = [await api.call("sendMessage", chat_id=ann.id, text=str(number)) for number in range(6)]
    assert [answer["ok"] for answer in answers] == [True] * 5 + [False]
    assert answers[5]["error_code"] == 429
    wait = answers[5]["parameters"]["retry_after"]
    assert answers[5]["description"] == f"Too Many Requests: retry after {wait}"
    assert await api.ok("sendMessage", chat_id=staff.id, text="another chat")
