"""The walk of one update: load, decide, save in one transaction, and only then speak.

Why no ConversationHandler: its position lives in memory and is flushed every 60 s in another transaction than the
answers, its timeouts do not survive a restart, and it relies on updates being processed one by one. Here the stored
answers are the state: the screen is derived from them, so a killed process forgets nothing and a client's next tap
always finds its question.

1. One transaction loads the client, lets the handler's step decide, saves what changed, everything to be said later
   (outbox rows) and the inbox mark, and notes that a screen is owed. Telegram is never awaited inside it. A crash
   before the commit leaves the update waiting in the inbox; it is processed again.
2. The tap is acknowledged and the screen drawn from what was saved, while the client's next update may be decided on
   already. A crash before that leaves the screen owed; the restart shows it.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from telegram import CallbackQuery, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import CallbackContext, ExtBot

from handlers.afterwards import afterwards
from handlers.plans import Desk, resume_all, rezone_all
from handlers.presenter import Presenter
from handlers.services import Services
from messages.catalog import Catalog
from storage.storage import Transaction
from storage.tables import Client

Context: TypeAlias = CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]
Callback: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]


@dataclass
class Turn:
    """One update of one client while it is being decided on.

    ``toast`` answers a tap (plain text); ``hint`` stands above the screen (HTML); ``fresh`` asks for the screen as a
    new message at the end of the chat, which everything but a tap does; ``offers_to_ask`` keeps words that were not
    understood, for the screen's button that passes them on. ``is_late``: the message was written before a tap that has
    been dealt with already.
    """

    services: Services
    tx: Transaction
    client: Client
    update: Update
    catalog: Catalog
    now: datetime
    toast: str = ""
    hint: str = ""
    fresh: bool = False
    draws: bool = True
    offers_to_ask: bool = False
    is_late: bool = False

    def end(self) -> None:
        """Words can be passed on as long as the screen that offers it stands: the next screen forgets them."""
        if self.draws and not self.offers_to_ask:
            self.client.question = None

    @property
    def today(self) -> date:
        """The client's day."""
        return self.now.date()

    @property
    def desk(self) -> Desk:
        """What planning reminders for the client needs."""
        return Desk.of(self.services, self.tx, self.client)

    @property
    def data(self) -> str:
        """The ``callback_data`` of the tapped button; empty where nothing was tapped."""
        query = self.update.callback_query
        return (query and query.data) or ""

    @property
    def message(self) -> Message | None:
        """The message that the client sent or edited."""
        return self.update.message or self.update.edited_message

    @property
    def user(self) -> User:
        """The person on the other side."""
        user = self.update.effective_user
        assert user is not None, "private chats have a sender"  # noqa: S101 - narrows the type
        return user

    def shown_buttons(self) -> dict[str, str]:
        """The buttons that the tapped message carried when it was tapped: text by ``callback_data``."""
        message = self.update.callback_query and self.update.callback_query.message
        markup = message.reply_markup if isinstance(message, Message) else None
        rows = markup.inline_keyboard if markup else ()
        return {str(button.callback_data): button.text for row in rows for button in row if button.callback_data}

    def stale(self) -> None:
        """Answer a button that no longer fits: nothing changes and the current screen is shown."""
        self.toast = self.catalog.plain("hint.old_button")


Step: TypeAlias = Callable[[Turn], Awaitable[None]]
Ahead: TypeAlias = Callable[[Services, Update], Awaitable[None]]


def walk(step: Step, ahead: Ahead | None = None) -> Callback:
    """Make a handler callback of one step of a client's conversation.

    ``ahead`` is done before its transaction begins: the outside world is never asked while others wait for a lock.
    """

    async def callback(update: Update, context: Context) -> None:
        services: Services = context.bot_data["services"]
        presenter: Presenter = context.bot_data["presenter"]
        chat = update.effective_chat
        if chat is None or chat.type != chat.PRIVATE:
            await ignore(update, context)
            return
        if ahead is not None:
            await ahead(services, update)
        async with services.storage.transaction() as tx:
            if not await tx.inbox.done(services.bot.id, update.update_id):
                return
            turn = await _open(services, tx, update)
            zone = services.zone(turn.client)
            await step(turn)
            turn.end()
            if services.zone(turn.client) != zone:  # chosen, or that of the phone number just given
                await rezone_all(turn.desk)
            if turn.draws:
                await tx.screens.owe(turn.client, services.process, drawing=presenter.is_drawing(turn.client.id))
        query = update.callback_query
        if query:
            acknowledge(query, turn.toast)
        if turn.draws:
            tapped = query.message.message_id if query and query.message and not turn.fresh else None
            afterwards(presenter.present(turn.client.id, tapped=tapped, hint=turn.hint))

    return callback


async def ignore(update: Update, context: Context) -> None:
    """Take an update off the inbox that asks nothing of the bot; a tap is acknowledged all the same."""
    services: Services = context.bot_data["services"]
    async with services.storage.transaction() as tx:
        await tx.inbox.done(services.bot.id, update.update_id)
    if update.callback_query:
        acknowledge(update.callback_query, "")


def acknowledge(query: CallbackQuery, toast: str, *, alert: bool = False, url: str | None = None) -> None:
    """Answer a tap so that its button stops spinning, or opens ``url``; too late or unreachable does no harm."""
    afterwards(_answer(query, toast, alert=alert, url=url))


async def _answer(query: CallbackQuery, toast: str, *, alert: bool, url: str | None) -> None:
    try:
        await query.answer(toast[:200] or None, show_alert=alert, url=url)
    except TelegramError:
        return


async def _open(services: Services, tx: Transaction, update: Update) -> Turn:
    user, chat = update.effective_user, update.effective_chat
    assert user is not None and chat is not None, "private chats have a sender"  # noqa: S101, PT018 - narrows
    profile = {"first_name": user.first_name, "last_name": user.last_name or "", "username": user.username or ""}
    client = await tx.clients.get_or_create(
        user.id, chat_id=chat.id, profile=profile, language=user.language_code or "en", now=services.now()
    )
    turn = Turn(services, tx, client, update, services.catalog(client), services.now(client))
    if client.blocked_at and update.my_chat_member is None:
        # Who writes has not blocked the bot: word of an earlier block came late, or again.
        client.blocked_at = None
        await resume_all(turn.desk)
    if update.message is not None:
        turn.is_late = await tx.inbox.is_overtaken(services.bot.id, update.update_id, chat.id)
    return turn
