"""An event of a callback request, for the clinic's customer database."""

from collections.abc import Mapping
from datetime import timedelta

from bot import crm
from handlers.crm import CRM
from handlers.deliveries.delivery import Call, Delivery, Kind
from handlers.services import Services
from storage.storage import Transaction
from storage.tables import OutboxRow

KEPT = timedelta(days=3)
"""How long an event is tried; after that the database is taken not to want it, and the operator is told."""


async def crm_event(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The event as it was; nothing where the clinic has taken the customer database out of clinic.toml."""
    target = services.clinic.crm
    if target is None:
        return None
    content = crm.body(row.payload)
    return Call(target, content, crm.headers(target.secret, content, row.payload["id"], services.now()))


KINDS: Mapping[str, Kind] = {CRM: Kind(crm_event, lasts=KEPT)}
