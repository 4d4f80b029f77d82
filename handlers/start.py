"""The beginning and the way back: /start, consent, coming back, the menu, help, privacy, and giving up."""

import re

from telegram import ChatMember

from bot.consultation import engine, interview
from bot.consultation.interview import Consultation, is_under_way
from handlers import plans
from handlers.places import home
from handlers.places.view import View
from handlers.turn import Turn

CONSENT_TEXT = "2026.2"
"""The version of the words that clients agree to; the consent is stored with it."""

HEALTH_ANSWERS = "health_answers"
SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def view(turn: Turn) -> View:
    """The client's state as screens see it."""
    return View(turn.services, turn.tx, turn.client)


async def start(turn: Turn) -> None:
    """``/start``, with or without a deep link's source: begin, or offer to continue or to start anew."""
    await plans.resume_all(turn.desk)
    _remember_source(turn)
    turn.client.draft = {}
    consultation = view(turn).consultation
    if "age" not in consultation.answers:
        turn.client.place = "welcome"
    elif view(turn).is_minor:
        turn.client.place = "minor"
    elif is_urgent(turn):
        turn.client.place = "advice" if turn.client.paused_at else "menu"
    elif is_under_way(consultation) or interview.open_question(consultation) is None:
        turn.client.place = "resume"
    else:
        turn.client.place = "consultation"


def is_urgent(turn: Turn) -> bool:
    """Whether an answer has ended the interview: after it nothing more is asked (protocol.md, section 6)."""
    answers = view(turn).consultation.answers
    return engine.urgent(turn.services.protocol, answers, turn.today) is not None


def _remember_source(turn: Turn) -> None:
    text = (turn.message and turn.message.text) or ""
    _, _, payload = text.partition(" ")
    if turn.client.source is None and SOURCE.fullmatch(payload.strip()):
        turn.client.source = payload.strip()


async def consent(turn: Turn) -> None:
    """``answer:consent:*`` on the first screen; only agreement opens the questions."""
    if turn.client.place not in {"welcome", "declined"}:
        turn.stale()
        return
    match turn.data.rpartition(":")[2]:
        case "agree":
            await turn.tx.consents.give(turn.client.id, HEALTH_ANSWERS, CONSENT_TEXT, turn.now)
            turn.client.consultation = Consultation({"age": "adult"}).as_json()
            turn.client.place = "consultation"
        case "minor":
            turn.client.consultation = Consultation({"age": "minor"}).as_json()
            turn.client.place = "minor"
        case "decline":
            turn.client.place = "declined"
        case _:
            turn.stale()


async def restart(turn: Turn) -> None:
    """``restart`` and ``/consult``: the first question anew; who has not agreed, or was under age, is asked again."""
    turn.client.draft = {}
    agreed = view(turn).consultation.answers.get("age") == "adult"
    turn.client.consultation = Consultation({"age": "adult"} if agreed else {}).as_json()
    turn.client.place = "consultation" if agreed else "welcome"


async def restart_by_button(turn: Turn) -> None:
    """An old *Start anew* button must not wipe answers that are being given."""
    if turn.client.place in {"consultation", "callback"}:
        turn.stale()
        return
    await restart(turn)


async def go_on(turn: Turn) -> None:
    """``continue``: back to where the client was."""
    turn.client.draft = {}
    turn.client.place = "advice" if is_urgent(turn) else await home(view(turn))


async def cancel(turn: Turn) -> None:
    """``/cancel``: leave what is under way; answers are kept and can be continued."""
    await go_on(turn)
    if turn.client.place == "consultation" and is_under_way(view(turn).consultation):
        turn.client.place = "resume"


async def menu(turn: Turn) -> None:
    """``menu``."""
    turn.client.draft = {}
    turn.client.place = "minor" if view(turn).is_minor else "menu"


async def show_help(turn: Turn) -> None:
    """``/help``."""
    turn.client.place = "help"


async def show_privacy(turn: Turn) -> None:
    """``/privacy``."""
    turn.client.place = "privacy"


async def membership(turn: Turn) -> None:
    """The client blocked the bot or let it back in: nothing is sent to somebody who does not want it."""
    changed = turn.update.my_chat_member
    gone = changed is not None and changed.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    turn.client.blocked_at = turn.now if gone else None
    if gone:
        await plans.pause_all(turn.tx, turn.client.id, plans.BLOCKED, turn.now)
    else:
        await plans.resume_all(turn.desk)
    turn.draws = False
