"""The bot as Telegram's client: python-telegram-bot with raw updates, and what a failed call may have done."""

from typing import Any, cast

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from bot.gateways.pacing import Pacer
from bot.gateways.transport import Transport, Unsent
from bot.metrics import Metrics

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that Telegram is asked for."""

CONNECTIONS = 64
POLL_SECONDS = 25
TELEGRAM = "https://api.telegram.org"


REFUSALS = (BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter)
"""Telegram's own word that it did nothing."""


def is_unmodified(error: BadRequest) -> bool:
    """Whether an edit was refused because the message looks so already: an attempt before it was carried out."""
    return "message is not modified" in error.message.lower()


def may_have_arrived(error: Exception) -> bool:
    """Whether Telegram may have done what the failed call asked for.

    It has not where it said so (4xx) or no connection came about. Anything else is unclear: a time-out after the
    request was written, a reset, 5xx, an answer that cannot be read.
    """
    if not isinstance(error, TelegramError) or isinstance(error, REFUSALS):
        return False
    return not isinstance(error.__cause__, Unsent)


class RawBot(ExtBot[None]):
    """An :class:`~telegram.ext.ExtBot` that can also fetch updates unparsed.

    The library parses a whole batch at once: one update that it cannot parse would hide all the others.
    """

    def __repr__(self) -> str:
        """Without the token, which the library's own would show in every traceback with locals."""
        return f"{type(self).__name__}(...)"

    async def raw_updates(self, offset: int | None) -> list[Any]:
        """Wait for updates from ``offset`` on, at most ``POLL_SECONDS``; asking confirms everything before it."""
        data = {"timeout": POLL_SECONDS, "allowed_updates": UPDATES}
        if offset is not None:
            data["offset"] = offset
        return cast("list[Any]", await self._post("getUpdates", data, read_timeout=POLL_SECONDS + 5))


def build_bot(token: str, api_url: str | None, metrics: Metrics | None = None) -> RawBot:
    """A bot that talks to ``api_url`` (the base of a Bot API server; ``None``: Telegram's own)."""
    base = (api_url or TELEGRAM).rstrip("/")
    return RawBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Transport(CONNECTIONS),
        get_updates_request=Transport(1),
        rate_limiter=Pacer(metrics),
    )
