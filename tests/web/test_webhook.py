"""The webhook: Telegram's posts become updates, nobody else's do, and 200 means that it is stored."""

import asyncio
import json
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.settings import Listen, SettingsError, Webhook
from handlers.web import LARGEST_UPDATE
from tests.house import House, open_house
from tests.web.conftest import HEADERS, SECRET, free_port, meddle


def hook(house: House) -> str:
    assert house.webhook is not None
    return house.webhook.url


def update(number: int, **content: Any) -> dict[str, Any]:
    return {"update_id": number, **content}


def newest(house: House) -> int:
    last = house.anna.chat.last()
    return last.message_id if last else 0


def stored(folder: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        return database.execute("SELECT update_id, state FROM inbox ORDER BY id").fetchall()


async def test_a_whole_dialogue_comes_through_the_webhook(hooked: House) -> None:
    await hooked.consult()
    await hooked.quiet()
    polls = [call for call in hooked.standin.world.calls if call.method == "getUpdates"]
    assert polls == [], "behind a webhook nobody polls"


async def test_what_arrived_before_the_start_is_delivered_too(tmp_path: Path) -> None:
    port = free_port()
    webhook = Webhook(f"http://127.0.0.1:{port}/", SECRET)
    async with open_house(tmp_path, listen=Listen("127.0.0.1", port), webhook=webhook) as house:
        await house.life.end()
        house.anna.say("/start")
        await asyncio.sleep(0)
        await house.begin()
        await house.button("answer:consent:agree")


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "\udcff"])
async def test_a_wrong_secret_is_refused_and_stores_nothing(
    hooked: House, http: ClientSession, tmp_path: Path, secret: str
) -> None:
    headers = dict.fromkeys(HEADERS, secret) if secret else {}
    async with http.post(hook(hooked), json=update(1), headers=headers) as answer:
        assert answer.status == 403
        assert await answer.read() == b""
    assert stored(tmp_path) == []


async def test_a_body_that_is_too_large_is_refused_and_the_next_one_taken(
    hooked: House, http: ClientSession, tmp_path: Path
) -> None:
    for number, length, status in ((1, LARGEST_UPDATE, 413), (2, LARGEST_UPDATE // 2, 200)):
        body = BytesIO(json.dumps(update(number, text="x" * length)).encode())
        async with http.post(hook(hooked), data=body, headers=HEADERS) as answer:
            assert answer.status == status
    assert [number for number, _ in stored(tmp_path)] == [2]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b'{"update_id": "1"}', b"[" * 100_000, b"\xff"])
async def test_what_is_no_update_is_refused(hooked: House, http: ClientSession, tmp_path: Path, body: bytes) -> None:
    async with http.post(hook(hooked), data=body, headers=HEADERS) as answer:
        assert answer.status == 400
    assert stored(tmp_path) == []


async def test_an_update_posted_twice_is_dealt_with_once(hooked: House, http: ClientSession, tmp_path: Path) -> None:
    hooked.anna.say("hello")
    await hooked.button("answer:consent:agree")
    await hooked.quiet()
    before = newest(hooked)
    person = {"id": hooked.anna.id, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    chat = {"id": hooked.anna.id, "type": "private", "first_name": "Anna"}
    message = {"message_id": 900, "date": 1_790_000_000, "chat": chat, "from": person, "text": "/help"}

    async def post() -> int:
        async with http.post(hook(hooked), json=update(77, message=message), headers=HEADERS) as answer:
            return answer.status

    assert await asyncio.gather(*(post() for _ in range(5))) == [200] * 5
    await hooked.eventually(lambda: newest(hooked) > before)
    await hooked.quiet()
    once = [message.message_id for message in hooked.anna.chat.messages]
    assert await post() == 200
    await hooked.quiet()
    assert [row for row in stored(tmp_path) if row[0] == 77] == [(77, "done")]
    assert [message.message_id for message in hooked.anna.chat.messages] == once


async def test_an_update_that_cannot_be_understood_is_taken_and_stops_nobody(
    hooked: House, http: ClientSession
) -> None:
    async with http.post(hook(hooked), json=update(5, message={"chat": 7}), headers=HEADERS) as answer:
        assert answer.status == 200
    hooked.anna.say("/start")
    await hooked.button("answer:consent:agree")


async def test_without_a_commit_there_is_no_200_and_telegram_posts_again(
    hooked: House, http: ClientSession, tmp_path: Path
) -> None:
    await meddle(tmp_path, "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    async with http.post(hook(hooked), json=update(9), headers=HEADERS) as answer:
        assert answer.status == 503
    hooked.anna.say("/start")
    await asyncio.sleep(0.1)
    assert len(hooked.standin.world.updates) == 1, "it is still Telegram's to keep"
    await meddle(tmp_path, "DROP TRIGGER full")
    await hooked.button("answer:consent:agree")


async def test_a_text_that_a_later_tap_overtook_is_no_answer_to_the_next_question(
    hooked: House, tmp_path: Path
) -> None:
    hooked.anna.say("/start")
    await hooked.tap("answer:consent:agree")
    await hooked.button("answer:symptoms:none")
    text_id = hooked.standin.world.updates.next_id
    await meddle(
        tmp_path,
        f"CREATE TRIGGER late BEFORE INSERT ON inbox WHEN NEW.update_id = {text_id} "
        "BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    )
    hooked.anna.say("None of these")
    await hooked.tap("answer:symptoms:none")
    await hooked.button("answer:procedures:none")
    await meddle(tmp_path, "DROP TRIGGER late")
    screen = await hooked.screen("didn't quite get that")
    assert screen.has_button("answer:procedures:none")
    assert screen.has_button("question:send"), "what was written can still be passed on"
    assert (await hooked.client()).consultation["answers"] == {"age": "adult", "symptoms": ["none"]}


async def test_polling_takes_over_from_a_webhook_and_back(tmp_path: Path) -> None:
    port = free_port()
    listen, webhook = Listen("127.0.0.1", port), Webhook(f"http://127.0.0.1:{port}/x", SECRET)
    async with open_house(tmp_path) as house:
        house.anna.say("/start")
        await house.tap("answer:consent:agree")
        await house.life.end()
        house.listen, house.webhook = listen, webhook
        await house.begin()
        await house.tap("answer:symptoms:none")
        await house.life.end()
        house.listen = house.webhook = None
        await house.begin()
        await house.tap("answer:procedures:none")
        await house.quiet()


async def test_an_address_that_telegram_refuses_is_named(tmp_path: Path) -> None:
    webhook = Webhook("http://bot.example/", SECRET)
    with pytest.raises(SettingsError, match="WEBHOOK_URL"):
        async with open_house(tmp_path, listen=Listen("127.0.0.1", 0), webhook=webhook):
            raise AssertionError("it must not begin")


async def test_a_chosen_address_that_is_taken_is_named_and_the_default_is_done_without(tmp_path: Path) -> None:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = int(runner.addresses[0][1])
    try:
        async with open_house(tmp_path / "a", listen=Listen("127.0.0.1", port, chosen=False)) as house:
            house.anna.say("/start")
            await house.button("answer:consent:agree")
        with pytest.raises(SettingsError, match="LISTEN: the address cannot be used"):
            async with open_house(tmp_path / "b", listen=Listen("127.0.0.1", port)):
                raise AssertionError("it must not begin")
    finally:
        await runner.cleanup()
