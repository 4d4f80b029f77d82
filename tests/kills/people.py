"""Clients who answer whatever stands on their screen, tap every button once, and remember what they answered."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.consultation.questions import BY_KEY
from demo.chats import StoredMessage
from demo.people import Person
from tests.house import HEALTHY, data_of
from tests.kills.lives import Lives

PATIENCE = 600.0
"""Seconds; a screen that a kill held back comes with the next life."""

ON_THE_WAY = ("callback:send", "callback:skip", "callback:time:", "callback:name")
"""What leads to a request, the most wanted first."""


@dataclass(eq=False)
class Client:
    """Somebody with a phone. ``given`` holds what was answered in each consultation, as it must be stored."""

    lives: Lives
    person: Person
    random: Random
    given: list[dict[str, Any]] = field(default_factory=list)
    has_asked: bool = False

    async def consult(self) -> None:
        """One consultation, from the first question to the advice."""
        self.person.say("/consult" if self.given else "/start")
        if not self.given:
            await self._tap("answer:consent:agree")
        answers = HEALTHY | {"wish": self.random.choice(BY_KEY["wish"].options)}
        for key, option in answers.items():
            await self._tap(f"answer:{key}:{option}")
        await self._button("change")
        self.given.append(answers)

    async def arrive_and_ask(self) -> None:
        """A callback request and nothing else."""
        self.person.say("/start")
        await self._button("answer:consent:agree")
        await self.ask_for_a_call()

    async def ask_for_a_call(self) -> None:
        """One callback request; *Send* is tapped twice, as people do."""
        self.person.say("/callback")
        done: set[str] = set()
        while "callback:send" not in done:
            wanted = await self._until(lambda: self._next(done))
            if wanted == "contact":
                self.person.share_contact()
                done.add("contact")
                continue
            message, data = wanted
            done.add(data)
            self.person.press(message, data)
            if data == "callback:send":
                self.person.press(message, data)
        self.has_asked = True

    def _next(self, done: set[str]) -> Any:
        last = self.person.chat.last()
        offered = data_of(last) if last else []
        for lead in ON_THE_WAY:
            for data in offered:
                if data.startswith(lead) and (data not in done or data == "callback:skip"):
                    return last, data
        if self.person.chat.keyboard and "contact" not in done:
            return "contact"
        return None

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
        return await self.lives.standin.world.until(condition, timeout=PATIENCE)


async def keep_busy(client: Client, stop: asyncio.Event) -> None:
    """Consult and ask for a call, until told to stop; what was begun is brought to its end."""
    await client.consult()
    await client.ask_for_a_call()
    while not stop.is_set():
        await client.consult()
