"""Faults on request: what the bot sees, and whether its call was processed."""

import asyncio
import json
import time

import aiohttp
import pytest

from demo import Person, StandIn
from tests.standin.api import Api


def texts(ann: Person) -> list[str | None]:
    return [message.text for message in ann.chat.messages if message.from_bot]


async def test_429_names_the_wait_and_processes_nothing(stand_in: StandIn, api: Api, ann: Person) -> None:
    stand_in.faults.add("429", retry_after=7)
    refused = await api.call("sendMessage", chat_id=ann.id, text="x")
    assert refused == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert texts(ann) == []
    assert await api.ok("sendMessage", chat_id=ann.id, text="x")


async def test_5xx_comes_as_html(stand_in: StandIn, api: Api, ann: Person) -> None:
    stand_in.faults.add("5xx", method="sendMessage", status=504)
    url = f"{stand_in.url}/bot{stand_in.token}/sendMessage"
    async with api.session.post(url, json={"chat_id": ann.id, "text": "x"}) as response:
        assert response.status == 504
        assert response.content_type == "text/html"
        assert "504 Gateway Timeout" in await response.text()
    assert texts(ann) == []


@pytest.mark.parametrize("status", [200, 403])
async def test_html_comes_as_a_proxy_sends_it(stand_in: StandIn, api: Api, ann: Person, status: int) -> None:
    stand_in.faults.add("html", method="sendMessage", status=status)
    url = f"{stand_in.url}/bot{stand_in.token}/sendMessage"
    async with api.session.post(url, json={"chat_id": ann.id, "text": "x"}) as response:
        assert (response.status, response.content_type) == (status, "text/html")
    assert texts(ann) == []


async def test_a_refusal_is_worded_as_asked_for(stand_in: StandIn, api: Api, ann: Person) -> None:
    stand_in.faults.add("refusal", status=403, description="Forbidden: user is deactivated")
    refused = await api.call("sendMessage", chat_id=ann.id, text="x")
    assert refused == {"ok": False, "error_code": 403, "description": "Forbidden: user is deactivated"}
    assert texts(ann) == []


async def test_a_late_answer_is_that_of_a_call_processed_at_once(stand_in: StandIn, api: Api, ann: Person) -> None:
    stand_in.faults.add("late")
    call = asyncio.create_task(api.ok("sendMessage", chat_id=ann.id, text="x"))
    await stand_in.world.until(lambda: texts(ann))
    assert not call.done()
    stand_in.faults.clear()
    assert (await call)["text"] == "x"


async def test_truncated_json_hides_a_call_that_was_processed(stand_in: StandIn, api: Api, ann: Person) -> None:
    stand_in.faults.add("truncated")
    url = f"{stand_in.url}/bot{stand_in.token}/sendMessage"
    async with api.session.post(url, json={"chat_id": ann.id, "text": "x"}) as response:
        assert response.status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(await response.text())
    assert texts(ann) == ["x"]


@pytest.mark.parametrize(("kind", "processed"), [("reset", []), ("lost", ["x"])])
async def test_a_broken_connection_with_and_without_the_call_processed(
    stand_in: StandIn, api: Api, ann: Person, kind: str, processed: list[str]
) -> None:
    stand_in.faults.add(kind, chat_id=ann.id)  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.call("sendMessage", chat_id=ann.id, text="x")
    assert texts(ann) == processed
    call = stand_in.world.calls[-1]
    assert (call.fault, call.answered, call.ok) == (kind, False, bool(processed))


async def test_a_hanging_call_is_processed_when_it_is_released(stand_in: StandIn, api: Api, ann: Person) -> None:
    stand_in.faults.add("hang")
    call = asyncio.create_task(api.ok("sendMessage", chat_id=ann.id, text="x"))
    await api.heard("sendMessage")
    assert not call.done()
    assert texts(ann) == []
    stand_in.faults.clear()
    assert (await call)["text"] == "x"


async def test_a_hanging_call_whose_bot_has_gone_is_not_processed(stand_in: StandIn, ann: Person) -> None:
    stand_in.faults.add("hang", seconds=0.2)
    timeout = aiohttp.ClientTimeout(total=0.05)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        with pytest.raises(TimeoutError):
            await Api(stand_in, session).call("sendMessage", chat_id=ann.id, text="x")
    await asyncio.sleep(0.25)
    assert texts(ann) == []


async def test_a_fault_waits_for_its_method_its_chat_and_its_number_of_calls(
    stand_in: StandIn, api: Api, ann: Person
) -> None:
    bob = stand_in.world.add_user("Bob")
    bob.say("/start")
    stand_in.faults.add("429", method="sendMessage", chat_id=ann.id, times=2)
    assert await api.ok("getMe")
    assert await api.ok("sendMessage", chat_id=bob.id, text="x")
    answers = [(await api.call("sendMessage", chat_id=str(ann.id), text="x"))["ok"] for _ in range(3)]
    assert answers == [False, False, True]


async def test_a_fault_without_a_number_lasts_until_it_is_cleared(stand_in: StandIn, api: Api) -> None:
    stand_in.faults.add("429", method="getMe", times=None)
    assert [(await api.call("getMe"))["ok"] for _ in range(4)] == [False] * 4
    stand_in.faults.clear()
    assert await api.ok("getMe")


async def test_a_lost_batch_of_updates_comes_again(stand_in: StandIn, api: Api, ann: Person) -> None:
    ann.say("hello")
    stand_in.faults.add("lost", method="getUpdates")
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.updates()
    assert [update["message"]["text"] for update in await api.updates()] == ["hello"]


async def test_stopping_releases_what_hangs(stand_in: StandIn, api: Api) -> None:
    stand_in.faults.add("hang", method="getMe")
    call = asyncio.create_task(api.ok("getMe"))
    await api.heard("getMe")
    before = time.monotonic()
    await stand_in.stop()
    assert (await call)["is_bot"] is True
    assert time.monotonic() - before < 5
