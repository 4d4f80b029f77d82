"""The callback request."""

from collections.abc import Mapping

from handlers.places.menu import menu
from handlers.places.view import Place, View
from messages import callback as callback_texts
from messages.screen import Screen
from storage.tables import Client


async def _callback(view: View) -> Screen:
    draft, now = view.draft, view.services.now()
    hours, zone = view.services.clinic.hours, view.services.clinic.time_zone
    match draft.step:
        case "name":
            return callback_texts.ask_name(view.catalog, suggested=suggested_name(view.client))
        case "phone":
            return callback_texts.ask_phone(view.catalog)
        case "time":
            return callback_texts.ask_time(view.catalog, hours.slots(now), now=now, zone=zone, phone=draft.phone)
        case "summary":
            return callback_texts.summary(
                view.catalog,
                name=draft.name,
                phone=draft.phone,
                slot=hours.slot(draft.slot, now),
                now=now,
                zone=zone,
            )


def suggested_name(client: Client) -> str:
    """The client's name as Telegram knows it, or as it was given before."""
    profile = client.profile
    return str(client.contact.get("name") or f"{profile.get('first_name', '')} {profile.get('last_name', '')}".strip())


async def _received(view: View) -> Screen:
    request = await view.tx.requests.open_of(view.client.id)
    if request is None:
        return await menu(view)
    return callback_texts.received(
        view.catalog,
        number=request.number,
        start=request.slot_start,
        end=request.slot_end,
        taken_by=request.taken_by_name,
        now=view.services.now(),
        zone=view.services.clinic.time_zone,
    )


PLACES: Mapping[str, Place] = {
    "callback": Place(_callback, "callback"),
    "received": Place(_received, "callback", stays=True),
}
