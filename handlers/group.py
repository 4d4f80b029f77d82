"""What happens to the groups that the bot is in: one becomes the staff chat, it moves, and strangers' are left.

A stranger's group is left at once. While somebody may be about to use the invitation, or Telegram to tell that the
staff chat became this supergroup, the bot waits some seconds for that word: it comes right after the bot was added.
"""

from datetime import timedelta

from telegram import BotCommand, BotCommandScopeChat, Chat, ChatMember, Update
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from handlers import staff_chat
from handlers.invitation import is_invited, redeem
from handlers.services import Services
from handlers.staff_chat import StaffChat, is_staff_chat
from handlers.trouble import tell_of
from handlers.turn import Context, acknowledge
from messages.commands import staff_commands
from storage.storage import Transaction

GRACE = timedelta(seconds=10)
_HERE = frozenset({ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER, ChatMember.RESTRICTED})
_SUPERGROUPS_BEGIN = -1_000_000_000_000
"""Ids of supergroups lie below this; a basic group's may change into one of them."""


async def guard(update: Update, context: Context) -> None:
    """Before all other handlers: whatever comes from a group that is not the clinic's gets no answer but goodbye."""
    services: Services = context.bot_data["services"]
    chat = update.effective_chat
    if chat is None or chat.type == Chat.PRIVATE or _is_about_membership(update):
        return
    async with services.storage.transaction() as tx:
        if await is_staff_chat(services, tx, chat.id):
            return
        if await tx.inbox.done(services.bot.id, update.update_id):
            await _leave(services, tx, chat.id)
    if update.callback_query:
        acknowledge(update.callback_query, "")
    raise ApplicationHandlerStop


def _is_about_membership(update: Update) -> bool:
    """What decides whose group it is: :func:`membership`, :func:`start` and :func:`migrated` look for themselves."""
    message = update.message
    if message is None:
        return update.my_chat_member is not None
    moved = message.migrate_to_chat_id or message.migrate_from_chat_id
    return bool(moved) or (message.text or "").startswith("/start")


async def membership(update: Update, context: Context) -> None:
    """The bot was added to a group or removed from one."""
    services: Services = context.bot_data["services"]
    changed = update.my_chat_member
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id) or changed is None:
            return
        here = changed.new_chat_member.status in _HERE
        if await is_staff_chat(services, tx, changed.chat.id):
            await staff_chat.note_presence(services, tx, here=here)
            if not here:
                await tell_of(services, tx, "staff_chat", services.now())
        elif here:
            await _leave(services, tx, changed.chat.id)


async def start(update: Update, context: Context) -> None:
    """``/start <code>`` in a group: with the right code it becomes the staff chat, in the topic where it was sent."""
    services: Services = context.bot_data["services"]
    message, now = update.message, services.now()
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id) or message is None:
            return
        if await is_staff_chat(services, tx, message.chat_id):
            return
        bound = await redeem(tx, " ".join(context.args or ()), now)
        if bound:
            await tx.outbox.cancel(f"group:{message.chat_id}", "leave_group", "leave")
            await _settle(services, tx, update)
        else:
            await _leave(services, tx, message.chat_id, at_once=True)
    if bound:
        await give_menu(services, message.chat_id)


async def here(update: Update, context: Context) -> None:
    """``/here`` in the staff chat: everything comes into this topic from now on."""
    services: Services = context.bot_data["services"]
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id) or update.message is None:
            return
        if await is_staff_chat(services, tx, update.message.chat_id):  # it may have moved since the guard looked
            await _settle(services, tx, update)


async def migrated(update: Update, context: Context) -> None:
    """Telegram made a supergroup of a group; both tell so, whichever comes first is followed."""
    services: Services = context.bot_data["services"]
    message = update.message
    async with services.storage.transaction() as tx:
        if not await tx.inbox.done(services.bot.id, update.update_id) or message is None:
            return
        old = message.migrate_from_chat_id or message.chat_id
        new = message.migrate_to_chat_id or message.chat_id
        await staff_chat.move(services, tx, old=old, new=new)


async def give_menu(services: Services, chat_id: int) -> None:
    """Show the staff's commands in the staff chat; a failure costs only the menu until the next start."""
    try:
        for code in ("", *services.catalogs.languages):
            commands = [BotCommand(*pair) for pair in staff_commands(services.catalogs.choose(code or None))]
            await services.bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id), language_code=code)
    except TelegramError:
        return


async def _settle(services: Services, tx: Transaction, update: Update) -> None:
    """The staff is where this message came from; what waited for a staff chat goes out now."""
    message, now = update.message, services.now()
    assert message is not None, "asked by a message"  # noqa: S101 - narrows the type
    topic = message.message_thread_id if message.is_topic_message else None
    await staff_chat.bind(services, tx, StaffChat(message.chat_id, topic))
    await tx.outbox.plan("staff_welcome", recipient="staff", subject=str(update.update_id), due=now, now=now)
    await tx.outbox.hurry("staff", now)
    await staff_chat.show_cards_again(services, tx)


async def _leave(services: Services, tx: Transaction, chat_id: int, *, at_once: bool = False) -> None:
    now = services.now()
    wait = not at_once and await _may_be_ours(services, tx)
    await tx.outbox.plan(
        "leave_group",
        recipient=f"group:{chat_id}",
        subject="leave",
        due=now + GRACE if wait else now,
        payload={"chat": chat_id},
        now=now,
        again=True,
    )


async def _may_be_ours(services: Services, tx: Transaction) -> bool:
    ours = await staff_chat.staff_chat(services, tx)
    return (ours is not None and ours.id > _SUPERGROUPS_BEGIN) or await is_invited(tx, services.now())
