"""Webhooks: the secret, retries with a growing delay, order within a queue, and what getWebhookInfo tells."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from demo import Chat, Person, World, wire
from tests.standin.api import Api

PORTS = "Webhook can be set up only on ports 80, 88, 443 or 8443"


@dataclass
class Receiver:
    """A bot's webhook that answers with the statuses it is told, then with 200.

    What holds the word ``jammed`` fails until ``released``; what holds ``silence`` or ``hang up`` is, the first time,
    never answered, or the connection is closed.
    """

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    reply: dict[str, Any] | bytes = field(default_factory=dict)
    seen: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    released: bool = False

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body, before = await request.text(), len(self.seen)
        self.seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), json.loads(body)))
        if "silence" in body and before == 0:
            await asyncio.sleep(5)
        if "hang up" in body and before == 0:
            wire.close(request)
        if "jammed" in body and not self.released:
            return web.Response(status=500)
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Location": "/elsewhere"} if 300 <= status < 400 else {}
        content = self.reply if isinstance(self.reply, bytes) else json.dumps(self.reply).encode()
        return web.Response(body=content, content_type="application/json", status=status, headers=headers)

    async def elsewhere(self, _: web.Request) -> web.Response:
        return web.Response()

    def updates(self, kind: str) -> list[dict[str, Any]]:
        return [update[kind] for _, update in self.seen if kind in update]

    def texts(self) -> list[str]:
        return [message["text"] for message in self.updates("message")]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    target = Receiver()
    app = web.Application()
    app.router.add_post("/hook", target.receive)
    app.router.add_route("*", "/elsewhere", target.elsewhere)
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


async def test_a_tap_overtakes_a_text_that_fails_and_a_block_overtakes_both(
    api: Api, world: World, ann: Person, receiver: Receiver
) -> None:
    await api.ok("setWebhook", url=receiver.url)
    ann.edit(ann.say("jammed"), "jammed as well")
    ann.press(1, "first")
    ann.press(1, "second")
    ann.block_bot()
    await world.until(lambda: receiver.updates("my_chat_member") and len(receiver.updates("callback_query")) == 2)
    assert [query["data"] for query in receiver.updates("callback_query")] == ["first", "second"]
    assert receiver.updates("edited_message") == [], "an edited text waits behind the text"
    assert len(world.updates) == 2
    receiver.released = True
    await world.until(lambda: not len(world.updates))
    assert receiver.updates("edited_message")


async def test_taps_of_two_people_in_one_group_go_side_by_side(
    api: Api, world: World, mia: Person, staff: Chat, receiver: Receiver
) -> None:
    jonas = world.add_user("Jonas")
    jonas.join(staff)
    world.updates.clear()
    await api.ok("setWebhook", url=receiver.url)
    mia.press(1, "jammed", chat=staff)
    jonas.press(1, "through", chat=staff)
    await world.until(lambda: len(world.updates) == 1)
    assert "through" in [query["data"] for query in receiver.updates("callback_query")]


@pytest.mark.parametrize("status", [302, 304])
async def test_what_is_not_a_success_is_repeated_and_no_redirect_is_followed(
    api: Api, world: World, ann: Person, receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status]
    await api.ok("setWebhook", url=receiver.url)
    ann.say("one")
    await world.until(lambda: not len(world.updates))
    assert receiver.texts() == ["one", "one"]


@pytest.mark.parametrize("reply", [b"ok", b"", b"[]", b"\xff", b'"method"', b'{"method": 7}'])
async def test_a_body_that_is_no_call_is_received_all_the_same(
    api: Api, world: World, ann: Person, receiver: Receiver, reply: bytes
) -> None:
    receiver.reply = reply
    await api.ok("setWebhook", url=receiver.url)
    ann.say("one")
    ann.say("two")
    await world.until(lambda: not len(world.updates))
    assert receiver.texts() == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "error"), [("silence", "Read timeout expired"), ("hang up", "Connection closed by peer")]
)
async def test_a_webhook_that_does_not_answer_is_asked_again(
    api: Api,
    world: World,
    ann: Person,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    error: str,
) -> None:
    monkeypatch.setattr("demo.webhook.READ_TIMEOUT", 0.1)
    await api.ok("setWebhook", url=receiver.url)
    ann.say(text)
    ann.say("next")
    await world.until(lambda: not len(world.updates))
    assert receiver.texts() == [text, text, "next"]
    assert (await api.ok("getWebhookInfo"))["last_error_message"] == error


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


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "setWebhook"])
async def test_a_webhook_cannot_answer_with_a_question_or_about_itself(
    api: Api, world: World, ann: Person, receiver: Receiver, method: str
) -> None:
    receiver.reply = {"method": method}
    await api.ok("setWebhook", url=receiver.url)
    ann.say("hello")
    await world.until(lambda: not len(world.updates))
    assert [call.method for call in world.calls] == ["setWebhook"]


async def test_setting_or_deleting_twice_says_so(api: Api, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url)
    assert (await api.call("setWebhook", url=receiver.url))["description"] == "Webhook is already set"
    assert (await api.call("setWebhook", url=""))["description"] == "Webhook was deleted"
    assert (await api.call("deleteWebhook"))["description"] == "Webhook is already deleted"


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"url": "http://bot.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://bot.example:8000/"}, f"bad webhook: {PORTS}"),
        ({"url": "https://bot.example:port/"}, "invalid webhook URL specified"),
        ({"url": "https://bot.example/", "secret_token": "ä"}, "secret token contains unallowed characters"),
        ({"url": "https://bot.example/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_a_bad_webhook_is_refused(api: Api, params: dict[str, str], complaint: str) -> None:
    assert await api.refusal("setWebhook", **params) == f"Bad Request: {complaint}"


@pytest.mark.parametrize("port", ["", ":80", ":88", ":443", ":8443"])
async def test_the_ports_that_telegram_posts_to_are_taken(api: Api, port: str) -> None:
    assert await api.ok("setWebhook", url=f"https://127.0.0.1{port}/", allowed_updates=["message"])
