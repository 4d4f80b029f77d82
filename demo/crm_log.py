"""The clinic's customer database: a local receiver that checks each call's signature, and a log of what came.

It is written from the outside, as a clinic's own receiver would be: it knows the address, the secret and the three
headers, and nothing of the bot.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web

from demo.errors import Json
from demo.observers import Observers

LARGEST_CALL = 100_000
"""Bytes."""

STALE = timedelta(minutes=5)
"""A call signed longer ago may be a recording, played again."""


@dataclass(frozen=True, slots=True)
class CrmCall:
    """One received call. ``number`` counts from 1; ``refused`` says why it was not believed, empty where it was."""

    number: int
    event_id: str
    received_at: datetime
    content: Json
    refused: str = ""
    repeated: bool = False


class CrmLog:
    """Answers 200 to a call that is signed with its secret, 401 to any other; a repeat is known by its event's id."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.calls: list[CrmCall] = []
        self.secret = secrets.token_hex(32)
        self._now = now
        self._observers = Observers()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where to call. Raises RuntimeError before ``start``."""
        if self._runner is None:
            raise RuntimeError("the customer database is not started")
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/events"

    async def start(self) -> None:
        """Listen on the loopback interface."""
        application = web.Application(client_max_size=LARGEST_CALL)
        application.router.add_post("/events", self._receive)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        """Stop listening; received calls stay."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` whenever a call has arrived; returns the function that ends this."""
        return self._observers.subscribe(callback)

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        refused = self._why_refused(request, body)
        event_id = request.headers.get("X-Afterglow-Event", "")
        repeated = any(call.event_id == event_id and not call.refused for call in self.calls)
        self.calls.append(
            CrmCall(len(self.calls) + 1, event_id, self._now(), _readable(body), refused, repeated and not refused)
        )
        self._observers.notify()
        return web.Response(status=401 if refused else 200)

    def _why_refused(self, request: web.Request, body: bytes) -> str:
        timestamp = request.headers.get("X-Afterglow-Timestamp", "")
        signed = hmac.new(self.secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()
        given = request.headers.get("X-Afterglow-Signature", "")
        if not hmac.compare_digest(f"sha256={signed}".encode(), given.encode()):
            return "wrong signature"
        if not timestamp.isdecimal() or abs(self._now().timestamp() - int(timestamp)) > STALE.total_seconds():
            return "signed too long ago"
        return "" if _readable(body) else "no JSON object"


def _readable(body: bytes) -> Json:
    try:
        content: Any = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
