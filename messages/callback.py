"""The callback request: name, phone, time, summary, and what the client hears of it afterwards."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.hours import NOW, Slot
from messages.catalog import Catalog
from messages.layout import rows, shortened
from messages.markup import joined
from messages.screen import Button, Screen
from messages.times import call_time, slot_label


def ask_name(catalog: Catalog, *, suggested: str) -> Screen:
    """Asks whom to call; ``suggested`` is the name in Telegram, which may be empty."""
    if not suggested:
        return Screen(catalog.text("callback.ask_name_typed"), rows(_cancel(catalog)))
    return Screen(
        catalog.text("callback.ask_name"), rows(Button(shortened(suggested), "callback:name"), _cancel(catalog))
    )


def ask_phone(catalog: Catalog) -> Screen:
    """Asks for the number, with Telegram's own button to share it."""
    return Screen(
        catalog.text("callback.ask_phone"),
        contact=catalog.plain("callback.share_number"),
        cancel=catalog.plain("callback.cancel"),
    )


def ask_time(catalog: Catalog, slots: Sequence[Slot], *, now: datetime, zone: ZoneInfo, phone: str = "") -> Screen:
    """Offers the ``slots`` in which the clinic can call; a clinic that is never open has none.

    ``phone`` is the number just given, in international form: the client sees how it was understood.
    """
    if not slots:
        return Screen(catalog.text("callback.never_open"), rows(_cancel(catalog)))
    kept = [catalog.text("callback.phone_kept", phone=phone)] if phone else []
    buttons = [Button(_slot_text(catalog, slot, now, zone), f"callback:time:{slot.id}") for slot in slots]
    return Screen(joined([*kept, catalog.text("callback.ask_time")], "\n\n"), rows(*buttons, _cancel(catalog)))


def summary(catalog: Catalog, *, name: str, phone: str, slot: Slot | None, now: datetime, zone: ZoneInfo) -> Screen:
    """Everything once more before it is sent; ``slot`` is ``None`` where its time has passed meanwhile."""
    when = _when(catalog, slot.start, slot.end, now, zone) if slot else catalog.plain("callback.time_passed")
    return Screen(
        catalog.text("callback.summary", name=name, phone=phone, when=when),
        (
            (Button(catalog.plain("callback.send"), "callback:send"),),
            (
                Button(catalog.plain("callback.edit_name"), "callback:edit:name"),
                Button(catalog.plain("callback.edit_phone"), "callback:edit:phone"),
            ),
            (Button(catalog.plain("callback.edit_time"), "callback:edit:time"), _cancel(catalog)),
        ),
    )


def received(
    catalog: Catalog,
    *,
    number: int,
    start: datetime,
    end: datetime,
    taken_by: str | None,
    now: datetime,
    zone: ZoneInfo,
) -> Screen:
    """The request has its number; ``taken_by`` is the name of who will call, once somebody took it."""
    when = _when(catalog, start, end, now, zone)
    if taken_by:
        text = catalog.text("callback.received_taken", number=number, name=taken_by, when=when)
    else:
        text = catalog.text("callback.received", number=number, when=when)
    return Screen(text, rows(Button(catalog.plain("button.menu"), "menu")))


def taken(catalog: Catalog, *, number: int, by: str) -> Screen:
    """Tells the client who took the request."""
    return Screen(catalog.text("callback.taken", number=number, name=by))


def cleared(catalog: Catalog) -> Screen:
    """Tells the client that somebody looked at an urgent answer, and that reminders go on."""
    return Screen(catalog.text("callback.cleared"))


def reached(catalog: Catalog, *, number: int) -> Screen:
    """Thanks the client for the call."""
    return Screen(catalog.text("callback.reached", number=number))


def _slot_text(catalog: Catalog, slot: Slot, now: datetime, zone: ZoneInfo) -> str:
    if slot.id == NOW:
        return catalog.plain("slot.now")
    return slot_label(
        catalog, slot.start.astimezone(zone), slot.end.astimezone(zone), today=now.astimezone(zone).date()
    )


def _when(catalog: Catalog, start: datetime, end: datetime, now: datetime, zone: ZoneInfo) -> str:
    return call_time(catalog, start.astimezone(zone), end.astimezone(zone), today=now.astimezone(zone).date())


def _cancel(catalog: Catalog) -> Button:
    return Button(catalog.plain("callback.cancel"), "callback:cancel")
