"""Every morning at nine the staff chat gets the list of what is open, an empty one too, once a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from handlers.life import Life
from tests.dialogues.test_escalation import later, send_request
from tests.house import House, open_house, shown

HEAD = "Good morning"


def digests(house: House) -> list[str]:
    return [shown(message) for message in house.staff.messages if HEAD in shown(message)]


async def until_morning(house: House, day: int) -> None:
    """Nine o'clock at the clinic, on that day of November 2026."""
    house.clock.moment = datetime(2026, 11, day, 8, 0, tzinfo=UTC)
    house.wake()
    await house.rest()


async def test_a_quiet_morning_gets_its_list_too(house: House) -> None:
    await house.rest()
    await until_morning(house, 21)
    assert len(digests(house)) == 1
    assert "Saturday, 21 November" in digests(house)[0]


async def test_the_list_names_each_open_request_with_number_name_phone_and_age(house: House) -> None:
    await send_request(house)
    await until_morning(house, 21)
    text = digests(house)[0]
    for words in ("1001", "Anna Weber", "+49 171 2345678", "Fri 20 Nov"):
        assert words in text


async def test_a_settled_request_is_not_on_the_list(house: House) -> None:
    await send_request(house)
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("request:1001:reached", house.mia, house.staff)
    await until_morning(house, 21)
    assert "1001" not in digests(house)[0]


async def test_there_is_one_list_a_day_on_every_day(house: House) -> None:
    await house.rest()
    for day in (21, 22, 23, 24):
        await until_morning(house, day)
        await later(house, hours=6)
    assert len(digests(house)) == 4


async def test_two_processes_send_one_list(house: House) -> None:
    await house.rest()
    second = Life(house.services)
    await second.begin()
    try:
        await until_morning(house, 21)
        await later(house, minutes=10)
        assert len(digests(house)) == 1
    finally:
        await second.end()


async def test_after_three_days_of_downtime_only_todays_list_comes(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.rest()
        await house.life.end()
        house.clock.moment += timedelta(days=3)
        await house.begin()
        await house.rest()
        assert [text for text in digests(house) if "Monday, 23 November" in text] == digests(house)
        assert len(digests(house)) == 1
        await until_morning(house, 24)
        assert len(digests(house)) == 2


async def test_a_list_too_long_for_one_message_comes_in_several(house: House) -> None:
    await house.rest()
    async with house.services.storage.transaction() as tx:
        now = house.clock()
        for user in range(60):
            client = await tx.clients.get_or_create(
                user + 1, chat_id=user + 1, profile={}, language="en", now=house.services.now()
            )
            details = {"name": f"Client {user} " + "x" * 60, "phone": "+49 171 2345678"}
            await tx.requests.create(client.id, details, slot_start=now, slot_end=now, now=now)
    await until_morning(house, 21)
    parts = [shown(message) for message in house.staff.messages if "Client" in shown(message)]
    assert len(parts) > 1
    assert sum(part.count("+49 171 2345678") for part in parts) == 60
    assert len(digests(house)) == 1, "the greeting stands above the first part alone"
