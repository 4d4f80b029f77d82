"""What the staff asked for by command: the queue, the figures, an export, help."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.export import Format, Wish, read_wish
from bot.figures import count, edges, last_weeks
from bot.request_files import BOM, Record, as_csv, as_xlsx
from handlers.deliveries.delivery import Delivery, File, Kind, Made, Note, Photo, Report, the_staff_chat, to_staff
from handlers.services import Services
from handlers.staff_chat import StaffChat
from messages import figures as figure_texts
from messages import queue as queue_texts
from messages import staff as staff_texts
from messages.queue import Waiting
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import OutboxRow, Request

AT_MOST = 40
"""Requests that may fit on a page."""

PAGES = 12
"""Pages of one queue: Telegram lets 20 messages a minute into a group, and new requests must get through."""


@dataclass(frozen=True, slots=True)
class Page(Note):
    """A page of the queue, which may have a next one: from the number ``after``, as the ``first`` of all."""

    after: int | None = None
    first: int = 0


async def staff_queue(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """One page of the open requests; the next one is planned when this one was sent, so that they stay in order."""
    catalog = services.staff_catalog
    page, start, first = (row.payload.get(key, default) for key, default in (("page", 1), ("after", 0), ("first", 1)))
    alerts = await tx.figures.alerts() if page == 1 else ()
    requests = await tx.figures.queue(start, AT_MOST)
    total = max(await tx.figures.open_count(), first - 1 + len(requests))
    if not requests:
        return await to_staff(services, tx, queue_texts.queue_empty(catalog, alerts=alerts)) if page == 1 else None
    if page > PAGES:
        return await to_staff(services, tx, queue_texts.queue_rest(catalog, count=total - first + 1))
    waiting = [_waiting(services, request) for request in requests]
    screen, shown = queue_texts.queue_page(
        catalog, waiting, first=first, total=total, alerts=alerts, today=services.today()
    )
    chat = await the_staff_chat(services, tx)
    after = None if first + shown > total else requests[shown - 1].number
    return Page(chat.id, screen, topic=chat.topic, after=after, first=first + shown)


async def plan_next_page(tx: Transaction, row: OutboxRow, delivery: Delivery, message_id: int | None) -> None:
    """A page was sent: the one after it, under the same subject."""
    if not isinstance(delivery, Page) or delivery.after is None:
        return
    page, now = row.payload.get("page", 1) + 1, row.planned_for
    payload = {"page": page, "after": delivery.after, "first": delivery.first}
    subject = f"{row.subject.partition('.')[0]}.{page}"
    await tx.outbox.plan(row.kind, recipient=row.recipient, subject=subject, due=now, payload=payload, now=now)


def _waiting(services: Services, request: Request) -> Waiting:
    zone = services.clinic.time_zone
    at = (request.staff_chat_id, request.staff_message_id)
    return Waiting(
        number=request.number,
        name=request.details["name"],
        phone=request.details["phone"],
        start=request.slot_start.astimezone(zone),
        end=request.slot_end.astimezone(zone),
        since=request.created_at.astimezone(zone),
        state=request.state,
        by=request.taken_by_name or "",
        quote=request.details.get("quote", ""),
        card=(at[0], at[1]) if at[0] is not None and at[1] is not None else None,
    )


async def staff_stats(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The figures as a picture."""
    chat = await the_staff_chat(services, tx)
    return Report(lambda: _stats(services, chat))


async def _stats(services: Services, chat: StaffChat) -> Made:
    catalog, clinic = services.staff_catalog, services.clinic
    mondays = last_weeks(services.today())
    start, *_, end = moments = edges(mondays, clinic.time_zone)
    async with services.storage.snapshot() as tx:
        cohorts, calls = await tx.figures.cohorts(moments), await tx.figures.calls(start, end)
        waiting, quotes = await tx.figures.open_count(), await tx.figures.quotes(start, end)
    found = await asyncio.to_thread(
        count, mondays, cohorts, calls, hours=clinic.hours, waiting=waiting, now=services.now(), quotes=quotes
    )
    if not cohorts and not calls:
        return Note(chat.id, figure_texts.stats_empty(catalog, found), topic=chat.topic)
    picture = figure_texts.stats_picture(catalog, found, clinic=clinic.name)
    return Photo(chat.id, "figures.png", picture.svg, picture.caption, topic=chat.topic)


async def staff_export(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The requests of some days, or all, as a file."""
    try:
        wish = read_wish(row.payload.get("words", ""))
    except ValueError:
        return await to_staff(services, tx, queue_texts.export_unclear(services.staff_catalog))
    chat = await the_staff_chat(services, tx)
    return Report(lambda: _export(services, chat, wish))


async def _export(services: Services, chat: StaffChat, wish: Wish) -> Made:
    catalog, zone = services.staff_catalog, services.clinic.time_zone
    async with services.storage.snapshot() as tx:
        records = [record async for record in tx.figures.records(*wish.moments(zone))]
    if not records:
        return Note(chat.id, queue_texts.export_empty(catalog, first=wish.first, last=wish.last), topic=chat.topic)
    content = await asyncio.to_thread(FILES[wish.format], records, zone)
    caption = queue_texts.export_caption(
        catalog, count=len(records), first=wish.first, last=wish.last, as_workbook=wish.format == "xlsx"
    )
    return File(chat.id, f"requests-{services.today()}.{wish.format}", content, caption, topic=chat.topic)


def _csv_for_people(records: Sequence[Record], zone: ZoneInfo) -> bytes:
    return BOM + as_csv(records, zone)


FILES: Mapping[Format, Callable[[Sequence[Record], ZoneInfo], bytes]] = {"csv": _csv_for_people, "xlsx": as_xlsx}
"""How each kind of file is written."""


async def staff_refused(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Why somebody who asked gets nothing."""
    return await to_staff(services, tx, Screen(services.staff_catalog.text(row.payload["words"])))


async def staff_help(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """What the bot does in the staff chat."""
    return await to_staff(services, tx, staff_texts.staff_help(services.staff_catalog))


KINDS: Mapping[str, Kind] = {
    "staff_queue": Kind(staff_queue, sent=plan_next_page),
    "staff_stats": Kind(staff_stats),
    "staff_export": Kind(staff_export),
    "staff_refused": Kind(staff_refused),
    "staff_help": Kind(staff_help),
}
