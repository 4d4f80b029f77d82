"""One call to the customer database, over real HTTP: what counts as success, and where no call ever goes."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.clinic import Crm
from bot.gateways.crm import CrmFailed, post
from tests.crm.receiver import Receiver, open_receiver

SECRET = "0123456789abcdef"


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as opened:
        yield opened


async def call(url: str, *, allow_private: bool = True) -> None:
    await post(Crm(url, SECRET, allow_private), b"{}", {"Content-Type": "application/json"})


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_is_success(receiver: Receiver, status: int) -> None:
    receiver.status = status
    await call(receiver.url)
    assert receiver.bodies == [b"{}"]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
async def test_everything_else_is_tried_again_later(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(CrmFailed, match=str(status)):
        await call(receiver.url)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.status, receiver.location = status, receiver.url
    with pytest.raises(CrmFailed, match=str(status)):
        await call(receiver.url)
    assert len(receiver.calls) == 1


async def test_nobody_there_is_tried_again_later(unused_tcp_port: int) -> None:
    with pytest.raises(CrmFailed):
        await call(f"http://127.0.0.1:{unused_tcp_port}/hook")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_this_machine_is_refused_unless_it_is_allowed(receiver: Receiver, host: str) -> None:
    with pytest.raises(CrmFailed):
        await call(receiver.url.replace("127.0.0.1", host), allow_private=False)
    assert receiver.calls == []


async def test_a_name_that_leads_somewhere_else_after_it_was_checked_gets_no_connection(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is judged where the socket is made: what the name answered before does not count."""
    port = int(receiver.url.rsplit(":", 1)[1].partition("/")[0])
    lookups: list[str] = []

    def lookup(host: str, *args: Any, **options: Any) -> list[Any]:
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(CrmFailed):
        await call(f"http://crm.example:{port}/hook", allow_private=False)
    assert lookups == ["crm.example"]
    assert receiver.calls == []
