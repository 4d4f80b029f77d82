"""What the staff asks for in the staff chat: the queue and an export; nobody else gets it."""

import asyncio
import csv
import io
from datetime import timedelta

import pytest

from demo.chats import StoredMessage
from handlers.deliveries import figures
from handlers.services import Services
from tests.house import PATIENCE, House, shown


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


@pytest.mark.parametrize("command", ["/queue", "/export"])
async def test_outside_the_staff_chat_nobody_gets_anything(house: House, command: str) -> None:
    await requests(house.services, 1)
    elsewhere = house.standin.world.add_group("Elsewhere", [house.mia])
    house.mia.say(command, chat=elsewhere)
    house.mia.say(command)
    house.anna.say(command)
    await at_rest(house)
    told = [shown(m) for chat in (elsewhere, house.mia.chat, house.anna.chat) for m in chat.messages if m.from_bot]
    assert not [text for text in told if "Client 0" in text or "1001" in text]
    assert not [m for chat in (elsewhere, house.mia.chat, house.anna.chat) for m in chat.messages if m.document]
