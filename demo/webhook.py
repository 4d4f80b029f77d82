"""``setWebhook`` and its deliveries: one POST per update, in order within each queue, repeated until it succeeds.

As at Telegram, a queue holds one chat's messages, or one person's taps, or what becomes of the bot in one chat. They
go side by side: a tap may overtake the text that was written before it.
"""

import asyncio
import json
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

PORTS = frozenset({80, 88, 443, 8443})
"""What a webhook under https can have."""

QUEUES = {
    "message": ("messages", "chat"),
    "edited_message": ("messages", "chat"),
    "callback_query": ("taps", "from"),
    "my_chat_member": ("membership", "chat"),
}
"""Each kind's queues, and the field that tells which of them."""

NEVER_AN_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})
"""Methods that a webhook cannot answer with, beside all that begin with get."""


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
        """Start a delivery for the oldest update of each queue that has none under way."""
        timeout = aiohttp.ClientTimeout(total=READ_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                self._updates.arrived.clear()
                for pending in self._updates.waiting():
                    queue = _queue(pending.update)
                    if queue not in self._busy and len(self._busy) < target.connections:
                        self._busy[queue] = asyncio.create_task(self._deliver(session, target, queue, pending))
                await self._updates.arrived.wait()

    async def _deliver(self, session: aiohttp.ClientSession, target: Target, queue: object, pending: Pending) -> None:
        pause = self._first_pause
        try:
            while self._updates.holds(pending) and not await self._post(session, target, pending.update):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            self._updates.take(pending)
        finally:
            self._busy.pop(queue, None)
            self._updates.arrived.set()

    async def _post(self, session: aiohttp.ClientSession, target: Target, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": target.secret} if target.secret else {}
        try:
            async with session.post(target.url, json=update, headers=headers, allow_redirects=False) as response:
                if 200 <= response.status < 300:
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
        """A webhook may answer with one method call; its result is told to nobody. Any other body means nothing."""
        if response.content_type != "application/json":
            return
        try:
            call = json.loads(await response.read())
        except ValueError:
            return
        method = str(call.get("method", "")).lower() if isinstance(call, dict) else ""
        if method and not method.startswith("get") and method not in NEVER_AN_ANSWER:
            await self._reply(call)

    def _failed(self, message: str) -> None:
        self._error = {"last_error_date": int(self._now().timestamp()), "last_error_message": message}


def _target(request: BotRequest) -> Target:
    url, secret = request.text("url"), request.text("secret_token")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.scheme == "https" and port not in {None, *PORTS}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
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


def _queue(update: Json) -> object:
    """Which queue keeps it in order; a kind that Telegram does not know, or a broken update, has one of its own."""
    for kind, (name, holder) in QUEUES.items():
        content = update.get(kind)
        owner = content.get(holder) if isinstance(content, dict) else None
        if isinstance(owner, dict) and isinstance(owner.get("id"), int):
            return name, owner["id"]
    return id(update)
