"""Two processes on one PostgreSQL: one polls, both work, each client's updates in order, each screen drawn once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from demo.faults import Fault
from handlers import inbox
from tests.house import House, data_of, newest_with
from tests.scale.conftest import Colleague, colleague_of, cut_off

Sql = Callable[[str], Awaitable[Any]]


def processed(metrics: Any) -> float:
    return float(metrics.processed._value.get())  # noqa: SLF001  the library has no reader but the text


async def test_one_polls_and_the_other_stands_by(house: House, colleague: Colleague) -> None:
    await house.consult()
    assert b"afterglow_polling 1.0" in house.services.metrics.text()
    assert b"afterglow_polling 0.0" in colleague.services.metrics.text()
    assert not [call for call in house.standin.world.calls if call.status == 409]


async def test_many_clients_are_served_by_both_in_order_and_once(
    house: House, colleague: Colleague, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "IN_FLIGHT", 1)
    monkeypatch.setattr(inbox, "LOOK_SECONDS", 0.1)
    people = [house.standin.world.add_user(f"Client{number}") for number in range(3)]
    await asyncio.gather(*(house.consult(person) for person in people))
    await house.quiet()
    shares = [processed(house.services.metrics), processed(colleague.services.metrics)]
    assert all(shares), "both worked"
    assert [(sum(shares),)] == [(float(count),) for (count,) in await sql("SELECT count(*) FROM inbox")]
    assert await sql("SELECT DISTINCT state FROM inbox") == [("done",)]
    for person in people:
        asked = Counter(message.message_id for message in person.chat.messages if message.has_button("change"))
        assert len(asked) == 1, "the advice was shown once"
    assert len(await sql("SELECT client_id FROM advices")) == len(people)


async def test_taps_in_quick_succession_take_effect_in_their_order(
    house: House, colleague: Colleague, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOK_SECONDS", 0.1)
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    board = await house.button("answer:symptoms:none")
    await house.quiet()
    for text in ["no", "yesterday", "none", "/help", "/cancel", "no", "/privacy", "none", "/start"]:
        house.anna.say(text)
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    await house.quiet()
    assert await sql("SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]
    last = house.anna.chat.last()
    assert last is not None
    assert {"continue", "restart"} <= set(data_of(last)), "the last word was /start"
    assert board is not last


async def test_a_stale_poller_is_replaced_and_nothing_is_lost(
    house: House, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.poller.STANDBY_SECONDS", 0.05)
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    await cut_off(house.life)
    house.anna.say("hello?")
    await house.tap("answer:symptoms:none")
    await house.button("answer:procedures:none")
    assert b"afterglow_polling 1.0" in colleague.services.metrics.text()


async def test_a_poller_whose_connection_drops_sits_down_again(
    house: House, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.poller.BEAT", timedelta(milliseconds=20))
    monkeypatch.setattr("handlers.poller.STANDBY_SECONDS", 0.05)
    await house.consult()
    killed = await sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    assert killed == [(True,)]
    house.anna.say("/callback")
    await house.button("callback:name")


async def test_a_screen_owed_by_a_dead_process_is_shown_by_the_living(
    house: House, postgresql_address: str, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.presenter.LOOK_SECONDS", 0.05)
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    await house.quiet()
    await house.life.end()
    await sql(
        "UPDATE clients SET screen_owed = true, screen_lease_token = 'dead', screen_digest = '', "
        "screen_leased_until = clock_timestamp() + interval '0.5 second'"
    )
    before = len(house.standin.world.calls)
    async with colleague_of(house, postgresql_address), colleague_of(house, postgresql_address):
        await house.quiet()
    shown = [
        call.method
        for call in house.standin.world.calls[before:]
        if call.chat_id == house.anna.id and call.method.startswith(("send", "edit"))
    ]
    assert shown == ["sendMessage"], "once, by one of the two"
    assert newest_with(house.anna.chat, "answer:symptoms:none") is not None


async def drawing_held_up(house: House) -> tuple[asyncio.Task[None], Fault]:
    """The house's bot draws a client's screen, and Telegram's answer is late."""
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.button("answer:symptoms:none")
    await house.quiet()
    client = await house.client()
    late = house.standin.faults.add("late", method="sendMessage", chat_id=house.anna.id)
    drawing = asyncio.create_task(house.life._presenter.present(client.id))  # noqa: SLF001
    await house.eventually(lambda: any(call.fault for call in house.standin.world.calls))
    return drawing, late


async def answer_elsewhere(house: House, colleague: Colleague) -> int:
    """Another process commits the client's next answer, and has not shown anything yet."""
    client = await house.client()
    async with colleague.services.storage.transaction() as tx:
        other = await tx.clients.by_id(client.id, lock=True)
        assert other is not None
        other.consultation = {"answers": {"age": "adult", "symptoms": ["none"]}}
        await tx.screens.owe(other, colleague.services.process)
    return other.id


async def test_a_change_seen_elsewhere_during_a_drawing_is_drawn_once_after_it(
    house: House, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.presenter.AGAIN_SECONDS", 0.3)
    drawing, late = await drawing_held_up(house)
    client_id = await answer_elsewhere(house, colleague)
    before = len(house.standin.world.calls)
    newer = asyncio.create_task(colleague.life._presenter.present(client_id))  # noqa: SLF001
    await asyncio.sleep(0.1)
    assert newest_with(house.anna.chat, "answer:procedures:none") is None, "one draws at a time"
    late.released.set()
    await asyncio.gather(drawing, newer)
    await asyncio.sleep(0.5)  # beyond the moment at which the first looks whether it was drawn
    drawn = [call.method for call in house.standin.world.calls[before:] if call.chat_id == house.anna.id]
    assert drawn.count("sendMessage") == 1, "by the one that had something newer, and by nobody again"
    assert "editMessageText" not in drawn
    assert newest_with(house.anna.chat, "answer:procedures:none") is not None
    await house.quiet()


async def test_a_change_whose_process_dies_before_it_shows_it_is_shown_by_who_was_drawing(
    house: House, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was being drawn is old: it must not settle what is owed for the newer answer."""
    monkeypatch.setattr("handlers.presenter.AGAIN_SECONDS", 0.1)
    drawing, late = await drawing_held_up(house)
    await answer_elsewhere(house, colleague)
    await cut_off(colleague.life)
    late.released.set()
    await drawing
    await house.button("answer:procedures:none")
    await house.quiet()
    async with house.services.storage.transaction() as tx:
        assert await tx.screens.unattended() == []
