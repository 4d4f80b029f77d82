"""A price quote by e-mail: chosen, addressed, sent, and what is done with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from demo.chats import StoredMessage
from demo.mailbox import Mail
from tests.dialogues.asking import leave_out
from tests.dialogues.asking import to_summary as to_sending
from tests.house import PATIENCE, House, open_house, shown
from tests.mail.smtp import HANG_UP, ScriptedServer, smtp_server

ADDRESS = "anna.weber@example.org"


async def choose(house: House, *services: str) -> None:
    """Tick services, from any screen that offers quotes, and go on to the address."""
    await house.tap("quote:start")
    for service in services:
        await house.tap(f"quote:service:{service}")
    await house.tap("quote:done")
    await house.screen("type your e-mail address")


async def to_summary(house: House, *services: str, address: str = ADDRESS) -> StoredMessage:
    await choose(house, *services)
    house.anna.say(address)
    return await house.button("quote:send")


async def from_the_menu(house: House) -> None:
    house.anna.say("/help")
    await house.tap("menu")


async def said(house: House, words: str) -> StoredMessage:
    """Wait until a message in the client's chat says ``words``."""
    return await house.eventually(
        lambda: next((m for m in reversed(house.anna.chat.messages) if m.from_bot and words in shown(m)), None)
    )


async def quote_row(house: House, number: str = "2026-0001") -> Any:
    async with house.services.storage.snapshot() as tx:
        return await tx.quotes.by_number(number, lock=False)


async def later(house: House, **step: float) -> None:
    """Let time pass, and wait until what became due was tried."""
    house.clock.move(**step)
    house.wake()
    async with asyncio.timeout(PATIENCE):
        while any(row.leased_until or row.due_at <= house.clock() for row in await house.outbox()):
            await asyncio.sleep(0.01)


async def test_a_quote_goes_from_the_advice_into_the_mailbox(house: House) -> None:
    await house.consult()
    await house.tap("quote:start")
    await house.tap("quote:service:drainage")
    await house.screen("Total: €72.00")
    await house.tap("quote:service:drainage-course")
    await house.screen("Total: €397.00")
    await house.tap("quote:done")
    house.anna.say(" Anna.Weber@EXAMPLE.org ")
    summary = await house.button("quote:send")
    assert "Anna.Weber@example.org" in shown(summary)
    assert "Total: €397.00" in shown(summary)
    await house.tap("quote:send")
    await said(house, "the mail server has taken it for Anna.Weber@example.org")
    (mail,) = house.mailbox.mails
    check_mail(mail)
    assert "Quote No. 2026-0001" in shown(await said(house, "on its way"))
    row = await quote_row(house)
    assert (row.state, row.total, row.price_list, row.currency) == ("sent", "397.00", "2026-10", "EUR")
    assert row.valid_until.isoformat() == "2026-12-20"
    async with house.services.storage.snapshot() as tx:
        assert await tx.consents.has(row.client_id, "quote")


def check_mail(mail: Mail) -> None:
    assert mail.recipients == ("Anna.Weber@example.org",)
    assert mail.header("Subject") == "Your quote No. 2026-0001 from Linden Clinic"
    assert mail.header("From") == "Linden Clinic <quotes@linden-clinic.example>"
    assert mail.header("Reply-To") == "Linden Clinic <desk@linden-clinic.example>"
    assert mail.header("Date") == "Fri, 20 Nov 2026 10:00:00 +0100"
    assert mail.header("Auto-Submitted") == "auto-generated"
    assert mail.header("Message-ID").endswith("@linden-clinic.example>")
    (file,) = mail.attachments
    assert (file.name, file.media_type) == ("quote-2026-0001.pdf", "application/pdf")
    pages = PdfReader(BytesIO(file.content)).pages
    assert len(pages) == 1
    for part in (mail.text, mail.html, pages[0].extract_text()):
        for words in ("2026-0001", "course of five", "€325.00", "€397.00", "20 December 2026", "+49 30 901820"):
            assert words in part
    assert "Anna" not in mail.html + mail.text, "nothing that a client typed goes out in the clinic's name"


async def test_one_send_gives_one_number_and_one_mail_however_often_it_is_pressed(house: House) -> None:
    house.anna.say("/start")
    await from_the_menu(house)
    summary = await to_summary(house, "classic")
    for press in [house.anna.press(summary, "quote:send") for _ in range(3)]:
        await house.answered(press)
    await said(house, "has left")
    await house.rest()
    assert len(house.mailbox.mails) == 1
    assert await quote_row(house, "2026-0002") is None


@asynccontextmanager
async def scripted_house(folder: Path) -> AsyncIterator[tuple[House, ScriptedServer]]:
    """A house whose mail goes to a server that says what it is told to, with a quote ready to be sent."""
    async with smtp_server() as server, open_house(folder, smtp=f"smtp://127.0.0.1:{server.port}") as house:
        house.anna.say("/start")
        await from_the_menu(house)
        await to_summary(house, "classic")
        yield house, server


async def test_greylisting_is_waited_for_5_15_and_30_minutes(tmp_path: Path) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_recipient.extend(["451 4.7.1 Greylisted"] * 3)
        await house.tap("quote:send")
        await later(house)
        tried = [len(server.recipients)]
        for minutes in (4, 1, 14, 1, 29, 1):
            await later(house, minutes=minutes)
            tried.append(len(server.recipients))
        assert tried == [1, 1, 2, 2, 3, 3, 4]
        assert len(server.mails) == 1
        await said(house, "has left")


async def test_after_an_unclear_break_the_repeat_carries_the_same_message_id(tmp_path: Path) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_data.append(HANG_UP)
        await house.tap("quote:send")
        await later(house)
        await later(house, minutes=5)
        first, second = server.mails
        assert first["Message-ID"] == second["Message-ID"] == (await quote_row(house)).message_id
        assert first["Date"] == second["Date"]
        await said(house, "has left")


async def test_a_refused_address_is_asked_for_again_and_the_number_stays(tmp_path: Path) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_recipient.append("550 5.1.1 No such user")
        await house.tap("quote:send")
        await said(house, "The address did not work")
        first = (await quote_row(house)).message_id
        await later(house, hours=2)
        assert len(server.recipients) == 1, "a refusal is not tried again"
        house.anna.say("anna.w@example.org")
        await house.screen("To: anna.w@example.org")
        await house.tap("quote:send")
        await said(house, "has left: the mail server has taken it for anna.w@example.org")
        assert "2026-0001" in str(server.mails[0]["Subject"])
        row = await quote_row(house)
        assert (row.state, row.addresses) == ("sent", 2)
        assert row.message_id != first
        assert await quote_row(house, "2026-0002") is None


async def test_somebody_who_has_gone_on_meanwhile_enters_another_address_by_a_button(tmp_path: Path) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_recipient.extend(["451 4.7.1 Greylisted", "550 5.1.1 No such user"])
        await house.tap("quote:send")
        await later(house)
        await house.tap("menu")
        await later(house, minutes=5)
        await said(house, "The address did not work")
        await house.quiet()
        assert (await house.client()).place == "menu"
        await house.tap("quote:address:2026-0001")
        house.anna.say("anna.w@example.org")
        await house.tap("quote:send")
        await said(house, "has left")


async def test_after_a_day_the_client_and_the_clinic_are_told(tmp_path: Path) -> None:
    async with scripted_house(tmp_path) as (house, server):
        server.to_recipient.extend(["451 4.3.0 Try again"] * 99)
        await house.tap("quote:send")
        await later(house)
        for _ in range(25):
            await later(house, hours=1)
        await said(house, "could not be sent by e-mail")
        assert (await quote_row(house)).state == "failed"
        tried = len(server.recipients)
        await later(house, hours=5)
        assert len(server.recipients) == tried
        notice = await house.message("Quote No. 2026-0001 could not be mailed", house.staff)
        assert "Anna Weber" in shown(notice)
        assert ADDRESS not in shown(notice)
        assert "Classic" not in shown(notice)


async def sent_quote(house: House) -> None:
    house.anna.say("/start")
    await from_the_menu(house)
    await to_summary(house, "classic")
    await house.tap("quote:send")
    await said(house, "has left")


async def test_accepting_turns_into_a_callback_request_with_the_quotes_number(house: House) -> None:
    await sent_quote(house)
    await house.tap("quote:accept:2026-0001")
    await house.tap("callback:name")
    await house.standin.world.until(lambda: house.anna.chat.keyboard)
    house.anna.share_contact()
    await house.tap("callback:time:now")
    await leave_out(house)
    await house.tap("callback:send")
    card = await house.button("request:1001:take", house.staff)
    assert "Accepts quote No. 2026-0001" in shown(card)
    house.mia.say("/queue", chat=house.staff)
    await house.message("💶 Quote No. 2026-0001", house.staff)
    house.mia.say("/stats", chat=house.staff)
    await house.message("Quotes: 1, mailed: 1, accepted: 1", house.staff)
    house.mia.say("/start")
    await house.tap("request:1001:take", house.mia, house.staff)
    await house.tap("request:1001:details", house.mia, house.staff)
    behind = await house.message("Behind No. 1001", house.mia.chat)
    assert "Quote No. 2026-0001, valid until" in shown(behind)
    assert "Total: €" in shown(behind)
    assert (await quote_row(house)).accepted_at == house.clock()


async def test_a_quote_cannot_be_accepted_once_an_advice_excludes_its_service(house: House) -> None:
    await sent_quote(house)
    quote = await house.button("quote:accept:2026-0001")
    await house.consult(skin=["acne_inflamed"])
    for data in ("quote:accept:2026-0001", "quote:ask:2026-0001"):
        await house.answered(house.anna.press(quote, data))
        await house.quiet()
        assert (await house.client()).place == "advice"


async def test_a_question_about_a_quote_goes_into_the_request_that_is_open(house: House) -> None:
    await to_sending(house)
    await house.tap("callback:send")
    card = await house.button("request:1001:take", house.staff)
    await from_the_menu(house)
    await to_summary(house, "classic")
    await house.tap("quote:send")
    await said(house, "has left")
    await house.tap("quote:ask:2026-0001")
    await house.eventually(lambda: "Asks about quote No. 2026-0001" in shown(card))
    assert (await quote_row(house)).accepted_at is None
