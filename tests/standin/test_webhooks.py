"""Webhooks: the secret, retries with a growing delay, order within a chat, and what getWebhookInfo tells."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from demo import Person, World
from tests.standin.api import Api


@dataclass
class Receiver:
    """A bot's webhook that answers with the statuses it is told, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)
    seen: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.reply, status=status)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.seen]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    target = Receiver()
    app = web.Application()
    app.router.add_post("/hook", target.receive)
    server = TestServer(app)
    await server.start_server()
    target.url = str(server.make_url("/hook"))
    yield target
    await server.close()


async def test_updates_are_posted_with_the_secret_and_are_done_with_when_received(
    api: Api, world: World, ann: Person, receiver: Receiver
) -> None:
    ann.say("waiting")
    set_up = await api.call("setWebhook", url=receiver.url, secret_token="s3cret_-", max_connections=7)
    assert set_up == {"ok": True, "result": True, "description": "Webhook was set"}
    ann.say("new")
    await world.until(lambda: not len(world.updates))
    assert receiver.texts() == ["waiting", "new"]
    assert {secret for secret, _ in receiver.seen} == {"s3cret_-"}
    info = await api.ok("getWebhookInfo")
    assert info["url"] == receiver.url
    assert info["max_connections"] == 7
    assert info["pending_update_count"] == 0
    assert "last_error_message" not in info


async def test_a_failed_delivery_is_repeated_and_keeps_the_order_of_its_chat(
    api: Api, world: World, ann: Person, receiver: Receiver
) -> None:
    receiver.statuses = [500, 404]
    await api.ok("setWebhook", url=receiver.url)
    ann.say("one")
    ann.say("two")
    await world.until(lambda: not len(world.updates))
    assert receiver.texts() == ["one", "one", "one", "two"]
    assert {secret for secret, _ in receiver.seen} == {None}
    info = await api.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"


async def test_one_chats_failure_does_not_hold_another(api: Api, world: World, ann: Person, receiver: Receiver) -> None:
    receiver.statuses = [500] * 3
    bob = world.add_user("Bob")
    await api.ok("setWebhook", url=receiver.url)
    ann.say("stuck")
    bob.say("through")
    await world.until(lambda: len(world.updates) == 0)
    assert receiver.texts().count("through") >= 1
    assert receiver.texts()[-1] == "stuck"


async def test_nobody_listening_is_an_error_that_can_be_read(api: Api, world: World, ann: Person) -> None:
    await api.ok("setWebhook", url="http://127.0.0.1:9/", allowed_updates=["message"])
    ann.say("hello")
    while "last_error_message" not in (info := await api.ok("getWebhookInfo")):
        await asyncio.sleep(0.01)
    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1
    assert info["allowed_updates"] == ["message"]
    removed = await api.call("deleteWebhook", drop_pending_updates=True)
    assert removed["description"] == "Webhook was deleted"
    assert (await api.ok("getWebhookInfo"))["url"] == ""
    assert await api.updates() == []


async def test_a_webhook_may_answer_with_a_call(api: Api, world: World, ann: Person, receiver: Receiver) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": ann.id, "text": "at once"}
    await api.ok("setWebhook", url=receiver.url)
    ann.say("hello")
    last = await world.until(ann.chat.last)
    assert last.text == "at once"


async def test_setting_or_deleting_twice_says_so(api: Api, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url)
    assert (await api.call("setWebhook", url=receiver.url))["description"] == "Webhook is already set"
    assert (await api.call("setWebhook", url=""))["description"] == "Webhook was deleted"
    assert (await api.call("deleteWebhook"))["description"] == "Webhook is already deleted"


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"url": "http://bot.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://bot.example/", "secret_token": "ä"}, "secret token contains unallowed characters"),
        ({"url": "https://bot.example/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_a_bad_webhook_is_refused(api: Api, params: dict[str, str], complaint: str) -> None:
    assert await api.refusal("setWebhook", **params) == f"Bad Request: {complaint}"
