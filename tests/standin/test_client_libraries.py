"""Two independent client libraries understand everything that the stand-in says, and lose nothing of it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from telegram import BotCommand, BotCommandScopeAllPrivateChats, InputMediaPhoto, TelegramObject, Update
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Markup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import ExtBot

from demo import Person, StandIn, World
from demo.files import plain_png
from tests.standin.second_library import aiogram_client

LATER = {"can_send_welcome_messages"}
"""What Telegram has added since Bot API 10.1, which python-telegram-bot knows; aiogram insists on it."""

SENTENCE = "<b>Hi</b> 😀 <i>you</i> /help"


def start(ann: Person) -> None:
    ann.say("/start abc")


def edited(ann: Person) -> None:
    ann.edit(ann.say("helo"), "hello https://spa.example")


def reply(ann: Person) -> None:
    ann.say("yes", reply_to=ann.say("first").message_id)


def press(ann: Person) -> None:
    sent = ann.world.post(
        ann.chat,
        ann.world.bot_user(),
        {"text": "Sure?"},
        reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "yes", "style": "primary"}]]},
    )
    ann.press(sent, "yes")


def press_on_nothing(ann: Person) -> None:
    ann.press(999, "old")


def block(ann: Person) -> None:
    ann.block_bot()
    ann.unblock_bot()


def group_life(ann: Person) -> None:
    group = ann.world.add_group("Staff", [ann], bot_is_member=False)
    group.add_bot(ann)
    bob = ann.world.add_user("Bob")
    bob.join(group)
    bob.leave(group)
    group.promote_bot(ann)
    ann.say("/queue", chat=group, anonymous=True)
    group.remove_bot(ann)


def forum(ann: Person) -> None:
    group = ann.world.add_group("Forum", [ann], forum=True)
    ann.say("/queue", chat=group, thread_id=group.add_topic("Requests", ann))


def upgrade(ann: Person) -> None:
    ann.world.add_group("Desk", [ann], supergroup=False).migrate_to_supergroup()


EVENTS: dict[str, Callable[[Person], object]] = {
    "command": start,
    "text": lambda ann: ann.say("a@b.example #tag @someone_else 😀 /x@afterglow_demo_bot"),
    "edited": edited,
    "reply": reply,
    "press": press,
    "press on a deleted message": press_on_nothing,
    "contact": lambda ann: ann.share_contact(),
    "unknown contact": lambda ann: ann.share_contact(phone="491234"),
    "sticker": lambda ann: ann.send_sticker(),
    "voice": lambda ann: ann.send_voice(),
    "video note": lambda ann: ann.send_video_note(),
    "photo": lambda ann: ann.send_photo(caption="/help me"),
    "document": lambda ann: ann.send_document(),
    "location": lambda ann: ann.send_location(),
    "block": block,
    "group": group_life,
    "forum": forum,
    "upgrade": upgrade,
}


@pytest.fixture(params=EVENTS)
def updates(request: pytest.FixtureRequest, world: World, ann: Person) -> list[dict[str, Any]]:
    """The updates of one kind of event."""
    EVENTS[request.param](ann)
    found = [pending.update for pending in world.updates.waiting()]
    assert found
    return found


@pytest.fixture
async def ptb(stand_in: StandIn) -> AsyncIterator[ExtBot[None]]:
    bot: ExtBot[None] = ExtBot(stand_in.token, base_url=f"{stand_in.url}/bot", base_file_url=f"{stand_in.url}/file/bot")
    async with bot:
        yield bot


def leftovers(thing: object, path: str = "update") -> list[str]:
    """Fields that python-telegram-bot did not know, anywhere in an object."""
    if isinstance(thing, (list, tuple)):
        return [found for number, item in enumerate(thing) for found in leftovers(item, f"{path}[{number}]")]
    if not isinstance(thing, TelegramObject):
        return []
    here = [f"{path}.{key}" for key in thing.api_kwargs if key not in LATER]
    names = [name for name in dir(thing) if not name.startswith("_") and name not in {"api_kwargs", "bot"}]
    slots = {slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ())}
    return here + [
        found for name in names if name in slots for found in leftovers(getattr(thing, name), f"{path}.{name}")
    ]


def test_aiogram_parses_every_update_and_loses_no_field(updates: list[dict[str, Any]]) -> None:
    for update in updates:
        assert with_unix_dates(aiogram_client().read_and_written(update), update) == update


def with_unix_dates(dumped: Any, original: Any) -> Any:
    """What aiogram dumped, with the original's spelling of moments (aiogram writes ISO 8601)."""
    if isinstance(dumped, dict) and isinstance(original, dict):
        return {
            key: original.get(key)
            if "date" in key and isinstance(value, str)
            else with_unix_dates(value, original.get(key))
            for key, value in dumped.items()
        }
    if isinstance(dumped, list) and isinstance(original, list) and len(dumped) == len(original):
        return [with_unix_dates(ours, theirs) for ours, theirs in zip(dumped, original, strict=True)]
    return dumped


def test_python_telegram_bot_parses_every_update_and_knows_every_field(updates: list[dict[str, Any]]) -> None:
    for update in updates:
        parsed = Update.de_json(update, None)
        assert leftovers(parsed) == []
        kind = (set(update) - {"update_id"}).pop()
        assert getattr(parsed, kind) is not None


async def test_aiogram_talks_to_the_stand_in(stand_in: StandIn, ann: Person) -> None:
    await aiogram_client().talk(stand_in, ann)


async def test_python_telegram_bot_talks_to_the_stand_in(ptb: ExtBot[None], world: World, ann: Person) -> None:
    ann.say("hello")
    (update,) = await ptb.get_updates(timeout=5)
    assert update.message
    sent = await update.message.reply_text(
        SENTENCE, parse_mode="HTML", reply_markup=Markup([[Button("A", callback_data="a")]]), do_quote=True
    )
    assert sent.text_html == SENTENCE
    ann.tap("A")
    (pressed,) = await ptb.get_updates(offset=update.update_id + 1)
    assert pressed.callback_query
    assert await pressed.callback_query.answer("ok", show_alert=True)
    await pressed.callback_query.edit_message_text("new")
    photo = await ptb.send_photo(ann.id, plain_png(30, 20, (1, 2, 3)), caption="p")
    assert (photo.photo[0].width, photo.photo[0].height) == (30, 20)
    replaced = await photo.edit_media(InputMediaPhoto(plain_png(8, 8, (3, 2, 1)), caption="q"))
    assert not isinstance(replaced, bool)
    document = await ptb.send_document(ann.id, b"data", filename="my_data.json")
    assert document.document
    downloaded = await (await document.document.get_file()).download_as_bytearray()
    assert bytes(downloaded) == b"data"
    scope = BotCommandScopeAllPrivateChats()
    assert await ptb.set_my_commands([BotCommand("help", "Help")], scope=scope, language_code="uk")
    assert world.commands_for(ann) == [{"command": "help", "description": "Help"}]
    results = [
        await ptb.get_me(),
        await ptb.get_chat(ann.id),
        await ptb.get_chat_member(ann.id, ann.id),
        await ptb.get_my_commands(scope=scope, language_code="uk"),
        await ptb.get_my_description(),
        await ptb.get_chat_menu_button(),
        await ptb.get_webhook_info(),
        await ptb.send_contact(ann.id, "+491234", "Clinic"),
        *(sent, photo, replaced, document, update, pressed),
    ]
    assert leftovers(results, "results") == []
    assert await ptb.send_chat_action(ann.id, "typing")
    assert await ptb.delete_messages(ann.id, [sent.message_id, photo.message_id])


async def test_python_telegram_bot_raises_its_own_kinds_of_errors(
    ptb: ExtBot[None], stand_in: StandIn, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(5, "x")
    stand_in.faults.add("429", retry_after=3)
    with pytest.raises(RetryAfter) as flood:
        await ptb.send_message(ann.id, "x")
    assert flood.value.retry_after == timedelta(seconds=3)
    ann.block_bot()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await ptb.send_message(ann.id, "x")
    await ptb.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(Conflict):
        await ptb.get_updates()
    stranger: ExtBot[None] = ExtBot("1000001:wrong", base_url=f"{stand_in.url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
