"""A plan's dates as a file for the phone's calendar: one for each version of a plan that the client chose.

What was told is kept with the row that told it. The next version calls off what is no longer among its dates, and the
end of the plan all that was told and still lies ahead; where nothing was told, there is nothing to call off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.calendar_file import Entry, Words
from bot.calendar_file import calendar_file as written
from handlers.deliveries.delivery import Delivery, File, Kind, reachable_client
from handlers.plans import CALENDAR, CALENDAR_UPDATE, Desk
from handlers.services import Services
from messages import calendar as texts
from storage.storage import Transaction
from storage.tables import OutboxRow, PlanState

NAME = "reminder.ics"
"""Names no treatment: it stands in the chat, and in the phone's downloads."""

TOLD = "told"
"""In the payload of a row that was sent: the moment of each step that is in the client's calendar now."""


@dataclass(frozen=True, slots=True)
class Calendar(File):
    """The file, and the dates that stand in the calendar once it was opened."""

    told: Mapping[str, str] = field(default_factory=dict)


async def calendar_file(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The dates of the plan's present version; ``None`` for one that was overtaken, or that changes nothing."""
    client = await reachable_client(tx, row)
    plan_id, _, version = row.subject.partition(":")
    plan = await tx.plans.by_id(int(plan_id))
    if client is None or plan is None or plan.sequence != int(version) or plan.state == PlanState.PAUSED:
        return None
    desk = Desk.of(services, tx, client)
    before = await _told(tx, row)
    dates = {} if plan.state == PlanState.ENDED else {due.step: due.moment for due in desk.ahead(plan)}
    called_off = {step: moment for step, moment in before.items() if step not in dates and moment > desk.now}
    if dates == before or not (dates or called_off):
        return None
    catalog = services.catalog(client)
    clinic = services.clinic
    words = Words(texts.title(catalog, clinic.name), texts.note(catalog, clinic.name), clinic.name, clinic.email)
    content = written(_entries(dates, called_off), words, uid=plan.uid, sequence=plan.sequence, stamp=services.clock())
    caption = texts.caption(catalog, is_new=not before, is_over=not dates, clinic=clinic.name)
    told = {str(step): moment.isoformat() for step, moment in dates.items()}
    return Calendar(client.chat_id, NAME, content, caption, told=told)


def _entries(dates: Mapping[int, datetime], called_off: Mapping[int, datetime]) -> Sequence[Entry]:
    entries = [Entry(step, moment) for step, moment in dates.items()]
    return [*entries, *(Entry(step, moment, called_off=True) for step, moment in called_off.items())]


async def _told(tx: Transaction, row: OutboxRow) -> dict[int, datetime]:
    """What the client's calendar holds of this plan, if every file was opened."""
    plan_id = row.subject.partition(":")[0]
    last = await tx.outbox.last_sent(row.recipient, (CALENDAR, CALENDAR_UPDATE), f"{plan_id}:")
    told = last.payload.get(TOLD, {}) if last else {}
    return {int(step): datetime.fromisoformat(moment) for step, moment in told.items()}


async def _remember(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    sent = await tx.outbox.by_id(row.id)
    if sent is not None and isinstance(delivery, Calendar):
        sent.payload = {**sent.payload, TOLD: dict(delivery.told)}


KINDS: Mapping[str, Kind] = {
    CALENDAR: Kind(calendar_file, sent=_remember),
    CALENDAR_UPDATE: Kind(calendar_file, sent=_remember, decent=True),
}
