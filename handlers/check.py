"""``check``: every part of an installation, one line each, in words that say what to do."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple

from telegram.error import Forbidden, InvalidToken, TelegramError

from bot.gateways.mail import MailDelayed, MailRefused
from bot.gateways.telegram import RawBot, build_bot
from bot.settings import Settings, SettingsError, read_settings
from messages.catalog import CatalogError, Catalogs
from storage.errors import StorageError
from storage.storage import Storage


class Line(NamedTuple):
    """One finding."""

    good: bool
    text: str


async def check(environment: Mapping[str, str], folder: Path, *, offline: bool) -> AsyncIterator[Line]:
    """Look at everything; ``offline`` leaves Telegram out."""
    yield _messages()
    try:
        settings = read_settings(environment, folder)
    except SettingsError as error:
        for problem in error.problems:
            yield Line(good=False, text=problem)
        return
    yield Line(good=True, text="settings: complete")
    yield Line(good=True, text=f"clinic file: {settings.clinic.name}")
    yield Line(good=True, text=f"protocol: version {settings.protocol.version}, {settings.protocol.signed_by}")
    yield await _database(settings)
    yield await _mail(settings)
    if not offline:
        async for line in _telegram(settings):
            yield line


def _messages() -> Line:
    try:
        return Line(good=True, text=f"messages: {', '.join(Catalogs.load().languages)}")
    except CatalogError as error:
        return Line(good=False, text=f"messages: {error}")


async def _database(settings: Settings) -> Line:
    try:
        storage = await Storage.open(settings.database_url)
    except StorageError as error:
        return Line(good=False, text=f"DATABASE_URL: {error}")
    try:
        if await storage.at_head():
            return Line(good=True, text="database: reachable, schema current")
        return Line(good=False, text="DATABASE_URL: the schema is not current; run: python main.py migrate")
    finally:
        await storage.close()


async def _mail(settings: Settings) -> Line:
    if settings.mail_server is None:
        return Line(good=True, text="mail: SMTP_URL is not set; callback requests that nobody takes are not mailed")
    try:
        await settings.mail_server.greet()
    except MailRefused:
        return Line(good=False, text="SMTP_URL: the mail server refuses the user or the password")
    except MailDelayed:
        return Line(good=False, text="SMTP_URL: the mail server does not answer")
    return Line(good=True, text="mail: the server answers")


async def _telegram(settings: Settings) -> AsyncIterator[Line]:
    bot = build_bot(settings.token, settings.api_url)
    try:
        await bot.initialize()
    except InvalidToken:
        yield Line(good=False, text="TELEGRAM_BOT_TOKEN: Telegram refuses it")
        return
    except TelegramError:
        yield Line(good=False, text="TELEGRAM_API_URL: Telegram cannot be reached")
        return
    try:
        yield Line(good=True, text=f"Telegram: @{bot.username}")
        yield await _staff_chat(bot, settings.staff_chat_id)
    finally:
        await bot.shutdown()


async def _staff_chat(bot: RawBot, chat_id: int | None) -> Line:
    if chat_id is None:
        return Line(good=False, text="STAFF_CHAT_ID: missing; callback requests are kept until there is a staff chat")
    try:
        chat = await bot.get_chat(chat_id)
    except Forbidden:
        return Line(good=False, text="STAFF_CHAT_ID: the bot is not a member of that chat")
    except TelegramError:
        return Line(good=False, text="STAFF_CHAT_ID: the bot cannot see that chat; add it to the group")
    return Line(good=True, text=f"staff chat: {chat.title}")
