"""The morning's list in the staff chat, sent on a quiet day too: silence means that something is wrong."""

from collections.abc import Mapping
from dataclasses import replace

from handlers.deliveries.delivery import Delivery, Kind, Note
from handlers.deliveries.figures import plan_next_page, staff_queue
from handlers.digest import DIGEST, plan_digest, plan_late_digest
from handlers.services import Services
from messages.queue import with_good_morning
from storage.storage import Transaction
from storage.tables import OutboxRow


async def digest(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The queue of this morning; a row of another day has come too late and leaves it to today's."""
    now = services.now()
    day, _, page = row.subject.partition(".")
    if day < now.date().isoformat():
        await (plan_late_digest if now.time() >= services.clinic.staff.digest_time else plan_digest)(services, tx, now)
        return None
    await plan_digest(services, tx, now)
    delivery = await staff_queue(services, tx, row)
    if page or not isinstance(delivery, Note):
        return delivery
    return replace(delivery, screen=with_good_morning(services.staff_catalog, delivery.screen, now.date()))


KINDS: Mapping[str, Kind] = {DIGEST: Kind(digest, sent=plan_next_page)}
