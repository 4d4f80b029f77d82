"""What has failed for a while is told to the operator: in the log, and by the way that still works.

| what fails | after | told |
|---|---|---|
| the staff chat | ``chat_down_after`` of clinic.toml | by e-mail |
| the customer database | an hour | by e-mail |
| mail to the clinic | an hour, or where it was refused | in the staff chat |

Once a day for each: the day is part of the row's key. Nothing personal is said.
"""

import logging
from datetime import datetime, timedelta

from bot.gateways.mail import MailRefused
from handlers.crm import CRM
from handlers.services import Services
from storage.storage import Transaction
from storage.tables import OutboxRow

log = logging.getLogger(__name__)

A_WHILE = timedelta(hours=1)
BY_MAIL, BY_CHAT = "trouble_mail", "trouble_note"


async def tell_operator(
    services: Services, tx: Transaction, row: OutboxRow, now: datetime, error: Exception, *, given_up: bool
) -> None:
    """An attempt to deliver ``row`` has failed; ``given_up``: it is not tried again."""
    late = now - row.planned_for
    match row.recipient:
        case "staff" if late >= services.clinic.staff.chat_down_after:
            await tell_of(services, tx, "staff_chat", now)
        case "clinic" if late >= A_WHILE or isinstance(error, MailRefused):
            await tell_of(services, tx, "mail", now)
        case str(recipient) if recipient == CRM and (late >= A_WHILE or given_up):
            await tell_of(services, tx, "crm_lost" if given_up else "crm", now)


async def tell_of(services: Services, tx: Transaction, what: str, now: datetime) -> None:
    """Have ``what`` (``staff_chat``, ``mail``, ``crm``, ``crm_lost``) told, if it was not today."""
    kind, recipient = (BY_CHAT, "staff") if what == "mail" else (BY_MAIL, "clinic")
    if await tx.outbox.plan_once(kind, recipient=recipient, subject=f"{what}.{now.date()}", now=now):
        log.error("out of order for a while: %s", what)
