"""The stand-in's HTTP side: a Bot API server on this machine, for one bot."""

import asyncio
import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from aiohttp import web

from demo import wire
from demo.errors import BotApiError, Json, conflict, too_many_requests
from demo.faults import Fault, Faults
from demo.files import Upload
from demo.flood import FloodLimits
from demo.ledger import Call
from demo.methods import METHODS
from demo.polling import Poller
from demo.requests import BotRequest, plain_params
from demo.schema import method_name, typed
from demo.webhook import Webhook
from demo.world import World

MAX_BODY = 51 * 1024 * 1024
"""Bytes."""

HTML_ERROR = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>"
)


class StandIn:
    """A running Bot API server and the world behind it; :meth:`start` makes one."""

    def __init__(self, world: World, token: str, *, strict: bool, flood_limits: bool, webhook_pause: float) -> None:
        self.world = world
        self.token = token
        self.faults = Faults()
        self.flood = FloodLimits(asyncio.get_running_loop().time, enabled=flood_limits)
        self.strict = strict
        self.url = ""
        self._poller = Poller(world.updates)
        self._webhook = Webhook(world.updates, world.now, self._webhook_reply, first_pause=webhook_pause)
        self._runner: web.AppRunner | None = None

    @classmethod
    async def start(  # noqa: PLR0913 - all are keywords, most have defaults
        cls,
        *,
        now: Callable[[], datetime],
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        username: str = "afterglow_demo_bot",
        name: str = "Afterglow",
        extra_routes: Iterable[web.AbstractRouteDef] = (),
        strict: bool = True,
        flood_limits: bool = False,
        webhook_pause: float = 1.0,
    ) -> "StandIn":
        """Listen on ``host`` (``port`` 0: any free one) and return the running server.

        ``strict`` refuses parameters that Telegram would silently ignore. ``webhook_pause`` is the wait in seconds
        before a failed webhook delivery is repeated for the first time. Raises :class:`OSError` for a busy port.
        """
        token = token or f"1000001:{secrets.token_urlsafe(26)}"
        world = World(now, bot_id=int(token.partition(":")[0]), username=username, name=name)
        server = cls(world, token, strict=strict, flood_limits=flood_limits, webhook_pause=webhook_pause)
        await server._listen(host, port, extra_routes)
        return server

    async def stop(self) -> None:
        """Release what hangs, end long polls at once and stop listening."""
        self.faults.clear()
        self._poller.close()
        await self._webhook.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _listen(self, host: str, port: int, extra_routes: Iterable[web.AbstractRouteDef]) -> None:
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.add_routes(extra_routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}"

    async def _download(self, request: web.Request) -> web.Response:
        file = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or file is None:
            return _respond(BotApiError(404, "Not Found").as_json())
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _call(self, request: web.Request) -> web.Response:
        try:
            method = self._authorised_method(request)
            fields, uploads = await wire.read_fields(request)
        except BotApiError as error:
            return _respond(error.as_json())
        except web.HTTPRequestEntityTooLarge:
            return _respond(BotApiError(413, "Request Entity Too Large").as_json())
        call = Call(method, _ledger_fields(fields, uploads), self.world.now(), _chat_id(fields))
        self.world.calls.append(call)
        fault = self.faults.take(method, call.chat_id)
        if fault is None:
            return _respond(await self._process(call, fields, uploads))
        call.fault, call.answered = fault.kind, False
        return await self._spoil(request, fault, call, fields, uploads)

    def _authorised_method(self, request: web.Request) -> str:
        token = request.match_info["token"]
        if token != self.token:
            known_form = re.fullmatch(r"\d+:[\w-]+", token)
            raise BotApiError(401, "Unauthorized") if known_form else BotApiError(404, "Not Found")
        method = method_name(request.match_info["method"])
        if method is None:
            raise BotApiError(404, "Not Found")
        return method

    async def _process(self, call: Call, fields: Json, uploads: dict[str, Upload]) -> Json:
        """Carry the call out; the envelope with its result or with Telegram's refusal."""
        try:
            self.flood.check(call.method, call.chat_id)
            request = self._typed_request(call.method, fields, uploads)
            call.params = plain_params(request.params)
            envelope = await self._result(request)
        except BotApiError as error:
            call.status, call.description = error.code, error.description
            return error.as_json()
        call.status, call.result = 200, envelope["result"]
        return envelope

    def _typed_request(self, method: str, fields: Json, uploads: dict[str, Upload]) -> BotRequest:
        attached = {name for name in uploads if f"attach://{name}" in json.dumps(fields)}
        direct = {name: upload for name, upload in uploads.items() if name not in attached}
        params = typed(method, {**fields, **direct}, strict=self.strict)
        return BotRequest(self.world, method, params, uploads)

    async def _result(self, request: BotRequest) -> Json:
        match request.method:
            case "getUpdates":
                if self._webhook.active:
                    hint = "use deleteWebhook to delete the webhook first"
                    raise conflict(f"can't use getUpdates method while webhook is active; {hint}")
                return {"ok": True, "result": await self._poller.get_updates(request)}
            case "setWebhook" | "deleteWebhook":
                description = await self._webhook.set(request)
                if self._webhook.active:
                    self._poller.end("terminated by setWebhook request")
                return {"ok": True, "result": True, "description": description}
            case "getWebhookInfo":
                return {"ok": True, "result": self._webhook.info()}
            case method:
                return {"ok": True, "result": METHODS[method](request)}

    async def _spoil(
        self, request: web.Request, fault: Fault, call: Call, fields: Json, uploads: dict[str, Upload]
    ) -> web.Response:
        """Answer as the fault wants it; see :class:`~demo.faults.Faults` for which calls are processed."""
        match fault.kind:
            case "429" | "refusal":
                is_flood = fault.kind == "429"
                error = (
                    too_many_requests(fault.retry_after) if is_flood else BotApiError(fault.status, fault.description)
                )
                call.status, call.description = error.code, error.description
                return _respond(error.as_json())
            case "5xx" | "html" | "json":
                call.status = fault.status
                return _from_a_stranger(fault)
            case "hang":
                await fault.hold()
                if not wire.is_gone(request):
                    call.answered = True
                    return _respond(await self._process(call, fields, uploads))
            case "late":
                envelope = await self._process(call, fields, uploads)
                await fault.hold()
                call.answered = not wire.is_gone(request)
                return _respond(envelope)
            case "reset":
                wire.reset(request)
            case "lost":
                await self._process(call, fields, uploads)
                wire.close(request)
            case "truncated":
                body = json.dumps(await self._process(call, fields, uploads)).encode()
                return web.Response(body=body[: len(body) // 2], content_type="application/json")
        return web.Response()  # nobody is there to read it

    async def _webhook_reply(self, fields: Json) -> None:
        """Carry out the call that a webhook gave as its answer."""
        method = method_name(str(fields.pop("method")))
        if method is None:
            return
        call = Call(method, fields, self.world.now(), _chat_id(fields))
        self.world.calls.append(call)
        await self._process(call, fields, {})


def _respond(envelope: Json) -> web.Response:
    return web.json_response(envelope, status=envelope.get("error_code", 200))


def _from_a_stranger(fault: Fault) -> web.Response:
    if fault.kind == "json":
        return web.Response(status=fault.status, text=fault.description, content_type="application/json")
    reason = web.Response(status=fault.status).reason
    page = HTML_ERROR.format(f"{fault.status} {reason}")
    return web.Response(status=fault.status, text=page, content_type="text/html")


def _chat_id(fields: Json) -> int | None:
    try:
        return int(fields["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _ledger_fields(fields: Json, uploads: dict[str, Upload]) -> Json:
    return fields | {name: upload.file_name for name, upload in uploads.items()}
