"""The buttons under a reminder, the list of all, the time zone, and what downtime and blocking do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.plans import Desk, book_visit
from storage.tables import Plan
from tests.dialogues.planning import advised, plan, rows_of
from tests.house import House, data_of, newest_with, shown


async def kept(house: House) -> dict[str, datetime]:
    """When each active plan speaks next."""
    return {kind: row.due_at for kind, row in (await rows_of(house)).items()}


async def all_plans(house: House) -> list[Plan]:
    client = await house.client()
    async with house.services.storage.transaction() as tx:
        found = [await tx.plans.by_id(number) for number in range(1, 10)]
    return [each for each in found if each and each.client_id == client.id and each.kind != "unfinished"]


async def arrives(house: House, words: str, **step: float) -> str:
    """Let time pass; the reminder with these words comes, and its number is answered."""
    house.clock.move(**step)
    house.wake()
    message = await house.screen(words)
    await house.rest()
    return next(data.split(":")[1] for data in data_of(message) if data.startswith("remind:"))


def reminders_in(house: House) -> list[str]:
    return [shown(message) for message in house.anna.chat.messages if shown(message).startswith("A note from")]


@pytest.mark.parametrize(
    ("choice", "due"),
    [("hour", "2026-11-24T10:00"), ("tomorrow", "2026-11-25T09:00"), ("days_3", "2026-11-27T09:00")],
)
async def test_later_brings_a_reminder_back_when_the_client_says(house: House, choice: str, due: str) -> None:
    await advised(house)
    await plan(house, "safe_now")
    number = await arrives(house, "your date is here", days=4)
    await house.tap(f"remind:{number}:later")
    await house.tap(f"remind:{number}:later:{choice}")
    await house.screen("noted")
    moment = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert await kept(house) == {"safe_now": moment}
    house.clock.moment = moment
    house.wake()
    await house.eventually(lambda: len(reminders_in(house)) == 2)


async def test_after_three_times_another_hour_is_proposed_and_kept(house: House) -> None:
    await advised(house)
    await plan(house, "course")
    number = await arrives(house, "it's your day", days=4)
    for _ in range(3):
        await house.tap(f"remind:{number}:later")
        await house.tap(f"remind:{number}:later:hour")
        await house.screen("noted")
        before = len(reminders_in(house))
        house.clock.move(hours=1)
        house.wake()
        await house.eventually(lambda seen=before: len(reminders_in(house)) > seen)  # type: ignore[misc]
        await house.rest()
    await house.tap(f"remind:{number}:later")
    proposal = await house.screen("Does another time suit you better?")
    assert f"remind:{number}:later:h18" in data_of(proposal)
    await house.tap(f"remind:{number}:later:h18")
    await house.screen("noted")
    assert await kept(house) == {"course": datetime(2026, 11, 25, 17, tzinfo=UTC)}
    house.clock.moment = datetime(2026, 11, 25, 17, tzinfo=UTC)
    house.wake()
    await house.rest()
    assert await kept(house) == {"course": datetime(2026, 12, 1, 17, tzinfo=UTC)}


async def test_done_thanks_and_stop_ends_the_plan(house: House) -> None:
    await advised(house)
    await plan(house, "course")
    number = await arrives(house, "it's your day", days=4)
    press = await house.tap(f"remind:{number}:done")
    assert press.answer is not None
    assert press.answer["text"] == "Thank you."
    assert list(await kept(house)) == ["course"]
    await house.tap(f"remind:{number}:stop")
    assert await kept(house) == {}
    assert [(each.state, each.reason) for each in await all_plans(house)] == [("ended", "stopped")]


async def test_the_list_shows_all_and_stops_one_or_all(house: House) -> None:
    await advised(house, days=7)
    await plan(house, "course", "after_injection", "monthly")
    house.anna.say("/reminders")
    listed = await house.screen("Your reminders")
    for line in ("Drainage course: Saturday, 21 November", "Check-ins after your injection: Friday, 27 November"):
        assert line in shown(listed)
    one = next(data for data in data_of(listed) if data.startswith("reminders:stop:"))
    await house.tap(one)
    await house.quiet()
    assert set(await kept(house)) == {"after_injection", "monthly"}
    await house.tap("reminders:stop_all")
    await house.screen("Nothing is planned")
    assert await kept(house) == {}


async def test_every_check_in_after_an_injection_comes_once_and_one_waits_at_any_time(house: House) -> None:
    await advised(house, days=0)
    await plan(house, "after_injection")
    for seen, hours in enumerate((9.5, 15, 48, 96, 168, 336), start=1):
        house.clock.move(hours=hours)
        house.wake()
        await house.rest()
        assert len(reminders_in(house)) == seen
        assert len(await kept(house)) == (seen < 6)
    assert [(each.state, each.reason) for each in await all_plans(house)] == [("ended", "completed")]


async def test_after_a_downtime_late_ones_come_in_one_message_and_what_is_past_is_missed(house: House) -> None:
    await advised(house, days=0)
    await plan(house, "after_injection", "course", "monthly")
    house.clock.move(days=7, hours=3)  # the check-ins of the evening, days 1, 3 and 7, and the first session
    house.wake()
    await house.eventually(lambda: reminders_in(house))
    await house.rest()
    [message] = reminders_in(house)
    assert "a few things at once" in message
    assert "How are you today?" in message
    assert "Session 1 could be this week" in message
    assert await kept(house) == {
        "after_injection": datetime(2026, 12, 4, 9, tzinfo=UTC),
        "course": datetime(2026, 12, 4, 9, tzinfo=UTC),
        "monthly": datetime(2026, 12, 20, 9, tzinfo=UTC),
    }
    house.clock.move(days=-1)  # a clock that is set back says nothing again
    house.wake()
    house.clock.move(days=1)
    house.wake()
    await house.rest()
    assert len(reminders_in(house)) == 1


async def test_stop_under_a_message_about_several_stops_all_of_them(house: House) -> None:
    await advised(house, days=0)
    await plan(house, "after_injection", "course")
    number = await arrives(house, "a few things at once", days=7, hours=3)
    await house.tap(f"remind:{number}:stop")
    assert await kept(house) == {}


async def test_who_blocked_the_bot_rests_and_goes_on_with_start(house: House) -> None:
    await advised(house, days=0)
    await plan(house, "after_injection", "monthly")
    house.anna.block_bot()
    house.clock.move(days=3, hours=6)
    house.wake()
    await house.rest()
    assert await kept(house) == {}
    assert {each.reason for each in await all_plans(house)} == {"blocked"}
    house.anna.unblock_bot()
    house.anna.say("/start")
    await house.eventually(lambda: reminders_in(house))
    await house.rest()
    assert len(reminders_in(house)) == 1, "the check-in of this morning is still of use, those before are not"
    assert await kept(house) == {
        "after_injection": datetime(2026, 11, 27, 9, tzinfo=UTC),
        "monthly": datetime(2026, 12, 20, 9, tzinfo=UTC),
    }


async def test_a_typed_city_sets_the_clock_and_moves_what_is_planned(house: House) -> None:
    await advised(house, days=7)
    await plan(house, "course")
    house.anna.say("/reminders")
    await house.tap("zone")
    house.anna.say("somewhere")
    await house.screen("don't know that city")
    house.anna.say("Sao Paulo")
    await house.tap("zone:America/Sao_Paulo")
    await house.screen("All times are those of Sao Paulo")
    assert await kept(house) == {"course": datetime(2026, 11, 21, 13, tzinfo=UTC)}


async def follow_the_clock_of(house: House, zone: str) -> None:
    house.anna.say("/reminders")
    await house.tap("zone")
    house.anna.say(zone.partition("/")[2])
    await house.tap(f"zone:{zone}")
    await house.screen("All times are those of")


async def test_what_is_due_today_comes_at_once_where_its_hour_has_passed_under_the_new_clock(house: House) -> None:
    await advised(house)
    await plan(house, "safe_now", "course")
    house.clock.move(days=3, hours=23)
    await follow_the_clock_of(house, "Asia/Tokyo")
    await house.eventually(lambda: reminders_in(house))
    await house.rest()
    assert {each.kind: each.reason for each in await all_plans(house)} == {"safe_now": "completed", "course": ""}
    assert await kept(house) == {"course": datetime(2026, 12, 1, 1, tzinfo=UTC)}


async def test_what_has_lost_its_use_under_the_new_clock_is_missed_and_not_completed(house: House) -> None:
    await advised(house, days=7)
    await visit_in(house, days=3)
    house.clock.move(days=1, hours=23)
    await follow_the_clock_of(house, "Pacific/Auckland")
    house.wake()
    await house.rest()
    assert reminders_in(house) == []
    assert [(each.state, each.reason) for each in await all_plans(house)] == [("ended", "missed")]


async def visit_in(house: House, days: int) -> None:
    """The clinic books a visit."""
    now, day = house.clock(), house.clock().date() + timedelta(days=days)
    async with house.services.storage.transaction() as tx:
        client = await tx.clients.by_user(house.anna.id)
        assert client is not None
        request = await tx.requests.create(client.id, {}, slot_start=now, slot_end=now, now=now, state="booked")
        request.outcome = {"by": "Mia", "day": day.isoformat()}
        await book_visit(Desk.of(house.services, tx, client), day)


async def test_the_phones_country_sets_the_clock_until_a_city_is_chosen(house: House) -> None:
    await advised(house, days=7)
    await plan(house, "course")
    house.anna.say("/callback")
    await house.tap("callback:name")
    await house.eventually(lambda: house.anna.chat.keyboard)
    house.anna.say("+55 11 98765-4321")
    slot = await house.standin.world.until(
        lambda: next((data for m in house.anna.chat.messages for data in data_of(m) if "callback:time:" in data), None),
        timeout=15,
    )
    await house.tap(slot)
    while not await sent(house):
        await house.tap("callback:skip")
        await house.quiet()
    await house.screen("No. 1001")
    assert (await kept(house))["course"] == datetime(2026, 11, 21, 13, tzinfo=UTC)


async def sent(house: House) -> bool:
    """Send the request where its summary is reached."""
    await house.quiet()
    if not newest_with(house.anna.chat, "callback:send"):
        return False
    await house.tap("callback:send")
    return True


async def test_who_withdrew_consent_or_has_a_visit_hears_nothing_of_booking(house: House) -> None:
    await advised(house, days=7)
    await plan(house, "course", "after_injection")
    client = await house.client()
    await visit_in(house, days=3)
    assert (await kept(house))["visit"] == datetime(2026, 11, 22, 9, tzinfo=UTC)
    house.clock.move(days=1)
    house.wake()
    await house.rest()
    assert reminders_in(house) == [], "who has a visit is not told that they can book"
    house.clock.move(days=1)
    house.wake()
    await house.eventually(lambda: any("see you tomorrow" in text for text in reminders_in(house)))
    await house.rest()
    async with house.services.storage.transaction() as tx:
        await tx.consents.withdraw(client.id, "health_answers", house.clock())
    house.clock.move(days=5)
    house.wake()
    await house.rest()
    assert len(reminders_in(house)) == 1
    reasons = {each.kind: each.reason for each in await all_plans(house)}
    assert reasons == {"course": "", "after_injection": "consent", "visit": "completed"}


async def test_until_a_visit_is_over_nothing_is_said_of_booking_though_its_own_reminder_was_said(house: House) -> None:
    await advised(house, days=7)
    await plan(house, "monthly")
    await visit_in(house, days=30)
    house.clock.move(days=29)
    house.wake()
    await house.eventually(lambda: reminders_in(house))
    await house.rest()
    house.clock.move(days=1)  # the day of the visit, on which the facial is due
    house.wake()
    await house.rest()
    assert len(reminders_in(house)) == 1
    assert await kept(house) == {"monthly": datetime(2027, 1, 20, 9, tzinfo=UTC)}


async def test_a_visit_too_soon_for_a_reminder_keeps_everything_else_from_asking_to_book(house: House) -> None:
    await advised(house, days=7)
    await plan(house, "course")
    await visit_in(house, days=1)
    house.clock.move(days=1)
    house.wake()
    await house.rest()
    assert reminders_in(house) == []
    assert await kept(house) == {"course": datetime(2026, 11, 28, 9, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"skin_issues": ["eczema_flare"]}, {}),
        ({"filler_date": "2026-11-20"}, {"course": datetime(2026, 11, 27, 9, tzinfo=UTC)}),
    ],
)
async def test_a_session_is_not_said_on_a_day_on_which_todays_protocol_does_not_allow_it(
    house: House, changes: dict[str, Any], expected: dict[str, datetime]
) -> None:
    await advised(house)
    await plan(house, "course")
    client = await house.client()
    async with house.services.storage.transaction() as tx:
        row = await tx.advices.latest(client.id)
        assert row is not None
        row.answers = {**row.answers, **changes}
    house.clock.move(days=4)
    house.wake()
    await house.rest()
    assert reminders_in(house) == []
    assert await kept(house) == expected
