"""What a row of the outbox may turn into, and what its kinds have in common."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TypeAlias

from telegram.constants import MessageLimit

from bot.clinic import Crm
from handlers.services import Services
from handlers.staff_chat import StaffChat, staff_chat
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client, OutboxRow, Request


@dataclass(frozen=True, slots=True)
class Note:
    """A message to a chat; with ``edits`` the message that it replaces, and ``anew`` where that is there no more.

    ``topic`` is the forum topic that it goes into, ``reply_to`` the message that it answers, if that is still there.
    """

    chat_id: int
    screen: Screen
    edits: int | None = None
    anew: bool = False
    topic: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file to a chat, and there into a forum topic."""

    chat_id: int
    name: str
    content: bytes
    caption: str
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A drawing to a chat, with its caption."""

    chat_id: int
    name: str
    svg: str
    caption: str
    topic: int | None = None


Made: TypeAlias = Note | File | Photo | EmailMessage


@dataclass(frozen=True, slots=True)
class Report:
    """What takes a while to make: it is made when it is sent, outside of any transaction."""

    make: Callable[[], Awaitable[Made]]


@dataclass(frozen=True, slots=True)
class Call:
    """A signed call to the clinic's customer database."""

    target: Crm
    content: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Leave:
    """Goodbye to a group, and out of it."""

    chat_id: int
    text: str


class NotYet(Exception):
    """What the row needs is not there yet: it stays in the outbox and is tried again."""


Delivery: TypeAlias = Made | Report | Call | Leave
Render: TypeAlias = Callable[[Services, Transaction, OutboxRow], Awaitable[Delivery | None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: ``decent``, it keeps to decent hours and grows too old; ``sent``, what is noted after.

    ``sent_along`` is noted too, even where the row itself was given up or planned anew while it was on its way.
    ``marks_repeats``: its own text says where it is a repeat; to any other the outbox adds a line. ``lasts``: how long
    it is tried, where that has an end; ``failed``, what follows when it is given up. ``delays`` before the second
    attempt, the third and so on (the last one for all further) take the place of the outbox's own.
    """

    render: Render
    decent: bool = False
    marks_repeats: bool = False
    lasts: timedelta | None = None
    sent: Callable[[Transaction, OutboxRow, Delivery, int | None], Awaitable[None]] | None = None
    sent_along: Callable[[Transaction, OutboxRow, Delivery, int | None], Awaitable[None]] | None = None
    delays: tuple[timedelta, ...] = ()
    failed: Callable[[Services, Transaction, OutboxRow, Exception], Awaitable[None]] | None = None


async def as_repeat(services: Services, tx: Transaction, row: OutboxRow, delivery: Delivery) -> Delivery:
    """The same delivery, with a last line that tells that it may have come before, where the line fits.

    An edit shows nothing twice, a mail is recognised by its Message-ID, an event by its id: they stay as they are.
    """
    client = await tx.clients.by_id(row.client_id) if row.recipient.startswith("client:") and row.client_id else None
    line = services.catalog(client).text("repeat.client") if client else services.staff_catalog.text("repeat.staff")
    if isinstance(delivery, Report):

        async def make() -> Made:
            return _marked(await delivery.make(), line)

        return Report(make)
    return delivery if isinstance(delivery, Call | Leave) else _marked(delivery, line)


def _marked(delivery: Made, line: str) -> Made:
    match delivery:
        case Note(edits=None) if len(marked := f"{delivery.screen.text}\n\n{line}") <= MessageLimit.MAX_TEXT_LENGTH:
            return replace(delivery, screen=replace(delivery.screen, text=marked))
        case File() | Photo() if len(marked := f"{delivery.caption}\n\n{line}") <= MessageLimit.CAPTION_LENGTH:
            return replace(delivery, caption=marked)
        case _:
            return delivery


async def reachable_client(tx: Transaction, row: OutboxRow) -> Client | None:
    """The row's client, unless they blocked the bot."""
    client = await tx.clients.by_id(row.client_id) if row.client_id is not None else None
    return None if client is None or client.blocked_at else client


async def the_staff_chat(services: Services, tx: Transaction) -> StaffChat:
    """The staff chat; without one the row waits until there is."""
    chat = await staff_chat(services, tx)
    if chat is None:
        raise NotYet
    return chat


async def to_staff(services: Services, tx: Transaction, screen: Screen, *, about: Request | None = None) -> Note:
    """A message to the staff; ``about`` a request it answers that request's card."""
    chat = await the_staff_chat(services, tx)
    card = about.staff_message_id if about is not None and about.staff_chat_id == chat.id else None
    return Note(chat.id, screen, topic=chat.topic, reply_to=card)


def mail_to_clinic(services: Services, row: OutboxRow, subject: str, text: str) -> EmailMessage:
    """A mail to the clinic; its Message-ID is the same at every attempt, so that a repeat is recognisable."""
    clinic = services.clinic
    domain = clinic.email.rpartition("@")[2]
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = clinic.email
    message["To"] = clinic.email
    message["Date"] = format_datetime(services.now())
    message["Message-ID"] = f"<{row.kind}.{row.subject}.{row.created_at:%Y%m%d%H%M%S}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
