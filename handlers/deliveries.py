"""What each kind of outbox row says when its time has come. A kind is a row of ``KINDS``.

Each function checks the facts again inside a transaction and answers what is to be sent, or ``None`` where it is no
longer wanted or no longer true. Nothing is sent here.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TypeAlias

from bot.callback import ALERT
from bot.consultation.interview import Consultation, is_under_way
from bot.reminders import SAFE_NOW, UNFINISHED
from handlers.services import Services
from handlers.start import HEALTH_ANSWERS
from messages import callback as callback_texts
from messages import mail as mail_texts
from messages import reminders as reminder_texts
from messages import staff as staff_texts
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client, OutboxRow, Request


@dataclass(frozen=True, slots=True)
class Note:
    """A message to a chat; with ``edits`` the message that it replaces."""

    chat_id: int
    screen: Screen
    edits: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file to a chat."""

    chat_id: int
    name: str
    content: bytes
    caption: str


class NotYet(Exception):
    """What the row needs is not there yet: it stays in the outbox and is tried again."""


Delivery: TypeAlias = Note | File | EmailMessage
Render: TypeAlias = Callable[[Services, Transaction, OutboxRow], Awaitable[Delivery | None]]


async def _client(tx: Transaction, row: OutboxRow) -> Client | None:
    """The row's client, unless they blocked the bot."""
    client = await tx.clients.by_id(row.client_id) if row.client_id is not None else None
    return None if client is None or client.blocked_at else client


async def _request(tx: Transaction, row: OutboxRow) -> Request | None:
    return await tx.requests.by_number(int(row.subject))


async def unfinished(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """One friendly word the day after, if the questions are still open and nobody is worried about the client."""
    client = await _client(tx, row)
    if client is None or client.paused_at or not is_under_way(Consultation.from_json(client.consultation)):
        return None
    return Note(client.chat_id, reminder_texts.unfinished(services.catalog(client), clinic=services.clinic.name))


def _staff_chat(services: Services) -> int:
    """The staff chat; without one the row waits until there is."""
    if services.staff_chat_id is None:
        raise NotYet
    return services.staff_chat_id


async def _remember_card(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """A card is edited where it was sent."""
    request = await _request(tx, row)
    if request is not None and isinstance(delivery, Note):
        request.staff_chat_id, request.staff_message_id = delivery.chat_id, message_id


async def safe_now(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The day has come; begins with the symptoms question, never with "you can book"."""
    client = await _client(tx, row)
    if client is None or not await tx.consents.has(client.id, HEALTH_ANSWERS):
        return None
    if client.paused_at:
        raise NotYet
    screen = reminder_texts.due_safe_now(services.catalog(client), row.id, clinic=services.clinic.name)
    return Note(client.chat_id, screen)


async def _card(services: Services, tx: Transaction, request: Request, *, repeat: bool = False) -> Screen:
    client = await tx.clients.by_id(request.client_id)
    assert client is not None, "a request goes with its client"  # noqa: S101 - narrows; the foreign key holds it
    if request.state in {ALERT, "cleared"}:
        return staff_texts.urgent_page(
            services.staff_catalog,
            number=request.number,
            outcome=request.details["outcome"],
            name=f"{client.profile['first_name']} {client.profile['last_name']}".strip(),
            phone=client.contact.get("phone", ""),
            user_id=client.telegram_user_id,
            state=request.state,
            cleared_by=request.taken_by_name,
            repeat=repeat,
        )
    return staff_texts.request_card(
        services.staff_catalog,
        number=request.number,
        name=request.details["name"],
        phone=request.details["phone"],
        start=request.slot_start.astimezone(services.clinic.time_zone),
        end=request.slot_end.astimezone(services.clinic.time_zone),
        today=services.today(),
        language=client.language,
        state=request.state,
        taken_by=request.taken_by_name,
        repeat=repeat,
    )


async def request_card(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """A new callback request or urgent alert, as one new message; another attempt is marked as a possible repeat."""
    request = await _request(tx, row)
    if request is None:
        return None
    return Note(_staff_chat(services), await _card(services, tx, request, repeat=row.attempts > 1))


async def request_card_edit(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The card after a move, for everybody in the staff chat to see."""
    request = await _request(tx, row)
    if request is None:
        return None
    if request.staff_chat_id is None:
        raise NotYet
    return Note(request.staff_chat_id, await _card(services, tx, request), edits=request.staff_message_id)


async def request_mail(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Nobody has taken the request: it goes to the clinic's mailbox, with the same number."""
    request = await _request(tx, row)
    if request is None or request.state != "open" or services.mail_server is None:
        return None
    clinic = services.clinic
    subject, text = mail_texts.request_mail(
        services.staff_catalog,
        number=request.number,
        name=request.details["name"],
        phone=request.details["phone"],
        start=request.slot_start.astimezone(clinic.time_zone),
        end=request.slot_end.astimezone(clinic.time_zone),
        today=services.today(),
        clinic=clinic.name,
    )
    return _mail(services, row, subject, text)


def _mail(services: Services, row: OutboxRow, subject: str, text: str) -> EmailMessage:
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


async def request_taken(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client who took the request."""
    client, request = await _client(tx, row), await _request(tx, row)
    if client is None or request is None or request.state != "taken":
        return None
    screen = callback_texts.taken(services.catalog(client), number=request.number, by=request.taken_by_name or "")
    return Note(client.chat_id, screen)


async def request_reached(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Thanks the client for the call."""
    client, request = await _client(tx, row), await _request(tx, row)
    if client is None or request is None:
        return None
    return Note(client.chat_id, callback_texts.reached(services.catalog(client), number=request.number))


async def request_cleared(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client that reminders go on."""
    client = await _client(tx, row)
    return Note(client.chat_id, callback_texts.cleared(services.catalog(client))) if client else None


async def staff_help(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """What the bot does in the staff chat."""
    return Note(_staff_chat(services), staff_texts.staff_help(services.staff_catalog))


async def advice_moved(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The clinic's rules changed, and with them a day that the client was promised to be reminded of."""
    client = await _client(tx, row)
    if client is None:
        return None
    zone = services.clinic.time_zone
    before = datetime.fromisoformat(row.payload["before"]).astimezone(zone)
    due = row.payload["due"]
    after = datetime.fromisoformat(due).astimezone(zone) if due else None
    return Note(client.chat_id, reminder_texts.moved(services.catalog(client), before.date(), after and after.date()))


async def my_data(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Everything stored about the client, as the JSON file of the contract."""
    client = await _client(tx, row)
    if client is None:
        return None
    data = await tx.clients.everything(client.id)
    content = json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()
    return File(client.chat_id, "my_data.json", content, services.catalog(client).text("my_data.caption"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: ``decent``, it keeps to decent hours and grows too old; ``sent``, what is noted after."""

    render: Render
    decent: bool = False
    sent: Callable[[Transaction, OutboxRow, Delivery, int | None], Awaitable[None]] | None = None


KINDS: Mapping[str, Kind] = {
    SAFE_NOW: Kind(safe_now, decent=True),
    UNFINISHED: Kind(unfinished, decent=True),
    "request_card": Kind(request_card, sent=_remember_card),
    "request_card_edit": Kind(request_card_edit),
    "request_mail": Kind(request_mail),
    "request_taken": Kind(request_taken),
    "request_reached": Kind(request_reached),
    "request_cleared": Kind(request_cleared),
    "staff_help": Kind(staff_help),
    "advice_moved": Kind(advice_moved, decent=True),
    "my_data": Kind(my_data),
}
