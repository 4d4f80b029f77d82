"""Hands one delivery over to Telegram or the mail server, and tells what a failure means."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from telegram import ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.gateways import crm
from bot.gateways.mail import MailRefused
from bot.gateways.pacing import begin, seconds_to_wait
from bot.gateways.telegram import is_unmodified, may_have_arrived
from handlers.deliveries.delivery import Call, Delivery, File, Kind, Leave, Note, NotYet, Photo, Report
from handlers.drawing import draw
from handlers.keyboards import inline, markup
from handlers.services import Services

DELAYS = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 15, 60, 300, 900, 3600))

GONE = ("message to edit not found", "message can't be edited")
"""Telegram's words for a message that was deleted, perhaps with its topic."""

REFUSED_MAIL = timedelta(hours=1)
"""When mail to the clinic is tried again that the mail server will not take, until somebody has mended that."""

REPEAT_AFTER = timedelta(seconds=60)
"""How long a client is left alone after an attempt that may have arrived."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of an attempt: tried again after ``delay``, or given up where that is ``None``.

    ``unclear``: it may have arrived all the same, so that the next attempt says that it is one.
    """

    delay: timedelta | None
    blocked: bool = False
    unclear: bool = False


async def post(services: Services, delivery: Delivery) -> int | None:
    """Send it; answers the message's id where Telegram gives one. Raises what the gateway raised."""
    if isinstance(delivery, Report):
        delivery = await delivery.make()
    if isinstance(delivery, EmailMessage | Leave | Call):
        await _post_no_message(services, delivery)
        return None
    if isinstance(delivery, File):
        sent = await services.bot.send_document(
            delivery.chat_id,
            delivery.content,
            caption=delivery.caption,
            filename=delivery.name,
            parse_mode=ParseMode.HTML,
            message_thread_id=delivery.topic,
        )
        return sent.message_id
    if isinstance(delivery, Photo):
        sent = await services.bot.send_photo(
            delivery.chat_id,
            await draw(delivery.svg),
            caption=delivery.caption,
            filename=delivery.name,
            parse_mode=ParseMode.HTML,
            message_thread_id=delivery.topic,
        )
        return sent.message_id
    return await (_say(services, delivery) if delivery.edits is None else _edit(services, delivery, delivery.edits))


async def _say(services: Services, note: Note) -> int:
    answered = note.reply_to and ReplyParameters(note.reply_to, allow_sending_without_reply=True)
    sent = await services.bot.send_message(
        note.chat_id,
        note.screen.text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(note.screen),
        message_thread_id=note.topic,
        reply_parameters=answered or None,
    )
    return sent.message_id


async def _edit(services: Services, note: Note, message_id: int) -> int:
    """Edit it; what looks so already was edited by an attempt whose answer was lost."""
    try:
        await services.bot.edit_message_text(
            note.screen.text, note.chat_id, message_id, parse_mode=ParseMode.HTML, reply_markup=inline(note.screen)
        )
    except BadRequest as error:
        is_gone = any(words in error.message.lower() for words in GONE)
        if is_gone and note.anew:
            return await _say(services, note)
        if not is_gone and not is_unmodified(error):
            raise
    return message_id


async def _post_no_message(services: Services, delivery: EmailMessage | Leave | Call) -> None:
    match delivery:
        case Leave():
            await _leave(services, delivery)
        case Call():
            begin()
            await crm.post(delivery.target, delivery.content, delivery.headers)
        case _ if services.mail_server is None:
            raise NotYet
        case _:
            begin()
            await services.mail_server.send(delivery)


async def _leave(services: Services, delivery: Leave) -> None:
    """Say goodbye where the bot may write, and go; somewhere it is not any more it need not go."""
    with suppress(TelegramError):
        await services.bot.send_message(delivery.chat_id, delivery.text, parse_mode=ParseMode.HTML)
    with suppress(Forbidden, BadRequest):
        await services.bot.leave_chat(delivery.chat_id)


def understand(error: Exception, *, attempts: int, recipient: str) -> Failure:
    """Tell temporary from permanent: only what a client has blocked, or is refused for a client, is permanent.

    What is meant for the clinic is never given up: a staff chat or a mail server that refuses today is mended tomorrow,
    and a lost request is a lost client.

    Where nobody knows whether it arrived (see :func:`may_have_arrived`), it is said again: a message that comes twice
    is a small nuisance, a reminder or a request that never comes is harm. The staff hears it at once, under the same
    number; a client after a minute at the earliest. Both are told that it is a repeat.
    """
    delay, to_client = DELAYS[min(attempts, len(DELAYS)) - 1], recipient.startswith("client:")
    match error:
        case RetryAfter():
            return Failure(timedelta(seconds=seconds_to_wait(error)))
        case Forbidden() | BadRequest() if to_client:
            return Failure(None, blocked=isinstance(error, Forbidden))
        case MailRefused():
            return Failure(None if to_client else REFUSED_MAIL)
        case Forbidden() | BadRequest():
            return Failure(max(delay, timedelta(minutes=1)))
        case _ if may_have_arrived(error):
            return Failure(max(delay, REPEAT_AFTER) if to_client else delay, unclear=True)
        case _:
            return Failure(delay)


def patience(kind: Kind, failure: Failure, *, attempts: int, planned_for: datetime, now: datetime) -> Failure:
    """The same failure by the kind's own timetable, where it has one: when it is tried again, and when no more."""
    if failure.delay is None:
        return failure
    delay = kind.delays[min(attempts, len(kind.delays)) - 1] if kind.delays else failure.delay
    is_over = kind.lasts is not None and now + delay - planned_for > kind.lasts
    return replace(failure, delay=None if is_over else delay)
