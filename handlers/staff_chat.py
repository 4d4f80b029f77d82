"""Where the clinic's staff is: one group, and in a forum one of its topics.

It is kept in the database, so that every process knows it: a group that was linked from Telegram, a group that became
a supergroup with another id, a topic that was chosen. ``STAFF_CHAT_ID`` wins: what is stored counts only for the
setting under which it was stored.
"""

import json
import logging
from dataclasses import dataclass

from telegram.error import BadRequest, ChatMigrated

from handlers.services import Services
from storage.storage import Transaction

log = logging.getLogger(__name__)

STAFF_CHAT = "staff_chat"
"""The fact that holds it."""


@dataclass(frozen=True, slots=True)
class StaffChat:
    """The group's id, and the forum topic's ``message_thread_id`` where one was chosen."""

    id: int
    topic: int | None = None


async def staff_chat(services: Services, tx: Transaction) -> StaffChat | None:
    """The staff chat in force; ``None`` where there is none yet."""
    found = await staff_chat_under(services.staff_chat_setting, tx)
    seen = services.staff_seen
    seen.chat, seen.topic = (found.id, found.topic) if found else (None, None)
    return found


def last_seen(services: Services) -> StaffChat | None:
    """The staff chat as this process last found it, else the one that is set: what can be known without a database."""
    seen, setting = services.staff_seen, services.staff_chat_setting
    if seen.chat is not None:
        return StaffChat(seen.chat, seen.topic)
    return None if setting is None else StaffChat(setting)


async def staff_chat_under(setting: int | None, tx: Transaction) -> StaffChat | None:
    """The same for a ``STAFF_CHAT_ID``, or for none."""
    stored = json.loads(await tx.facts.get(STAFF_CHAT) or "{}")
    if stored.get("chat") and stored["setting"] == setting:
        return StaffChat(stored["chat"], stored["topic"])
    return None if setting is None else StaffChat(setting)


async def is_staff_chat(services: Services, tx: Transaction, chat_id: int) -> bool:
    """Whether this is the clinic's own group."""
    found = await staff_chat(services, tx)
    return found is not None and found.id == chat_id


async def bind(services: Services, tx: Transaction, chat: StaffChat | None) -> None:
    """From now on the staff is there; ``None``: nowhere."""
    await _store(services, tx, chat)


async def note_presence(services: Services, tx: Transaction, *, here: bool) -> None:
    """The bot was removed from the staff chat, or let in again: what waited for it goes out now."""
    await _store(services, tx, await staff_chat(services, tx), lost=not here)
    if here:
        await tx.outbox.hurry("staff", services.now())


async def is_lost(services: Services, tx: Transaction) -> bool:
    """Whether the bot was removed from the staff chat."""
    stored = json.loads(await tx.facts.get(STAFF_CHAT) or "{}")
    return bool(stored.get("lost")) and stored["setting"] == services.staff_chat_setting


async def _store(services: Services, tx: Transaction, chat: StaffChat | None, *, lost: bool = False) -> None:
    fact = {"setting": services.staff_chat_setting, "chat": chat and chat.id, "topic": chat and chat.topic}
    await tx.facts.put(STAFF_CHAT, json.dumps(fact | {"lost": lost}))


async def move(services: Services, tx: Transaction, *, old: int, new: int) -> bool:
    """The group ``old`` became the supergroup ``new``; ``False`` where that is not news about the staff chat.

    A supergroup begins without topics, and without the bot's messages: what is not over gets a new card.
    """
    if not await is_staff_chat(services, tx, old):
        return False
    await bind(services, tx, StaffChat(new))
    log.warning("the staff chat became a supergroup; it is followed")
    await show_cards_again(services, tx)
    return True


async def show_cards_again(services: Services, tx: Transaction) -> None:
    """Have every request that is not over, and whose card is elsewhere, shown in the staff chat that it is now."""
    now, chat = services.now(), await staff_chat(services, tx)
    elsewhere = [request for request in await tx.requests.unsettled() if request.staff_chat_id is not None]
    for request in elsewhere:
        if chat is None or request.staff_chat_id == chat.id:
            continue
        await tx.outbox.plan(
            "request_card_edit",
            recipient="staff",
            subject=str(request.number),
            due=now,
            client_id=request.client_id,
            now=now,
            again=True,
        )


async def follow(services: Services, tx: Transaction, error: Exception) -> bool:
    """Whether an error told that the staff chat is elsewhere now, so that what failed can be sent again at once."""
    found = await staff_chat(services, tx)
    if found is None:
        return False
    if isinstance(error, ChatMigrated):
        return found.id != error.new_chat_id and await move(services, tx, old=found.id, new=error.new_chat_id)
    if isinstance(error, BadRequest) and found.topic is not None and "thread not found" in error.message.lower():
        await bind(services, tx, StaffChat(found.id))
        log.warning("the topic of the staff chat is gone; what comes next goes to the group itself")
        return True
    return False
