"""The stream of changes to every open window of the demo page (server-sent events)."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from demo.errors import Json
from demo.page_guard import HEADERS

log = logging.getLogger(__name__)

KEEP_ALIVE = 15.0
"""Seconds of silence after which a stream says that it is still there, which also finds closed windows."""

RECONNECT = 1000
"""Milliseconds after which a window whose stream broke tries again."""

LOOK_AGAIN = 5.0
"""Seconds after which the next planned moment is looked up although nothing visible has happened."""


class Feed:
    """Hands each change to every open window."""

    def __init__(self) -> None:
        self._windows: set[asyncio.Queue[str | None]] = set()

    def publish(self, change: Json) -> None:
        """Tell all windows."""
        event = _event("change", change)
        for window in self._windows:
            window.put_nowait(event)

    def close(self) -> None:
        """End all streams."""
        for window in self._windows:
            window.put_nowait(None)

    async def stream(self, request: web.Request, snapshot: Callable[[], Json]) -> web.StreamResponse:
        """Serve one window: a snapshot first, then the changes since, until it is closed."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        window: asyncio.Queue[str | None] = asyncio.Queue()
        self._windows.add(window)
        try:
            await response.prepare(request)
            # A window may hear of a change that its snapshot holds already; it never misses one.
            event: str | None = f"retry: {RECONNECT}\n" + _event("snapshot", snapshot())
            while event is not None:
                await response.write(event.encode())
                event = await _next(window)
        except ConnectionError:
            log.debug("a window was closed")
        finally:
            self._windows.discard(window)
        return response


class Plans:
    """What the visitor can skip to: asked again after each change, and now and then."""

    def __init__(self, next_due: Callable[[], Awaitable[datetime | None]], changed: Callable[[], None]) -> None:
        self._next_due = next_due
        self._changed = changed
        self._wake = asyncio.Event()
        self.due: datetime | None = None

    def look(self) -> None:
        """Something happened: the plans may be others."""
        self._wake.set()

    async def now(self) -> datetime | None:
        """The plans' next moment, freshly asked; told where it is another one."""
        before, self.due = self.due, await self._next_due()
        if self.due != before:
            self._changed()
        return self.due

    async def follow(self) -> None:
        """Tell of new plans, for ever."""
        while True:
            try:
                await self.now()
            except Exception:
                log.warning("the next planned moment is unknown", exc_info=True)
            # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(0.2)  # the bot speaks first and writes down afterwards that it did


async def _next(window: asyncio.Queue[str | None]) -> str | None:
    try:
        async with asyncio.timeout(KEEP_ALIVE):
            return await window.get()
    except TimeoutError:
        return ": still here\n\n"


def _event(name: str, content: Json) -> str:
    return f"event: {name}\ndata: {json.dumps(content)}\n\n"
