"""A customer database for tests: a real HTTP server on this machine that keeps what it was sent."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Receiver:
    """``status`` is what it answers; ``calls`` are the events it was sent, refused ones too."""

    url: str = ""
    status: int = 204
    location: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        content = await request.read()
        self.bodies.append(content)
        self.calls.append(json.loads(content))
        self.headers.append(dict(request.headers))
        return web.Response(status=self.status, headers={"Location": self.location} if self.location else {})

    @property
    def events(self) -> list[str]:
        """The events in the order in which they came."""
        return [call["event"] for call in self.calls]


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    """Start one on a free port."""
    receiver, application = Receiver(), web.Application()
    application.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
