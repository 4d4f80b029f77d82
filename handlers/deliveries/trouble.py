"""Something is out of order: the operator reads it by mail or in the staff chat, whichever works."""

from collections.abc import Mapping

from handlers.deliveries.delivery import Delivery, Kind, mail_to_clinic, to_staff
from handlers.services import Services
from handlers.trouble import BY_CHAT, BY_MAIL
from messages import trouble as texts
from storage.storage import Transaction
from storage.tables import OutboxRow


async def trouble_mail(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells by mail what is out of order; without a mail server the log has told it."""
    if services.mail_server is None:
        return None
    what = row.subject.partition(".")[0]
    return mail_to_clinic(services, row, *texts.mail(services.staff_catalog, what, clinic=services.clinic.name))


async def trouble_note(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells in the staff chat that mail does not go out."""
    return await to_staff(services, tx, texts.note(services.staff_catalog))


async def update_set_aside(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Which update failed, and with which error; whose it was and what it said stays out of the staff chat."""
    screen = texts.set_aside(services.staff_catalog, number=row.payload["update"], error=row.payload["error"])
    return await to_staff(services, tx, screen)


async def screen_failed(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """With which error a screen failed; whose it was stays out of the staff chat."""
    return await to_staff(services, tx, texts.screen_failed(services.staff_catalog, error=row.payload["error"]))


KINDS: Mapping[str, Kind] = {
    BY_MAIL: Kind(trouble_mail),
    BY_CHAT: Kind(trouble_note),
    "update_set_aside": Kind(update_set_aside),
    "screen_failed": Kind(screen_failed),
}
