"""The clinic's mailbox is a real SMTP server that keeps what it receives."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import aiosmtplib
import pytest

from demo.mailbox import Mailbox


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    await box.start("127.0.0.1")
    yield box
    await box.stop()


def quote() -> EmailMessage:
    """A mail with a text part, an HTML part and a PDF."""
    mail = EmailMessage()
    mail["From"] = "Lindenhof <hello@lindenhof.example>"
    mail["To"] = "Олена <olena@example.org>"
    mail["Subject"] = "Ваша пропозиція № 7"
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 +0100"
    mail.set_content("Дренаж: 89 €\n")
    mail.add_alternative("<p>Дренаж: <b>89 €</b></p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="quote.pdf")
    return mail


async def send(mailbox: Mailbox, mail: EmailMessage) -> None:
    address = urlsplit(mailbox.url)
    await aiosmtplib.send(mail, hostname=address.hostname, port=address.port)


async def test_a_mail_is_kept_with_its_parts(mailbox: Mailbox) -> None:
    await send(mailbox, quote())
    (mail,) = mailbox.mails
    assert mail.number == 1
    assert mail.header("Subject") == "Ваша пропозиція № 7"
    assert mail.recipients == ("olena@example.org",)
    assert mail.text.strip() == "Дренаж: 89 €"
    assert "<b>89 €</b>" in mail.html
    assert [(file.name, file.media_type, file.content) for file in mail.attachments] == [
        ("quote.pdf", "application/pdf", b"%PDF-1.7")
    ]


async def test_a_mail_without_parts_or_headers_shows_empty_ones(mailbox: Mailbox) -> None:
    address = urlsplit(mailbox.url)
    await aiosmtplib.send(
        b"\r\n", sender="a@example.org", recipients=["b@example.org"], hostname=address.hostname, port=address.port
    )
    (mail,) = mailbox.mails
    assert (mail.header("Subject"), mail.text.strip(), mail.html, mail.attachments) == ("", "", "", ())


async def test_an_unknown_charset_is_shown_as_far_as_it_can_be(mailbox: Mailbox) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"] = "b@example.org", "a@example.org"
    mail.set_content("plain words")
    mail.set_param("charset", "x-unheard-of")
    await send(mailbox, mail)
    assert mailbox.mails[0].text.strip() == "plain words"


@pytest.mark.parametrize("address", ["olena@nowhere.invalid", "nobody@example.org"])
async def test_an_address_that_cannot_exist_is_refused(mailbox: Mailbox, address: str) -> None:
    mail = quote()
    mail.replace_header("To", address)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(mailbox, mail)
    assert mailbox.mails == []


async def test_subscribers_hear_of_each_mail_until_they_leave(mailbox: Mailbox) -> None:
    heard: list[int] = []
    leave = mailbox.subscribe(lambda: heard.append(len(mailbox.mails)))
    await send(mailbox, quote())
    leave()
    await send(mailbox, quote())
    assert heard == [1]
    assert [mail.number for mail in mailbox.mails] == [1, 2]


async def test_its_address_is_unknown_before_it_listens_and_after_it_stopped() -> None:
    box = Mailbox()
    with pytest.raises(RuntimeError, match="not started"):
        _ = box.url
    await box.start()
    assert box.url.startswith("smtp://127.0.0.1:")
    await box.stop()
    with pytest.raises(RuntimeError, match="not started"):
        _ = box.url


async def test_it_stops_although_somebody_is_still_connected(mailbox: Mailbox) -> None:
    address = urlsplit(mailbox.url)
    client = aiosmtplib.SMTP(hostname=address.hostname, port=address.port)
    await client.connect()
    await mailbox.stop()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()
