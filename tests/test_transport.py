"""How calls leave the house: through the proxy of the environment, and without the token in any error."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from telegram.error import NetworkError

from bot.gateways import transport
from bot.gateways.telegram import build_bot

TOKEN = "1:secret"
ME = {"id": 1, "is_bot": True, "first_name": "Afterglow", "username": "afterglow_bot"}


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """A proxy that answers in Telegram's place, named in the environment; gives the addresses it was asked for."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(str(request.url))
        return web.json_response({"ok": True, "result": ME})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("no_proxy", "excepted.example")
    transport.proxy_for.cache_clear()
    yield asked
    await runner.cleanup()
    transport.proxy_for.cache_clear()


async def test_calls_go_through_the_proxy_of_the_environment(proxy: list[str]) -> None:
    async with build_bot(TOKEN, "http://telegram.example") as bot:
        assert bot.username == "afterglow_bot"
    assert proxy == [f"http://telegram.example/bot{TOKEN}/getMe"]


async def test_a_host_that_is_excepted_is_called_directly(proxy: list[str]) -> None:
    assert transport.proxy_for("http", "excepted.example:8081") is None
    assert transport.proxy_for("http", "other.example:8081") is not None
    assert proxy == []


@pytest.mark.parametrize("host", ["127.0.0.1:8081", "127.1.2.3", "localhost", "localhost:8081", "[::1]:8081"])
def test_no_proxy_stands_between_this_machine_and_itself(proxy: list[str], host: str) -> None:
    assert transport.proxy_for("http", host) is None


async def test_this_machine_is_called_directly_and_no_error_holds_the_token(proxy: list[str]) -> None:
    bot = build_bot(TOKEN, f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(NetworkError) as failed:
        await bot.initialize()
    assert proxy == []
    error: BaseException | None = failed.value
    while error is not None:
        assert "secret" not in str(error)
        error = error.__cause__ or error.__context__
    await bot.shutdown()
