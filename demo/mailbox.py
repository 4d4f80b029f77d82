"""The clinic's mailbox: a real SMTP server on this machine that keeps what it receives."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.observers import Observers

LARGEST_MAIL = 20_000_000
"""Bytes that one mail may have."""


NOBODY = "nobody"
"""Who has no mailbox here, whatever the domain."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One received mail, as a mail reader shows it. ``number`` counts from 1 in the order of arrival."""

    number: int
    recipients: tuple[str, ...]
    message: EmailMessage

    def header(self, name: str) -> str:
        """The decoded header, or an empty text where there is none."""
        return str(self.message.get(name, ""))

    @property
    def text(self) -> str:
        """The plain text part, or an empty text."""
        return _content(self.message.get_body(("plain",)))

    @property
    def html(self) -> str:
        """The HTML part, or an empty text."""
        return _content(self.message.get_body(("html",)))

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files, in their order."""
        return tuple(
            Attachment(
                part.get_filename() or f"attachment-{index}",
                part.get_content_type(),
                _bytes(part),
            )
            for index, part in enumerate(self.message.iter_attachments(), start=1)
        )


class Mailbox:
    """Receives every mail; refuses ``nobody@…`` and what cannot exist (``….invalid``, RFC 2606): that can be seen, too.

    It speaks plain SMTP without TLS or passwords: it listens on the loopback interface only.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._observers = Observers()
        self._server: asyncio.Server | None = None
        self._sessions: WeakSet[SMTP] = WeakSet()

    @property
    def url(self) -> str:
        """Where to send mail, for example ``smtp://127.0.0.1:2525``. Raises RuntimeError before ``start``."""
        if self._server is None:
            raise RuntimeError("the mailbox is not started")
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"smtp://{host}:{port}"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one. Raises OSError where the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._session, host, port)

    async def stop(self) -> None:
        """Stop listening and drop open connections; received mails stay."""
        if self._server is None:
            return
        self._server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        await self._server.wait_closed()
        self._server = None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` whenever a mail has arrived; returns the function that ends this."""
        return self._observers.subscribe(callback)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd finds its hooks by these names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept a recipient, or refuse one that can never exist."""
        if address.rpartition("@")[2].lower().endswith(".invalid"):
            return "550 5.1.2 No such domain"
        if address.partition("@")[0].lower() == NOBODY:
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd finds its hooks by these names
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        message = message_from_bytes(envelope.original_content or b"", policy=default)
        self.mails.append(Mail(len(self.mails) + 1, tuple(envelope.rcpt_tos), message))
        self._observers.notify()
        return "250 OK: kept"

    def _session(self) -> SMTP:
        session = SMTP(self, hostname="localhost", ident="Afterglow demo", data_size_limit=LARGEST_MAIL)
        self._sessions.add(session)
        return session


def _content(part: Any) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a charset that nobody knows: show what can be shown
        return _bytes(part).decode("utf-8", "replace")


def _bytes(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""  # a mail within the mail has no bytes of its own
