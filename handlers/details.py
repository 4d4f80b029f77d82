"""*Details*: the health answers behind a request, for the one colleague who took it, in private.

They are sent to the colleague's own chat with the bot, protected from being passed on. Who has not opened that chat yet
is led there by a link; opening it shows them. Each view is written down before it is shown.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

from telegram import Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.consultation.advice import Advice
from bot.consultation.interview import Consultation, answered
from handlers.membership import NotKnown
from handlers.places.quote import read_quote
from handlers.services import Services
from handlers.staff_chat import staff_chat
from handlers.turn import Callback, Context, Step, acknowledge, walk
from messages import details as detail_texts
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Request

PAYLOAD = re.compile(r"/start(?:@\w+)? request-(\d{1,18})")
"""What Telegram's apps send when the link is opened."""

PATIENCE = 0.9
"""Seconds that the message may take: the press has to be answered within three, and asking who pressed takes some."""

SHOWN_IN = frozenset({"taken", "reached"})
"""The states in which somebody still works on the request."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a colleague gets to see, or in ``refusal`` why they do not."""

    screen: Screen | None = None
    refusal: str = ""


async def show_details(services: Services, update: Update, number: int) -> None:
    """Send the details to whoever pressed, if they took the request; the caller has checked that they belong here."""
    query, user = update.callback_query, update.effective_user
    if query is None or user is None:
        return
    shown = await _look(services, update, number)
    if shown is None:
        return
    if shown.screen is None:
        acknowledge(query, shown.refusal, alert=True)
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await _send(services, user.id, shown.screen)
    except (BadRequest, Forbidden):
        # No chat with the bot yet, or blocked. Telegram's apps open the link only where no text comes with it.
        acknowledge(query, "", url=f"https://t.me/{services.bot.username}?start=request-{number}")
    except (TelegramError, TimeoutError):
        acknowledge(query, services.staff_catalog.plain("staff.details_later"), alert=True)
    else:
        acknowledge(query, services.staff_catalog.plain("staff.details_sent"))


def or_details(step: Step) -> Callback:
    """``/start`` for everybody; with the link's payload, for the colleague who took that request, its details."""
    start = walk(step)

    async def callback(update: Update, context: Context) -> None:
        services: Services = context.bot_data["services"]
        link = PAYLOAD.fullmatch((update.message and update.message.text) or "")
        if link is None or not await _belongs_to_the_staff(services, update):
            await start(update, context)
            return
        shown = await _look(services, update, int(link[1]))
        if shown is not None and update.effective_chat is not None:
            with suppress(TelegramError):  # the button in the staff chat is still there
                await _send(services, update.effective_chat.id, shown.screen or Screen(shown.refusal))

    return callback


async def _belongs_to_the_staff(services: Services, update: Update) -> bool:
    user = update.effective_user
    async with services.storage.snapshot() as tx:
        chat = await staff_chat(services, tx)
    if user is None or chat is None:
        return False
    try:
        return await services.members.includes(services.bot, chat.id, user.id, services.now())
    except NotKnown:
        return False


async def _look(services: Services, update: Update, number: int) -> Shown | None:
    """Note the view and write down what is to be shown; ``None`` where the update was dealt with already."""
    user, catalog = update.effective_user, services.staff_catalog
    async with services.storage.transaction() as tx:
        if user is None or not await tx.inbox.done(services.bot.id, update.update_id):
            return None
        request = await tx.requests.by_number(number, lock=False)
        if request is None:
            return Shown(refusal=catalog.plain("staff.gone"))
        if request.state not in SHOWN_IN or request.taken_by_id != user.id:
            return Shown(refusal=catalog.plain("staff.details_refused"))
        await tx.requests.log_view(number, staff_id=user.id, staff_name=user.full_name, now=services.now())
        return Shown(await _details(services, tx, request))


async def _details(services: Services, tx: Transaction, request: Request) -> Screen:
    """The remark, the address and the quote that belong to the request, the answers, and the advice on them."""
    given = await tx.advices.latest(request.client_id)
    client = await tx.clients.by_id(request.client_id)
    number = request.details.get("quote", "")
    quote = await tx.quotes.by_number(number, lock=False) if number else None
    stored = given.answers if given else client.consultation.get("answers", {}) if client else {}
    return detail_texts.details(
        services.staff_catalog,
        number=request.number,
        name=request.details["name"],
        email=request.details.get("email") or "",
        remark=request.details.get("remark") or "",
        quote=read_quote(services.clinic, quote) if quote else None,
        answers=answered(Consultation(stored)),
        advice=Advice.from_stored(given.advice) if given else None,
        today=given.given_on if given else services.today(),
    )


async def _send(services: Services, chat_id: int, screen: Screen) -> None:
    await services.bot.send_message(chat_id, screen.text, parse_mode=ParseMode.HTML, protect_content=True)
