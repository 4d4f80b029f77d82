"""The demo page on a running stand-in, with a tiny bot that talks to it over HTTP as any bot would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from demo import Chat, Person, StandIn, World
from demo.clock import DemoClock
from demo.crm_log import CrmLog
from demo.files import plain_png
from demo.mailbox import Mailbox
from demo.page import DemoPage

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""A Friday, ten in the morning in Berlin."""

MENU = {
    "inline_keyboard": [
        [{"text": "Edit", "callback_data": "edit", "style": "primary"}, {"text": "Toast", "callback_data": "toast"}],
        [{"text": "Alert", "callback_data": "alert"}, {"text": "Vanish", "callback_data": "vanish"}],
        [{"text": "Photo", "callback_data": "photo"}, {"text": "File", "callback_data": "file"}],
        [{"text": "Number", "callback_data": "number"}, {"text": "Silent", "callback_data": "silent"}],
        [{"text": "Website", "url": "https://example.org/"}],
    ]
}
ANSWERS: dict[str, dict[str, Any]] = {
    "toast": {"text": "A small note"},
    "alert": {"text": "Important", "show_alert": True},
}
SHARE = {"keyboard": [[{"text": "Share my number", "request_contact": True}]], "resize_keyboard": True}
RICH = '<b>Bold</b> and <tg-spoiler>secret</tg-spoiler> 👩‍⚕️ <a href="https://e.org/">link</a>\n<code>1 &lt; 2</code>'


@dataclass
class Demo:
    """What a test holds in its hands."""

    standin: StandIn
    page: DemoPage
    mailbox: Mailbox
    crm: CrmLog
    clock: DemoClock
    staff: Chat
    mia: Person
    jonas: Person
    due: list[datetime] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.standin.url

    @property
    def world(self) -> World:
        return self.standin.world

    @property
    def anna(self) -> Person:
        """The client who is there from the beginning."""
        return next(person for person in self.world.people.values() if person.id not in self.staff.members)


@asynccontextmanager
async def running_demo(*, supergroup: bool = True, port: int = 0) -> AsyncIterator[Demo]:
    """The page with two colleagues and a first client; time stands still until it is moved."""
    mailbox, clock = Mailbox(), DemoClock(lambda: START)
    due: list[datetime] = []

    async def next_due() -> datetime | None:
        return next((moment for moment in due if moment > clock.now()), None)

    await mailbox.start()
    crm = CrmLog(clock.now)
    await crm.start()
    page = DemoPage(mailbox, clock, clinic_name="Lindenhof", time_zone="Europe/Berlin", next_due=next_due, crm=crm)
    standin = await StandIn.start(port=port, now=clock.now, extra_routes=page.routes())
    mia, jonas = (standin.world.add_user(name, language_code="de") for name in ("Mia", "Jonas"))
    staff = standin.world.add_group("Front desk", [mia, jonas], supergroup=supergroup)
    page.attach(standin.world, staff)
    try:
        yield Demo(standin, page, mailbox, crm, clock, staff, mia, jonas, due)
    finally:
        await page.close()
        await standin.stop()
        await mailbox.stop()
        await crm.stop()


class ScriptedBot:
    """Answers the buttons of its one menu; ``/slow`` in a chat makes it think first."""

    def __init__(self, demo: Demo, session: aiohttp.ClientSession) -> None:
        self._base = f"{demo.url}/bot{demo.standin.token}"
        self._session = session

    async def call(self, method: str, **fields: Any) -> Any:
        """Call the Bot API; raises AssertionError with Telegram's words where it refuses."""
        async with self._session.post(f"{self._base}/{method}", json=fields) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def run(self) -> None:
        """Answer updates until cancelled."""
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self._message(update["message"])
                if "callback_query" in update:
                    await self._pressed(update["callback_query"])

    async def _message(self, message: dict[str, Any]) -> None:
        chat = message["chat"]["id"]
        if "contact" in message:
            number = message["contact"]["phone_number"]
            await self.call("sendMessage", chat_id=chat, text=f"Got {number}", reply_markup={"remove_keyboard": True})
        elif message.get("text", "").startswith("/start"):
            await self.call("sendMessage", chat_id=chat, text=RICH, parse_mode="HTML", reply_markup=MENU)
        elif message.get("text", "").startswith("/slow"):
            await self.call("sendChatAction", chat_id=chat, action="typing")
        elif "text" in message:
            await self.call("sendMessage", chat_id=chat, text=f"You said: {message['text']}")

    async def _pressed(self, query: dict[str, Any]) -> None:
        chat, message_id, data = query["message"]["chat"]["id"], query["message"]["message_id"], query["data"]
        if data == "silent":
            return
        said = ANSWERS.get(data, {})
        await self.call("answerCallbackQuery", callback_query_id=query["id"], **said)
        if data == "edit":
            words = f"Edited for {query['from']['first_name']}"
            await self.call("editMessageText", chat_id=chat, message_id=message_id, text=words, reply_markup=MENU)
        elif data == "vanish":
            await self.call("deleteMessage", chat_id=chat, message_id=message_id)
        elif data == "number":
            await self.call("sendMessage", chat_id=chat, text="Your number?", reply_markup=SHARE)
        elif data == "photo":
            await self._send_file("sendPhoto", "photo", chat, plain_png(320, 200, (30, 120, 110)), "map.png")
        elif data == "file":
            await self._send_file("sendDocument", "document", chat, b'{"answers": {}}', "my_data.json")

    async def _send_file(self, method: str, part: str, chat: int, content: bytes, name: str) -> None:
        form = aiohttp.FormData({"chat_id": str(chat), "caption": f"Here is {name}"})
        form.add_field(part, content, filename=name)
        async with self._session.post(f"{self._base}/{method}", data=form) as response:
            assert response.status == 200, await response.text()


@asynccontextmanager
async def scripted_bot(demo: Demo) -> AsyncIterator[ScriptedBot]:
    """The tiny bot, running, with its commands and description registered."""
    async with aiohttp.ClientSession() as session:
        bot = ScriptedBot(demo, session)
        commands = [{"command": "start", "description": "Begin"}, {"command": "slow", "description": "Think"}]
        await bot.call("setMyCommands", commands=commands)
        await bot.call("setMyCommands", commands=commands[:1], language_code="de")
        await bot.call("setMyDescription", description="I am a tiny bot.")
        work = asyncio.create_task(bot.run())
        try:
            yield bot
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


class Window:
    """One open window as the server sees it: a stream of events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def event(self) -> tuple[str, dict[str, Any]]:
        """The next event's name and content."""
        lines: dict[str, str] = {}
        while line := (await self._response.content.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            lines[name] = value
        return lines["event"], json.loads(lines["data"])

    async def change(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next change of a kind that has these fields; others are passed over."""
        async with asyncio.timeout(5):
            while True:
                name, content = await self.event()
                wanted = {"kind": kind, **fields}
                if name == "change" and {key: content.get(key) for key in wanted} == wanted:
                    return content


def in_a_week(demo: Demo) -> datetime:
    """Plan something for a week from now; returns when."""
    moment = demo.clock.now() + timedelta(days=7)
    demo.due.append(moment)
    return moment
