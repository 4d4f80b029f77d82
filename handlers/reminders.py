"""Reminders: offered after the advice, confirmed with their date, and the buttons under one that has arrived."""

from datetime import timedelta

from bot.consultation.interview import Consultation
from bot.reminders import SAFE_NOW, due_at, safe_day
from handlers.consultation import plan_safe_now
from handlers.start import HEALTH_ANSWERS, view
from handlers.turn import Turn

ASKED_AGAIN = ("symptoms", "settling")
"""What may have changed since the advice: every "you may book now" needs a fresh, clean answer (protocol.md, 6)."""


async def offer(turn: Turn) -> None:
    """``remind:<kind>``: show the date before anything is planned."""
    advice = await view(turn).advice()
    if turn.client.place not in {"advice", "reminder_set"} or advice is None or safe_day(advice, turn.today) is None:
        turn.stale()
        return
    turn.client.place = "reminder"


async def confirm(turn: Turn) -> None:
    """``remind:<kind>:on``: plan it."""
    advice = await view(turn).advice()
    day = safe_day(advice, turn.today) if advice else None
    if turn.client.place != "reminder" or day is None:
        turn.stale()
        return
    await plan_safe_now(turn, day)
    turn.client.place = "reminder_set"


async def press(turn: Turn) -> None:
    """``remind:<id>:check|done|later|stop`` under a reminder that has arrived."""
    _, number, what = turn.data.split(":")
    row = await turn.tx.outbox.by_id(int(number))
    if row is None or row.client_id != turn.client.id or row.kind != SAFE_NOW or row.state != "sent":
        turn.stale()
        return
    match what:
        case "check":
            await _check(turn)
        case "later":
            clinic = turn.services.clinic
            tomorrow = due_at(turn.today + timedelta(days=1), clinic.reminders.hour, clinic.time_zone)
            await plan_safe_now(turn, tomorrow.date())
            turn.client.place = "reminder_set"
        case _:
            turn.toast = turn.catalog.plain("reminder.stopped")
            turn.draws = False
            await turn.tx.outbox.cancel(row.recipient, row.kind, row.subject)


async def _check(turn: Turn) -> None:
    """Ask again what may have changed; the rest of the answers stands."""
    if not await turn.tx.consents.has(turn.client.id, HEALTH_ANSWERS):
        turn.stale()
        return
    answers = {key: value for key, value in view(turn).consultation.answers.items() if key not in ASKED_AGAIN}
    turn.client.consultation = Consultation(answers).as_json()
    turn.client.draft = {}
    turn.client.place = "consultation"
    turn.fresh = True
