"""A request that nobody takes is said again; one that was taken and forgotten is free again."""

import logging
from collections.abc import Mapping
from datetime import datetime

from bot.callback import ALERT
from handlers.deliveries.delivery import Delivery, Kind, mail_to_clinic, to_staff
from handlers.deliveries.requests import request_in_words
from handlers.requests import Move, locked, make
from handlers.services import Services
from handlers.trouble import tell_of
from messages import escalation as texts
from messages import mail as mail_texts
from storage.storage import Transaction
from storage.tables import OutboxRow, Request

log = logging.getLogger(__name__)


async def _waiting(tx: Transaction, row: OutboxRow) -> Request | None:
    """The row's request while it waits for somebody to take it."""
    request = await tx.requests.by_number(int(row.subject))
    return request if request is not None and request.state == "open" else None


def _since(services: Services, row: OutboxRow) -> datetime:
    return datetime.fromisoformat(row.payload["since"]).astimezone(services.clinic.time_zone)


async def request_ping(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Pushes the card up in the staff chat; where the card has not even arrived, it will be new enough."""
    request = await _waiting(tx, row)
    if request is None or request.staff_message_id is None:
        return None
    screen = texts.ping(
        services.staff_catalog, number=request.number, since=_since(services, row), today=services.today()
    )
    return await to_staff(services, tx, screen, about=request)


async def request_manager(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Calls the manager by name, which Telegram notifies even in a muted chat."""
    request = await _waiting(tx, row)
    if request is None:
        return None
    manager = services.clinic.staff.manager
    screen = texts.call_for_manager(
        services.staff_catalog,
        number=request.number,
        since=_since(services, row),
        today=services.today(),
        manager=manager,
    )
    return await to_staff(services, tx, screen, about=request)


async def request_fallback(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The staff chat has not taken a request's or alert's card for a while: it goes by mail, with the same number."""
    request = await tx.requests.by_number(int(row.subject))
    if request is None or request.closed_at is not None or request.staff_message_id is not None:
        return None
    log.error("the staff chat has not taken No. %s", request.number)
    await tell_of(services, tx, "staff_chat", services.now())
    if services.mail_server is None:
        return None
    return mail_to_clinic(services, row, *await _unseen(services, tx, request))


async def _unseen(services: Services, tx: Transaction, request: Request) -> tuple[str, str]:
    catalog, clinic = services.staff_catalog, services.clinic
    if request.state == ALERT:
        client = await tx.clients.by_id(request.client_id)
        assert client is not None, "an alert goes with its client"  # noqa: S101 - narrows; the foreign key holds it
        name = f"{client.profile['first_name']} {client.profile['last_name']}".strip()
        phone, link = client.contact.get("phone", ""), f"tg://user?id={client.telegram_user_id}"
        return mail_texts.unseen_alert(
            catalog, number=request.number, name=name, phone=phone, link=link, clinic=clinic.name
        )
    return request_in_words(services, request, "unseen_request")


async def request_release(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Frees the request for everybody, has its card say so, and begins the escalation anew.

    It is done here, under the request's lock; what is said of it are rows of their own.
    """
    request = await locked(tx, int(row.subject))
    if request is None or request.state != "taken" or request.taken_at != _since(services, row):
        return None  # it was taken anew meanwhile, and this row planned anew with it
    now, name = services.now(), request.taken_by_name or ""
    await make(services, tx, request, Move("release"))
    await tx.outbox.plan(
        "request_freed",
        recipient="staff",
        subject=row.subject,
        due=now,
        payload={"name": name, "at": now.isoformat()},
        client_id=request.client_id,
        now=now,
        again=True,
    )
    return None


async def request_freed(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Says whose request is free again: an edited card notifies nobody."""
    request = await _waiting(tx, row)
    if request is None:
        return None
    screen = texts.freed(services.staff_catalog, number=request.number, name=row.payload["name"])
    return await to_staff(services, tx, screen, about=request)


KINDS: Mapping[str, Kind] = {
    "request_fallback": Kind(request_fallback),
    "request_ping": Kind(request_ping),
    "request_manager": Kind(request_manager),
    "request_release": Kind(request_release),
    "request_freed": Kind(request_freed),
}
