"""Who may talk to the demo page: a browser on this machine that shows this very page, and nobody else."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

from demo.errors import ImpossibleError

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""What every answer of the page carries, unless its handler says otherwise."""


class RefusalError(Exception):
    """A request that the page refuses: an HTTP status and what is wrong, for the visitor's eyes."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def guarded(handler: Handler) -> Handler:
    """Let local, same-origin requests through, answer refusals as JSON, and add the security headers.

    A page elsewhere could otherwise act here through the visitor's browser (forged requests, DNS rebinding).
    """

    async def check_and_handle(request: web.Request) -> web.StreamResponse:
        try:
            _check_origin(request)
            response = await handler(request)
        except RefusalError as refusal:
            response = web.json_response({"error": refusal.reason}, status=refusal.status)
        except ImpossibleError as impossible:
            response = web.json_response({"error": str(impossible).partition("\n")[0]}, status=409)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return check_and_handle


def _check_origin(request: web.Request) -> None:
    if _hostname(request.host) not in LOOPBACK:
        raise RefusalError(403, "this page answers on this computer only")
    if request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}":
        raise RefusalError(403, "this request comes from another page")
    if request.method == "POST" and request.content_type != "application/json":
        raise RefusalError(415, "application/json is expected")


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
