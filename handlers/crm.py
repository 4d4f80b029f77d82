"""Tells the clinic's customer database of each change of a callback request, through the outbox."""

from datetime import datetime

from bot.crm import Event
from handlers.services import Services
from storage.storage import Transaction
from storage.tables import Request

CRM = "crm"
"""The kind of the outbox row, and its recipient."""


async def plan_crm(services: Services, tx: Transaction, request: Request, event: Event, now: datetime) -> None:
    """The request has just become what it is now, by ``event``; call it under the request's lock.

    Each event is a row of its own that holds what was true then. Calls may overtake each other while some fail and are
    repeated: ``sequence`` counts a request's events, and ``id`` is the same at every repeat.
    """
    if services.clinic.crm is None:
        return
    request.crm_events += 1
    event_id, zone = f"{request.number}-{request.crm_events}", services.clinic.time_zone
    await tx.outbox.plan(
        CRM,
        recipient=CRM,
        subject=event_id,
        due=now,
        payload={
            "id": event_id,
            "event": event,
            "number": request.number,
            "sequence": request.crm_events,
            "state": request.state,
            "name": request.details["name"],
            "phone": request.details["phone"],
            "call_from": request.slot_start.astimezone(zone).isoformat(),
            "call_until": request.slot_end.astimezone(zone).isoformat(),
            "staff": request.taken_by_name,
            "at": now.isoformat(),
        },
        client_id=request.client_id,
        now=now,
    )
