"""``check``: every part of an installation, one line each, in words that say what to do."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from telegram.error import ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.gateways.mail import AddressRefused, MailDelayed, MailRefused
from bot.gateways.telegram import RawBot, build_bot
from bot.settings import Settings, SettingsError, read_settings
from handlers.staff_chat import StaffChat, staff_chat_under
from messages.catalog import CatalogError, Catalogs
from storage.errors import StorageError
from storage.storage import Storage

NOT_A_MEMBER = "the bot is not a member of that group; let it in again"


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
    yield _customer_database(settings)
    chat: StaffChat | None = None
    storage = await _open(settings)
    if isinstance(storage, Line):
        yield storage
    else:
        try:
            yield (line := await _schema(storage))
            chat = await _stored_staff_chat(storage, settings) if line.good else None
        finally:
            await storage.close()
    yield await _mail(settings)
    if not offline:
        async for line in _telegram(settings, chat or _set_staff_chat(settings)):
            yield line


def _messages() -> Line:
    try:
        return Line(good=True, text=f"messages: {', '.join(Catalogs.load().languages)}")
    except CatalogError as error:
        return Line(good=False, text=f"messages: {error}")


def _customer_database(settings: Settings) -> Line:
    crm = settings.clinic.crm
    where = urlsplit(crm.url).hostname if crm else "none; [crm] in the clinic file names one"
    return Line(good=True, text=f"customer database: {where}")


async def _open(settings: Settings) -> Storage | Line:
    try:
        return await Storage.open(settings.database_url)
    except StorageError as error:
        return Line(good=False, text=f"DATABASE_URL: {error}")


async def _schema(storage: Storage) -> Line:
    if await storage.at_head():
        return Line(good=True, text="database: reachable, schema current")
    return Line(good=False, text="DATABASE_URL: the schema is not current; run: python main.py migrate")


async def _stored_staff_chat(storage: Storage, settings: Settings) -> StaffChat | None:
    """The staff chat that was linked from Telegram, or where the one that was set has moved."""
    async with storage.snapshot() as tx:
        return await staff_chat_under(settings.staff_chat_id, tx)


def _set_staff_chat(settings: Settings) -> StaffChat | None:
    return None if settings.staff_chat_id is None else StaffChat(settings.staff_chat_id)


async def _mail(settings: Settings) -> Line:
    if settings.mail_server is None:
        return Line(good=True, text="mail: SMTP_URL is not set; callback requests that nobody takes are not mailed")
    clinic = settings.clinic.email
    try:
        await settings.mail_server.greet(clinic)
    except AddressRefused:
        return Line(good=False, text="SMTP_URL: the mail server takes no mail from and to the clinic's own address")
    except MailRefused:
        return Line(good=False, text="SMTP_URL: the mail server refuses the user or the password")
    except MailDelayed:
        return Line(good=False, text="SMTP_URL: the mail server does not answer, or takes no mail at the moment")
    return Line(good=True, text="mail: the server takes mail to the clinic")


async def _telegram(settings: Settings, chat: StaffChat | None) -> AsyncIterator[Line]:
    bot = build_bot(settings.token, settings.api_url)
    try:
        await bot.initialize()
        yield Line(good=True, text=f"Telegram: @{bot.username}")
        yield await _staff_chat(bot, chat)
    except InvalidToken:
        yield Line(good=False, text="TELEGRAM_BOT_TOKEN: Telegram refuses it")
    except TelegramError:
        yield Line(good=False, text="TELEGRAM_API_URL: Telegram cannot be reached")
    finally:
        await bot.shutdown()


async def _staff_chat(bot: RawBot, found: StaffChat | None) -> Line:
    if found is None:
        return _no_staff_chat("there is no staff chat yet; `run` prints a link that makes a group one")
    try:
        chat = await bot.get_chat(found.id)
        await bot.get_chat_administrators(found.id)  # for members alone, whereas a basic group stays readable to all
    except ChatMigrated as error:
        return _no_staff_chat(
            f"the group became a supergroup; it is followed, and from now on it is {error.new_chat_id}"
        )
    except TelegramError as error:
        outside = isinstance(error, Forbidden)
        return _no_staff_chat(NOT_A_MEMBER if outside else "the bot cannot see that group; is it deleted?")
    topic = ", in a topic of its own" if found.topic else ""
    return Line(good=True, text=f"staff chat: {chat.title}{topic}")


def _no_staff_chat(why: str) -> Line:
    return Line(good=False, text=f"STAFF_CHAT_ID: {why}")
