"""A callback request or an urgent alert: its card, its mail, and what the client hears of it."""

from collections.abc import Mapping

from bot.callback import ALERT
from handlers.deliveries.delivery import (
    Delivery,
    Kind,
    Note,
    NotYet,
    mail_to_clinic,
    reachable_client,
    the_staff_chat,
    to_staff,
)
from handlers.services import Services
from messages import callback as callback_texts
from messages import mail as mail_texts
from messages import staff as staff_texts
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import OutboxRow, Request


async def _request(tx: Transaction, row: OutboxRow) -> Request | None:
    return await tx.requests.by_number(int(row.subject))


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
        quote=request.details.get("quote", ""),
        accepts=request.details.get("accepted", False),
        repeat=repeat,
    )


async def _remember_card(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """A card is edited where it was sent."""
    request = await _request(tx, row)
    if request is not None and isinstance(delivery, Note):
        request.staff_chat_id, request.staff_message_id = delivery.chat_id, message_id


async def request_card(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """A new callback request or urgent alert, as one new message; one that may be there already says so."""
    request = await _request(tx, row)
    if request is None:
        return None
    return await to_staff(services, tx, await _card(services, tx, request, repeat=row.unclear))


async def request_card_edit(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The card after a move, for everybody in the staff chat to see; sent again where the staff chat is another now."""
    request = await _request(tx, row)
    if request is None:
        return None
    if request.staff_chat_id is None:
        raise NotYet
    chat = await the_staff_chat(services, tx)
    if request.staff_chat_id != chat.id:
        return await to_staff(services, tx, await _card(services, tx, request, repeat=True))
    return Note(chat.id, await _card(services, tx, request), edits=request.staff_message_id)


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
    return mail_to_clinic(services, row, subject, text)


async def request_taken(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client who took the request."""
    client, request = await reachable_client(tx, row), await _request(tx, row)
    if client is None or request is None or request.state != "taken":
        return None
    screen = callback_texts.taken(services.catalog(client), number=request.number, by=request.taken_by_name or "")
    return Note(client.chat_id, screen)


async def request_reached(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Thanks the client for the call."""
    client, request = await reachable_client(tx, row), await _request(tx, row)
    if client is None or request is None:
        return None
    return Note(client.chat_id, callback_texts.reached(services.catalog(client), number=request.number))


async def request_cleared(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client that reminders go on."""
    client = await reachable_client(tx, row)
    return Note(client.chat_id, callback_texts.cleared(services.catalog(client))) if client else None


KINDS: Mapping[str, Kind] = {
    "request_card": Kind(request_card, sent=_remember_card, marks_repeats=True),
    "request_card_edit": Kind(request_card_edit, sent=_remember_card),
    "request_mail": Kind(request_mail),
    "request_taken": Kind(request_taken),
    "request_reached": Kind(request_reached),
    "request_cleared": Kind(request_cleared),
}
