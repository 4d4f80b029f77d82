"""Clients who answer whatever stands on their screen, tap every button once, and remember what they answered."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.consultation.questions import BY_KEY
from demo.chats import StoredMessage
from demo.people import Person
from tests.house import HEALTHY, data_of, shown
from tests.kills.lives import Lives

PATIENCE = 120.0
"""Seconds; a screen that a kill held back comes with the next life."""

ON_THE_WAY = ("callback:send", "callback:skip", "callback:time:", "callback:name")
"""What leads to a request, the most wanted first."""

GIVING_UP = ("callback:withdraw", "callback:withdraw:yes")


class Enough(Exception):
    """The client was told to stop, and has the screen that follows from the last tap."""


@dataclass(eq=False)
class Client:
    """Somebody with a phone.

    ``given`` holds what was answered in each consultation, as it must be stored; ``giving`` the same of one that is
    under way. ``asked`` counts the callback requests. After ``stop`` nothing is tapped any more.
    """

    lives: Lives
    person: Person
    random: Random
    given: list[dict[str, Any]] = field(default_factory=list)
    giving: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_busy(self) -> None:
        """Ask for a call, give it up, consult, and so on, until told to stop."""
        with suppress(Enough):
            await self._begin()
            while True:
                await self.ask_for_a_call()
                await self.give_it_up()
                await self.consult()

    async def arrive_and_ask(self) -> None:
        """A callback request and nothing else."""
        with suppress(Enough):
            await self._begin()
            await self.ask_for_a_call()

    async def _begin(self) -> None:
        self.person.say("/start")
        await self._button("answer:consent:agree")

    async def consult(self) -> None:
        """One consultation, from the first question to the advice."""
        self.person.say("/consult" if self.given else "/start")
        if not self.given:
            await self._tap("answer:consent:agree")
        answers = HEALTHY | {"wish": self.random.choice(BY_KEY["wish"].options)}
        for key, option in answers.items():
            await self._tap(f"answer:{key}:{option}")
            self.giving[key] = option
        self.given.append(self.giving)
        self.giving = {}
        await self._button("change")

    async def ask_for_a_call(self) -> None:
        """One callback request; *Send* is tapped twice, as people do."""
        self.person.say("/callback")
        done: set[tuple[str, str]] = set()
        lead = ""
        while lead != ON_THE_WAY[0]:
            lead, data, message = await self._until(lambda: self._next(done))
            done.add((lead, shown(message)))
            if lead == "contact":
                self.person.tap("Share my number")
            else:
                self.person.press(message, data)
        self.person.press(message, data)
        self.asked += 1
        await self._button(GIVING_UP[0])

    async def give_it_up(self) -> None:
        """The request is not wanted any more."""
        for data in GIVING_UP:
            await self._tap(data)
        await self._button("callback:start")

    def _next(self, done: set[tuple[str, str]]) -> tuple[str, str, StoredMessage] | None:
        """What to do now, and with which message; the same is never done twice to the same words."""
        last = self.person.chat.last()
        if last is None:
            return None
        offered = [(lead, data, last) for lead in ON_THE_WAY for data in data_of(last) if data.startswith(lead)]
        if self.person.chat.keyboard:
            offered.append(("contact", "", last))
        return next((way for way in offered if (way[0], shown(last)) not in done), None)

    async def _tap(self, data: str) -> None:
        """Tap once, and never again: the bot has to remember it."""
        self.person.press(await self._button(data), data)

    async def _button(self, data: str) -> StoredMessage:
        def newest() -> StoredMessage | None:
            last = self.person.chat.last()
            return last if last and last.has_button(data) else None

        message: StoredMessage = await self._until(newest)
        return message

    async def _until(self, condition: Any) -> Any:
        value = await self.lives.standin.world.until(condition, timeout=PATIENCE)
        if self.stop.is_set():
            raise Enough
        return value


class Load:
    """Clients who are busy all the time, and one who was there first.

    That one rehearses: does everything once with the nursery's own life, so that all later ones find it warm.
    """

    def __init__(self, lives: Lives, number: int) -> None:
        self._lives = lives
        self._tasks: list[asyncio.Task[None]] = []
        self.clients = [self._arrival(index) for index in range(number + 1)]

    def _arrival(self, number: int) -> Client:
        person = self._lives.standin.world.add_user(f"Client {number}")
        return Client(self._lives, person, Random(number))  # noqa: S311 - the same answers in every run

    async def begin(self) -> None:
        """Rehearse, and let all others begin."""
        first, *others = self.clients
        await first.consult()
        await first.ask_for_a_call()
        await first.give_it_up()
        await self._lives.quiet()
        await self._lives.warmed_up()
        self._tasks = [asyncio.create_task(client.keep_busy()) for client in others]

    def add_one_who_asks(self) -> None:
        """One more client, who wants a call and nothing else."""
        client = self._arrival(len(self.clients))
        self.clients.append(client)
        self._tasks.append(asyncio.create_task(client.arrive_and_ask()))

    def check(self) -> None:
        """Raise what ended a client's task."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def end(self) -> None:
        """One more life, left alone for everything that is still to be done; its clock is past all leases."""
        for client in self.clients:
            client.stop.set()
        await self._lives.start(minutes=2)
        await asyncio.gather(*self._tasks)
        await self._lives.quiet()
        await self._lives.stop()
