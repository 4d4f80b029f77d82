"""What the bot says to a group because it is, or is not, the clinic's."""

from collections.abc import Mapping

from handlers.deliveries.delivery import Delivery, Kind, Leave, to_staff
from handlers.services import Services
from handlers.staff_chat import is_staff_chat
from messages import staff as staff_texts
from storage.storage import Transaction
from storage.tables import OutboxRow


async def leave_group(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """One line of goodbye; not to a group that has become the staff chat meanwhile."""
    chat_id = row.payload["chat"]
    if await is_staff_chat(services, tx, chat_id):
        return None
    return Leave(chat_id, services.staff_catalog.text("staff.not_our_group", clinic=services.clinic.name))


async def staff_welcome(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Says that this is the staff chat, and where what arrives."""
    return await to_staff(services, tx, staff_texts.welcome(services.staff_catalog, clinic=services.clinic.name))


KINDS: Mapping[str, Kind] = {"leave_group": Kind(leave_group), "staff_welcome": Kind(staff_welcome)}
