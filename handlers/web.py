"""The web server: the webhook that Telegram posts to, ``/healthz``, ``/readyz`` and ``/metrics``.

A webhook is answered with 200 only after its update was committed to the inbox: until then Telegram keeps it and posts
it again, and a repeat is recognised by its number. Nothing here answers with anything personal.
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.metrics import CONTENT_TYPE
from bot.settings import Listen, Webhook
from handlers.health import Doctor, Pulse, measure
from handlers.services import Services

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name
LARGEST_UPDATE = 1024 * 1024
"""Bytes. Telegram's largest updates, with long quoted messages and keyboards, stay far below."""

DRAIN_SECONDS = 2
RETRY_SECONDS = "2"


class WebServer:
    """Serves from :meth:`start` to :meth:`stop`; ``store`` commits updates to the inbox."""

    def __init__(
        self,
        services: Services,
        pulse: Pulse,
        store: Callable[[list[Any]], Awaitable[object]],
        listen: Listen,
        webhook: Webhook | None,
    ) -> None:
        self._services = services
        self._pulse = pulse
        self._doctor = Doctor(services, pulse)
        self._store = store
        self._listen = listen
        self._secret = webhook.secret.encode() if webhook else b""
        application = web.Application(client_max_size=LARGEST_UPDATE)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/readyz", self._readyz)
        application.router.add_get("/metrics", self._metrics)
        if webhook is not None:
            application.router.add_post(webhook.path, self._receive)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=DRAIN_SECONDS)

    async def start(self) -> None:
        """Begin to serve; raises :class:`OSError` where the address cannot be used."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._listen.host, self._listen.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        log.info("/healthz, /readyz and /metrics are at %s", self.url)

    @property
    def url(self) -> str:
        """Where it serves, without a path."""
        host, port, *_ = self._runner.addresses[0]
        return f"http://{Listen(host, port)}"

    async def stop(self) -> None:
        """Take no more; what was being answered is answered, within ``DRAIN_SECONDS``."""
        await self._runner.cleanup()
        await self._doctor.stop()

    async def _healthz(self, _: web.Request) -> web.Response:
        """The event loop turns: it has just answered."""
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        found = await self._doctor.findings()
        text = "".join(f"{'ok   ' if line.good else 'wrong'} {line.part}: {line.words}\n" for line in found)
        return web.Response(text=text, status=200 if all(line.good for line in found) else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        await measure(self._services)
        return web.Response(body=self._services.metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        body = await request.read()  # aiohttp answers 413 by itself where it is larger than allowed
        if not self._pulse.ready:  # whose bot this is, Telegram has not told yet
            return web.Response(status=503, headers={"Retry-After": RETRY_SECONDS})
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        try:
            await self._store([update])
        except Exception:  # whatever it is, it must not be answered with 200
            log.exception("an update could not be stored; Telegram will post it again")
            return web.Response(status=503, headers={"Retry-After": RETRY_SECONDS})
        return web.Response()
