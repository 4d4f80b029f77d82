"""What the staff asks for in the staff chat: the queue and an export; nobody else gets it."""

import asyncio
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
import telegram

from demo.chats import StoredMessage
from handlers import drawing
from handlers.deliveries import figures
from handlers.figures import refusal
from handlers.services import Services
from storage.tables import RequestState
from tests.dialogues.asking import to_summary
from tests.house import CATALOGS, PATIENCE, House, shown

WORDS = ("Client 0", "1001", "started", "No callback")
"""What would tell of the clinic's requests."""


async def requests(services: Services, count: int, name: str = "Client") -> None:
    """That many clients who wait for a call, as if each had asked for it."""
    now = services.now()
    async with services.storage.transaction() as tx:
        for index in range(count):
            user = 5000 + index
            client = await tx.clients.get_or_create(user, chat_id=user, profile={}, language="en", now=now)
            details = {"name": f"{name} {index}", "phone": f"+49 171 23456{index:02}"}
            await tx.requests.create(client.id, details, now, now + timedelta(hours=2), now)


async def said_after(house: House, command: str) -> list[StoredMessage]:
    """What the bot says in the staff chat when Mia writes ``command``."""
    before = len(house.staff.messages)
    house.mia.say(command, chat=house.staff)
    await at_rest(house)
    return [message for message in house.staff.messages[before:] if message.from_bot]


async def at_rest(house: House) -> None:
    """Wait until Telegram holds nothing for the bot any more, and the bot has said all that was asked for."""
    await house.eventually(lambda: not house.standin.world.updates.waiting())
    await house.rest()
    async with asyncio.timeout(PATIENCE):
        while await is_waiting(house):
            await asyncio.sleep(0.01)


async def is_waiting(house: House) -> bool:
    """Whether an answer to a command has not been sent yet."""
    async with house.services.storage.snapshot() as tx:
        return any([await tx.outbox.waiting_of_kind(kind) for kind in figures.KINDS])


async def document(house: House, message: StoredMessage) -> bytes:
    """The file of a message."""
    assert message.document
    stored = house.standin.world.files.get(message.document["file_id"])
    assert stored
    return stored.content


async def test_the_queue_comes_in_order_over_as_many_messages_as_it_needs(house: House) -> None:
    await requests(house.services, 70, name="<b>Ann & Co " + "ü" * 50)
    said = await said_after(house, "/queue")
    assert len(said) > 2
    found = [line for message in said for line in shown(message).splitlines() if line.startswith("No. ")]
    assert [line.partition(" ·")[0] for line in found] == [f"No. {1001 + index}" for index in range(70)]
    assert shown(said[-1]).splitlines()[0].endswith("to 70 of 70")


async def test_the_queue_shows_who_took_a_request_and_leaves_out_what_is_over(house: House) -> None:
    await requests(house.services, 2)
    async with house.services.storage.transaction() as tx:
        first, second = [await tx.requests.by_number(number) for number in (1001, 1002)]
        assert first
        assert second
        tx.requests.move(first, "reached", house.services.now())
        second.taken_by_name = "Jonas Vogel"
        tx.requests.move(second, "taken", house.services.now())
    (message,) = await said_after(house, "/queue")
    assert shown(message).startswith("1 open request\n\nNo. 1002 · Client 1\n")
    assert shown(message).endswith("✋ Jonas Vogel")


async def test_an_empty_queue_says_so(house: House) -> None:
    (message,) = await said_after(house, "/queue")
    assert shown(message) == "No callback request is open."


async def test_an_endless_queue_ends_with_how_many_are_left(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "AT_MOST", 2)
    monkeypatch.setattr(figures, "PAGES", 2)
    await requests(house.services, 7)
    said = await said_after(house, "/queue")
    assert [shown(message).splitlines()[0] for message in said] == [
        "Open requests 1 to 2 of 7",
        "Open requests 3 to 4 of 7",
        "… and 3 more. /export has all of them.",
    ]


async def test_the_figures_come_as_a_picture_with_the_same_in_words(house: House) -> None:
    await house.consult()
    await to_summary(house)
    await house.tap("callback:send")
    await house.tap("request:1001:take", house.mia, house.staff)
    house.clock.move(minutes=25)
    await house.tap("request:1001:reached", house.mia, house.staff)
    (message,) = await said_after(house, "/stats")
    assert message.photo
    assert "1 client started. Advised: 1 (100%). Asked for a call: 1 (100%). Reached: 1 (100%)." in shown(message)
    assert "half within 25 min" in shown(message)
    assert "As promised: 1 of 1." in shown(message)
    assert "Open now: 0 requests" in shown(message)


async def test_where_nobody_started_the_figures_are_words(house: House) -> None:
    (message,) = await said_after(house, "/stats")
    assert not message.photo
    assert shown(message) == "Nobody started within the last 8 weeks. Open now: 0"


async def test_a_picture_that_cannot_be_drawn_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await requests(house.services, 1)
    with monkeypatch.context() as broken:
        broken.setattr(drawing, "ROOT", Path("/"))
        house.mia.say("/stats", chat=house.staff)
        await house.eventually(lambda: not house.standin.world.updates.waiting())
        await house.rest()
    assert not [message for message in house.staff.messages if message.photo]
    house.clock.move(minutes=1)
    house.wake()
    await at_rest(house)
    assert [message for message in house.staff.messages if message.photo]


async def test_queue_figures_and_export_agree_with_each_other(house: House) -> None:
    await requests(house.services, 9)
    async with house.services.storage.transaction() as tx:
        for number, state in ((1001, "taken"), (1002, "reached"), (1003, "reached")):
            row = await tx.requests.by_number(number)
            assert row
            tx.requests.move(row, state, house.services.now())
    (queue,) = await said_after(house, "/queue")
    (stats,) = await said_after(house, "/stats")
    (export,) = await said_after(house, "/export")
    rows = list(csv.DictReader(io.StringIO((await document(house, export)).decode("utf-8-sig"), newline="")))
    waiting = [row["number"] for row in rows if row["state"] in set(RequestState)]
    assert [line.split()[1] for line in shown(queue).splitlines() if line.startswith("No. ")] == waiting
    assert f"Open now: {len(waiting)} requests" in shown(stats)
    assert f"Asked for a call: {len(rows)} " in shown(stats)
    assert f"Reached: {sum(1 for row in rows if row['reached_at'])} " in shown(stats)


async def test_an_export_is_a_csv_that_excel_reads_or_a_workbook(house: House) -> None:
    await requests(house.services, 2, name="=1+1")
    (message,) = await said_after(house, "/export")
    content = await document(house, message)
    assert message.document
    assert message.document["file_name"] == "requests-2026-11-20.csv"
    assert content.startswith(b"\xef\xbb\xbfnumber,state,")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["number"], row["name"], row["phone"]) for row in rows] == [
        ("1001", "'=1+1 0", "'+49 171 2345600"),
        ("1002", "'=1+1 1", "'+49 171 2345601"),
    ]
    assert "2 callback requests" in shown(message)
    (workbook,) = await said_after(house, "/export xlsx")
    assert workbook.document
    assert workbook.document["file_name"] == "requests-2026-11-20.xlsx"
    assert (await document(house, workbook)).startswith(b"PK")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/export", "There is no callback request to export (all that are stored)."),
        ("/export xlsx 2026-11-01 2026-11-30", "(Sunday, 1 November 2026 to Monday, 30 November 2026)"),
        ("/export last week", "I couldn't read what you wrote after /export."),
        ("/export 2026-11-30 2026-11-01", "I couldn't read what you wrote after /export."),
        ("/export " + "9" * 3000, "I couldn't read what you wrote after /export."),
    ],
)
async def test_where_there_is_nothing_to_export_the_answer_says_why(house: House, command: str, answer: str) -> None:
    (message,) = await said_after(house, command)
    assert answer in shown(message)


@pytest.mark.parametrize("command", ["/queue", "/stats", "/export"])
async def test_who_has_left_the_staff_chat_gets_nothing_more(house: House, command: str) -> None:
    await requests(house.services, 1)
    house.mia.say(command, chat=house.staff)
    house.mia.leave(house.staff)  # before the bot has looked at the command
    await at_rest(house)
    said = [message for message in house.staff.messages if message.from_bot]
    assert [shown(message) for message in said] == ["Only members of this chat get an answer."]


async def test_whoever_cannot_be_checked_is_asked_to_try_again(house: House) -> None:
    await requests(house.services, 1)
    house.standin.faults.add("5xx", method="getChatMember", times=None)
    (message,) = await said_after(house, "/queue")
    assert shown(message).startswith("I can't check just now")
    house.standin.faults.clear()
    (message,) = await said_after(house, "/queue")
    assert shown(message).startswith("1 open request")


async def test_an_anonymous_administrator_is_one_of_the_staff(house: House) -> None:
    house.jonas.say("/queue", chat=house.staff, anonymous=True)
    await at_rest(house)
    assert shown(house.staff.messages[-1]) == "No callback request is open."


@pytest.mark.parametrize(("speaker", "why"), [(-5, ""), (-9, "staff.ask_as_yourself"), (None, "staff.ask_as_yourself")])
async def test_the_group_itself_may_ask_a_channel_or_nobody_may_not(
    house: House, speaker: int | None, why: str
) -> None:
    sender = None if speaker is None else telegram.Chat(speaker, "channel")
    asked = telegram.Message(1, house.clock(), telegram.Chat(-5, "supergroup"), sender_chat=sender, text="/queue")
    assert await refusal(house.services, asked) == why
    assert not why or CATALOGS.choose("en").text(why)


@pytest.mark.parametrize("command", ["/queue", "/stats", "/export"])
async def test_outside_the_staff_chat_nobody_gets_anything(house: House, command: str) -> None:
    await requests(house.services, 1)
    elsewhere = house.standin.world.add_group("Elsewhere", [house.mia])
    house.mia.say(command, chat=elsewhere)
    house.mia.say(command)
    house.anna.say(command)
    await at_rest(house)
    chats = (elsewhere, house.mia.chat, house.anna.chat)
    told = [message for chat in chats for message in chat.messages if message.from_bot]
    assert not [shown(message) for message in told if any(word in shown(message) for word in WORDS)]
    assert not [message for message in told if message.document or message.photo]
