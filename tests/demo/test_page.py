"""The demo page's routes: what windows are told, what visitors can do, and who is refused."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from demo.files import plain_png
from tests.demo.running import START, Demo, Window, in_a_week, running_demo, scripted_bot
from tests.demo.test_crm_log import EVENT, call
from tests.demo.test_mailbox import quote, send


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    async with running_demo() as running:
        yield running


@pytest.fixture
async def http(demo: Demo) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(demo.url) as session:
        yield session


@asynccontextmanager
async def window(http: aiohttp.ClientSession) -> AsyncIterator[tuple[Window, dict[str, Any]]]:
    """An open window and the snapshot that it began with."""
    async with http.get("/demo/events") as response:
        opened = Window(response)
        name, snapshot = await opened.event()
        assert name == "snapshot"
        yield opened, snapshot


async def act(http: aiohttp.ClientSession, action: str, **fields: Any) -> dict[str, Any]:
    async with http.post(f"/demo/{action}", json=fields) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


async def status(http: aiohttp.ClientSession, action: str, **fields: Any) -> int:
    async with http.post(f"/demo/{action}", json=fields) as response:
        assert (await response.json())["error"]
        return response.status


async def test_a_window_begins_with_a_snapshot_of_everything(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with window(http) as (_, snapshot):
        assert snapshot["clinic"] == "Lindenhof"
        assert snapshot["time_zone"] == "Europe/Berlin"
        assert snapshot["staff_chat"] == demo.staff.id
        assert [(p["first_name"], p["staff"]) for p in snapshot["people"]] == [
            ("Mia", True),
            ("Jonas", True),
            ("Anna", False),
        ]
        assert {chat["id"] for chat in snapshot["chats"]} == {demo.mia.id, demo.jonas.id, demo.anna.id, demo.staff.id}
        assert snapshot["clock"] == {"now": START.isoformat(), "next_due": None}
        assert (snapshot["mails"], snapshot["calls"]) == ([], [])


async def test_what_a_visitor_says_reaches_the_bot_and_every_window(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with scripted_bot(demo), window(http) as (one, _), window(http) as (other, _):
        await act(http, "say", person=demo.anna.id, chat=demo.anna.id, text="hello")
        for seen in (one, other):
            said = await seen.change("message", chat_id=demo.anna.id)
            assert said["message"]["text"] == "hello"
            answer = await seen.change("message", chat_id=demo.anna.id)
            assert answer["message"]["text"] == "You said: hello"


async def test_a_broken_character_does_not_break_the_stream(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with window(http) as (seen, _):
        demo.anna.say("half a smile: \ud83d")
        assert (await seen.change("message"))["message"]["text"].startswith("half a smile")


async def test_a_window_that_comes_back_finds_what_it_missed(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with window(http):
        pass
    demo.anna.say("while nobody looked")
    async with window(http) as (_, snapshot):
        chat = next(chat for chat in snapshot["chats"] if chat["id"] == demo.anna.id)
        assert [message["text"] for message in chat["messages"]] == ["while nobody looked"]


async def test_a_press_returns_the_bots_answer(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with scripted_bot(demo):
        demo.anna.say("/start")
        menu = await demo.world.until(demo.anna.chat.last)
        place = {"person": demo.anna.id, "chat": demo.anna.id, "message": menu.message_id}
        toast = (await act(http, "press", **place, data="toast"))["answer"]
        alert = (await act(http, "press", **place, data="alert"))["answer"]
        assert (toast["text"], toast.get("show_alert", False)) == ("A small note", False)
        assert (alert["text"], alert["show_alert"]) == ("Important", True)


async def test_edits_deletions_and_typing_are_told(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with scripted_bot(demo), window(http) as (seen, _):
        demo.anna.say("/start")
        menu = await demo.world.until(demo.anna.chat.last)
        demo.anna.press(menu, "edit")
        edited = await seen.change("message", chat_id=demo.anna.id)
        while "edit_date" not in edited["message"]:
            edited = await seen.change("message", chat_id=demo.anna.id)
        assert edited["message"]["text"] == "Edited for Anna"
        demo.anna.press(menu, "vanish")
        assert (await seen.change("deleted"))["message_id"] == menu.message_id
        demo.anna.say("/slow")
        assert (await seen.change("action"))["action"] == "typing"


async def test_a_reply_keyboard_comes_with_its_message_and_leaves_again(
    demo: Demo, http: aiohttp.ClientSession
) -> None:
    async with scripted_bot(demo), window(http) as (seen, _):
        demo.anna.say("/start")
        menu = await demo.world.until(demo.anna.chat.last)
        demo.anna.press(menu, "number")
        while not (shown := await seen.change("message"))["chat"]["keyboard"]:
            pass
        assert shown["message"]["text"] == "Your number?"
        await act(http, "tap", person=demo.anna.id, chat=demo.anna.id, text="Share my number")
        await demo.world.until(lambda: "Got 4915123456789" in str(demo.anna.chat) or None)
        while (shown := await seen.change("message"))["chat"]["keyboard"]:
            pass


async def test_staff_press_as_the_member_who_was_chosen(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with scripted_bot(demo):
        await act(http, "say", person=demo.mia.id, chat=demo.staff.id, text="/start")
        menu = await demo.world.until(demo.staff.last)
        await act(http, "press", person=demo.jonas.id, chat=demo.staff.id, message=menu.message_id, data="edit")
        await demo.world.until(lambda: menu.text == "Edited for Jonas" or None)
        await act(http, "say", person=demo.mia.id, chat=demo.staff.id, text="thanks", reply_to=menu.message_id)
        assert demo.staff.messages[2].reply_to is menu


async def test_commands_come_in_the_persons_language(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with scripted_bot(demo), window(http) as (_, snapshot):
        chats = {chat["id"]: chat for chat in snapshot["chats"]}
        assert [c["command"] for c in chats[demo.anna.id]["commands"][str(demo.anna.id)]] == ["start", "slow"]
        assert [c["command"] for c in chats[demo.mia.id]["commands"][str(demo.mia.id)]] == ["start"]
        assert chats[demo.anna.id]["description"] == "I am a tiny bot."
        assert [chats[person.id]["language"] for person in (demo.anna, demo.mia)] == ["", "de"]


async def test_a_new_client_gets_a_chat_of_their_own(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with window(http) as (seen, _):
        fields = {"name": " Олена  Коваль ", "language": "uk", "phone": "+380 67 123 4567"}
        client = (await act(http, "client", **fields))["id"]
        person = (await seen.change("person"))["person"]
        assert person == {
            "id": client,
            "is_bot": False,
            "first_name": "Олена",
            "last_name": "Коваль",
            "language_code": "uk",
            "phone": "+380671234567",
            "blocked": False,
            "staff": False,
        }
        assert demo.world.people[client].chat.messages == []


async def test_everything_that_can_be_sent_arrives(demo: Demo, http: aiohttp.ClientSession) -> None:
    place = {"person": demo.anna.id, "chat": demo.anna.id}
    picture = base64.b64encode(plain_png(4, 4, (1, 2, 3))).decode()
    await act(http, "photo", **place, name="a.png", content=picture)
    await act(http, "document", **place, name="a.txt", content=base64.b64encode(b"words").decode())
    for action in ("sticker", "voice", "location"):
        await act(http, action, **place)
    kinds = [next(iter(message.fields)) for message in demo.anna.chat.messages]
    assert kinds == ["photo", "document", "sticker", "voice", "location"]


async def test_own_messages_can_be_edited_and_others_not(demo: Demo, http: aiohttp.ClientSession) -> None:
    message = demo.anna.say("helo")
    place = {"chat": demo.anna.id, "message": message.message_id, "text": "hello"}
    await act(http, "edit", person=demo.anna.id, **place)
    assert message.text == "hello"
    assert await status(http, "edit", person=demo.mia.id, **place) == 409


async def test_blocking_is_told_and_stops_the_conversation(demo: Demo, http: aiohttp.ClientSession) -> None:
    place = {"person": demo.anna.id, "chat": demo.anna.id}
    async with window(http) as (seen, _):
        await act(http, "block", **place)
        assert (await seen.change("person"))["person"]["blocked"] is True
        assert await status(http, "say", **place, text="hello?") == 409
        await act(http, "unblock", **place)
        assert (await seen.change("person"))["person"]["blocked"] is False


async def test_the_skip_jumps_to_what_is_planned_and_every_window_hears_it(
    demo: Demo, http: aiohttp.ClientSession
) -> None:
    async with window(http) as (seen, _):
        assert await status(http, "clock/skip") == 409
        moment = in_a_week(demo)
        demo.anna.say("something happens, so the plans are looked up")
        assert (await seen.change("clock"))["clock"] == {"now": START.isoformat(), "next_due": moment.isoformat()}
        await act(http, "clock/skip")
        assert (await seen.change("clock"))["clock"]["now"] == moment.isoformat()
        assert (await seen.change("clock"))["clock"]["next_due"] is None
    assert demo.clock.now() == moment


async def test_steps_move_the_clock(demo: Demo, http: aiohttp.ClientSession) -> None:
    await act(http, "clock/advance", hours=1)
    await act(http, "clock/advance", hours=24)
    assert demo.clock.now() == START + timedelta(hours=25)
    assert await status(http, "clock/advance", hours=-1) == 400
    assert await status(http, "clock/advance", hours="1") == 400


async def test_mails_are_told_and_their_parts_can_be_fetched(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with window(http) as (seen, _):
        await send(demo.mailbox, quote())
        (mail,) = (await seen.change("mails"))["mails"]
    assert mail.pop("text").splitlines() == ["Дренаж: 89 €"]
    assert mail == {
        "number": 1,
        "sender": "Lindenhof <hello@lindenhof.example>",
        "to": "Олена <olena@example.org>",
        "subject": "Ваша пропозиція № 7",
        "date": "2026-11-20T10:00:00+01:00",
        "html": True,
        "attachments": [{"index": 0, "name": "quote.pdf", "size": 8}],
    }
    async with http.get("/demo/mail/1/html") as response:
        assert "<b>89 €</b>" in await response.text()
        assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    async with http.get("/demo/mail/1/attachment/0") as response:
        assert await response.read() == b"%PDF-1.7"
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''quote.pdf"


async def test_pictures_are_shown_and_other_files_only_downloaded(demo: Demo, http: aiohttp.ClientSession) -> None:
    picture = demo.anna.send_photo()
    page = demo.anna.send_document(b"<script>alert(1)</script>", "résumé.html")
    assert picture.file is not None
    assert page.file is not None
    async with http.get(f"/demo/file/{picture.file.file_id}") as response:
        assert response.content_type == "image/png"
    async with http.get(f"/demo/file/{page.file.file_id}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.html"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[broken"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_this_very_page_is_answered(
    http: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    async with http.get("/", headers=headers) as response:
        assert response.status == status
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    client = {"name": "A", "language": "en", "phone": ""}
    async with http.post("/demo/client", headers=headers, json=client) as response:
        assert response.status == status


async def test_the_policy_allows_no_inline_script_and_no_other_address(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as response:
        policy, page = response.headers["Content-Security-Policy"], await response.text()
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "<script>" not in page
    assert " style=" not in page
    assert "//" not in page.replace("<!doctype", "")


async def test_a_form_of_another_page_is_refused_by_its_type(http: aiohttp.ClientSession) -> None:
    async with http.post("/demo/client", data={"name": "A"}) as response:
        assert response.status == 415


@pytest.mark.parametrize(
    ("action", "fields", "status_code"),
    [
        ("dance", {}, 404),
        ("say", {"person": 1, "chat": 1, "text": "x"}, 404),
        ("say", {"person": "1", "chat": 1, "text": "x"}, 400),
        ("say", {"text": "x"}, 400),
        ("client", {"name": "  ", "language": "en", "phone": ""}, 400),
        ("client", {"name": "A" * 65, "language": "en", "phone": ""}, 400),
        ("client", {"name": "A", "language": "en", "phone": "12"}, 400),
        ("client", {"name": "A", "language": "en"}, 400),
    ],
)
async def test_what_does_not_fit_is_refused_with_a_reason(
    http: aiohttp.ClientSession, action: str, fields: dict[str, Any], status_code: int
) -> None:
    assert await status(http, action, **fields) == status_code


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"'])
async def test_a_body_that_is_no_object_is_refused(http: aiohttp.ClientSession, body: bytes) -> None:
    async with http.post("/demo/say", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_missing_messages_broken_files_and_strangers_are_refused(demo: Demo, http: aiohttp.ClientSession) -> None:
    place = {"person": demo.anna.id, "chat": demo.anna.id}
    assert await status(http, "edit", **place, message=99, text="x") == 404
    assert await status(http, "document", **place, name="a", content="not base64!") == 400
    words = base64.b64encode(b"no picture, whatever its name says").decode()
    assert await status(http, "photo", **place, name="a.png", content=words) == 400
    assert demo.anna.chat.messages == []
    assert await status(http, "say", person=demo.anna.id, chat=demo.staff.id, text="let me in") == 409


@pytest.mark.parametrize(
    "path",
    ["/demo/static/..%2Fpage.py", "/demo/static/none.js", "/demo/file/none", "/demo/mail/1/html", "/demo/mail/x/html"],
)
async def test_what_is_not_there_is_not_found(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as response:
        assert response.status == 404


async def test_the_staff_chat_is_followed_when_it_becomes_a_supergroup() -> None:
    async with running_demo(supergroup=False) as demo, aiohttp.ClientSession(demo.url) as http:
        async with window(http) as (seen, _):
            new = demo.staff.migrate_to_supergroup()
            while (await seen.change("settings"))["staff_chat"] != new.id:
                pass
        async with window(http) as (_, snapshot):
            assert snapshot["staff_chat"] == new.id


async def test_a_call_to_the_customer_database_is_told_to_every_window(demo: Demo, http: aiohttp.ClientSession) -> None:
    async with window(http) as (seen, _):
        assert await call(demo.crm, demo.clock.now()) == 200
        (told,) = (await seen.change("calls"))["calls"]
        assert told["content"] == EVENT
        assert (told["id"], told["refused"], told["repeated"]) == ("1001-1", "", False)
    async with window(http) as (_, snapshot):
        assert snapshot["calls"] == [told]
