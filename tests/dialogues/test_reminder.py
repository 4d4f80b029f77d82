"""The reminder "when it is safe": offered, confirmed with its date, and arriving on its day."""

from datetime import timedelta

from tests.house import House, data_of, newest_with, shown


async def fresh_filler(house: House) -> None:
    date = (house.clock().date() - timedelta(days=3)).isoformat()
    await house.consult(
        procedures=["filler"], filler_product="ha", filler_areas=["cheeks"], filler_date=date, settling="settled"
    )


async def switch_on(house: House) -> None:
    await fresh_filler(house)
    await house.tap("remind:safe_now")
    offer = await house.button("remind:safe_now:on")
    assert "24 November" in shown(offer)
    await house.tap("remind:safe_now:on")
    await house.quiet()


def reminder_in(house: House) -> str | None:
    data = [d for m in house.anna.chat.messages for d in data_of(m) if d.startswith("remind:") and d.endswith(":check")]
    return data[-1] if data else None


async def test_it_arrives_on_its_day_and_not_before(house: House) -> None:
    await switch_on(house)
    house.clock.move(days=3, hours=22)
    house.wake()
    await house.rest()
    assert reminder_in(house) is None
    house.clock.move(hours=2)
    house.wake()
    await house.eventually(lambda: reminder_in(house))


async def test_it_names_no_treatment(house: House) -> None:
    await switch_on(house)
    house.clock.move(days=4)
    house.wake()
    data = await house.eventually(lambda: reminder_in(house))
    message = newest_with(house.anna.chat, data)
    assert message is not None
    preview = shown(message).lower()
    for word in ("filler", "massage", "drainage", "botox", "injection"):
        assert word not in preview


async def check(house: House, settling: str = "settled") -> None:
    """The reminder has come; the symptoms are asked first, and nothing was said of booking before."""
    house.clock.move(days=4)
    house.wake()
    await house.tap(await house.eventually(lambda: reminder_in(house)))
    await house.answer({"symptoms": "none", "settling": settling})
    await house.button("check:no")


async def test_the_green_light_needs_a_fresh_symptoms_check(house: House) -> None:
    await switch_on(house)
    await check(house)
    assert not any("you can book" in shown(message) for message in house.anna.chat.messages[-2:])
    await house.tap("check:no")
    light = await house.screen("All is well: you can book")
    assert "callback:start" in data_of(light)
    assert "treated area is still left alone" in shown(light)
    await house.quiet()
    client = await house.client()
    async with house.services.storage.transaction() as tx:
        latest = await tx.advices.latest(client.id)
    assert latest is not None
    assert (latest.given_on.isoformat(), latest.advice["outcome"]) == ("2026-11-24", "untreated_only")


async def test_an_answer_of_another_day_is_not_fresh_and_the_check_begins_again(house: House) -> None:
    await switch_on(house)
    await check(house)
    house.clock.move(days=20)
    await house.tap("check:no")
    again = await house.button("answer:symptoms:none")
    assert "Some time has passed" in shown(again)
    await house.answer({"symptoms": "none", "settling": "settled"})
    await house.tap("check:no")
    await house.screen("All is well: you can book")


async def test_something_new_on_another_day_begins_the_check_again_too(house: House) -> None:
    await switch_on(house)
    await check(house)
    house.clock.move(days=1)
    await house.tap("check:yes")
    await house.screen("Some time has passed")


async def test_the_green_light_is_not_shown_again_on_another_day(house: House) -> None:
    await switch_on(house)
    await check(house)
    await house.tap("check:no")
    await house.screen("All is well: you can book")
    house.clock.move(hours=1)
    house.anna.say("mmm")
    await house.eventually(lambda: lights(house) == 2)
    house.clock.move(days=20)
    house.anna.say("mmm")
    await house.quiet()
    assert lights(house) == 2
    assert newest_with(house.anna.chat, "change"), "the advice is there instead"


def lights(house: House) -> int:
    return sum("All is well: you can book" in shown(message) for message in house.anna.chat.messages)


async def test_after_a_sunburn_the_light_turns_green_once_it_is_over(house: House) -> None:
    await house.consult(skin_issues=["sunburn"])
    await house.tap("remind:safe_now")
    await house.tap("remind:safe_now:on")
    await house.quiet()
    house.clock.move(days=7)
    house.wake()
    await house.tap(await house.eventually(lambda: reminder_in(house)))
    await house.answer({"symptoms": "none", "skin_issues": "none"})
    await house.tap("check:no")
    await house.screen("All is well: you can book")


async def test_a_red_flag_at_the_check_pages_the_staff(house: House) -> None:
    await switch_on(house)
    house.clock.move(days=4)
    house.wake()
    await house.tap(await house.eventually(lambda: reminder_in(house)))
    await house.answer({"symptoms": ["skin_colour"]})
    await house.button("urgent:called")
    await house.message("Anna", house.staff)


async def test_stop_takes_it_back(house: House) -> None:
    await switch_on(house)
    house.clock.move(days=4)
    house.wake()
    check = await house.eventually(lambda: reminder_in(house))
    await house.tap(check.replace(":check", ":stop"))
    assert await house.outbox() == []


async def test_a_new_answer_moves_it(house: House) -> None:
    await switch_on(house)
    house.anna.say("/start")
    await house.tap("continue")
    await house.tap("change")
    await house.tap("change:filler_date")
    await house.tap(f"answer:filler_date:{house.clock().date().isoformat()}")
    told = await house.screen("Your reminders follow your new answers")
    assert "Friday, 27 November instead of Tuesday, 24 November" in shown(told)
    await house.rest()
    assert [row.due_at.isoformat() for row in await house.outbox()] == ["2026-11-27T09:00:00+00:00"]


async def test_a_mild_swelling_at_the_check_moves_the_day(house: House) -> None:
    await switch_on(house)
    await check(house, settling="mild")
    await house.tap("check:no")
    told = await house.screen("Not quite yet")
    assert "callback:start" not in data_of(told)
    assert "Tuesday, 1 December" in shown(told)
    assert [row.due_at.isoformat() for row in await house.outbox()] == ["2026-12-01T09:00:00+00:00"]


async def test_something_new_opens_the_questions_at_the_treatments_and_moves_what_depends_on_them(
    house: House,
) -> None:
    await switch_on(house)
    await house.tap("advice")
    await house.tap("reminders")
    await house.tap("remind:after_injection")
    await house.tap("remind:after_injection:on")
    await check(house)
    await house.tap("check:yes")
    today = house.clock().date().isoformat()
    await house.tap("answer:procedures:done")
    await house.answer({"filler_product": "ha", "filler_areas": ["lips"], "filler_date": today, "settling": "settled"})
    told = await house.screen("Your reminders follow your new answers")
    assert "Check-ins after your injection: Tuesday, 24 November instead of Tuesday, 1 December" in shown(told)
    await house.rest()
    assert [(row.kind, row.due_at.isoformat()) for row in await house.outbox()] == [
        ("after_injection", "2026-11-24T18:00:00+00:00")
    ]


async def test_a_client_who_blocked_the_bot_gets_none_and_no_retries(house: House) -> None:
    await switch_on(house)
    house.anna.block_bot()
    house.clock.move(days=4)
    house.wake()
    await house.rest()
    assert await house.outbox() == []
    assert reminder_in(house) is None


async def test_at_night_it_waits_for_the_morning(house: House) -> None:
    await switch_on(house)
    house.clock.move(days=4, hours=14)
    house.wake()
    await house.rest()
    assert reminder_in(house) is None
    house.clock.move(hours=11)
    house.wake()
    await house.eventually(lambda: reminder_in(house))
