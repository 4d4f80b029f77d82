"""*Later* and *Stop* where not all fits: a visit that is near, sessions that must keep apart, old messages."""

from datetime import UTC, datetime, timedelta

from demo.chats import StoredMessage
from tests.dialogues.planning import advised, plan
from tests.dialogues.test_reminders import all_plans, arrives, follow_the_clock_of, kept, reminders_in, visit_in
from tests.house import House, data_of, newest_with


def choices(message: StoredMessage) -> list[str]:
    return [data.rpartition(":")[2] for data in data_of(message) if ":later:" in data]


async def is_old(house: House, data: str, message: StoredMessage | None = None) -> bool:
    """Whether a press of the button changes nothing and says so."""
    found = message or newest_with(house.anna.chat, data)
    assert found is not None
    press = await house.answered(house.anna.press(found, data))
    return bool(press.answer and press.answer.get("text"))


async def visit_tomorrow(house: House) -> str:
    """The day before a visit, 10 in the morning; the number of the reminder."""
    await advised(house, days=7)
    await visit_in(house, days=3)
    return await arrives(house, "see you tomorrow", days=2)


async def test_a_visit_is_put_off_within_the_day_before_it_alone(house: House) -> None:
    number = await visit_tomorrow(house)
    await house.tap(f"remind:{number}:later")
    offered = await house.screen("When shall I come back?")
    assert choices(offered) == ["hour"]
    await house.tap(f"remind:{number}:later:hour")
    await house.quiet()
    assert await kept(house) == {"visit": datetime(2026, 11, 22, 10, tzinfo=UTC)}


async def test_a_visit_that_was_put_off_three_times_is_not_put_off_again_and_says_so(house: House) -> None:
    number = await visit_tomorrow(house)
    for seen in (2, 3, 4):
        await house.tap(f"remind:{number}:later")
        await house.tap(f"remind:{number}:later:hour")
        await house.quiet()
        house.clock.move(hours=1)
        house.wake()
        await house.eventually(lambda seen=seen: len(reminders_in(house)) == seen)  # type: ignore[misc]
        await house.rest()
    assert await is_old(house, f"remind:{number}:later")
    assert await kept(house) == {}


async def test_in_the_evening_before_a_visit_there_is_nothing_to_put_it_off_to(house: House) -> None:
    number = await visit_tomorrow(house)
    house.clock.move(hours=9, minutes=30)
    assert await is_old(house, f"remind:{number}:later")


async def test_nothing_about_a_visit_is_said_on_its_day_even_where_the_day_comes_sooner(house: House) -> None:
    number = await visit_tomorrow(house)
    house.clock.move(hours=8, minutes=30)
    await house.tap(f"remind:{number}:later")
    await house.tap(f"remind:{number}:later:hour")
    await house.quiet()
    await follow_the_clock_of(house, "Asia/Tokyo")
    for hours in (1, 8):
        house.clock.move(hours=hours)
        house.wake()
        await house.rest()
    assert len(reminders_in(house)) == 1
    assert [(each.state, each.reason) for each in await all_plans(house)] == [("ended", "missed")]


async def test_a_session_before_a_filler_is_put_off_within_its_day_alone(house: House) -> None:
    day = (house.clock().date() + timedelta(days=30)).isoformat()
    await house.consult(procedures=["filler_planned"], filler_planned_date=day)
    await plan(house, "preparation")
    number = await arrives(house, "Session 1 could be today", days=2)
    await house.tap(f"remind:{number}:later")
    offered = await house.screen("When shall I come back?")
    assert choices(offered) == ["hour"]


async def test_later_under_an_older_session_changes_nothing(house: House) -> None:
    await advised(house)
    await plan(house, "course")
    first = await arrives(house, "Session 1 could be this week", days=4)
    older = newest_with(house.anna.chat, f"remind:{first}:later")
    second = await arrives(house, "Session 2 could be this week", days=7)
    before = await kept(house)
    assert await is_old(house, f"remind:{first}:later", older)
    assert await kept(house) == before
    await house.tap(f"remind:{second}:later")
    await house.screen("When shall I come back?")


async def test_stop_under_an_old_reminder_stops_what_was_planned_of_its_kind_since(house: House) -> None:
    await advised(house)
    await plan(house, "safe_now")
    number = await arrives(house, "your date is here", days=4)
    house.anna.say("/start")
    for data in ("continue", "change", "change:filler_date"):
        await house.tap(data)
    await house.tap(f"answer:filler_date:{house.clock().date().isoformat()}")
    await house.screen("Please wait until")
    await plan(house, "safe_now")
    assert set(await kept(house)) == {"safe_now"}
    await house.tap(f"remind:{number}:stop")
    assert await kept(house) == {}
    assert {each.reason for each in await all_plans(house)} == {"stopped"}
