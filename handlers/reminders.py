"""Reminders: offered with their dates, confirmed, listed, stopped; and the buttons under one that has arrived."""

from bot.reminders import zones
from bot.reminders.kinds import KINDS, SAFE_NOW
from bot.reminders.offers import offer as facts_of
from handlers import plans
from handlers.coming_back import choices, plan_of, put_off, returnable, said_together
from handlers.start import view
from handlers.turn import Turn
from storage.tables import OutboxRow, PlanState

OFFERED_AT = frozenset({"advice", "reminder", "reminder_set", "reminders", "checked"})
"""The places that offer reminders."""


async def offer(turn: Turn) -> None:
    """``remind:<kind>``: show the dates before anything is planned; what is planned already shows its next one."""
    kind, known = turn.data.partition(":")[2], await view(turn).known()
    fits = known is not None and kind in turn.desk.kinds and facts_of(kind, known) is not None
    if turn.client.place not in OFFERED_AT or not fits:
        turn.stale()
        return
    live = await turn.tx.plans.live(turn.client.id, kind)
    turn.client.draft = {"kind": kind}
    turn.client.place = "reminder_set" if live and kind != SAFE_NOW.id else "reminder"


async def confirm(turn: Turn) -> None:
    """``remind:<kind>:on``: plan it."""
    kind, known = turn.data.split(":")[1], await view(turn).known()
    shown = turn.client.place == "reminder" and turn.client.draft.get("kind", SAFE_NOW.id) == kind
    facts = facts_of(kind, known) if known and shown and kind in turn.desk.kinds else None
    if facts is None or await plans.put(turn.desk, KINDS[kind], facts) is None:
        turn.stale()
        return
    turn.client.place = "reminder_set"


async def show_list(turn: Turn) -> None:
    """``reminders`` and ``/reminders``: what is planned, and what else could be."""
    if turn.data and turn.client.place in {"consultation", "callback"}:
        turn.stale()
        return
    turn.client.draft = {}
    turn.client.place = "reminders"


async def stop_one(turn: Turn) -> None:
    """``reminders:stop:<id>``: one plan is over."""
    plan = await turn.tx.plans.by_id(int(turn.data.rpartition(":")[2]))
    if turn.client.place != "reminders" or plan is None or plan.client_id != turn.client.id:
        turn.stale()
        return
    if plan.state != PlanState.ENDED:
        await plans.end(turn.tx, plan, "stopped", turn.now)
    turn.toast = turn.catalog.plain("reminder.stopped")


async def stop_all(turn: Turn) -> None:
    """``reminders:stop_all``: every plan is over."""
    if turn.client.place != "reminders":
        turn.stale()
        return
    await plans.end_all(turn.tx, turn.client.id, "stopped", turn.now)
    turn.toast = turn.catalog.plain("reminder.stopped_all")


async def press(turn: Turn) -> None:
    """``remind:<id>:done|later|stop`` under a reminder that has arrived."""
    row = await _arrived(turn)
    if row is None:
        turn.stale()
        return
    match turn.data.rpartition(":")[2]:
        case "done":
            turn.toast = turn.catalog.plain("reminder.thanks")
            turn.draws = False
        case "later" if choices(turn.desk, await returnable(turn.desk, row)):
            turn.client.draft = {"later": row.id}
            turn.client.place = "later"
        case "stop":
            await _stop(turn, row)
        case _:
            turn.stale()


async def later(turn: Turn) -> None:
    """``remind:<id>:later:<when>``: it comes again then."""
    row, choice = await _arrived(turn), turn.data.rpartition(":")[2]
    shown = row is not None and turn.client.place == "later" and turn.client.draft.get("later") == row.id
    kinds = await put_off(turn.desk, row, choice) if row and shown else []
    if not kinds:
        turn.stale()
        return
    turn.client.draft = {"kind": kinds[0]}
    turn.client.place = "reminder_set"


async def show_zone(turn: Turn) -> None:
    """``zone``: which clock the reminders follow."""
    if turn.client.place not in {"reminders", "zone"}:
        turn.stale()
        return
    turn.client.draft = {}
    turn.client.place = "zone"


async def choose_zone(turn: Turn) -> None:
    """``zone:<name>``: everything planned moves to the same hour there, as after any change of the zone."""
    zone = zones.zone_named(turn.data.partition(":")[2])
    if turn.client.place != "zone" or zone is None:
        turn.stale()
        return
    turn.client.time_zone = zone.key
    turn.client.draft = {}
    turn.client.place = "reminders"
    turn.toast = turn.catalog.plain("time_zone.chosen", city=zones.city(zone.key, turn.catalog.language))


async def typed_zone(turn: Turn, words: str) -> None:
    """A city, typed where the time zone is shown."""
    found = zones.find_zones(words, turn.catalog.language)
    if found:
        turn.client.draft = {"zones": list(found)}
    else:
        turn.hint = turn.catalog.text("hint.no_such_city")


async def _stop(turn: Turn, row: OutboxRow) -> None:
    """None of what the message reminded of comes again, nor what of the same kind was planned since."""
    for each in await said_together(turn.tx, row):
        plan = await plan_of(turn.tx, each)
        if plan is None:
            continue
        for over in (plan, await turn.tx.plans.live(plan.client_id, plan.kind, plan.subject)):
            if over is not None and over.state != PlanState.ENDED:
                await plans.end(turn.tx, over, "stopped", turn.now)
        plan.reason = "stopped"
    turn.toast = turn.catalog.plain("reminder.stopped")
    turn.draws = False


async def _arrived(turn: Turn) -> OutboxRow | None:
    """The client's own reminder that the button stands under, as long as it has not been put off."""
    row = await turn.tx.outbox.by_id(int(turn.data.split(":")[1]))
    if row is None or row.client_id != turn.client.id or row.kind not in KINDS or row.state != "sent":
        return None
    return row if await plan_of(turn.tx, row) else None
