"""The file for the phone's calendar: with the confirmation, again when its dates change, and to take them out."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from bot.reminders.facts import Facts
from bot.reminders.kinds import COURSE
from demo.chats import StoredMessage
from handlers import plans
from storage.storage import Transaction
from storage.tables import Plan
from tests.house import House, newest_with, shown

NEXT_MONDAYS = [datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + timedelta(weeks=number) for number in range(6)]
TREATMENTS = ("filler", "massage", "drainage", "botox", "injection", "course", "facial", "session")


def files(house: House) -> list[StoredMessage]:
    return [message for message in house.anna.chat.messages if message.document]


def calendar_in(house: House, message: StoredMessage) -> Calendar:
    assert message.document
    stored = house.standin.world.files.get(message.document["file_id"])
    assert stored is not None
    return Calendar.from_ical(stored.content)


async def latest(house: House, count: int) -> Calendar:
    """The newest of so many files."""
    await house.eventually(lambda: len(files(house)) == count)
    return calendar_in(house, files(house)[-1])


def events(calendar: Calendar) -> list[tuple[str, datetime, str]]:
    return [(str(e["uid"]), e.decoded("dtstart"), str(e["status"])) for e in calendar.walk("VEVENT")]


def version(calendar: Calendar) -> int:
    [number] = {int(str(event["sequence"])) for event in calendar.walk("VEVENT")}
    return number


async def desk_of(house: House, tx: Transaction) -> plans.Desk:
    client = await tx.clients.by_user(house.anna.id)
    assert client is not None
    return plans.Desk.of(house.services, tx, client)


async def put(house: House) -> int:
    """A drainage course as a client confirms it."""
    async with house.services.storage.transaction() as tx:
        plan = await plans.put(await desk_of(house, tx), COURSE, Facts(day=NEXT_MONDAYS[0].date()))
        assert plan is not None
        number = plan.id
    house.wake()
    return number


async def change(house: House, plan_id: int, facts: Facts, step: int = 0) -> None:
    async with house.services.storage.transaction() as tx:
        desk = await desk_of(house, tx)
        await plans.change(desk, await plan_of(tx, plan_id), facts, step)
    house.wake()


async def end(house: House, plan_id: int, reason: str) -> None:
    async with house.services.storage.transaction() as tx:
        await plans.end(tx, await plan_of(tx, plan_id), reason, house.services.now())
    house.wake()


async def plan_of(tx: Transaction, plan_id: int) -> Plan:
    plan = await tx.plans.by_id(plan_id)
    assert plan is not None
    return plan


@pytest.fixture
async def client(house: House) -> None:
    house.anna.say("/start")
    await house.button("answer:consent:agree")
    await house.quiet()


async def confirm_safe_now(house: House) -> None:
    day = (house.clock().date() - timedelta(days=3)).isoformat()
    await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["cheeks"], filler_date=day, settling="settled"
    )
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")


async def test_a_confirmed_reminder_comes_with_its_file_and_a_change_with_another_version(house: House) -> None:
    await confirm_safe_now(house)
    first = await latest(house, 1)
    [(uid, moment, status)] = events(first)
    assert (first["method"], status) == ("PUBLISH", "CONFIRMED")
    assert moment == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    house.anna.say("/start")
    await house.tap("continue")
    await house.tap("change")
    await house.tap("change:filler_date")
    await house.tap(f"answer:filler_date:{house.clock().date().isoformat()}")
    second = await latest(house, 2)
    assert events(second) == [(uid, datetime(2026, 11, 27, 9, 0, tzinfo=UTC), "CONFIRMED")]
    assert version(second) > version(first)
    assert "dates have changed" in shown(files(house)[-1])


async def test_neither_the_file_nor_its_caption_names_a_treatment(house: House) -> None:
    await confirm_safe_now(house)
    [event] = (await latest(house, 1)).walk("VEVENT")
    [message] = files(house)
    assert message.document
    assert event["summary"] == f"Reminder from {house.services.clinic.name}"
    words = " ".join(
        [message.document["file_name"], shown(message), str(event["summary"]), str(event["description"])]
    ).lower()
    for treatment in TREATMENTS:
        assert treatment not in words


@pytest.mark.usefixtures("client")
async def test_a_course_has_an_event_for_each_date_and_its_end_calls_off_those_ahead(house: House) -> None:
    plan_id = await put(house)
    told = events(await latest(house, 1))
    assert [moment for _, moment, _ in told] == NEXT_MONDAYS
    house.clock.move(days=4)
    house.wake()
    await house.rest()
    await end(house, plan_id, "stopped")
    last = await latest(house, 2)
    assert last["method"] == "PUBLISH", "CANCEL speaks of one UID only"
    assert events(last) == [(uid, moment, "CANCELLED") for uid, moment, _ in told[1:]], "the first one is past"
    assert "have ended" in shown(files(house)[-1])


@pytest.mark.usefixtures("client")
async def test_a_date_that_falls_away_is_called_off_beside_the_others(house: House) -> None:
    plan_id = await put(house)
    told = events(await latest(house, 1))
    await change(house, plan_id, Facts(day=NEXT_MONDAYS[1].date(), at=1), step=1)
    changed = await latest(house, 2)
    assert changed["method"] == "PUBLISH"
    assert events(changed) == [*told[1:], (told[0][0], told[0][1], "CANCELLED")]


@pytest.mark.usefixtures("client")
async def test_versions_that_were_overtaken_before_they_went_out_are_not_sent(house: House) -> None:
    async with house.services.storage.transaction() as tx:
        desk = await desk_of(house, tx)
        plan = await plans.put(desk, COURSE, Facts(day=NEXT_MONDAYS[0].date()))
        assert plan is not None
        await plans.change(desk, plan, Facts(day=NEXT_MONDAYS[1].date()), 0)
    house.wake()
    await house.rest()
    assert next(moment for _, moment, _ in events(await latest(house, 1))) == NEXT_MONDAYS[1]


@pytest.mark.usefixtures("client")
async def test_what_was_never_told_is_not_called_off(house: House) -> None:
    async with house.services.storage.transaction() as tx:
        desk = await desk_of(house, tx)
        plan = await plans.put(desk, COURSE, Facts(day=NEXT_MONDAYS[0].date()))
        assert plan is not None
        await plans.end(tx, plan, "stopped", desk.now)
    house.wake()
    await house.rest()
    assert files(house) == []


@pytest.mark.usefixtures("client")
async def test_a_change_at_night_waits_for_the_morning(house: House) -> None:
    plan_id = await put(house)
    await latest(house, 1)
    house.clock.move(hours=13)
    await change(house, plan_id, Facts(day=NEXT_MONDAYS[2].date()))
    await house.rest()
    assert len(files(house)) == 1
    house.clock.move(hours=12)
    house.wake()
    await latest(house, 2)


async def test_a_reminder_that_was_said_and_has_no_other_date_sends_no_file(house: House) -> None:
    await confirm_safe_now(house)
    await latest(house, 1)
    house.clock.move(days=4)
    house.wake()
    await house.eventually(lambda: newest_with(house.anna.chat, "remind:1:stop") or has_arrived(house))
    await house.rest()
    assert len(files(house)) == 1


def has_arrived(house: House) -> bool | None:
    return any("your date is here" in shown(message) for message in house.anna.chat.messages) or None
