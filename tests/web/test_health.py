"""``/healthz``, ``/readyz`` and ``/metrics``: true, quick, and without anything personal."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from handlers.health import DUE_SECONDS, POLL_SECONDS, Doctor, Pulse, measure
from tests.house import House
from tests.web.conftest import meddle


async def get(http: ClientSession, house: House, path: str) -> tuple[int, str]:
    assert house.life.web is not None
    async with http.get(house.life.web.url + path) as answer:
        return answer.status, await answer.text()


async def figures(http: ClientSession, house: House) -> dict[str, float]:
    status, text = await get(http, house, "/metrics")
    assert status == 200
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_bot_that_polls_is_alive_and_ready(polling: House, http: ClientSession) -> None:
    polling.anna.say("/start")
    await polling.button("answer:consent:agree")
    assert await get(http, polling, "/healthz") == (200, "ok\n")
    status, text = await get(http, polling, "/readyz")
    assert status == 200, text
    assert [line.split(":")[0] for line in text.splitlines()] == [
        "ok    start",
        "ok    polling",
        "ok    database",
        "ok    outbox",
    ]


async def test_a_bot_behind_a_webhook_is_ready_without_polling(hooked: House, http: ClientSession) -> None:
    status, text = await get(http, hooked, "/readyz")
    assert status == 200
    assert "polling: by webhook" in text


async def test_anything_else_is_not_found(polling: House, http: ClientSession) -> None:
    for path in ("/", "/telegram/hook", "/healthz/"):
        assert (await get(http, polling, path))[0] == 404


async def test_a_database_that_takes_no_writes_is_not_ready(
    polling: House, http: ClientSession, tmp_path: Path
) -> None:
    await meddle(tmp_path, "DROP TABLE facts")
    assert (await get(http, polling, "/healthz"))[0] == 200
    status, text = await get(http, polling, "/readyz")
    assert status == 503
    assert "wrong database: " in text


async def test_a_locked_database_is_an_answer_and_not_a_wait(
    polling: House, http: ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.health.PATIENCE_SECONDS", 0.2)
    await polling.quiet()
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None, check_same_thread=False)) as database:
        await asyncio.to_thread(database.execute, "BEGIN IMMEDIATE")
        status, text = await get(http, polling, "/readyz")
        again = await get(http, polling, "/readyz")
        database.execute("ROLLBACK")
    assert (status, "wrong database: no answer in time" in text) == (503, True)
    assert (again[0], "wrong database: no answer in time" in again[1]) == (503, True), "one look at a time"
    monkeypatch.undo()
    status, text = await get(http, polling, "/readyz")
    assert status == 200, text


async def test_another_schema_is_not_ready(polling: House, http: ClientSession, tmp_path: Path) -> None:
    await meddle(tmp_path, "UPDATE alembic_version SET version_num = '0000'")
    status, text = await get(http, polling, "/readyz")
    assert (status, "python main.py migrate" in text) == (503, True)


async def test_a_database_that_goes_away_before_its_schema_was_looked_at_is_a_finding(
    polling: House, http: ClientSession
) -> None:
    def fail(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if "alembic_version" in statement:
            raise OperationalError(statement, None, Exception("away"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        status, text = await get(http, polling, "/readyz")
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert (status, "wrong database: the database cannot be used" in text) == (503, True)


@pytest.mark.parametrize(("age", "good"), [(0, True), (POLL_SECONDS - 1, True), (POLL_SECONDS + 1, False)])
async def test_an_old_poll_is_not_ready(house_of_services: House, age: float, good: bool) -> None:
    now = asyncio.get_running_loop().time()
    pulse = Pulse(ready=True, polls=True, polled=now - age, began=now - 1000)
    found = {line.part: line.good for line in await Doctor(house_of_services.services, pulse).findings()}
    assert found == {"start": True, "polling": good, "database": True, "outbox": True}


@pytest.mark.parametrize(
    ("late", "up", "good"),
    [(0, 5000, True), (DUE_SECONDS + 1, 5000, False), (DUE_SECONDS + 1, 10, True), (86_400, 5000, False)],
)
async def test_a_row_long_overdue_is_not_ready_unless_the_bot_has_just_begun(
    house_of_services: House, late: float, up: float, good: bool
) -> None:
    services = house_of_services.services
    async with services.storage.transaction() as tx:
        due = services.now() - timedelta(seconds=late)
        await tx.outbox.plan("staff_help", recipient="staff", subject="1", due=due, now=services.now())
    now = asyncio.get_running_loop().time()
    pulse = Pulse(ready=True, polls=True, polled=now, began=now - up)
    found = {line.part: line.good for line in await Doctor(services, pulse).findings()}
    assert found["outbox"] is good


async def test_what_happens_is_counted(polling: House, http: ClientSession) -> None:
    polling.standin.faults.add("429", method="editMessageText", retry_after=1)
    polling.anna.say("/start")
    await polling.tap("answer:consent:agree")
    await polling.answer({"symptoms": ["vision"]})
    await polling.message("Anna", polling.staff)
    await polling.rest()
    found = await figures(http, polling)
    updates = 4
    assert found["afterglow_updates_received_total"] == updates
    assert found["afterglow_updates_processed_total"] == updates
    assert found["afterglow_updates_set_aside_total"] == 0
    assert found["afterglow_screen_seconds_count"] == updates
    assert found["afterglow_too_many_requests_total"] == 1
    assert {value for name, value in found.items() if name.startswith("afterglow_outbox_total") and "sent" in name} == {
        1
    }
    assert (found["afterglow_inbox_waiting"], found["afterglow_screens_owed"]) == (0, 0)
    assert (found["afterglow_outbox_due"], found["afterglow_outbox_oldest_due_seconds"]) == (0, 0)


async def test_what_waits_is_measured(polling: House, http: ClientSession) -> None:
    await polling.life.end()
    async with polling.services.storage.transaction() as tx:
        now = polling.clock()
        await tx.inbox.receive(1, [(1, 7, {}), (2, 8, {})], now)
        for late in (60, 30, -30):
            due = now - timedelta(seconds=late)
            await tx.outbox.plan("staff_help", recipient="staff", subject=str(late), due=due, now=now)
    await measure(polling.services)
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(polling.services.metrics.text().decode())
        for sample in family.samples
    }
    assert found["afterglow_inbox_waiting"] == 2
    assert found["afterglow_outbox_due"] == 2
    assert found["afterglow_outbox_oldest_due_seconds"] == 60


async def test_metrics_hold_nothing_personal(polling: House, http: ClientSession) -> None:
    await polling.consult()
    await polling.quiet()
    _, text = await get(http, polling, "/metrics")
    for secret in ("Anna", "Weber", str(polling.anna.id), polling.standin.token, "4917", "sunburn"):
        assert secret not in text
