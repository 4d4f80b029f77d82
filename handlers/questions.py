"""Questions passed on: from a client's chat to the staff chat, and by replies to and fro.

A text that nobody understands gets a hint with one more button; a tap on it passes the text on as a card. Whoever
replies to the card in the staff chat answers the client; the client's reply to that answer comes back under the card.
"""

from telegram import Message, Update

from bot.question import fits, read_words
from handlers.membership import NotKnown
from handlers.services import Services
from handlers.staff_chat import is_staff_chat
from handlers.start import is_urgent
from handlers.turn import Context, Turn, ignore
from storage.storage import Transaction

ASKED = "question"
CONSENT_TEXT = "2026.1"


def offer(turn: Turn, words: str) -> bool:
    """Offer to pass these words on with the next tap; ``False`` where that is not offered.

    Not to a minor, and not after an urgent answer: whoever needs help must not wait for an answer in a chat.
    """
    text = read_words(words)
    urgent = turn.client.paused_at is not None or is_urgent(turn)
    if urgent or turn.client.place in {"minor", "urgent_called"} or not fits(text):
        return False
    turn.client.question, turn.offers_to_ask = text, True
    return True


async def send(turn: Turn) -> None:
    """``question:send``: pass on what was typed last."""
    text = turn.client.question
    if not text:
        turn.stale()
        return
    await turn.tx.consents.give(turn.client.id, ASKED, CONSENT_TEXT, turn.now)
    question = await turn.tx.questions.ask(turn.client.id, text, turn.now)
    await turn.tx.outbox.plan(
        "question_card",
        recipient="staff",
        subject=str(question.number),
        due=turn.now,
        client_id=turn.client.id,
        now=turn.now,
    )
    turn.hint = turn.catalog.text("asked.passed_on")


async def reply(turn: Turn, words: str) -> bool:
    """A client's reply to an answer goes back to the staff; ``False`` where the text replies to nothing of the kind."""
    replied = turn.message and turn.message.reply_to_message
    number = await turn.tx.questions.about(turn.client.chat_id, replied.message_id) if replied else None
    if number is None or turn.message is None:
        return False
    text = read_words(words)
    if not fits(text):
        turn.hint = turn.catalog.text("hint.too_long")
        return True
    await turn.tx.outbox.plan(
        "question_followup",
        recipient="staff",
        subject=f"{number}:{turn.message.message_id}",
        due=turn.now,
        payload={"text": text},
        client_id=turn.client.id,
        now=turn.now,
    )
    turn.hint = turn.catalog.text("asked.passed_on")
    return True


async def staff_reply(update: Update, context: Context) -> None:
    """A reply in the staff chat to a question's card, or to what its client said: it answers the client."""
    services: Services = context.bot_data["services"]
    message = update.message
    number = await _question_replied_to(services, message) if message else None
    if message is None or number is None:
        await ignore(update, context)
        return
    refusal = await _refusal(services, message)
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id):
            return
        refusal = refusal or await _answer(services, tx, number, message)
        if refusal:
            await _plan_note(services, tx, refusal, message)


async def _question_replied_to(services: Services, message: Message) -> int | None:
    replied = message.reply_to_message
    async with services.storage.snapshot() as tx:
        if replied is None or not await is_staff_chat(services, tx, message.chat_id):
            return None
        return await tx.questions.about(message.chat_id, replied.message_id)


async def _refusal(services: Services, message: Message) -> str:
    """Why this person may not answer; empty where they may. Who writes in the group's own name administers it."""
    if message.sender_chat is not None and message.sender_chat.id == message.chat_id:
        return ""
    if message.from_user is None:
        return "outsider"
    try:
        belongs = await services.members.includes(services.bot, message.chat_id, message.from_user.id, services.now())
    except NotKnown:
        return "unchecked"
    return "" if belongs else "outsider"


async def _answer(services: Services, tx: Transaction, number: int, message: Message) -> str:
    """Plan the answer; what it fails for otherwise."""
    question = await tx.questions.by_number(number)
    if question is None:
        return "erased"
    if message.text is None:
        return "text_only"
    text = read_words(message.text)
    if not fits(text):
        return "too_long"
    now = services.now()
    question.answered_at, question.answered_by = now, _name(message)
    await tx.outbox.plan(
        "question_answer",
        recipient=f"client:{question.client_id}",
        subject=f"{number}:{message.message_id}",
        due=now,
        payload={"text": text, "chat": message.chat_id, "message": message.message_id},
        client_id=question.client_id,
        now=now,
    )
    return ""


def _name(message: Message) -> str:
    if message.sender_chat is not None:
        return message.author_signature or message.sender_chat.title or ""
    return message.from_user.full_name if message.from_user else ""


async def _plan_note(services: Services, tx: Transaction, what: str, message: Message) -> None:
    now = services.now()
    await tx.outbox.plan(
        "question_note",
        recipient="staff",
        subject=f"{message.chat_id}:{message.message_id}",
        due=now,
        payload={"what": what, "message": message.message_id},
        now=now,
    )
