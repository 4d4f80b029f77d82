"""Many rows due at once: side by side, each once, what has just happened first, and nobody held up by another."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from telegram.error import RetryAfter

from handlers import calm, outbox
from handlers.deliveries import KINDS
from handlers.in_hand import FOR_REMINDERS
from handlers.life import Life
from storage.tables import OutboxRow
from tests.house import House, open_house
from tests.outbox.crowd import NOTICE, newcomers, once_each, plan_for, sent_to, waiting

MORE_THAN_FIT = FOR_REMINDERS + 5


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as built:
        yield built


async def test_more_than_fit_at_once_are_all_sent_and_each_once(house: House) -> None:
    people = newcomers(house, MORE_THAN_FIT)
    await plan_for(house, people)
    house.wake()
    await house.rest()
    assert sent_to(house, people) == once_each(people)


async def test_a_row_that_hangs_holds_up_nobody(house: House) -> None:
    stuck, *others = newcomers(house, 12)
    house.standin.faults.add("hang", chat_id=stuck.id)
    await plan_for(house, [stuck, *others])
    house.wake()
    await house.eventually(lambda: sent_to(house, others) == once_each(others) or None)
    assert await waiting(house) >= 1, "the one that hangs"
    await plan_for(house, more := newcomers(house, 3))
    house.wake()
    await house.eventually(lambda: sent_to(house, more) == once_each(more) or None)
    house.standin.faults.clear()
    await house.rest()
    assert sent_to(house, [stuck]) == once_each([stuck])


async def test_what_has_just_happened_goes_before_reminders_that_wait_already(house: House) -> None:
    reminded, [told] = newcomers(house, MORE_THAN_FIT), newcomers(house, 1)
    await plan_for(house, reminded)
    house.clock.move(seconds=1)
    await plan_for(house, [told], NOTICE)
    house.wake()
    await house.eventually(lambda: sent_to(house, [told]) or None)
    assert sent_to(house, reminded).total() <= 5, "the pacer let a few go by while the notice was rendered"
    await house.rest()


async def test_an_answer_does_not_wait_for_the_reminders(house: House) -> None:
    house.anna.say("/start")
    await house.button("answer:consent:agree")
    await plan_for(house, people := newcomers(house, MORE_THAN_FIT))
    house.wake()
    await house.eventually(lambda: sent_to(house, people) or None)
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    assert await waiting(house) > 0
    await house.rest()


async def test_a_reminder_steps_aside_until_everybody_has_their_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calm, "LONGEST_SECONDS", 60)
    house.standin.faults.add("hang", chat_id=house.anna.id)
    house.anna.say("/start")
    await house.eventually(lambda: sent_to(house, [house.anna]) or None)
    await plan_for(house, people := newcomers(house, 1))
    house.wake()
    await asyncio.sleep(0.2)
    assert not sent_to(house, people)
    house.standin.faults.clear()
    await house.eventually(lambda: sent_to(house, people) or None)


async def test_a_reminder_steps_aside_for_no_update_that_was_set_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calm, "LONGEST_SECONDS", 60)
    house.standin.world.push_raw({"message": []})
    await house.quiet()
    await plan_for(house, people := newcomers(house, 1))
    house.wake()
    await house.eventually(lambda: sent_to(house, people) or None)


async def test_a_clock_that_jumps_a_day_while_a_row_is_on_its_way_does_not_send_it_twice(house: House) -> None:
    [person] = people = newcomers(house, 1)
    house.standin.faults.add("hang", chat_id=person.id)
    await plan_for(house, people)
    house.wake()
    await house.eventually(lambda: sent_to(house, people) or None)
    house.clock.move(days=1)
    for witness in newcomers(house, 2):  # two ticks that find the first row's lease over
        await plan_for(house, [witness])
        house.wake()
        await house.eventually(lambda one=witness: sent_to(house, [one]) or None)  # type: ignore[misc]
    house.standin.faults.clear()
    await house.rest()
    assert sent_to(house, people) == once_each(people)


async def test_a_restart_in_the_middle_repeats_nothing(house: House) -> None:
    people = newcomers(house, MORE_THAN_FIT)
    await plan_for(house, people)
    house.wake()
    await house.eventually(lambda: sent_to(house, people) or None)
    await house.life.end()
    assert 0 < await waiting(house) < MORE_THAN_FIT
    house.life = Life(house.services)
    await house.life.begin()
    await house.rest()
    assert sent_to(house, people) == once_each(people)


async def test_a_row_that_is_long_on_its_way_keeps_its_lease(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "RENEW_SECONDS", 0.05)
    [person] = people = newcomers(house, 1)
    await house.life.end()
    house.life = Life(house.services)  # which renews more often
    await house.life.begin()
    house.standin.faults.add("hang", chat_id=person.id)
    await plan_for(house, people)
    house.wake()
    await house.eventually(lambda: sent_to(house, people) or None)
    house.clock.move(seconds=50)
    async with asyncio.timeout(5):
        while await leased_until(house) != house.clock() + outbox.LEASE:
            await asyncio.sleep(0.02)
    house.standin.faults.clear()
    await house.rest()


async def leased_until(house: House) -> object:
    async with house.services.storage.snapshot() as tx:
        [row] = await tx.outbox.waiting_of_kind("advice_moved")
    return row.leased_until


async def test_a_kind_that_this_release_does_not_know_stops_nobody(house: House) -> None:
    people = newcomers(house, 2)
    await plan_for(house, people, "of_a_newer_release")
    await plan_for(house, people)
    house.wake()
    await house.eventually(lambda: sent_to(house, people) == once_each(people) or None)
    assert await waiting(house, "of_a_newer_release") == 2


@pytest.fixture
def broken_note(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What follows from a sent message always fails; the rows for which it was tried."""
    monkeypatch.setattr(outbox, "RECORD_AGAIN_SECONDS", (0.01, 0.01))
    tried: list[int] = []

    async def fail(tx: object, row: OutboxRow, *_: object) -> None:
        tried.append(row.id)
        raise KeyError(row.kind)

    monkeypatch.setitem(KINDS, NOTICE, replace(KINDS[NOTICE], sent=fail))
    return tried


async def test_a_message_whose_note_always_fails_is_sent_once(house: House, broken_note: list[int]) -> None:
    people = newcomers(house, 1)
    await plan_for(house, people, NOTICE)
    house.wake()
    await house.eventually(lambda: sent_to(house, people) or None)
    async with asyncio.timeout(5):
        while await waiting(house, NOTICE):
            house.clock.move(seconds=1)
            house.wake()
            await asyncio.sleep(0.02)
    assert len(broken_note) > 1, "it was tried again"
    assert sent_to(house, people) == once_each(people)


async def test_a_message_sent_while_the_database_cannot_be_written_is_recorded_when_it_can(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RECORD_AGAIN_SECONDS", (0.01, 0.01))
    failures = iter(range(len(outbox.RECORD_AGAIN_SECONDS)))

    def fail(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE outbox") and "sent_at" in statement and next(failures, None) is not None:
            raise OperationalError(statement, None, sqlite3.OperationalError("disk I/O error"))

    people = newcomers(house, 1)
    await plan_for(house, people, NOTICE)
    event.listen(Engine, "before_cursor_execute", fail)
    try:
        house.wake()
        await house.rest()
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert next(failures, None) is None
    assert sent_to(house, people) == once_each(people)


async def test_a_wait_is_counted_from_the_failure_and_not_from_the_claim(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object) -> None:
        house.clock.move(seconds=40)
        raise RetryAfter(30)

    monkeypatch.setitem(KINDS, NOTICE, replace(KINDS[NOTICE], render=slow))
    await plan_for(house, newcomers(house, 1), NOTICE)
    begin = house.clock()
    house.wake()
    async with asyncio.timeout(5):
        while not (row := await the_one(house)).last_error:
            await asyncio.sleep(0.02)
    assert row.due_at == begin + timedelta(seconds=70)


async def the_one(house: House) -> OutboxRow:
    async with house.services.storage.snapshot() as tx:
        [row] = await tx.outbox.waiting_of_kind(NOTICE)
    return row
