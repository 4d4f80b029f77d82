"""A callback request or an urgent alert: its card, its mail, and what the client hears of it."""

from collections.abc import Mapping
from datetime import date
from itertools import islice, takewhile

from bot.callback import ALERT, NEEDS_CLINIC, Asking
from handlers.deliveries.delivery import (
    Delivery,
    Kind,
    Note,
    NotYet,
    Render,
    mail_to_clinic,
    reachable_client,
    the_staff_chat,
    to_staff,
)
from handlers.places.callback import news
from handlers.requests import Move, locked, make
from handlers.services import Services
from messages import callback as callback_texts
from messages import mail as mail_texts
from messages import outcome as outcome_texts
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
    card = _facts(services, request, client.language, repeat=repeat)
    asking = Asking.from_json(request.asking)
    if asking is None:
        return staff_texts.request_card(services.staff_catalog, card)
    return staff_texts.asking_card(services.staff_catalog, card, _asked(services, request.number, asking))


def _facts(services: Services, request: Request, language: str, *, repeat: bool) -> staff_texts.Card:
    zone, outcome, details = services.clinic.time_zone, request.outcome, request.details
    return staff_texts.Card(
        number=request.number,
        name=details["name"],
        phone=details["phone"],
        start=request.slot_start.astimezone(zone),
        end=request.slot_end.astimezone(zone),
        today=services.today(),
        language=language,
        state=request.state,
        by=str((request.taken_by_name if request.state == "taken" else outcome.get("by")) or ""),
        tries=request.no_answers,
        has_priority=request.has_priority and request.state in NEEDS_CLINIC,
        more=bool(details.get("email") or details.get("remark")),
        booked_for=date.fromisoformat(outcome["day"]) if "day" in outcome else None,
        reason=outcome.get("reason", ""),
        quote=details.get("quote", ""),
        accepts=details.get("accepted", False),
        alert=details.get(ALERT, 0),
        repeat=repeat,
    )


def _asked(services: Services, number: int, asking: Asking) -> Screen:
    """The question that one colleague is asked in the place of the card's buttons."""
    catalog, clinic, today = services.staff_catalog, services.clinic, services.today()
    if asking.action == "declined":
        return outcome_texts.ask_reason(catalog, number, asking.name)
    if asking.day is not None:
        offered = [(service.id, service.name(catalog.language)) for service in clinic.services]
        return outcome_texts.ask_service(catalog, number, asking.name, asking.day, offered, today=today)
    page, count = max(asking.page, today), outcome_texts.DAYS
    days = [*islice(clinic.hours.open_days(page), count + 1)]
    before = [*takewhile(page.__gt__, clinic.hours.open_days(today))]
    earlier, later = before[-count:][:1], days[count:]
    return outcome_texts.ask_day(catalog, number, asking.name, days[:count], earlier=earlier, later=later)


async def _remember_card(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """A card is edited where it was sent; the one before, higher up in the chat, is taken out of use."""
    request = await _request(tx, row)
    if request is None or not isinstance(delivery, Note):
        return
    is_new = request.staff_message_id not in {None, message_id}
    if is_new and request.staff_chat_id == delivery.chat_id:
        moment = row.sent_at or row.due_at
        await tx.outbox.plan(
            "request_card_old",
            recipient="staff",
            subject=f"{request.number}:{request.staff_message_id}",
            due=moment,
            payload={"chat": request.staff_chat_id, "message": request.staff_message_id},
            client_id=request.client_id,
            now=moment,
        )
    request.staff_chat_id, request.staff_message_id = delivery.chat_id, message_id


async def request_card_old(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """What is left of a card that stands further down now."""
    request = await tx.requests.by_number(int(row.subject.partition(":")[0]))
    if request is None:
        return None
    screen = staff_texts.moved_down(services.staff_catalog, request.number)
    return Note(row.payload["chat"], screen, edits=row.payload["message"])


async def request_card(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """A new callback request or urgent alert, as one new message; one that may be there already says so."""
    request = await _request(tx, row)
    if request is None:
        return None
    repeat = row.unclear or request.staff_message_id is not None
    return await to_staff(services, tx, await _card(services, tx, request, repeat=repeat))


async def request_card_edit(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The card after a move, for everybody in the staff chat to see; sent again where that is another chat now.

    Where the card was deleted, perhaps with its topic, a request that is not over gets a new one.
    """
    request = await _request(tx, row)
    if request is None:
        return None
    if request.staff_chat_id is None:
        raise NotYet
    chat = await the_staff_chat(services, tx)
    if request.staff_chat_id != chat.id:
        return await to_staff(services, tx, await _card(services, tx, request, repeat=True))
    card, is_open = await _card(services, tx, request), request.closed_at is None
    return Note(chat.id, card, edits=request.staff_message_id, anew=is_open, topic=chat.topic)


async def request_mail(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Nobody has taken the request: it goes to the clinic's mailbox, with the same number."""
    request = await _request(tx, row)
    if request is None or request.state != "open" or services.mail_server is None:
        return None
    return mail_to_clinic(services, row, *request_in_words(services, request, "request"))


def request_in_words(services: Services, request: Request, why: mail_texts.Why) -> tuple[str, str]:
    """Subject and text of the request's mail to the clinic."""
    clinic = services.clinic
    return mail_texts.waiting_request(
        services.staff_catalog,
        why,
        number=request.number,
        name=request.details["name"],
        phone=request.details["phone"],
        start=request.slot_start.astimezone(clinic.time_zone),
        end=request.slot_end.astimezone(clinic.time_zone),
        today=services.today(),
        clinic=clinic.name,
    )


async def request_again(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The client did not answer two hours of opening time ago: the request is open again, with a card anew.

    Nothing is sent for this row itself: the move plans the card.
    """
    request = await locked(tx, int(row.subject))
    if request is not None and request.state == "no_answer" and request.slot_start <= services.now():
        await make(services, tx, request, Move("again"))
    return None


def _note(move: str) -> Render:
    """Tells who took the request, as a reply to its card, what the client did."""

    async def render(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
        request = await _request(tx, row)
        if request is None:
            return None
        zone = services.clinic.time_zone
        start, end = request.slot_start.astimezone(zone), request.slot_end.astimezone(zone)
        catalog, today = services.staff_catalog, services.today()
        screen = staff_texts.note(catalog, move, request.number, start=start, end=end, today=today)
        return await to_staff(services, tx, screen, about=request)

    return render


def _told(state: str) -> Render:
    """Tells the client what became of the request, if it is still so."""

    async def render(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
        client, request = await reachable_client(tx, row), await _request(tx, row)
        if client is None or request is None or request.state != state:
            return None
        return Note(client.chat_id, callback_texts.told(services.catalog(client), news(services, request)))

    return render


async def request_slot_passed(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The promised time is over and nobody noted a call: the client can say that nobody called."""
    client, request = await reachable_client(tx, row), await _request(tx, row)
    if client is None or request is None or request.state not in NEEDS_CLINIC or request.slot_end > services.now():
        return None
    return Note(client.chat_id, callback_texts.slot_passed(services.catalog(client), number=request.number))


async def request_cleared(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client that reminders go on."""
    client = await reachable_client(tx, row)
    return Note(client.chat_id, callback_texts.cleared(services.catalog(client))) if client else None


KINDS: Mapping[str, Kind] = {
    "request_card": Kind(request_card, sent=_remember_card, marks_repeats=True),
    "request_card_edit": Kind(request_card_edit, sent=_remember_card),
    "request_card_old": Kind(request_card_old),
    "request_mail": Kind(request_mail),
    "request_again": Kind(request_again),
    "request_moved": Kind(_note("moved")),
    "request_withdrawn": Kind(_note("withdrawn")),
    "request_taken": Kind(_told("taken")),
    "request_reached": Kind(_told("reached")),
    "request_no_answer": Kind(_told("no_answer")),
    "request_booked": Kind(_told("booked")),
    "request_declined": Kind(_told("declined")),
    "request_slot_passed": Kind(request_slot_passed, decent=True),
    "request_cleared": Kind(request_cleared),
}
