"""Reminders: offered, confirmed, listed, put off; the check under one, and the time zone that they follow."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.phone import time_zones
from bot.reminders import snoozing, zones
from bot.reminders.kinds import SAFE_NOW
from bot.reminders.offers import Known, days, offer, offered
from handlers.coming_back import choices, returnable
from handlers.places.consultation import advice_card
from handlers.places.menu import menu
from handlers.places.view import Place, View
from messages import reminders as reminder_texts
from messages import zones as zone_texts
from messages.reminders import Planned
from messages.screen import Screen
from storage.tables import Plan, PlanState


async def _reminder(view: View) -> Screen:
    """The dates of what was asked for, before anything is planned."""
    known, kind = await view.known(), view.client.draft.get("kind", SAFE_NOW.id)
    facts = offer(kind, known) if known else None
    if known is None or facts is None:
        return await advice_card(view)
    moments = [due.moment.astimezone(known.times.zone) for due in days(kind, facts, known)]
    fewest = {"preparation": known.protocol.preparation, "course": known.protocol.after}.get(kind)
    return reminder_texts.offer(
        view.catalog, kind, moments, today=view.today, usual=fewest.sessions if fewest else None
    )


async def _reminder_set(view: View) -> Screen:
    """When it comes next."""
    kind = view.client.draft.get("kind", SAFE_NOW.id)
    planned = next((each for each in await plans_of(view) if each.kind == kind), None)
    if planned is None or planned.when is None:
        return await _list(view)
    has_advice = await view.advice() is not None
    return reminder_texts.confirmed(view.catalog, kind, planned.when, today=view.today, has_advice=has_advice)


async def _list(view: View) -> Screen:
    """Everything that is planned, and what else fits."""
    live, known = await plans_of(view), await view.known()
    taken = {each.kind for each in live}
    more = [kind for kind in _fitting(view, known) if kind not in taken]
    has_advice = await view.advice() is not None
    zone = zones.city(view.services.zone(view.client).key, view.catalog.language)
    return reminder_texts.all_of_them(view.catalog, live, more, zone=zone, today=view.today, has_advice=has_advice)


def _fitting(view: View, known: Known | None) -> list[str]:
    wanted = view.services.clinic.reminders.kinds
    return [kind for kind, _ in offered(known) if kind in wanted] if known else []


async def plans_of(view: View) -> list[Planned]:
    """The client's plans with their next moments in the client's own time; who rests has none."""
    rows = {(row.kind, row.subject): row.due_at for row in await view.tx.outbox.waiting_of(view.client.id)}
    zone = view.services.zone(view.client)

    def when(plan: Plan) -> datetime | None:
        due = rows.get((plan.kind, plan.outbox_subject))
        return due.astimezone(zone) if due and plan.state == PlanState.ACTIVE else None

    return [Planned(plan.id, plan.kind, when(plan)) for plan in await view.tx.plans.live_of(view.client.id)]


async def _later(view: View) -> Screen:
    """When it is to come again."""
    row, desk = await view.tx.outbox.by_id(view.client.draft.get("later", 0)), view.desk
    said = await returnable(desk, row) if row and row.client_id == view.client.id else []
    offers = choices(desk, said)
    if row is None or not offers:
        return await menu(view)
    zone = view.services.zone(view.client)
    local = {name: due.astimezone(zone) for name, due in offers.items()}
    another_hour = any(plan.snoozes >= snoozing.PATIENCE for _, plan in said)
    return reminder_texts.later(view.catalog, row.id, local, another_hour=another_hour, today=view.today)


async def _check_new(view: View) -> Screen:
    return reminder_texts.anything_new(view.catalog)


async def _checked(view: View) -> Screen:
    """What the check came to, on its own day: tomorrow it is an old answer, and the advice says what it is worth."""
    draft, advice = view.client.draft, await view.advice()
    light = draft.get("checked") if draft.get("on") == str(view.today) else None
    if advice is None or light not in {"green", "later", "well"}:
        return await advice_card(view)
    planned = next((each.when for each in await plans_of(view) if each.kind == draft.get("kind")), None)
    if light == "well":
        return reminder_texts.all_well(view.catalog, planned, today=view.today)
    technique = draft["technique"]
    if light == "later":
        day = date.fromisoformat(draft["day"])
        return reminder_texts.not_yet(view.catalog, technique, day, reminded=planned is not None, today=view.today)
    where = advice.techniques[technique].where if technique in advice.techniques else "anywhere"
    return reminder_texts.green_light(
        view.catalog, technique, outside=where == "outside", following=planned, today=view.today
    )


async def _zone(view: View) -> Screen:
    """The clock that reminders follow, and others to choose."""
    client, clinic = view.client, view.services.clinic
    phone = client.contact.get("phone")
    own = view.services.zone(client).key
    names = client.draft.get("zones") or [clinic.time_zone.key, *(time_zones(phone) if phone else ())]
    known = [name for name in dict.fromkeys(names) if zones.zone_named(name)][: zones.MOST_FOUND]
    now = view.services.clock()
    return zone_texts.choose(view.catalog, own, known, now=now)


PLACES: Mapping[str, Place] = {
    "reminder": Place(_reminder, "reminder"),
    "reminder_set": Place(_reminder_set, "reminder", stays=True),
    "reminders": Place(_list, "reminders"),
    "later": Place(_later, "later"),
    "check_new": Place(_check_new, "consultation"),
    "checked": Place(_checked, "checked", stays=True),
    "zone": Place(_zone, "reminders"),
}
