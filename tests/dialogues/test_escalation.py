"""A request that nobody takes is said again, in opening hours alone; one that was taken and forgotten is free again."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.clinic import load_clinic
from tests.dialogues.asking import to_summary
from tests.house import House, data_of, open_house, shown


@pytest_asyncio.fixture
async def desk(house: House) -> House:
    """A house in which Anna has just asked for a call, on Friday at ten."""
    await send_request(house)
    return house


async def send_request(house: House) -> None:
    await to_summary(house)
    await house.tap("callback:send")
    await house.button("request:1001:take", house.staff)
    await house.rest()


async def later(house: House, **step: float) -> None:
    house.clock.move(**step)
    house.wake()
    await house.rest()


def said(house: House) -> list[str]:
    """What the bot has said in the staff chat, the card and the morning's list aside."""
    words = [shown(message) for message in house.staff.messages if message.from_bot]
    return [text for text in words[1:] if "Good morning" not in text]


async def test_after_15_minutes_the_card_is_answered(desk: House) -> None:
    await later(desk, minutes=14)
    assert said(desk) == []
    await later(desk, minutes=1)
    assert [words for words in said(desk) if "1001" in words and "10:00" in words] == said(desk)
    ping, card = desk.staff.messages[-1], await desk.button("request:1001:take", desk.staff)
    assert ping.reply_to is card


async def test_after_30_minutes_everybody_is_called_where_no_manager_is_named(desk: House) -> None:
    await later(desk, minutes=30)
    assert len(said(desk)) == 2  # both fell due in the same leap of the clock, so either may come first
    assert len([words for words in said(desk) if "Everybody" in words]) == 1


@pytest.mark.parametrize(("manager", "mention"), [("@lena_brandt", "@lena_brandt"), ("7000000001", "Manager")])
async def test_after_30_minutes_the_manager_is_called(tmp_path: Path, manager: str, mention: str) -> None:
    clinic = load_clinic()
    managed = replace(clinic, staff=replace(clinic.staff, manager=manager))
    async with open_house(tmp_path, clinic=managed) as house:
        await send_request(house)
        await later(house, minutes=30)
        [called] = [message for message in house.staff.messages if mention in shown(message)]
        assert any(entity["type"] in {"mention", "text_mention", "text_link"} for entity in called.entities)


async def test_after_an_hour_it_goes_out_by_mail_with_the_same_number(desk: House) -> None:
    await later(desk, minutes=60)
    assert [str(mail.message["Subject"]) for mail in desk.mailbox.mails] == [
        "Callback request No. 1001 is still waiting"
    ]


async def test_nothing_more_is_said_once_somebody_took_it(desk: House) -> None:
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await later(desk, minutes=119)
    assert said(desk) == []
    assert not desk.mailbox.mails


async def test_minutes_count_only_while_the_clinic_is_open(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.clock.moment = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)  # Friday, ten minutes before it closes
        await send_request(house)
        await later(house, hours=16)  # Saturday morning at 9:50, ten minutes before it opens
        assert said(house) == []
        await later(house, minutes=15)
        assert len(said(house)) == 1
        assert "Friday, 20 November at 17:50" in said(house)[0]


async def test_a_taken_request_without_an_outcome_is_free_again_after_two_hours(desk: House) -> None:
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await later(desk, minutes=119)
    card = await desk.button("request:1001:reached", desk.staff)
    await later(desk, minutes=1)
    await desk.eventually(lambda: "request:1001:take" in data_of(card))
    assert "Taken" not in shown(card)
    freed = desk.staff.messages[-1]
    assert "1001" in shown(freed)
    assert "Mia Brandt" in shown(freed)
    assert freed.reply_to is card


async def test_a_released_request_is_escalated_anew_and_can_be_taken_by_somebody_else(desk: House) -> None:
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await later(desk, hours=2)
    await later(desk, minutes=15)
    assert "12:00" in said(desk)[-1]
    await desk.tap("request:1001:take", desk.jonas, desk.staff)
    card = await desk.button("request:1001:reached", desk.staff)
    await desk.eventually(lambda: "Taken by Jonas Vogel" in shown(card))
    await later(desk, minutes=60)
    assert "request:1001:reached" in data_of(card), "the second take has its own two hours"


async def test_a_reached_request_is_not_released(desk: House) -> None:
    await desk.tap("request:1001:take", desk.mia, desk.staff)
    await desk.tap("request:1001:reached", desk.mia, desk.staff)
    before = len(said(desk))
    await later(desk, hours=5)
    assert len(said(desk)) == before
