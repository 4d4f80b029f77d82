"""The bot is killed in the middle of what two clients, two colleagues and an outsider do: nothing of it is lost."""

import asyncio
import logging
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.consultation.questions import BY_KEY
from bot.gateways import pacing
from demo.people import Person
from tests.house import data_of, open_house, shown
from tests.protocol.cases import dice
from tests.walks.crowd import Actor, Crowd, steady
from tests.walks.mortal import Mortal

WHO = st.integers(0, 1)
CHOICE = st.integers(0, 10_000)
MOMENT = st.integers(0, 60)
"""After so many turns of the event loop the bot is killed: while it receives, decides, saves, or speaks."""

FORGED = ("request:1001:take", "request:1001:clear", "request:1002:reached", "callback:send", "remind:1:stop")


class Killed(Crowd):
    """A crowd whose bot is killed in the middle of an act, and started again."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.mortal = Mortal(self.house, f"sqlite:///{self.database}")

    async def in_the_middle(self, moment: int, act: Callable[[], object]) -> None:
        """Let somebody act, kill the bot ``moment`` turns of the loop later, start it again, and wait for quiet."""
        updates = self.house.standin.world.updates
        first, said = updates.next_id, len(self.house.staff.messages)
        act()
        for _ in range(moment):
            await asyncio.sleep(0)
        await self.mortal.kill()
        self.house.clock.move(minutes=2)  # what the dead bot had leased is free again
        await self.mortal.begin()
        for actor in self.actors:  # whoever was owed a screen is shown it at the start
            self._note(actor, drawn=False)
        self.presses.clear()  # a tap that nobody answered is followed by the screen, not by an answer
        await self.rest()
        self._check_updates(first, updates.next_id)
        self._check_repeats(said)

    async def tap_and_be_killed(self, actor: Actor, choice: int, moment: int) -> None:
        """Tap the current screen; whatever it was, the tap counts, though it is never repeated."""
        message = await self.current(actor)
        offered = data_of(message) if message else []
        if message is None or not offered:
            return
        data = offered[choice % len(offered)]
        await self.in_the_middle(moment, lambda: self.press(actor.person, message, data))
        await self._check_answer(actor, data)

    async def _check_answer(self, actor: Actor, data: str) -> None:
        """The only option of a question that was chosen is stored."""
        kind, _, answer = data.partition(":")
        key, _, option = answer.partition(":")
        if kind != "answer" or key not in BY_KEY or BY_KEY[key].kind != "one" or option not in BY_KEY[key].options:
            return
        async with self.house.services.storage.snapshot() as tx:
            client = await tx.clients.by_user(actor.person.id)
        assert client is not None
        assert client.consultation["answers"].get(key) == option, f"{data} was tapped and is lost"

    def _check_updates(self, first: int, end: int) -> None:
        worked_off = self._query(f"SELECT count(*) FROM inbox WHERE state = 'done' AND update_id >= {first}")  # noqa: S608
        assert worked_off == [(end - first,)], "an update was lost"

    def _check_repeats(self, said: int) -> None:
        """What a kill made the bot say twice can be told from news."""
        new = Counter(shown(message) for message in self.house.staff.messages[said:] if message.from_bot)
        assert not [text for text, times in new.items() if times > 1], "a repeat in the staff chat is not marked"

    def check_promises(self, outsider: Person) -> None:
        """What was to be said was said, or waits, or its client left; and the outsider has moved nothing."""
        lost = self._query("SELECT kind, last_error FROM outbox WHERE state = 'failed'")
        assert not lost, "a promise was given up"
        assert not self._query(f"SELECT number FROM requests WHERE taken_by_id = {outsider.id}")  # noqa: S608


class KillAndRestart(RuleBasedStateMachine):
    """Two clients, two colleagues, an outsider, and a bot that dies again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(pacing, "GROUP_MESSAGES_PER_MINUTE", 1_000)
        self.patch.setattr("tests.walks.crowd.PATIENCE", 60)
        self.crowd = self.runner.run(self.open())
        self.outsider = self.crowd.house.standin.world.add_user("Olga")
        logging.getLogger().addHandler(self.crowd.errors)

    async def open(self) -> Killed:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        house = await self.stack.enter_async_context(open_house(folder))
        crowd = Killed(house, folder, ("Ada", "Ben"))
        await house.life.end()
        await house.services.storage.close()
        await crowd.mortal.begin()
        return crowd

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        logging.getLogger().removeHandler(self.crowd.errors)
        self.patch.undo()

    def run(self, act: Coroutine[Any, Any, None] | Awaitable[None]) -> None:
        self.runner.run(act)  # type: ignore[arg-type]

    @initialize(seed=CHOICE)
    def they_have_come_before(self, seed: int) -> None:
        ada, ben = self.crowd.actors
        self.run(self.crowd.go_on(ada, dice(seed)))
        self.run(self.crowd.pursue(ben, "a call", 6))

    @rule(who=WHO, choice=CHOICE, moment=MOMENT)
    def kill_after_a_tap(self, who: int, choice: int, moment: int) -> None:
        self.run(self.crowd.tap_and_be_killed(self.crowd.actors[who], choice, moment))

    @rule(who=WHO, text=st.sampled_from(("/start", "/consult", "/callback", "/my_data", "hello")), moment=MOMENT)
    def kill_after_words(self, who: int, text: str, moment: int) -> None:
        person = self.crowd.actors[who].person
        self.run(self.crowd.in_the_middle(moment, lambda: person.say(text)))

    @rule(is_mia=st.booleans(), choice=CHOICE, moment=MOMENT)
    def kill_while_the_desk_works(self, is_mia: bool, choice: int, moment: int) -> None:
        staff, house = self.crowd.house.staff, self.crowd.house
        buttons = [(message, data) for message in staff.messages for data in data_of(message)]
        if buttons:
            message, data = buttons[choice % len(buttons)]
            person = house.mia if is_mia else house.jonas
            self.run(self.crowd.in_the_middle(moment, lambda: person.press(message, data, chat=staff)))

    @rule(data=st.sampled_from(FORGED), moment=MOMENT)
    def an_outsider_forges_a_button(self, data: str, moment: int) -> None:
        def forge() -> None:
            self.outsider.press(self.outsider.say("/start"), data)

        self.run(self.crowd.in_the_middle(moment, forge))

    @rule(hours=st.sampled_from((2, 24, 100)), moment=MOMENT)
    def kill_while_reminders_go_out(self, hours: int, moment: int) -> None:
        def pass_time() -> None:
            self.crowd.house.clock.move(hours=hours)
            self.crowd.house.wake()

        self.run(self.crowd.in_the_middle(moment, pass_time))

    @rule(who=WHO, seed=CHOICE)
    def go_on_to_the_end(self, who: int, seed: int) -> None:
        self.run(self.crowd.go_on(self.crowd.actors[who], dice(seed)))

    @rule(who=WHO)
    def pursue_a_call(self, who: int) -> None:
        self.run(self.crowd.pursue(self.crowd.actors[who], "a call", 6))

    @invariant()
    def nothing_is_lost(self) -> None:
        self.run(self.crowd.check())
        self.crowd.check_promises(self.outsider)


def walk(walks: int, steps: int) -> None:
    """Let them act, ``steps`` times in each of so many walks."""
    run_state_machine_as_test(KillAndRestart, settings=steady(walks, steps))


def test_a_few_kills_and_restarts_lose_nothing() -> None:
    walk(walks=3, steps=6)


@pytest.mark.proof
def test_whenever_the_bot_is_killed_nothing_is_lost() -> None:
    walk(walks=20, steps=20)
