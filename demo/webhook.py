"""``setWebhook`` and its deliveries: one POST per update, in order for each chat, repeated until it succeeds."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from demo.errors import Json, bad_request
from demo.requests import BotRequest
from demo.updates import Pending, UpdateQueue

LONGEST_PAUSE = 60.0
READ_TIMEOUT = 60.0
"""Seconds, both."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go."""

    url: str
    secret: str
    connections: int


class Webhook:
    """The webhook in force, if any. ``first_pause`` is the wait after a first failure, in seconds; it doubles."""

    def __init__(
        self,
        updates: UpdateQueue,
        now: Callable[[], datetime],
        reply: Callable[[Json], Awaitable[None]],
        *,
        first_pause: float,
    ) -> None:
        self._updates = updates
        self._now = now
        self._reply = reply
        self._first_pause = first_pause
        self._target: Target | None = None
        self._runner: asyncio.Task[None] | None = None
        self._busy: dict[object, asyncio.Task[None]] = {}
        self._error: Json = {}

    @property
    def active(self) -> bool:
        """Whether one is set."""
        return self._target is not None

    async def set(self, request: BotRequest) -> str:
        """``setWebhook``; without ``url`` as ``deleteWebhook``. Returns Telegram's description of what was done."""
        if request.flag("drop_pending_updates"):
            self._updates.clear()
        if not request.text("url"):
            return await self.delete()
        target = _target(request)
        self._updates.allow(request.params.get("allowed_updates"))
        if target == self._target:
            return "Webhook is already set"
        await self.close()
        self._target, self._error = target, {}
        self._updates.arrived.set()
        self._runner = asyncio.create_task(self._run(target))
        return "Webhook was set"

    async def delete(self) -> str:
        """``deleteWebhook``."""
        if not self.active:
            return "Webhook is already deleted"
        await self.close()
        return "Webhook was deleted"

    def info(self) -> Json:
        """``getWebhookInfo``."""
        pending = len(self._updates)
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": pending}
        if self._target is not None:
            info |= {"url": self._target.url, "max_connections": self._target.connections, **self._error}
            info["ip_address"] = "127.0.0.1"
        if self._updates.allowed:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info

    async def close(self) -> None:
        """Stop delivering; undelivered updates stay."""
        self._target = None
        tasks = [*([self._runner] if self._runner else []), *self._busy.values()]
        self._runner, self._busy = None, {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, target: Target) -> None:
        """Start a delivery for the oldest update of each chat that has none under way."""
        timeout = aiohttp.ClientTimeout(total=READ_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                self._updates.arrived.clear()
                for pending in self._updates.waiting():
                    chat = _chat_key(pending.update)
                    if chat not in self._busy and len(self._busy) < target.connections:
                        self._busy[chat] = asyncio.create_task(self._deliver(session, target, chat, pending))
                await self._updates.arrived.wait()

    async def _deliver(self, session: aiohttp.ClientSession, target: Target, chat: object, pending: Pending) -> None:
        pause = self._first_pause
        while self._updates.holds(pending) and not await self._post(session, target, pending.update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self._updates.take(pending)
        self._busy.pop(chat, None)
        self._updates.arrived.set()

    async def _post(self, session: aiohttp.ClientSession, target: Target, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": target.secret} if target.secret else {}
        try:
            async with session.post(target.url, json=update, headers=headers) as response:
                if response.ok:
                    await self._answer(response)
                    return True
                self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
        except TimeoutError:
            self._failed("Read timeout expired")
        except aiohttp.ClientConnectorError:
            self._failed("Connection refused")
        except aiohttp.ClientError:
            self._failed("Connection closed by peer")
        return False

    async def _answer(self, response: aiohttp.ClientResponse) -> None:
        """A webhook may answer with one method call; its result is told to nobody."""
        if response.content_type == "application/json" and (body := await response.read()):
            call = await response.json()
            if body and isinstance(call, dict) and "method" in call:
                await self._reply(call)

    def _failed(self, message: str) -> None:
        self._error = {"last_error_date": int(self._now().timestamp()), "last_error_message": message}


def _target(request: BotRequest) -> Target:
    url, secret = request.text("url"), request.text("secret_token")
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = request.number("max_connections", 40)
    return Target(url, secret, min(max(connections, 1), 100))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _chat_key(update: Json) -> object:
    """What keeps updates in order: the chat; updates without one (broken ones) have a key of their own each."""
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or (content.get("message") or {}).get("chat")
            if isinstance(chat, dict):
                return chat.get("id")
    return id(update)
