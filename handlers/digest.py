"""The morning's list of what is open: one row of the outbox for each day, keyed by its date.

Each day's row plans the next day's when its time has come, and every start makes sure that there is one: with several
processes, too, there is one digest a day, and none is missed for longer than the bot was down.
"""

from datetime import datetime, timedelta

from handlers.services import Services
from storage.storage import Transaction

DIGEST = "digest"


async def plan_digest(services: Services, tx: Transaction, now: datetime) -> None:
    """Have the next digest sent; ``now`` comes in the clinic's time zone."""
    today = datetime.combine(now.date(), services.clinic.staff.digest_time, now.tzinfo)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), services.clinic.staff.digest_time, now.tzinfo)
    due = today if now < today else tomorrow
    await tx.outbox.plan(DIGEST, recipient="staff", subject=due.date().isoformat(), due=due, now=now)


async def plan_late_digest(services: Services, tx: Transaction, now: datetime) -> None:
    """Today's digest is overdue, and nobody planned it: the bot was down."""
    await tx.outbox.plan(DIGEST, recipient="staff", subject=now.date().isoformat(), due=now, now=now)
