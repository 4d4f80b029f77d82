"""A whole house for dialogue tests: the stand-in over real HTTP, a database file, and the running bot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.clinic import Clinic, load_clinic
from bot.consultation.interview import Consultation
from bot.consultation.protocol import load_protocol
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind
from bot.gateways.mail import MailServer
from bot.gateways.telegram import build_bot
from bot.metrics import Metrics
from bot.settings import Listen, Webhook
from demo import StandIn
from demo.chats import Chat, StoredMessage
from demo.mailbox import Mailbox
from demo.people import Person, Press
from handlers.life import Life
from handlers.services import Services
from handlers.start import CONSENT_TEXT, HEALTH_ANSWERS
from messages.catalog import Catalogs
from storage.storage import Transaction
from storage.tables import Client
from tests.fresh import open_fresh

T = TypeVar("T")

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""A Friday, ten in the morning at the clinic."""

HEALTHY = {
    "symptoms": "none",
    "procedures": "none",
    "skin": "clear",
    "skin_issues": "none",
    "health": "none",
    "wish": "advise_me",
    "setting": "therapist",
}
PATIENCE = 15.0
CATALOGS = Catalogs.load()


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **step: float) -> None:
        self.moment += timedelta(**step)


@dataclass
class House:
    """One clinic with its bot, its staff and a client."""

    standin: StandIn
    services: Services
    clock: Clock
    staff: Chat
    mia: Person
    jonas: Person
    anna: Person
    mailbox: Mailbox
    listen: Listen | None = None
    webhook: Webhook | None = None
    life: Life = field(init=False)

    async def begin(self) -> None:
        self.life = Life(self.services, listen=self.listen, webhook=self.webhook)
        await self.life.begin()

    async def screen(self, words: str, person: Person | None = None) -> StoredMessage:
        """Wait until the newest message from the bot in the person's chat says ``words``; calendar files aside."""
        chat = (person or self.anna).chat
        return await self.message(words, chat)

    async def message(self, words: str, chat: Chat) -> StoredMessage:
        def says() -> StoredMessage | None:
            last = next(
                (message for message in reversed(chat.messages) if message.from_bot and not is_calendar(message)), None
            )
            return last if last and words in shown(last) else None

        return await self.standin.world.until(says, timeout=PATIENCE)

    async def button(self, data: str, chat: Chat | None = None) -> StoredMessage:
        """Wait until a message with this button stands in the chat, and answer it."""
        where = chat or self.anna.chat
        return await self.standin.world.until(lambda: newest_with(where, data), timeout=PATIENCE)

    async def tap(self, data: str, person: Person | None = None, chat: Chat | None = None) -> Press:
        """Press the newest button with this data as soon as it is there, and wait until the tap was answered."""
        who = person or self.anna
        message = await self.button(data, chat or who.chat)
        press = who.press(message, data, chat=chat)
        return await self.answered(press)

    async def answered(self, press: Press) -> Press:
        await self.standin.world.until(lambda: press.answered.is_set() or None, timeout=PATIENCE)
        return press

    async def answer(self, answers: Mapping[str, Any], person: Person | None = None) -> None:
        """Give these answers by button, in the order in which they stand."""
        for key, value in answers.items():
            if isinstance(value, str):
                await self.tap(f"answer:{key}:{value}", person)
            else:
                for option in value:
                    await self.tap(f"answer:{key}:{option}", person)
                await self.tap(f"answer:{key}:done", person)

    async def consult(self, person: Person | None = None, **answers: Any) -> StoredMessage:
        """To the advice; ``answers`` replace or add to a healthy client's, in the questions' order.

        Somebody new comes back to the last question, having answered all others some time ago.
        """
        who, wanted = person or self.anna, HEALTHY | answers
        plan = {q.key: wanted[q.key] for q in QUESTIONS if q.key in wanted}
        if await self.client(who) is None:
            last = plan.popitem()
            await self.has_answered(who, plan)
            who.say("/start")
            await self.tap("continue", who)
            plan = dict([last])
        else:
            who.say("/start")
            await self.tap("answer:consent:agree", who)
        await self.answer(plan, who)
        return await self.button("change", who.chat)

    async def has_answered(self, person: Person, plan: Mapping[str, Any]) -> None:
        """Let somebody new have given these answers some time ago."""
        is_set = {key for key, value in plan.items() if BY_KEY[key].kind is Kind.SET and isinstance(value, str)}
        given = {key: [value] if key in is_set else value for key, value in plan.items()}
        async with self.services.storage.transaction() as tx:
            client = await self.client_in(tx, person)
            await tx.consents.give(client.id, HEALTH_ANSWERS, CONSENT_TEXT, self.services.now())
            client.consultation = Consultation({"age": "adult"} | given).as_json()
            client.place = "consultation"

    async def client_in(self, tx: Transaction, person: Person) -> Client:
        """What is stored of somebody, as if they had written to the bot before."""
        user, now = person.user, self.services.now()
        profile = {"first_name": user["first_name"], "last_name": user.get("last_name", ""), "username": ""}
        return await tx.clients.get_or_create(
            person.id, chat_id=person.id, profile=profile, language=user.get("language_code", "en"), now=now
        )

    async def client(self, person: Person | None = None) -> Any:
        """What is stored of a client."""
        async with self.services.storage.snapshot() as tx:
            return await tx.clients.by_user((person or self.anna).id)

    async def outbox(self) -> list[Any]:
        """What waits in the outbox about the client; files for the calendar, which go out at once, are left out."""
        client = await self.client()
        async with self.services.storage.snapshot() as tx:
            waiting = await tx.outbox.waiting_of(client.id)
        return [row for row in waiting if not row.kind.startswith("calendar")]

    async def quiet(self) -> None:
        """Wait until every update was dealt with and every screen was shown, and whoever began to write has written."""

        async def at_rest() -> bool:
            async with self.services.storage.transaction() as tx:
                seen = not self.standin.world.updates.waiting()
                return seen and not await tx.inbox.next(1) and not await tx.clients.owed()

        await self._poll(at_rest)

    async def rest(self) -> None:
        """Wait until the bot is quiet and nothing in the outbox is due or on its way."""

        async def at_rest() -> bool:
            async with self.services.storage.transaction() as tx:
                due, _ = await tx.outbox.overdue(self.clock())
            return not due

        await self.quiet()
        await self._poll(at_rest)

    async def settled(self) -> None:
        """Wait until nothing about the client is due, and no attempt is under way."""

        async def nothing_moves() -> bool:
            return all(row.due_at > self.clock() and row.lease_token is None for row in await self.outbox())

        await self._poll(nothing_moves)

    async def patiently(self, condition: Callable[[], T | None], **step: float) -> T:
        """Let time pass, step by step, until ``condition`` answers something true."""
        async with asyncio.timeout(PATIENCE):
            while not (value := condition()):
                self.clock.move(**step)
                self.wake()
                await asyncio.sleep(0.05)
        return value

    async def eventually(self, condition: Callable[[], T | None]) -> T:
        """Wait until ``condition`` answers something true, and answer that."""
        async with asyncio.timeout(PATIENCE):
            while not (value := condition()):
                await asyncio.sleep(0.01)
        return value

    async def _poll(self, condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await condition():
                await asyncio.sleep(0.02)

    def wake(self) -> None:
        """Let the outbox look at the clock."""
        self.services.due.set()


def is_calendar(message: StoredMessage) -> bool:
    """Whether it is a file for the phone's calendar, which comes beside what is said."""
    return bool(message.document and message.document["file_name"].endswith(".ics"))


def shown(message: StoredMessage) -> str:
    """A message's words."""
    return message.text or message.caption or ""


def data_of(message: StoredMessage) -> list[str]:
    """The callback_data of a message's buttons."""
    return [button["callback_data"] for row in message.buttons for button in row if "callback_data" in button]


def newest_with(chat: Chat, data: str) -> StoredMessage | None:
    """The newest message in ``chat`` that carries the button ``data``."""
    return next((message for message in reversed(chat.messages) if message.has_button(data)), None)


@asynccontextmanager
async def open_house(
    folder: Path,
    *,
    url: str | None = None,
    staff: bool = True,
    listen: Listen | None = None,
    webhook: Webhook | None = None,
    supergroup: bool = True,
    clinic: Clinic | None = None,
    smtp: str | None = None,
    at_once: bool = False,
) -> AsyncIterator[House]:
    """Build a house with its bot running on ``url`` (default: an SQLite file in ``folder``), and take it down again.

    The staff chat is a ``supergroup`` or a basic group; without ``staff`` it is there, but the bot knows of none. Mail
    goes to the house's own mailbox, or to the server at ``smtp``. ``at_once``: see ``tests.at_once``.
    """
    clock, mailbox = Clock(), Mailbox()
    await mailbox.start("127.0.0.1")
    standin = await StandIn.start(now=clock)
    world = standin.world
    mia, jonas = world.add_user("Mia", last_name="Brandt"), world.add_user("Jonas", last_name="Vogel")
    desk = world.add_group("Front desk", [mia, jonas], supergroup=supergroup, bot_is_member=staff)
    anna = world.add_user("Anna", last_name="Weber", language_code="en", phone="+491712345678")
    storage = await open_fresh(url or f"sqlite:///{folder}/bot.db", at_once=at_once)
    metrics = Metrics()
    services = Services(
        bot=build_bot(standin.token, standin.url, metrics),
        storage=storage,
        catalogs=CATALOGS,
        clinic=clinic or load_clinic(),
        protocol=load_protocol(),
        clock=clock,
        staff_chat_setting=desk.id if staff else None,
        mail_server=MailServer.from_url(smtp or mailbox.url),
        metrics=metrics,
    )
    house = House(standin, services, clock, desk, mia, jonas, anna, mailbox, listen, webhook)
    try:
        await house.begin()
        yield house
    finally:
        await house.life.end()
        await standin.stop()
        await mailbox.stop()
        await house.services.storage.close()
