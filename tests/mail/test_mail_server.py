"""Handing a mail over: TLS, and what each answer of a real SMTP server means."""

import shutil
import socket
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.gateways.mail import AddressRefused, MailDelayed, MailRefused, MailServer
from tests.mail.smtp import HANG_UP, ScriptedServer, certificate, smtp_server

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to make certificates")


def mail(**headers: object) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "desk@clinic.example", "To": "anna@example.org", "Subject": "Quote", **headers}.items():
        message[name] = value
    message.set_content("Hello\n")
    return message


def at(server: ScriptedServer, user: str = "") -> MailServer:
    return MailServer.from_url(f"smtp://{user}localhost:{server.port}")


@pytest.mark.parametrize(
    ("url", "must_encrypt"),
    [
        ("smtp://mail.example", False),
        ("smtp://user:secret@mail.example:587", True),
        ("smtp://user:secret@192.0.2.1", True),
        ("smtp://user:secret@127.0.0.1:2525", False),
        ("smtp://user:secret@[::1]:2525", False),
        ("smtp://user:secret@localhost", False),
        ("smtps://user:secret@mail.example", False),
    ],
)
def test_a_password_never_travels_unencrypted_to_another_machine(url: str, must_encrypt: bool) -> None:
    assert MailServer.from_url(url).must_encrypt is must_encrypt


async def test_a_mail_that_was_accepted_is_there() -> None:
    async with smtp_server() as server:
        await at(server).send(mail())
        assert [str(each["Subject"]) for each in server.mails] == ["Quote"]
        assert server.encrypted == [False]


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "meaning"),
    [
        ("550 5.1.1 No such user", "", AddressRefused),
        ("554 5.7.1 Not wanted here", "", AddressRefused),
        ("451 4.7.1 Greylisted, come back later", "", MailDelayed),
        ("452 4.2.2 Mailbox full", "", MailDelayed),
        ("", "554 5.6.0 Content refused", AddressRefused),
        ("", "451 4.3.0 Try again", MailDelayed),
        ("", HANG_UP, MailDelayed),
    ],
)
async def test_each_answer_of_the_server_has_its_meaning(to_recipient: str, to_data: str, meaning: type) -> None:
    async with smtp_server() as server:
        server.to_recipient.extend(filter(None, [to_recipient]))
        server.to_data.extend(filter(None, [to_data]))
        with pytest.raises((MailRefused, MailDelayed)) as caught:
            await at(server).send(mail())
        assert type(caught.value) is meaning


async def test_a_refused_login_is_not_the_recipients_fault() -> None:
    async with smtp_server() as server:
        with pytest.raises(MailRefused) as caught:
            await at(server, "anna:wrong@").send(mail())
        assert not isinstance(caught.value, AddressRefused)
        await at(server, "anna:right@").send(mail())
        assert set(server.logins) == {"anna"}
        assert len(server.mails) == 1


async def test_nobody_listening_is_no_refusal() -> None:
    async with smtp_server() as server:
        gone = at(server)
    with pytest.raises(MailDelayed):
        await gone.send(mail())


async def test_a_server_that_hangs_is_left_after_a_while_and_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateways.mail.TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailDelayed):
        await MailServer.from_url(f"smtp://127.0.0.1:{silent.getsockname()[1]}").send(mail())


async def test_without_starttls_a_password_stays_at_home() -> None:
    async with smtp_server() as server:
        with pytest.raises(MailDelayed):
            await replace(at(server, "anna:right@"), must_encrypt=True).send(mail())
        assert (server.logins, server.mails) == ([], [])


@needs_openssl
async def test_starttls_is_used_where_it_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted.file))
    async with smtp_server(trusted.context, requires_tls=True) as server:
        await at(server, "anna:right@").send(mail())
        assert server.encrypted == [True]


@needs_openssl
@pytest.mark.parametrize("name", ["localhost", "other.example"])
async def test_a_bad_certificate_gets_neither_mail_nor_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Signed by nobody, or trusted but for another host."""
    shown = certificate(tmp_path, name)
    if name != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(shown.file))
    async with smtp_server(shown.context) as server:
        with pytest.raises(MailDelayed):
            await at(server, "anna:right@").send(mail())
        assert (server.logins, server.mails) == ([], [])


BREAK = "=?utf-8?q?a=0d=0aBcc:_eve@example.org?="


@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": BREAK},
        {"Subject": f"Quote {BREAK} from the clinic"},
        {"From": Address("=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLm9yZw==?=", "desk", "clinic.example")},
        {"Reply-To": Address("Clinic\x0bBcc: eve", "desk", "clinic.example")},
        {"X-Quote": BREAK},
    ],
)
async def test_a_header_that_decodes_to_another_one_is_never_sent(headers: dict[str, object]) -> None:
    async with smtp_server() as server:
        try:
            message = mail(**headers)
        except ValueError:
            return  # the standard library noticed
        with pytest.raises(ValueError, match="header"):
            await at(server).send(message)
        assert server.recipients == []
