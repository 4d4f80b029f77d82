"""The consultation: answers by button, Back, Change, the calendar; and the advice at its end."""

from datetime import date, timedelta
from typing import Any

from bot.callback import ALERT
from bot.consultation import engine, interview
from bot.consultation.advice import URGENT, Advice
from bot.consultation.interview import Consultation, WrongAnswer, is_under_way
from bot.consultation.questions import BY_KEY, Kind
from bot.reminders.facts import Facts
from bot.reminders.kinds import UNFINISHED
from handlers import plans
from handlers.checks import CHECK, asks_what_is_new
from handlers.escalation import plan_card
from handlers.start import is_urgent, view
from handlers.turn import Turn
from messages.consultation import example
from storage.tables import PlanState

DATES = frozenset({Kind.PAST_DATE, Kind.FUTURE_DATE})
TICK = "✅"


async def answer(turn: Turn) -> None:
    """``answer:<key>:<value>``: choose, toggle or finish."""
    _, key, value = turn.data.split(":", 2)
    if _is_second_tap(turn, key, value):
        return
    await accept(turn, key, value)


async def accept(turn: Turn, key: str, value: str) -> None:
    """Take one answer, however it was given; an answer that does not fit changes nothing and is explained."""
    if turn.client.place != "consultation":
        turn.stale()
        return
    try:
        consultation = interview.choose(view(turn).consultation, key, value, turn.today)
    except WrongAnswer as error:
        explain(turn, error.problem)
        return
    turn.client.draft = kept(turn)
    turn.client.consultation = consultation.as_json()
    await conclude(turn, consultation)


def kept(turn: Turn) -> dict[str, Any]:
    """What of the draft outlives an answer: which reminder's check is under way."""
    return {name: value for name, value in turn.client.draft.items() if name == CHECK}


def explain(turn: Turn, problem: str) -> None:
    """Say in a word why an answer was not taken."""
    question = interview.open_question(view(turn).consultation)
    facts = {"example": example(question, turn.today)} if question and question.kind in DATES else {}
    if problem == "stale":
        turn.stale()
    elif turn.data:
        turn.toast = turn.catalog.plain(f"hint.{problem}", **facts)
    else:
        turn.hint = turn.catalog.text(f"hint.{problem}", **facts)


async def conclude(turn: Turn, consultation: Consultation) -> None:
    """Give the advice as soon as there is one: at once for a red flag, else when every question is answered."""
    advice = engine.urgent(turn.services.protocol, consultation.answers, turn.today)
    if advice is None and interview.open_question(consultation) is None:
        advice = engine.advise(turn.services.protocol, consultation.answers, turn.today)
    if advice is not None:
        await give(turn, consultation, advice)
    elif is_under_way(consultation):
        await _plan_nudge(turn)


async def _plan_nudge(turn: Turn) -> None:
    """Ask once, the day after the last answer, whether the client wants to go on; never twice for one consultation."""
    client, tx = turn.client, turn.tx
    if UNFINISHED.id not in turn.services.clinic.reminders.kinds:
        return
    advised = await tx.advices.latest(client.id)
    subject = f"after advice {advised.id if advised else 0}"
    before, facts = await tx.plans.last(client.id, UNFINISHED.id, subject), Facts(turn.today + timedelta(days=1))
    if before is None or (before.state != PlanState.ENDED and before.facts != facts.as_json()):
        await plans.put(turn.desk, UNFINISHED, facts, subject)


async def give(turn: Turn, consultation: Consultation, advice: Advice) -> None:
    """Store the advice with the answers and the protocol it was given on, and what follows from it."""
    await turn.tx.advices.add(
        turn.client.id,
        protocol_version=advice.protocol,
        given_on=turn.today,
        answers=dict(consultation.answers),
        advice=advice.as_stored(),
        now=turn.now,
    )
    turn.client.place = "advice"
    await plans.end_all(turn.tx, turn.client.id, "not_needed", turn.now, kinds=[UNFINISHED.id])
    if advice.outcome in URGENT:
        await _alert(turn, advice)
    else:
        await _follow(turn, advice, consultation)
        if asks_what_is_new(turn, advice):
            turn.client.place = "check_new"


async def _follow(turn: Turn, advice: Advice, consultation: Consultation) -> None:
    """Let every plan follow the advice, and say what has moved, in a message that stays."""
    desk = turn.desk
    moved = await plans.replan_all(desk, desk.known(advice, consultation.answers))
    if moved:
        row = await turn.tx.advices.latest(turn.client.id)
        await turn.tx.outbox.plan(
            "plans_moved",
            recipient=f"client:{turn.client.id}",
            subject=f"advice {row.id if row else 0}",
            due=turn.now,
            payload={"why": "answers", "moved": [each.as_json() for each in moved]},
            client_id=turn.client.id,
            now=turn.now,
        )


async def _alert(turn: Turn, advice: Advice) -> None:
    """Page the staff at once and pause the client's reminders until somebody at the clinic clears the alert."""
    client, now = turn.client, turn.now
    client.paused_at = now
    await plans.pause_all(turn.tx, client.id, plans.URGENT, now)
    details = {"outcome": advice.outcome}
    alert = await turn.tx.requests.create(client.id, details, slot_start=now, slot_end=now, now=now, state=ALERT)
    await plan_card(turn.services, turn.tx, alert, now)


async def back(turn: Turn) -> None:
    """``back``: out of the calendar, out of a correction, or to the question before."""
    consultation = view(turn).consultation
    shown = {data.split(":")[1] for data in turn.shown_buttons() if data.startswith(("answer:", "month:"))}
    question = interview.open_question(consultation)
    if turn.client.place != "consultation" or question is None or (shown and question.key not in shown):
        turn.stale()
    elif turn.client.draft.keys() - {CHECK}:
        turn.client.draft = kept(turn)
    else:
        before = interview.back(consultation)
        turn.client.consultation = before.as_json()
        if interview.open_question(before) is None or is_urgent(turn):
            turn.client.place = "advice"


async def list_answers(turn: Turn) -> None:
    """``change``: all answers, each of which can be corrected; with none given anew, those of the last advice."""
    if turn.client.place == "consultation":
        turn.stale()
        return
    if "symptoms" not in view(turn).consultation.answers:
        row = await turn.tx.advices.latest(turn.client.id)
        if row is None:
            turn.stale()
            return
        turn.client.consultation = Consultation(row.answers).as_json()
    turn.client.place = "change"


async def change(turn: Turn) -> None:
    """``change:<key>``: open one answer again."""
    key = turn.data.partition(":")[2]
    consultation = view(turn).consultation
    if turn.client.place not in {"change", "advice"} or key not in consultation.answers or key == "age":
        turn.stale()
        return
    turn.client.draft = {}
    turn.client.consultation = interview.change(consultation, key).as_json()
    turn.client.place = "consultation"


async def show_advice(turn: Turn) -> None:
    """``advice``: back to the advice given last."""
    if await turn.tx.advices.latest(turn.client.id) is None or turn.client.place == "consultation":
        turn.stale()
        return
    turn.client.place = "advice"


async def month(turn: Turn) -> None:
    """``month:<key>:<YYYY-MM>``: show that month of the calendar."""
    _, key, shown = turn.data.split(":", 2)
    question = interview.open_question(view(turn).consultation)
    if turn.client.place != "consultation" or question is None or question.key != key or question.kind not in DATES:
        turn.stale()
        return
    try:
        first = date.fromisoformat(f"{shown}-01")
    except ValueError:
        turn.stale()
        return
    if abs(first - turn.today) > timedelta(days=100 * 366):
        turn.stale()
        return
    turn.client.draft = {**kept(turn), "month": f"{first:%Y-%m}"}


def _is_second_tap(turn: Turn, key: str, value: str) -> bool:
    """Whether a set's button was tapped twice before its tick arrived: the second tap meant the same as the first."""
    question, text = BY_KEY.get(key), turn.shown_buttons().get(turn.data)
    if question is None or question.kind is not Kind.SET or text is None or value == "done":
        return False
    return text.startswith(TICK) != (value in view(turn).consultation.ticks)


async def urgent_called(turn: Turn) -> None:
    """``urgent:called``: the client has called for help."""
    row = await turn.tx.advices.latest(turn.client.id)
    if row is None or row.advice["outcome"] not in URGENT:
        turn.stale()
        return
    turn.client.place = "urgent_called"
