"""Reminders, offered and confirmed."""

from collections.abc import Mapping

from bot.reminders import SAFE_NOW, due_at, safe_day
from handlers.places.consultation import advice_card
from handlers.places.view import Place, View
from messages import reminders as reminder_texts
from messages.screen import Screen


async def _reminder(view: View) -> Screen:
    advice = await view.advice()
    day = safe_day(advice, view.today) if advice else None
    if day is None:
        return await advice_card(view)
    clinic = view.services.clinic
    return reminder_texts.offer(view.catalog, SAFE_NOW, due_at(day, clinic.reminders.hour, clinic.time_zone))


async def _reminder_set(view: View) -> Screen:
    waiting = [row for row in await view.tx.outbox.waiting_of(view.client.id) if row.kind == SAFE_NOW]
    if not waiting:
        return await _reminder(view)
    return reminder_texts.confirmed(view.catalog, waiting[0].due_at.astimezone(view.services.clinic.time_zone))


PLACES: Mapping[str, Place] = {
    "reminder": Place(_reminder, "reminder"),
    "reminder_set": Place(_reminder_set, "reminder", stays=True),
}
