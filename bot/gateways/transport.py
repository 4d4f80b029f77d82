"""How calls reach Telegram: HTTP by aiohttp under python-telegram-bot, several times lighter than its default.

It believes nobody but Telegram. A proxy, a gateway or a hotel's login page may answer in Telegram's place, with HTML or
with JSON of its own. The library takes its 403 for a client's block and its 404 for a refused token, and writes what it
cannot read to the log, which may be what somebody typed.
"""

import json
import ssl
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.this_machine import is_this_machine

WRITE_SECONDS = 5.0
UPLOAD_SECONDS = 20.0

_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


class Unsent(ConnectionError):
    """The call ended before its first byte left: no connection came about, or none was free."""


class Transport(BaseRequest):
    """At most ``connections`` calls at a time.

    ``connect_timeout`` is the time in seconds for a connection, whether a free or a new one; ``read_timeout`` that for
    each part of the answer.
    """

    def __init__(self, connections: int, *, connect_timeout: float = 5.0, read_timeout: float = 5.0) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """In seconds, where a call names none of its own."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Be ready for calls."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=_tls())
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make the call; answers Telegram's status and words. ``pool_timeout`` is part of ``connect_timeout``.

        Raises :class:`~telegram.error.TimedOut` or :class:`~telegram.error.NetworkError`, the latter also for an error
        that is not Telegram's; their cause is :class:`Unsent` where Telegram cannot have heard of the call.
        """
        assert self._session is not None, "initialize() comes first"  # noqa: S101 - the library's own order
        has_files = request_data is not None and request_data.contains_files
        connect = _given(connect_timeout, self._connect_timeout)
        read = _given(read_timeout, self._read_timeout)
        write = _given(write_timeout, UPLOAD_SECONDS if has_files else WRITE_SECONDS)
        timeout = aiohttp.ClientTimeout(total=connect + write + read, connect=connect, sock_read=read)
        try:
            form, proxy = _form(request_data), proxy_for(*urlsplit(url)[:2])
            request = self._session.request(method, url, data=form, timeout=timeout, proxy=proxy, allow_redirects=False)
            async with request as answer:
                code, payload = answer.status, await answer.read()
        except _UNSENT as error:  # no word of the libraries' own errors: some quote the address, which holds the token
            kind = TimedOut if isinstance(error, TimeoutError) else NetworkError
            raise kind(type(error).__name__) from Unsent()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        is_ok = HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES
        if not (is_ok and method == "GET") and not _is_telegrams(_read(payload), is_ok):  # GET fetches a file
            raise NetworkError(f"{code} without an answer of the Bot API")
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer that :meth:`do_request` has let pass; raises :class:`~telegram.error.TelegramError` on others."""
        answer = _read(payload)
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def _form(content: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if content is None or not content.contains_files:
        return content and content.json_parameters
    form = aiohttp.FormData(content.json_parameters, quote_fields=False)
    for name, (file_name, file, kind) in content.multipart_data.items():
        form.add_field(name, file, filename=file_name, content_type=kind)
    return form


def _given(timeout: Any, default: float) -> float:
    return default if timeout is None or timeout is BaseRequest.DEFAULT_NONE else float(timeout)


def _read(payload: bytes) -> object:
    try:
        return json.loads(payload)
    except ValueError:  # no JSON, or no UTF-8
        return None


def _is_telegrams(answer: object, is_ok: bool) -> bool:
    """Whether the Bot API may have said so, with a status of success or without; a gateway's JSON looks otherwise."""
    match answer:
        case {"ok": True, "result": _}:
            return is_ok
        case {"ok": False, "error_code": int(), "description": str()}:
            return not is_ok
        case _:
            return False


@cache
def proxy_for(scheme: str, host: str) -> str | None:
    """The proxy that the environment names for ``host``, looked up once: each time would double what a call costs.

    ``host`` may have a port. None for this machine itself, whatever the environment says: no proxy could reach it.
    """
    if is_this_machine(urlsplit(f"//{host}").hostname or "") or proxy_bypass(host):
        return None
    return getproxies().get(scheme)


@cache
def _tls() -> ssl.SSLContext:
    """The machine's certificate authorities and the web's, read once: that takes longer than a client's whole turn."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
