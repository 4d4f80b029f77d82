"""The staff chat is deleted, the bot thrown out, the group held by a 429, the mail server down: nothing is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from demo.chats import Chat
from tests.dialogues.asking import another_time, to_summary
from tests.dialogues.test_escalation import later
from tests.house import House, newest_with, open_house
from tests.mail.smtp import HANG_UP, ScriptedServer, smtp_server


async def send(house: House) -> None:
    """Ask for a call, whatever becomes of its card."""
    await to_summary(house)
    await house.tap("callback:send")
    await house.screen("1001")
    await house.rest()


async def wait(house: House, minutes: int) -> None:
    """Let minute after minute pass, as the outbox sees them."""
    for _ in range(minutes):
        await later(house, minutes=1)


def subjects(house: House) -> list[str]:
    return [str(mail.message["Subject"]) for mail in house.mailbox.mails]


def cards(chat: Chat) -> list[str]:
    return [message.text or "" for message in chat.messages if message.has_button("request:1001:take")]


async def test_a_request_goes_by_mail_when_the_bot_was_thrown_out_of_the_staff_chat(house: House) -> None:
    house.staff.remove_bot()
    await send(house)
    await wait(house, 4)
    assert not [subject for subject in subjects(house) if "1001" in subject]
    await wait(house, 2)
    assert "Callback request No. 1001: not in the staff chat" in subjects(house)
    assert "The staff chat does not take messages" in subjects(house)
    text = next(mail for mail in house.mailbox.mails if "1001" in str(mail.message["Subject"])).message.get_content()
    assert "Anna Weber" in text
    assert "+49 171 2345678" in text


async def test_a_request_mailed_meanwhile_comes_to_the_staff_chat_with_the_same_number(house: House) -> None:
    house.staff.bot_status = "kicked"
    await send(house)
    await wait(house, 10)
    house.staff.bot_status = "member"
    await later(house, hours=1)
    await house.button("request:1001:take", house.staff)
    assert len(cards(house.staff)) == 1
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.button("request:1001:reached", house.staff)
    assert [subject for subject in subjects(house) if "not in the staff chat" in subject] == [
        "Callback request No. 1001: not in the staff chat"
    ]


async def test_nothing_is_mailed_when_the_staff_chat_is_back_in_time(house: House) -> None:
    house.standin.faults.add("5xx", chat_id=house.staff.id, times=3)
    await send(house)
    await wait(house, 10)
    assert len(cards(house.staff)) == 1
    assert subjects(house) == []


async def test_a_group_held_by_a_429_for_an_hour_loses_nothing(house: House) -> None:
    house.standin.faults.add("429", chat_id=house.staff.id, method="sendMessage", retry_after=3600)
    await send(house)
    await wait(house, 6)
    assert "Callback request No. 1001: not in the staff chat" in subjects(house)
    assert newest_with(house.staff, "request:1001:take") is None


async def test_a_deleted_staff_chat_is_told_once_a_day(house: House) -> None:
    del house.standin.world.chats[house.staff.id]
    await send(house)
    await wait(house, 6)
    await later(house, hours=3)
    assert subjects(house).count("The staff chat does not take messages") == 1
    await later(house, days=1)
    assert subjects(house).count("The staff chat does not take messages") == 2


async def test_an_alert_that_the_staff_chat_does_not_take_goes_by_mail_without_the_symptom(house: House) -> None:
    house.staff.bot_status = "kicked"
    house.anna.say("/start")
    await house.tap("answer:consent:agree")
    await house.answer({"symptoms": ["vision"]})
    await house.button("urgent:called")
    await wait(house, 6)
    mail = next(mail for mail in house.mailbox.mails if "1001" in str(mail.message["Subject"]))
    assert str(mail.message["Subject"]) == "Urgent, No. 1001: please contact a client now"
    text = mail.message.get_content()
    assert "Anna Weber" in text
    assert f"tg://user?id={house.anna.id}" in text
    assert not [word for word in ("vision", "sight", "eye", "emergency", "filler") if word in text.lower()]


async def test_a_mail_server_that_is_down_is_told_in_the_staff_chat_and_the_mail_comes_when_it_is_back(
    house: House,
) -> None:
    await send(house)
    await house.mailbox.stop()
    await later(house, minutes=60)
    await wait(house, 2)
    await later(house, hours=1)
    await house.eventually(
        lambda: [m for m in house.staff.messages if "E-mail to the clinic does not go out" in (m.text or "")]
    )
    assert subjects(house) == []
    assert house.services.mail_server
    await house.mailbox.start("127.0.0.1", house.services.mail_server.port)
    await later(house, hours=1)
    await house.eventually(lambda: subjects(house))
    assert subjects(house)[0] == "Callback request No. 1001 is still waiting"


@asynccontextmanager
async def scripted_house(folder: Path) -> AsyncIterator[tuple[House, ScriptedServer]]:
    """A house whose mail goes to a server that says what it is told to, with a request that nobody takes."""
    async with smtp_server() as server, open_house(folder, smtp=f"smtp://127.0.0.1:{server.port}") as house:
        await send(house)
        yield house, server


def mailed(server: ScriptedServer) -> list[str]:
    return [str(mail["Subject"]) for mail in server.mails]


async def test_greylisted_mail_to_the_clinic_comes_within_minutes_and_once(tmp_path: Path) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_recipient.extend(["451 4.7.1 Greylisted"] * 3)
        await later(house, minutes=60)
        await wait(house, 3)
        assert mailed(server) == ["Callback request No. 1001 is still waiting"]
        assert len(server.recipients) == 4


@pytest.mark.parametrize("refused_at", ["to_recipient", "to_data"])
async def test_mail_that_the_clinics_server_refuses_is_told_at_once_and_tried_every_hour(
    tmp_path: Path, refused_at: str
) -> None:
    async with scripted_house(tmp_path) as (house, server):
        getattr(server, refused_at).extend(["550 5.7.1 Not allowed"] * 2)
        await later(house, minutes=60)
        await later(house, minutes=1)
        assert [m for m in house.staff.messages if "E-mail to the clinic does not go out" in (m.text or "")]
        await later(house, minutes=59)
        assert (len(server.recipients), mailed(server)) == (2, [])
        await later(house, minutes=59)
        assert len(server.recipients) == 2
        await later(house, minutes=1)
        assert mailed(server) == ["Callback request No. 1001 is still waiting"]


async def test_a_request_that_neither_staff_chat_nor_mail_server_take_waits_for_the_first_that_does(
    tmp_path: Path,
) -> None:
    async with smtp_server() as server, open_house(tmp_path, smtp=f"smtp://127.0.0.1:{server.port}") as house:
        house.staff.bot_status = "kicked"
        server.to_recipient.extend(["550 5.7.1 Not allowed"] * 20)
        await send(house)
        for _ in range(3):
            await later(house, hours=3)
        assert mailed(server) == []
        assert len(server.recipients) <= 3 * 3, "each failure tells of itself once, or both would hurry each other on"
        server.to_recipient.clear()
        await later(house, hours=1)
        assert "Callback request No. 1001: not in the staff chat" in mailed(server)


async def test_mail_to_the_clinic_that_may_have_been_taken_comes_again_under_the_same_message_id(
    tmp_path: Path,
) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_data.append(HANG_UP)
        await later(house, minutes=60)
        await later(house, minutes=1)
        first, second = server.mails
        assert first["Message-ID"] == second["Message-ID"]


async def test_an_edit_whose_answer_was_lost_is_done_and_worries_nobody(house: House) -> None:
    await send(house)
    await house.button("request:1001:take", house.staff)
    house.standin.faults.add("lost", method="editMessageText", chat_id=house.staff.id)
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.button("request:1001:reached", house.staff)
    await wait(house, 10)
    assert "request_card_edit" not in {row.kind for row in await house.outbox()}
    assert subjects(house) == []


async def test_a_card_that_somebody_deleted_is_shown_again_when_something_happens(house: House) -> None:
    await send(house)
    house.staff.hide(await house.button("request:1001:take", house.staff))
    await another_time(house)
    await house.button("request:1001:take", house.staff)
    await house.rest()
    assert len(cards(house.staff)) == 1
    house.staff.hide(await house.button("request:1001:take", house.staff))
    await house.tap("callback:withdraw")
    await house.tap("callback:withdraw:yes")
    await wait(house, 6)
    assert not [message for message in house.staff.messages if "Callback No. 1001" in (message.text or "")]
    assert subjects(house) == []


async def test_without_a_staff_chat_a_request_goes_by_mail(tmp_path: Path) -> None:
    async with open_house(tmp_path, staff=False) as house:
        await send(house)
        await wait(house, 6)
        assert "Callback request No. 1001: not in the staff chat" in subjects(house)
