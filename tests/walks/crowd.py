"""A crowd at the running bot: clients and staff do whatever one can do; and what must hold when all is quiet."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from bot.consultation import engine, interview
from bot.consultation.advice import BOOKABLE, URGENT
from bot.consultation.interview import Consultation
from bot.consultation.questions import BY_KEY
from demo.chats import Chat, StoredMessage
from demo.html import parse_html
from demo.people import Person, Press
from handlers.places import draw
from handlers.places.view import View
from handlers.start import HEALTH_ANSWERS
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client
from tests.house import House, data_of, shown
from tests.walks.walker import is_taken

PATIENCE = 10.0
LONGEST_WAY = 80
"""Taps that lead from anywhere to an advice, at the very most."""

ONWARD = (
    "answer:consent:agree",
    "callback:cancel",
    "quote:cancel",
    "continue",
    "advice",
    "restart",
    "menu",
    "callback:start",
)
"""What somebody taps who wants to get on, where no question is asked."""

WISHES = {
    "a call": ("callback:start", "callback:name", "callback:time:", "callback:skip", "callback:send"),
    "another time": ("callback:time:", "callback:move", "callback:start"),
    "no call after all": ("callback:withdraw:yes", "callback:withdraw", "callback:start"),
    "to complain": ("callback:nobody:", "callback:start"),
    "a reminder": ("remind:safe_now:on", "remind:safe_now"),
    "a price": ("quote:accept:", "quote:send", "quote:known", "quote:done", "quote:service:", "quote:start", "menu"),
    "another answer": ("advice", "change:", "change"),
    "the menu": ("continue", "menu"),
    "to begin again": ("restart", "answer:consent:agree"),
}
"""What a client may be after, with the buttons that lead there; the first that stands on the screen is tapped."""

SILENT = ("noop", "request:", "remind:")
"""Buttons after which no screen needs to be drawn."""


class Errors(logging.Handler):
    """Remembers every error that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass(eq=False)
class Actor:
    """A client with everything that ever stood in their chat."""

    person: Person
    buttons: dict[tuple[int, str], None] = field(default_factory=dict)
    stands: tuple[Any, ...] = ()
    drawn_at: datetime | None = None

    @property
    def chat(self) -> Chat:
        return self.person.chat

    def watch(self) -> None:
        """Remember the buttons that can be seen now: some day they will be old."""
        for message in self.chat.messages:
            for data in data_of(message):
                self.buttons[message.message_id, data] = None


class Crowd:
    """The clients of a house. Every act ends when all is quiet; :meth:`check` says what must hold then."""

    def __init__(self, house: House, folder: Path, names: tuple[str, ...]) -> None:
        self.house = house
        self.database = folder / "bot.db"
        self.errors = Errors()
        self.presses: list[Press] = []
        self.actors = [Actor(house.standin.world.add_user(name)) for name in names]
        self._acting: set[Actor] = set()

    # Acts

    async def tap(self, actor: Actor, choice: int, times: int = 1) -> None:
        """Tap a button of the current screen; a button that fits is never called an old one."""
        message = await self.current(actor)
        offered = data_of(message) if message else []
        if message is None or not offered:
            return
        data = offered[choice % len(offered)]
        fresh = actor.drawn_at == self.house.clock()
        presses = [self.press(actor.person, message, data) for _ in range(times)]
        await self._done(actor, drawn=not data.startswith(SILENT))
        if fresh:
            assert not self._is_called_old(presses[0]), f"{data} stands on the screen and is called an old button"

    async def tap_old(self, actor: Actor, choice: int) -> None:
        """Tap any button that was ever shown, also of a message that is gone."""
        old = list(actor.buttons)
        if not old:
            return
        message_id, data = old[choice % len(old)]
        self.press(actor.person, message_id, data)
        await self._done(actor, drawn=not data.startswith(SILENT))

    async def tap_invented(self, actor: Actor, data: str) -> None:
        """Send a button's data that stands on no button, as a changed app can."""
        if message := await self.current(actor):
            self.press(actor.person, message, data)
            await self._done(actor, drawn=not data.startswith(SILENT))

    async def say(self, actor: Actor, text: str) -> None:
        """Type something."""
        actor.person.say(text)
        await self._done(actor, drawn=text != "/my_data")

    async def choose_by_typing(self, actor: Actor, choice: int) -> None:
        """Type a button's label, or its number."""
        message = await self.current(actor)
        labels = [str(button["text"]) for row in message.buttons for button in row] if message else []
        if labels:
            index = choice % len(labels)
            await self.say(actor, labels[index].removeprefix("✅ ") if choice % 2 else str(index + 1))

    async def share_contact(self, actor: Actor, *, own: bool) -> None:
        """Share a phone number, one's own or a colleague's."""
        actor.person.share_contact(of=None if own else self.house.mia)
        await self._done(actor)

    async def use_keyboard(self, actor: Actor, choice: int) -> None:
        """Tap the reply keyboard, where there is one."""
        rows = (actor.chat.keyboard or {}).get("keyboard", [])
        texts = [button["text"] for row in rows for button in row]
        if texts:
            actor.person.tap(texts[choice % len(texts)])
            await self._done(actor)

    async def send_odd_thing(self, actor: Actor, choice: int) -> None:
        """Send what is no text, or rewrite what was said."""
        person = actor.person
        said = [message for message in actor.chat.messages if not message.from_bot and message.text]
        odd: tuple[Callable[[], object], ...] = (
            person.send_sticker,
            person.send_voice,
            person.send_photo,
            person.send_document,
            person.send_location,
        )
        if choice % 6 == 5 and said:
            person.edit(said[-1], "something else")
        else:
            odd[choice % len(odd)]()
        await self._done(actor)

    async def leave_and_return(self, actor: Actor, *, hours: int) -> None:
        """Block the bot, let time pass, and come back as Telegram's apps do it."""
        actor.person.block_bot()
        await self.rest()
        await self.wait(hours)
        actor.person.unblock_bot()
        await self.say(actor, "/start")

    async def both_tap(self, one: Actor, other: Actor, choice: int) -> None:
        """Two clients tap at the same moment."""
        for actor in (one, other):
            message = await self.current(actor)
            if message and (offered := data_of(message)):
                data = offered[choice % len(offered)]
                self.press(actor.person, message, data)
                self._note(actor, drawn=not data.startswith(SILENT))
        await self.rest()

    async def work_at_the_desk(self, person: Person, choice: int) -> None:
        """A colleague presses a button in the staff chat."""
        staff = self.house.staff
        buttons = [(message, data) for message in staff.messages for data in data_of(message)]
        if buttons:
            message, data = buttons[choice % len(buttons)]
            self.presses.append(person.press(message, data, chat=staff))
            await self.rest()

    async def answer_at_the_desk(self, person: Person, choice: int, words: str) -> None:
        """A colleague replies to a message of the bot in the staff chat, perhaps to a question."""
        staff = self.house.staff
        said = [message for message in staff.messages if message.from_bot]
        if said:
            person.say(words, chat=staff, reply_to=said[choice % len(said)].message_id)
            await self.rest()

    async def reply(self, actor: Actor, choice: int, words: str) -> None:
        """A client replies to any message of the bot."""
        said = [message for message in actor.chat.messages if message.from_bot]
        if said:
            actor.person.say(words, reply_to=said[choice % len(said)].message_id)
            await self._done(actor)

    async def wait(self, hours: float) -> None:
        """Let time pass."""
        self.house.clock.move(hours=hours)
        self.house.wake()
        await self.rest()

    async def go_on(self, actor: Actor, chances: Random) -> None:
        """Tap only what the current screen offers, until there is an advice (or what stands in its place)."""
        for _ in range(LONGEST_WAY):
            message = await self.current(actor)
            if message is None:
                await self.say(actor, "/start")
            elif has_arrived(data_of(message)):
                return
            elif data := way_on(message, chances):
                self.press(actor.person, message, data)
                await self._done(actor)
            else:
                await self.use_keyboard(actor, 1)
        raise AssertionError(f"no way to an advice:\n{actor.chat}")

    async def pursue(self, actor: Actor, wish: str, taps: int) -> None:
        """Tap towards what the client is after."""
        for turn in range(taps):
            message = await self.current(actor)
            offered = data_of(message) if message else []
            wished = (data for lead in WISHES[wish] for data in offered if data.startswith(lead))
            if message and (data := next(wished, "")):
                await self.tap(actor, offered.index(data))
            elif wish == "a call" and actor.chat.keyboard:
                await self.share_contact(actor, own=True)
            elif wish == "a call" and turn == 0:
                await self.say(actor, "/callback")

    def press(self, person: Person, message: StoredMessage | int, data: str) -> Press:
        press = person.press(message, data)
        self.presses.append(press)
        return press

    async def current(self, actor: Actor) -> StoredMessage | None:
        """The message that carries the client's screen."""
        async with self.house.services.storage.snapshot() as tx:
            client = await tx.clients.by_user(actor.person.id)
        number = client.screen_message_id if client else None
        return actor.chat.message(number) if number else None

    async def _done(self, actor: Actor, *, drawn: bool = True) -> None:
        self._note(actor, drawn=drawn)
        await self.rest()

    def _note(self, actor: Actor, *, drawn: bool) -> None:
        self._acting.add(actor)
        actor.drawn_at = self.house.clock() if drawn else None

    def _is_called_old(self, press: Press) -> bool:
        old = self.house.services.catalogs.choose("en").plain("hint.old_button")
        return (press.answer or {}).get("text") == old

    # Quiet

    async def rest(self) -> None:
        """Wait until every update was worked off, every screen shown and everything due was said."""
        async with asyncio.timeout(PATIENCE):
            for press in self.presses:
                await press.answered.wait()
            while self.house.standin.world.updates.waiting() or not await self._is_quiet():
                await asyncio.sleep(0.002)
        self.presses.clear()

    async def _is_quiet(self) -> bool:
        now = self.house.clock()
        async with self.house.services.storage.snapshot() as tx:
            if await tx.inbox.next(1) or await tx.clients.owed():
                return False
            clients = [await tx.clients.by_user(actor.person.id) for actor in self.actors]
            waiting = [row for client in clients if client for row in await tx.outbox.waiting_of(client.id)]
        return all(row.due_at > now for row in waiting)

    # What must hold

    async def check(self) -> None:
        """Everything that must hold when all is quiet."""
        assert not self.errors.lines, "errors were logged"
        assert not self._query("SELECT error FROM inbox WHERE state = 'set_aside'"), "an update was set aside"
        async with self.house.services.storage.snapshot() as tx:
            for actor in self.actors:
                client = await tx.clients.by_user(actor.person.id)
                if client and not client.blocked_at:
                    await self._check_client(tx, client, actor)
                actor.watch()
        self._check_requests()
        self._acting.clear()

    async def _check_client(self, tx: Transaction, client: Client, actor: Actor) -> None:
        message = actor.chat.message(client.screen_message_id or 0)
        assert message is not None, f"no screen stands in the chat:\n{actor.chat}"
        self._check_way_on(message, actor)
        stands = (message.message_id, shown(message), data_of(message))
        assert actor in self._acting or actor.stands in ((), stands), "somebody else's screen has changed"
        actor.stands = stands
        if actor in self._acting and actor.drawn_at == self.house.clock():
            implied = await draw(View(self.house.services, tx, client))
            assert looks_like(message, implied), f"{client.place} implies another screen:\n{actor.chat}\n{implied}"
        await _check_answers(tx, client)
        if client.place == "advice":
            await self._check_advice(tx, client, set(data_of(message)))

    def _check_way_on(self, message: StoredMessage, actor: Actor) -> None:
        offered = [data for data in data_of(message) if data != "noop"]
        assert all(is_taken(data) for data in offered)
        assert offered or actor.chat.keyboard, f"a dead end:\n{actor.chat}"

    async def _check_advice(self, tx: Transaction, client: Client, offered: set[str]) -> None:
        """The advice is what the protocol says to the answers, and the card offers what its outcome allows."""
        row = await tx.advices.latest(client.id)
        assert row is not None
        advice = engine.advise(self.house.services.protocol, row.answers, row.given_on)
        assert row.advice == advice.as_stored()
        consultation = Consultation.from_json(client.consultation)
        if interview.open_question(consultation) is None:
            assert row.answers == client.consultation["answers"], "the advice is on other answers"
        if advice.outcome in URGENT:
            assert offered == {"urgent:called", "callback:start"}
        assert advice.outcome not in BOOKABLE or "callback:start" in offered
        assert "remind:safe_now" not in offered or advice.outcome in BOOKABLE

    def _check_requests(self) -> None:
        """At most one callback request of a client is open, and the staff has seen every number."""
        for (count,) in self._query(
            "SELECT count(*) FROM requests WHERE state IN ('open', 'taken', 'no_answer') GROUP BY client_id"
        ):
            assert count == 1
        cards = "\n".join(shown(message) for message in self.house.staff.messages)
        for (number,) in self._query("SELECT number FROM requests"):
            assert str(number) in cards, f"the staff was not told of {number}"

    def _query(self, question: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(question).fetchall()
        finally:
            connection.close()


async def _check_answers(tx: Transaction, client: Client) -> None:
    """Only answers to questions that apply are kept, and none about health without consent."""
    answers = client.consultation.get("answers", {})
    assert all(BY_KEY[key].applies(answers) for key in answers)
    if answers.keys() - {"age"}:
        assert await tx.consents.has(client.id, HEALTH_ANSWERS)


def has_arrived(offered: list[str]) -> bool:
    """Whether these are the buttons of an advice, of an urgent text, or of what a minor reads."""
    return bool({"urgent:called"} & set(offered)) or {"change", "callback:start"} <= set(offered) or offered in (
        ["restart"],
        ["callback:start"],
        ["change:filler_planned_date", "menu"],
    )  # fmt: skip


def way_on(message: StoredMessage, chances: Random) -> str:
    """The button that somebody taps who wants to get on; empty where there is none."""
    offered = data_of(message)
    answers = [data for data in offered if data.startswith("answer:") and "consent" not in data]
    if not answers:
        return next((data for data in ONWARD if data in offered), "")
    done = [data for data in answers if data.endswith(":done")]
    ticked = any(button["text"].startswith("✅") for row in message.buttons for button in row)
    harmless = [data for data in answers if data.endswith((":none", ":clear", ":settled"))]
    if done and ticked and chances.random() < 0.7:
        return done[0]
    if harmless and not ticked and chances.random() < 0.7:
        return harmless[0]
    return chances.choice([data for data in answers if data not in done])


def looks_like(message: StoredMessage, screen: Screen) -> bool:
    """Whether the message shows the screen, perhaps with a hint above its words."""
    words, rows = parse_html(screen.text)[0].strip(), [[(b.text, b.data) for b in row] for row in screen.rows]
    buttons = [[(b["text"], b.get("callback_data", "")) for b in row] for row in message.buttons]
    return shown(message).endswith(words) and buttons == rows and bool(message.photo) == bool(screen.photo)


def steady(walks: int, steps: int) -> settings:
    """The same walks in every run, as far as threads and sockets allow; a failing one is made as short as it can be."""
    return settings(
        max_examples=walks,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
