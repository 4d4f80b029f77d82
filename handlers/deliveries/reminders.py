"""Reminders to a client."""

from collections.abc import Mapping
from datetime import datetime

from bot.consultation.interview import Consultation, is_under_way
from bot.reminders import SAFE_NOW, UNFINISHED
from handlers.deliveries.delivery import Delivery, Kind, Note, NotYet, reachable_client
from handlers.services import Services
from handlers.start import HEALTH_ANSWERS
from messages import reminders as reminder_texts
from storage.storage import Transaction
from storage.tables import OutboxRow


async def unfinished(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """One friendly word the day after, if the questions are still open and nobody is worried about the client."""
    client = await reachable_client(tx, row)
    if client is None or client.paused_at or not is_under_way(Consultation.from_json(client.consultation)):
        return None
    return Note(client.chat_id, reminder_texts.unfinished(services.catalog(client), clinic=services.clinic.name))


async def safe_now(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The day has come; begins with the symptoms question, never with "you can book"."""
    client = await reachable_client(tx, row)
    if client is None or not await tx.consents.has(client.id, HEALTH_ANSWERS):
        return None
    if client.paused_at:
        raise NotYet
    screen = reminder_texts.due_safe_now(services.catalog(client), row.id, clinic=services.clinic.name)
    return Note(client.chat_id, screen)


async def advice_moved(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The clinic's rules changed, and with them a day that the client was promised to be reminded of."""
    client = await reachable_client(tx, row)
    if client is None:
        return None
    zone = services.clinic.time_zone
    before = datetime.fromisoformat(row.payload["before"]).astimezone(zone)
    due = row.payload["due"]
    after = datetime.fromisoformat(due).astimezone(zone) if due else None
    return Note(client.chat_id, reminder_texts.moved(services.catalog(client), before.date(), after and after.date()))


KINDS: Mapping[str, Kind] = {
    SAFE_NOW: Kind(safe_now, decent=True),
    UNFINISHED: Kind(unfinished, decent=True),
    "advice_moved": Kind(advice_moved, decent=True),
}
