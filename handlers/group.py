"""What happens to the groups that the bot is in: the staff chat moves."""

from telegram import Update

from handlers import staff_chat
from handlers.services import Services
from handlers.turn import Context


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
    services.due.set()
