"""The bot as Telegram's client: python-telegram-bot with raw updates and one pacer under every call."""

from typing import Any, cast

from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.gateways.pacing import Pacer

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that Telegram is asked for."""

POLL_SECONDS = 25
TELEGRAM = "https://api.telegram.org"


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


def build_bot(token: str, api_url: str | None) -> RawBot:
    """A bot that talks to ``api_url`` (the base of a Bot API server; ``None``: Telegram's own)."""
    base = (api_url or TELEGRAM).rstrip("/")
    return RawBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(connection_pool_size=64, read_timeout=5, connect_timeout=5),
        get_updates_request=HTTPXRequest(connection_pool_size=1),
        rate_limiter=Pacer(),
    )
