"""``/queue``, ``/stats``, ``/export`` and ``/help`` of the staff, answered in the staff chat and nowhere else."""

from telegram import Message, Update

from handlers.membership import NotKnown
from handlers.services import Services
from handlers.staff_chat import is_staff_chat
from handlers.turn import Callback, Context, ignore

LONGEST_WISH = 100
"""Characters after a command that are looked at."""


def answer_with(kind: str) -> Callback:
    """A command's handler: the answer is a row of the outbox, of this kind, for the staff chat.

    In any other group the bot keeps silent. Here, who asks is checked against who is a member now, before the
    transaction: the command may have waited, and its sender may have left meanwhile.
    """

    async def command(update: Update, context: Context) -> None:
        services: Services = context.bot_data["services"]
        message = update.message
        if message is None or not await _is_ours(services, message.chat_id):
            await ignore(update, context)
            return
        why, now = await refusal(services, message), services.now()
        words = why or " ".join(context.args or ())[:LONGEST_WISH]
        async with services.storage.transaction() as tx:
            if not await tx.inbox.done(services.bot.id, update.update_id):
                return
            await tx.outbox.plan(
                "staff_refused" if why else kind,
                recipient="staff",
                subject=str(update.update_id),
                due=now,
                payload={"words": words} if words else None,
                now=now,
            )

    return command


async def _is_ours(services: Services, chat_id: int) -> bool:
    async with services.storage.snapshot() as tx:
        return await is_staff_chat(services, tx, chat_id)


async def refusal(services: Services, message: Message) -> str:
    """The text that says why this sender gets nothing; empty where they belong to the staff.

    An administrator who stays anonymous writes in the name of the group itself, which Telegram allows nobody else;
    who writes in the name of a channel cannot be told from a stranger.
    """
    if message.sender_chat is not None:
        return "" if message.sender_chat.id == message.chat_id else "staff.ask_as_yourself"
    if message.from_user is None:
        return "staff.ask_as_yourself"
    try:
        belongs = await services.members.includes(services.bot, message.chat_id, message.from_user.id, services.now())
    except NotKnown:
        return "staff.ask_again"
    return "" if belongs else "staff.ask_members_only"


STAFF_COMMANDS: dict[str, Callback] = {
    "queue": answer_with("staff_queue"),
    "stats": answer_with("staff_stats"),
    "export": answer_with("staff_export"),
    "help": answer_with("staff_help"),
}
