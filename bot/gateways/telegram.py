"""The bot as Telegram's client: python-telegram-bot with raw updates, and what a failed call may have done."""

import json
from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, cast

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.gateways.pacing import Pacer
from bot.metrics import Metrics

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that Telegram is asked for."""

POLL_SECONDS = 25
TELEGRAM = "https://api.telegram.org"


REFUSALS = (BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter)
"""Telegram's own word that it did nothing."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""What ends a call before its first byte has left."""


def may_have_arrived(error: Exception) -> bool:
    """Whether Telegram may have done what the failed call asked for.

    It has not where it said so (4xx) or no connection came about. Anything else is unclear: a time-out after the
    request was written, a reset, 5xx, an answer that cannot be read.
    """
    if not isinstance(error, TelegramError) or isinstance(error, REFUSALS):
        return False
    return not isinstance(error.__cause__, NEVER_SENT)


class Request(HTTPXRequest):
    """The library's transport, which believes nobody but Telegram.

    A proxy, a gateway or a hotel's login page may answer in Telegram's place, with HTML. The library takes its 403 for
    a client's block and its 404 for a refused token, and writes what it cannot read to the log, which may be what
    somebody typed.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make the call; raises :class:`~telegram.error.NetworkError` for an error that is not Telegram's."""
        code, payload = await super().do_request(*args, **kwargs)
        if code >= HTTPStatus.BAD_REQUEST and _read(payload) is None:
            raise NetworkError(f"{code} without an answer of the Bot API")
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer; raises :class:`~telegram.error.TelegramError` without a word of it where it is none."""
        answer = _read(payload)
        if answer is None:
            raise TelegramError("Invalid server response")
        return answer


def _read(payload: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(payload)
    except ValueError:  # no JSON, or no UTF-8
        return None
    return answer if isinstance(answer, dict) else None


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
    tls = {"verify": _tls()}
    return RawBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Request(connection_pool_size=64, read_timeout=5, connect_timeout=5, httpx_kwargs=tls),
        get_updates_request=Request(connection_pool_size=1, httpx_kwargs=tls),
        rate_limiter=Pacer(metrics),
    )


@cache
def _tls() -> SSLContext:
    """What all connections verify by, read once: to read all certificate authorities takes longer than a whole turn."""
    return httpx.create_ssl_context()
