"""A change of protocol: what it would mean, and what clients with a reminder are told after it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import bot.consultation
from bot.consultation.protocol import Protocol, load_protocol
from handlers.workbench import compare, follow_protocol, identity
from tests.house import House, shown

SHIPPED = Path(bot.consultation.__file__).with_name("protocol.toml").read_text("utf-8")


@pytest.fixture
def stricter(tmp_path: Path) -> Protocol:
    """Hyaluronic acid a week longer until drainage outside the zone."""
    text = SHIPPED.replace(HA_ROW, HA_ROW.replace("7", "10", 1)).replace('"2026.1"', '"2026.2"', 1)
    assert text != SHIPPED
    file = tmp_path / "stricter.toml"
    file.write_text(text, "utf-8")
    return load_protocol(file)


CHECK_INS = next(line for line in SHIPPED.splitlines() if line.startswith("after_injection_days"))
HA_ROW = next(line for line in SHIPPED.splitlines() if line.startswith("ha") and "7" in line)


async def with_a_reminder(house: House) -> None:
    await follow_protocol(house.services)
    date = (house.clock().date() - timedelta(days=3)).isoformat()
    await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["cheeks"], filler_date=date, settling="settled"
    )
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")
    await house.quiet()


async def test_what_a_switch_would_change_is_said_in_numbers_without_a_name(house: House, stricter: Protocol) -> None:
    await with_a_reminder(house)
    ben = house.standin.world.add_user("Ben")
    await house.consult(ben)
    lines = [line async for line in compare(house.services.protocol, stricter, house.services.storage)]
    text = "\n".join(lines)
    assert "2 active clients on file" in text
    assert "a date changes: 1" in text
    assert "for example clients 1" in text
    assert "Anna" not in text


async def test_after_a_switch_a_moved_reminder_is_planned_anew_and_told(house: House, stricter: Protocol) -> None:
    await with_a_reminder(house)
    assert [row.due_at.date().isoformat() for row in await house.outbox()] == ["2026-11-24"]
    await follow_protocol(replace(house.services, protocol=stricter))
    await house.eventually(lambda: any("Your date has moved" in shown(m) for m in house.anna.chat.messages))
    await house.rest()
    told = next(shown(m) for m in house.anna.chat.messages if "Your date has moved" in shown(m))
    assert "Friday, 27 November" in told
    assert "Tuesday, 24 November" in told
    assert [row.due_at.date().isoformat() for row in await house.outbox()] == ["2026-11-27"]
    client = await house.client()
    async with house.services.storage.transaction() as tx:
        latest = await tx.advices.latest(client.id)
    assert latest is not None
    assert latest.protocol_version == "2026.2"


async def test_other_days_for_check_ins_move_them_and_are_told(house: House, tmp_path: Path) -> None:
    await with_a_reminder(house)
    house.anna.say("/reminders")
    await house.tap("remind:after_injection")
    await house.tap("remind:after_injection:on")
    await house.screen("noted")
    await house.quiet()
    file = tmp_path / "later.toml"
    file.write_text(SHIPPED.replace(CHECK_INS, CHECK_INS.replace("7", "9")), "utf-8")
    await follow_protocol(replace(house.services, protocol=load_protocol(file)))
    await house.eventually(lambda: any("Your date has moved" in shown(m) for m in house.anna.chat.messages))
    await house.rest()
    [told] = [shown(m) for m in house.anna.chat.messages if "Your date has moved" in shown(m)]
    assert "Check-ins after your injection: Thursday, 26 November instead of Tuesday, 24 November" in told
    assert {row.kind: row.due_at.date().isoformat() for row in await house.outbox()} == {
        "safe_now": "2026-11-24",
        "after_injection": "2026-11-26",
    }


async def test_the_same_protocol_tells_nobody_anything(house: House) -> None:
    await with_a_reminder(house)
    await house.rest()
    before = len(house.anna.chat.messages)
    await follow_protocol(house.services)
    await house.rest()
    assert len(house.anna.chat.messages) == before


async def test_a_switch_that_was_interrupted_goes_on_and_tells_nobody_twice(house: House, stricter: Protocol) -> None:
    await with_a_reminder(house)
    switched = replace(house.services, protocol=stricter)
    await follow_protocol(switched)
    async with house.services.storage.transaction() as tx:
        await tx.facts.put("protocol", "as if the last step had not been reached")
    await follow_protocol(switched)
    await house.rest()
    assert sum("Your date has moved" in shown(m) for m in house.anna.chat.messages) == 1


async def test_a_reminder_that_the_new_protocol_forbids_is_taken_back_and_told(house: House, tmp_path: Path) -> None:
    await with_a_reminder(house)
    doctor = house.services.protocol
    answers = (await house.client()).consultation["answers"]
    assert answers["settling"] == "settled"
    house.clock.move(days=1)
    async with house.services.storage.transaction() as tx:
        row = await tx.advices.latest((await tx.clients.by_user(house.anna.id)).id)  # type: ignore[union-attr]
        assert row is not None
        row.answers = {**row.answers, "settling": "lump"}
        await tx.facts.put("protocol", "another one")
    await follow_protocol(replace(house.services, protocol=doctor))
    await house.eventually(lambda: any("is off" in shown(m) for m in house.anna.chat.messages))
    await house.rest()
    assert [row.kind for row in await house.outbox()] == []


def test_protocols_that_advise_alike_have_one_identity(stricter: Protocol) -> None:
    assert identity(load_protocol()) == identity(load_protocol())
    assert identity(load_protocol()) != identity(stricter)
