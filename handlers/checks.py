"""The check under a reminder: how the client is now, whether anything was done since, and only then a green light.

What was answered is stored like any other answer, so the advice, the urgent outcomes and every plan follow it at once;
the draft only remembers which reminder it was for, and on which day it began: an answer of another day is not fresh.
"""

from bot.consultation.advice import URGENT, Advice
from bot.consultation.interview import Consultation
from bot.consultation.questions import BY_KEY, chosen
from bot.reminders.checking import asked_again, verdict
from bot.reminders.kinds import KINDS
from handlers.coming_back import put_back, returnable, said_together
from handlers.start import HEALTH_ANSWERS, view
from handlers.turn import Turn
from storage.tables import OutboxRow

CHECK = "check"
"""In the draft, while a check is under way: the outbox row of the reminder that asked, a colon, the client's day."""


async def begin(turn: Turn) -> None:
    """``remind:<id>:check``: ask again what may have changed; the rest of the answers stands."""
    row = await turn.tx.outbox.by_id(int(turn.data.split(":")[1]))
    if row is None or row.client_id != turn.client.id or row.kind not in KINDS or row.state != "sent":
        turn.stale()
        return
    if view(turn).uncleared:
        turn.client.draft = {}
        turn.client.place = "advice"
        turn.fresh = True
        return
    answers = view(turn).consultation.answers
    if not await turn.tx.consents.has(turn.client.id, HEALTH_ANSWERS) or "age" not in answers:
        turn.stale()
        return
    _ask(turn, row.id)
    turn.fresh = True


def _ask(turn: Turn, row_id: int) -> None:
    answers = view(turn).consultation.answers
    again = asked_again(answers, turn.services.protocol)
    kept = {key: value for key, value in answers.items() if key not in again}
    turn.client.consultation = Consultation(kept).as_json()
    turn.client.draft = {CHECK: f"{row_id}:{turn.today}"}
    turn.client.place = "consultation"


def asks_what_is_new(turn: Turn, advice: Advice) -> bool:
    """Whether the fresh answers belong to a check, so that one more question comes before their advice is shown."""
    return CHECK in turn.client.draft and advice.outcome not in URGENT


async def nothing_new(turn: Turn) -> None:
    """``check:no``: nothing was done since; the light is green, or the day moves, or the advice says it best."""
    known, row = await view(turn).known(), await _answered(turn)
    if known is None or row is None:
        return
    found = [(verdict(KINDS[each.kind], known), each) for each in await said_together(turn.tx, row)]
    best, about = min(found, key=lambda each: ("green", "later", "advice", "well").index(each[0].light))
    early = {each.id: each_verdict.day for each_verdict, each in found if each_verdict.light == "later"}
    for each, plan in await returnable(turn.desk, row):
        if day := early.get(each.id):
            await put_back(turn.desk, each, plan, day)
    today = str(turn.today)
    turn.client.draft = {"checked": best.light, "technique": best.technique, "kind": about.kind, "on": today}
    if best.day:
        turn.client.draft = {**turn.client.draft, "day": best.day.isoformat()}
    turn.client.place = "advice" if best.light == "advice" else "checked"


async def something_new(turn: Turn) -> None:
    """``check:yes``: the consultation opens again at the treatments; what depends on them is asked anew."""
    if await _answered(turn) is None:
        return
    answers = dict(view(turn).consultation.answers)
    before = chosen(answers, "procedures")
    del answers["procedures"]
    known = {key: value for key, value in answers.items() if BY_KEY[key].applies(answers)}
    ticks = tuple(option for option in before if option not in BY_KEY["procedures"].exclusive)
    turn.client.consultation = Consultation(known, ticks=ticks).as_json()
    turn.client.draft = {}
    turn.client.place = "consultation"


async def _answered(turn: Turn) -> OutboxRow | None:
    """The reminder whose check is at its last question; where the day has changed since it began, it begins again."""
    number, _, day = str(turn.client.draft.get(CHECK, "")).partition(":")
    row = await turn.tx.outbox.by_id(int(number)) if number else None
    if turn.client.place != "check_new" or row is None or view(turn).uncleared:
        turn.stale()
        return None
    if day != str(turn.today):
        _ask(turn, row.id)
        turn.hint = turn.catalog.text("check.again")
        return None
    return row
