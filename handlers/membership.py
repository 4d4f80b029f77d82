"""Who belongs to the staff: whoever is a member of the staff chat at this moment, and nobody else.

A chat's id alone proves nothing: an update may have waited for hours, and its sender may have left meanwhile.
"""

import asyncio
from datetime import datetime, timedelta

from telegram import ChatMember
from telegram.error import TelegramError

from bot.gateways.telegram import RawBot

BELIEVED_FOR = timedelta(seconds=60)
"""So long a membership that Telegram confirmed is taken for granted."""

PATIENCE = 2.0
"""Seconds that Telegram is given: a press has to be answered within three.

For as long again nothing is asked about the same person: what they pressed meanwhile has waited enough.
"""

INSIDE = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER})


class NotKnown(Exception):
    """Telegram did not say whether somebody is a member; nobody is let in on a guess."""


class Membership:
    """Remembers who was found to be a member, for a minute; who was not is asked about each time."""

    def __init__(self) -> None:
        self._confirmed: dict[tuple[int, int], datetime] = {}
        self._silent_until: dict[tuple[int, int], float] = {}

    async def includes(self, bot: RawBot, chat_id: int, user_id: int, now: datetime) -> bool:
        """Whether the person is a member of the chat ``now``; raises :class:`NotKnown`.

        Asks Telegram where nothing is remembered: never call it inside a transaction. An administrator who stays
        anonymous presses buttons under their own name and is found like everybody else.
        """
        self._confirmed = {who: at for who, at in self._confirmed.items() if now - at < BELIEVED_FOR}
        if (chat_id, user_id) in self._confirmed:
            return True
        member = await self._ask(bot, chat_id, user_id)
        restricted = member.status == ChatMember.RESTRICTED and bool(getattr(member, "is_member", False))
        if member.status not in INSIDE and not restricted:
            return False
        self._confirmed[chat_id, user_id] = now
        return True

    async def _ask(self, bot: RawBot, chat_id: int, user_id: int) -> ChatMember:
        loop = asyncio.get_running_loop()
        self._silent_until = {who: until for who, until in self._silent_until.items() if until > loop.time()}
        if (chat_id, user_id) in self._silent_until:
            raise NotKnown
        try:
            async with asyncio.timeout(PATIENCE):
                return await bot.get_chat_member(chat_id, user_id)
        except TimeoutError as error:
            self._silent_until[chat_id, user_id] = loop.time() + PATIENCE
            raise NotKnown from error
        except TelegramError as error:
            raise NotKnown from error
