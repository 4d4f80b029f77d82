"""``/queue``, ``/stats``, ``/export`` and ``/help`` of the staff, answered in the staff chat and nowhere else."""

from telegram import Update

from handlers.services import Services
from handlers.staff_chat import is_staff_chat
from handlers.turn import Callback, Context

LONGEST_WISH = 100
"""Characters after a command that are looked at."""


def answer_with(kind: str) -> Callback:
    """A command's handler: the answer is a row of the outbox, of this kind, for the staff chat.

    In any other group the bot keeps silent.
    """

    async def command(update: Update, context: Context) -> None:
        services: Services = context.bot_data["services"]
        chat = update.effective_chat
        async with services.storage.transaction() as tx:
            if not await tx.inbox.done(services.bot.id, update.update_id):
                return
            if chat is None or not await is_staff_chat(services, tx, chat.id):
                return
            now, words = services.now(), " ".join(context.args or ())[:LONGEST_WISH]
            payload = {"words": words} if words else None
            await tx.outbox.plan(
                kind, recipient="staff", subject=str(update.update_id), due=now, payload=payload, now=now
            )
        services.due.set()

    return command


STAFF_COMMANDS: dict[str, Callback] = {
    "queue": answer_with("staff_queue"),
    "stats": answer_with("staff_stats"),
    "export": answer_with("staff_export"),
    "help": answer_with("staff_help"),
}
