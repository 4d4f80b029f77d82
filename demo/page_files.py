"""The files that the demo page serves: its own, and those that people, the bot and mails have sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from aiohttp import web

from demo.page_guard import RefusalError

T = TypeVar("T")

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Media types that the browser may show; everything else is only downloaded."""


async def static(request: web.Request) -> web.Response:
    """One of the page's own files; without a name the page itself."""
    path = STATIC / request.match_info.get("name", "index.html")
    if path.parent != STATIC or path.suffix not in MEDIA_TYPES or not path.is_file():
        raise RefusalError(404, "no such file")
    return web.Response(body=path.read_bytes(), content_type=MEDIA_TYPES[path.suffix], charset="utf-8")


def download(name: str, media_type: str, content: bytes) -> web.Response:
    """A file under its own name; pictures may be shown, nothing else may run or be shown on the page's address."""
    shown = media_type in SHOWN
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}"
    shown_type = media_type if shown else "application/octet-stream"
    return web.Response(body=content, content_type=shown_type, headers={"Content-Disposition": disposition})


def item_at(items: Sequence[T], position: str, first: int = 0) -> T:
    """The item that an address names, counted from ``first``. Raises RefusalError (404) where there is none."""
    number = int(position) - first if position.isdecimal() else -1
    if not 0 <= number < len(items):
        raise RefusalError(404, "no such thing")
    return items[number]
