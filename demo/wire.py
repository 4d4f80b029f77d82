"""What goes over the wire: reading a call from an HTTP request, breaking a connection as networks do."""

import json
import socket
import struct
from typing import Any

from aiohttp import BodyPartReader, web

from demo.errors import Json, bad_request
from demo.files import Upload


async def read_fields(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """A call's parameters (query string and body together) and its files by the names of their parts."""
    fields: Json = dict(request.query)
    if not request.can_read_body:
        return fields, {}
    if request.content_type == "application/json":
        return fields | await _json(request), {}
    if request.content_type.startswith("multipart/"):
        more, uploads = await _multipart(request)
        return fields | more, uploads
    return fields | {key: str(value) for key, value in (await request.post()).items()}, {}


def reset(request: web.Request) -> None:
    """Reset the connection: the client sees it at once and gets no answer."""
    if (transport := request.transport) is not None:
        linger = struct.pack("ii", 1, 0)  # closing then sends RST instead of FIN
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()


def close(request: web.Request) -> None:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.close()


def is_gone(request: web.Request) -> bool:
    """Whether the client has hung up."""
    return request.transport is None or request.transport.is_closing()


async def _json(request: web.Request) -> Json:
    try:
        body: Any = json.loads(await request.read() or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("object expected as the request's JSON")
    return body


async def _multipart(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    fields: Json = {}
    uploads: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse multipart body")
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            fields[part.name] = content.decode()
        else:
            uploads[part.name] = Upload(content, part.filename, part.headers.get("Content-Type", ""))
    return fields, uploads
