"""The callback request."""

from collections.abc import Mapping
from datetime import date

from bot.callback import ALERT
from bot.reminders.zones import city
from handlers.places.menu import menu
from handlers.places.view import Place, View
from handlers.services import Services
from messages import callback as callback_texts
from messages.screen import Screen
from storage.tables import Client, Request


def _with_notes(view: View, screen: Screen) -> Screen:
    """The ``screen``; whose clock is another one reads whose times these are, and who needs help, not to wait."""
    catalog, clinic, now = view.catalog, view.services.clinic, view.services.now()
    theirs = view.services.zone(view.client, view.draft.phone)
    if now.astimezone(theirs).utcoffset() != now.astimezone(clinic.time_zone).utcoffset():
        screen = callback_texts.by_the_clock_of(catalog, screen, city(clinic.time_zone.key, catalog.language))
    return callback_texts.do_not_wait(catalog, screen, clinic) if view.uncleared else screen


async def _callback(view: View) -> Screen:
    screen = _step(view)
    return _with_notes(view, screen) if view.draft.step in {"time", "summary"} else screen


def _step(view: View) -> Screen:
    draft, now = view.draft, view.services.now()
    hours, zone = view.services.clinic.hours, view.services.clinic.time_zone
    match draft.step:
        case "name":
            return callback_texts.ask_name(view.catalog, suggested=suggested_name(view.client))
        case "phone":
            return callback_texts.ask_phone(view.catalog)
        case "time":
            return callback_texts.ask_time(view.catalog, hours.slots(now), now=now, zone=zone, phone=draft.phone)
        case "email" | "remark":
            return callback_texts.ask_optional(view.catalog, draft.step)
        case "summary":
            slot = hours.slot(draft.slot, now)
            return callback_texts.summary(view.catalog, draft, slot=slot, now=now, zone=zone)


def suggested_name(client: Client) -> str:
    """The client's name as Telegram knows it, or as it was given before."""
    profile = client.profile
    return str(client.contact.get("name") or f"{profile.get('first_name', '')} {profile.get('last_name', '')}".strip())


async def _received(view: View) -> Screen:
    request = await view.tx.requests.open_of(view.client.id)
    if request is None:
        return await menu(view)
    return _with_notes(view, callback_texts.received(view.catalog, news(view.services, request)))


async def _moving(view: View) -> Screen:
    now, clinic = view.services.now(), view.services.clinic
    slots = clinic.hours.slots(now)
    return _with_notes(view, callback_texts.move(view.catalog, slots, now=now, zone=clinic.time_zone))


async def _withdrawing(view: View) -> Screen:
    request = await view.tx.requests.open_of(view.client.id)
    return callback_texts.withdraw(view.catalog, number=request.number) if request else await menu(view)


async def _withdrawn(view: View) -> Screen:
    return callback_texts.withdrawn(view.catalog)


def news(services: Services, request: Request) -> callback_texts.News:
    """Where the request stands, for its client."""
    day = request.outcome.get("day")
    return callback_texts.News(
        number=request.number,
        state=request.state,
        by=request.taken_by_name or "",
        start=request.slot_start,
        end=request.slot_end,
        now=services.now(),
        zone=services.clinic.time_zone,
        has_priority=request.has_priority,
        alert=ALERT in request.details,
        booked_for=date.fromisoformat(day) if day else None,
    )


PLACES: Mapping[str, Place] = {
    "callback": Place(_callback, "callback"),
    "received": Place(_received, "callback", stays=True),
    "moving": Place(_moving, "callback"),
    "withdrawing": Place(_withdrawing, "callback"),
    "withdrawn": Place(_withdrawn, "callback", stays=True),
}
