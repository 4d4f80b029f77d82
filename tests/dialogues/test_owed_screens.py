"""A screen is owed until the newest one was shown, whoever else shows something in between."""

import math
import sqlite3
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from demo.faults import Fault
from demo.world import Call
from handlers import places, presenter
from handlers.life import Life
from handlers.places.view import View
from messages.screen import Screen
from tests.house import House, shown


def held_by_anybody(house: House) -> list[Call]:
    """All calls that met a fault."""
    return [call for call in house.standin.world.calls if call.fault]


def held(house: House) -> list[Call]:
    """The client's calls that met a fault."""
    return [call for call in held_by_anybody(house) if call.chat_id == house.anna.id]


@pytest.fixture(autouse=True)
def short_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs when the bot ends hangs for ever."""
    monkeypatch.setattr("handlers.life.DRAIN_SECONDS", 0.2)


async def a_belated_screen(house: House) -> Fault:
    """Let a new bot show what the one before owed; the screen stands in the chat, and the answer is on its way."""
    house.anna.say("/start")
    first = await house.button("answer:consent:agree")
    house.standin.faults.add("hang", method="editMessageText")
    house.anna.press(first, "answer:consent:agree")
    await house.eventually(lambda: held(house))
    await house.life.end()  # the answer is stored, and its screen is owed
    house.standin.faults.clear()

    belated = house.standin.faults.add("late", method="sendMessage")
    house.life = Life(house.services)
    await house.life.begin()
    await house.eventually(lambda: len(held(house)) == 2)
    return belated


async def test_an_old_screen_that_comes_late_does_not_settle_what_is_owed_for_a_newer_tap(house: House) -> None:
    """Otherwise a crash between that tap's commit and its screen would leave the client with the old one."""
    belated = await a_belated_screen(house)
    house.anna.say("/privacy")
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    house.standin.faults.add("hang", method="sendMessage")
    await worked_off(house)
    belated.released.set()
    await house.eventually(lambda: len(held(house)) == 3)
    assert (await house.client()).screen_owed, "the newer screen was not shown, and would be forgotten by a crash"
    house.standin.faults.clear()
    await house.quiet()


async def test_a_screen_overtaken_by_the_clients_next_tap_does_not_settle_what_is_owed_for_it(house: House) -> None:
    house.anna.say("/start")
    board = await house.button("answer:consent:agree")
    overtaken = house.standin.faults.add("late", method="editMessageText")
    house.anna.press(board, "answer:consent:agree")
    await house.eventually(lambda: held(house))
    await house.answered(house.anna.press(board, "answer:symptoms:none"))
    house.standin.faults.add("hang", method="editMessageText")
    overtaken.released.set()
    await house.eventually(lambda: len(held(house)) == 2)
    assert (await house.client()).screen_owed, "the newer screen was not shown, and would be forgotten by a crash"
    house.standin.faults.clear()
    await house.button("answer:procedures:none")
    await house.quiet()


async def test_an_update_that_changes_nothing_leaves_no_screen_owed(house: House) -> None:
    belated = await a_belated_screen(house)
    house.standin.faults.add("hang", method="answerCallbackQuery")
    press = house.anna.press(house.anna.chat.messages[-1], "noop")
    await house.eventually(lambda: any(call.method == "answerCallbackQuery" for call in held_by_anybody(house)))
    belated.released.set()
    await house.quiet()
    house.standin.faults.clear()
    await house.answered(press)


def break_drawing(monkeypatch: pytest.MonkeyPatch, times: float) -> list[None]:
    """Let drawing a screen fail so often; what is answered grows with each time."""
    monkeypatch.setattr(presenter, "RETRY_SECONDS", (0.01,))
    failed: list[None] = []

    async def fail(view: View) -> Screen:
        if len(failed) < times:
            failed.append(None)
            raise KeyError(view.client.place)
        return await places.draw(view)

    monkeypatch.setattr(presenter, "draw", fail)
    return failed


async def test_a_screen_whose_drawing_fails_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.anna.say("/start")
    first = await house.button("answer:consent:agree")
    await house.quiet()
    failed = break_drawing(monkeypatch, times=2)
    await house.answered(house.anna.press(first, "answer:consent:agree"))
    await house.button("answer:symptoms:none")
    await house.quiet()
    assert len(failed) == 2


async def test_a_screen_that_always_fails_is_told_once_and_drawn_at_the_clients_next_step(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.anna.say("/start")
    first = await house.button("answer:consent:agree")
    await house.quiet()
    failed = break_drawing(monkeypatch, times=math.inf)
    house.anna.press(first, "answer:consent:agree")
    alert = await house.message("could not be shown", house.staff)
    assert "KeyError" in shown(alert)
    assert "Anna" not in shown(alert)
    assert len(failed) == presenter.TRIES
    assert (await house.client()).screen_owed
    monkeypatch.setattr(presenter, "draw", places.draw)
    house.anna.say("/start")
    await house.button("answer:symptoms:none")
    await house.quiet()


async def test_a_look_for_owed_screens_that_fails_is_repeated(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.anna.say("/start")
    first = await house.button("answer:consent:agree")
    house.standin.faults.add("hang", method="editMessageText")
    house.anna.press(first, "answer:consent:agree")
    await house.eventually(lambda: held(house))
    await house.life.end()
    house.standin.faults.clear()
    monkeypatch.setattr(presenter, "LOOK_SECONDS", 0.05)
    failures = iter(range(2))

    def fail(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if "WHERE clients.screen_owed" in statement and next(failures, None) is not None:
            raise OperationalError(statement, None, sqlite3.OperationalError("disk I/O error"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        house.life = Life(house.services)
        await house.life.begin()
        await house.button("answer:symptoms:none")
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    await house.quiet()
    assert next(failures, None) is None


async def worked_off(house: House) -> None:
    """Wait until every update was decided on, whether its screen was shown or not."""

    async def nothing_waits() -> bool:
        async with house.services.storage.snapshot() as tx:
            return not await tx.inbox.next(1)

    while not await nothing_waits():
        await house.eventually(lambda: True)
