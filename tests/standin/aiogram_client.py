"""The second client library, apart: importing it takes seconds, which only who needs it should spend."""

from typing import Any

from aiogram import Bot as AiogramBot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import GetUpdates
from aiogram.types import BotCommand as AiogramCommand
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument
from aiogram.types import ReactionTypeEmoji as AiogramReaction
from aiogram.types import Update as AiogramUpdate

from demo import Person, StandIn

SENTENCE = "<b>Hi</b> 😀 <i>you</i> /help"


def read_and_written(update: dict[str, Any]) -> dict[str, Any]:
    """An update as aiogram understands it, in JSON again. Raises ``ValidationError``."""
    return AiogramUpdate.model_validate(update).model_dump(mode="json", by_alias=True, exclude_unset=True)


async def talk(standin: StandIn, ann: Person) -> None:
    """Call what the bot calls, and look at what comes back."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(standin.url))
    async with AiogramBot(standin.token, session=session) as bot:
        await _talk(bot, standin, ann)


async def _talk(aiogram: AiogramBot, standin: StandIn, ann: Person) -> None:
    ann.say("hello")
    assert (await aiogram.get_me()).username == "afterglow_demo_bot"
    (update,) = await aiogram(GetUpdates(timeout=5))
    assert update.message
    assert update.message.text == "hello"
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="A", callback_data="a")]])
    sent = await aiogram.send_message(ann.id, SENTENCE, parse_mode="HTML", reply_markup=keyboard)
    assert sent.html_text == SENTENCE
    assert sent.reply_markup
    assert sent.reply_markup.model_dump(exclude_none=True) == keyboard.model_dump(exclude_none=True)
    query = ann.tap("A")
    assert await aiogram.answer_callback_query(query.query_id, text="ok")
    edited = await aiogram.edit_message_text("new", chat_id=ann.id, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date
    document = await aiogram.send_document(ann.id, BufferedInputFile(b"data", "a.txt"), caption="c")
    assert document.document
    file = await aiogram.get_file(document.document.file_id)
    assert file.file_path
    content = await aiogram.download_file(file.file_path)
    assert content
    assert content.read() == b"data"
    replaced = await aiogram.edit_message_media(
        InputMediaDocument(media=BufferedInputFile(b"more", "b.txt")), chat_id=ann.id, message_id=document.message_id
    )
    assert not isinstance(replaced, bool)
    assert await aiogram.set_my_commands([AiogramCommand(command="help", description="Help")])
    assert [command.command for command in await aiogram.get_my_commands()] == ["help"]
    assert await aiogram.set_message_reaction(ann.id, sent.message_id, [AiogramReaction(emoji="👍")])
    assert (await aiogram.get_chat(ann.id)).type == "private"
    assert (await aiogram.get_chat_member(ann.id, ann.id)).status == "member"
    assert (await aiogram.get_webhook_info()).pending_update_count == len(standin.world.updates)
    assert (await aiogram.get_chat_menu_button()).type == "commands"
    assert await aiogram.delete_message(ann.id, sent.message_id)
