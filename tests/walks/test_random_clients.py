"""Clients and staff who do anything at any time: there is always a way on, and the screen says what is stored."""

import asyncio
import logging
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.gateways import pacing
from tests.house import open_house
from tests.protocol.cases import dice
from tests.walks.crowd import WISHES, Crowd, steady

WHO = st.integers(0, 2)
CHOICE = st.integers(0, 10_000)
COMMANDS = (
    *("/start", "/start reception", "/consult", "/cancel", "/callback"),
    *("/help", "/privacy", "/my_data", "/prices"),
)
WORDS = (
    *("Anna", "+49 171 2345678", "12", "1", "none of these", "today", "3 days ago", "3/4/2026", "31.02.2026"),
    *("tomorrow", "in 10 days", "Cancel", "🙂", "<b>&", "x" * 501, "whatever you think", "done", "back"),
)
INVENTED = (
    *("request:1001:take", "request:1001:reached", "request:1001:clear", "request:7:nonsense"),
    *("request:1001:booked:2026-11-27", "request:1001:details", "request:1001:withdrawn"),
    *("callback:move", "callback:keep", "callback:withdraw:yes", "callback:nobody:1001", "callback:nobody:7"),
    *("question:send", "question:7"),
    *("nonsense", "🙂", "answer:", "answer:x:y", "answer:skin:nonsense", "answer:age:adult"),
    *("answer:procedures:none", "answer:toxin_date:9999-12-31", "month:toxin_date:0001-01"),
    *("callback:send", "callback:time:2026-11-21-am", "callback:edit:phone", "remind:1:done", "remind:1:check"),
    *("remind:safe_now", "change:age", "change:health", "urgent:called", "advice", "restart"),
)


class RandomClients(RuleBasedStateMachine):
    """Three clients and two colleagues at one running bot."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.patch = pytest.MonkeyPatch()
        # A walk does in seconds what takes a front desk a day: Telegram's limit for groups would stop the clock.
        self.patch.setattr(pacing, "GROUP_MESSAGES_PER_MINUTE", 1_000)
        self.crowd = self.runner.run(self.open())
        logging.getLogger().addHandler(self.crowd.errors)

    async def open(self) -> Crowd:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        house = await self.stack.enter_async_context(open_house(folder))
        return Crowd(house, folder, ("Ada", "Ben", "Cleo"))

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        logging.getLogger().removeHandler(self.crowd.errors)
        self.patch.undo()

    def run(self, act: Coroutine[Any, Any, None]) -> None:
        self.runner.run(act)

    @initialize(seed=CHOICE)
    def two_have_come_before(self, seed: int) -> None:
        ada, ben, _ = self.crowd.actors
        self.run(self.crowd.go_on(ada, dice(seed)))
        self.run(self.crowd.pursue(ben, "a call", 6))

    @rule(who=WHO, choice=CHOICE)
    def tap(self, who: int, choice: int) -> None:
        self.run(self.crowd.tap(self.crowd.actors[who], choice))

    @rule(who=WHO, choice=CHOICE)
    def tap_twice(self, who: int, choice: int) -> None:
        self.run(self.crowd.tap(self.crowd.actors[who], choice, times=2))

    @rule(who=WHO, choice=CHOICE)
    def tap_an_old_button(self, who: int, choice: int) -> None:
        self.run(self.crowd.tap_old(self.crowd.actors[who], choice))

    @rule(who=WHO, data=st.sampled_from(INVENTED))
    def tap_an_invented_button(self, who: int, data: str) -> None:
        self.run(self.crowd.tap_invented(self.crowd.actors[who], data))

    @rule(who=WHO, seed=CHOICE)
    def go_on_to_the_end(self, who: int, seed: int) -> None:
        self.run(self.crowd.go_on(self.crowd.actors[who], dice(seed)))

    @rule(who=WHO, wish=st.sampled_from(sorted(WISHES)), taps=st.sampled_from((2, 6)))
    def pursue(self, who: int, wish: str, taps: int) -> None:
        self.run(self.crowd.pursue(self.crowd.actors[who], wish, taps))

    @rule(who=WHO, text=st.sampled_from(COMMANDS))
    def command(self, who: int, text: str) -> None:
        self.run(self.crowd.say(self.crowd.actors[who], text))

    @rule(who=WHO, text=st.sampled_from(WORDS))
    def say(self, who: int, text: str) -> None:
        self.run(self.crowd.say(self.crowd.actors[who], text))

    @rule(who=WHO, choice=CHOICE)
    def choose_by_typing(self, who: int, choice: int) -> None:
        self.run(self.crowd.choose_by_typing(self.crowd.actors[who], choice))

    @rule(who=WHO, own=st.booleans())
    def share_contact(self, who: int, own: bool) -> None:
        self.run(self.crowd.share_contact(self.crowd.actors[who], own=own))

    @rule(who=WHO, choice=CHOICE)
    def use_the_reply_keyboard(self, who: int, choice: int) -> None:
        self.run(self.crowd.use_keyboard(self.crowd.actors[who], choice))

    @rule(who=WHO, choice=CHOICE)
    def send_something_odd(self, who: int, choice: int) -> None:
        self.run(self.crowd.send_odd_thing(self.crowd.actors[who], choice))

    @rule(who=WHO, hours=st.sampled_from((0, 5, 30)))
    def leave_and_return(self, who: int, hours: int) -> None:
        self.run(self.crowd.leave_and_return(self.crowd.actors[who], hours=hours))

    @rule(who=WHO, choice=CHOICE)
    def tap_together_with_the_next_one(self, who: int, choice: int) -> None:
        actors = self.crowd.actors
        self.run(self.crowd.both_tap(actors[who], actors[(who + 1) % len(actors)], choice))

    @rule(is_mia=st.booleans(), choice=CHOICE)
    def work_at_the_desk(self, is_mia: bool, choice: int) -> None:
        house = self.crowd.house
        self.run(self.crowd.work_at_the_desk(house.mia if is_mia else house.jonas, choice))

    @rule(is_mia=st.booleans(), choice=CHOICE, text=st.sampled_from(WORDS))
    def answer_at_the_desk(self, is_mia: bool, choice: int, text: str) -> None:
        house = self.crowd.house
        self.run(self.crowd.answer_at_the_desk(house.mia if is_mia else house.jonas, choice, text))

    @rule(who=WHO, choice=CHOICE, text=st.sampled_from(WORDS))
    def reply(self, who: int, choice: int, text: str) -> None:
        self.run(self.crowd.reply(self.crowd.actors[who], choice, text))

    @rule(hours=st.sampled_from((0.1, 2, 14, 24, 100, 24 * 40)))
    def wait(self, hours: float) -> None:
        self.run(self.crowd.wait(hours))

    @invariant()
    def all_is_well(self) -> None:
        self.run(self.crowd.check())


def walk(walks: int, steps: int) -> None:
    """Let them act, ``steps`` times in each of so many walks."""
    run_state_machine_as_test(RandomClients, settings=steady(walks, steps))


def test_whatever_clients_do_there_is_a_way_on_and_the_screen_says_what_is_stored() -> None:
    walk(walks=4, steps=25)


@pytest.mark.proof
def test_long_walks_of_many_random_clients() -> None:
    walk(walks=300, steps=80)
