"""A real SMTP server whose every reply can be scripted, and certificates for it."""

import asyncio
import ssl
import subprocess
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HANG_UP = "hang up"
"""Instead of a reply: the mail is kept and the connection broken, so that the sender cannot know."""


@dataclass
class ScriptedServer:
    """Says what it is told to at RCPT and after the data, in order; then 250. ``mails`` are those it took."""

    to_recipient: deque[str] = field(default_factory=deque)
    to_data: deque[str] = field(default_factory=deque)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.recipients.append(address)
        if self.to_recipient:
            return self.to_recipient.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = self.to_data.popleft() if self.to_data else "250 OK: kept"
        if reply in {HANG_UP, "250 OK: kept"}:
            self.mails.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
            self.encrypted.append(session.ssl is not None)
        if reply == HANG_UP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return reply

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"right", handled=False)


@asynccontextmanager
async def smtp_server(
    tls: ssl.SSLContext | None = None, *, requires_tls: bool = False
) -> AsyncIterator[ScriptedServer]:
    """The server on a free port; ``tls`` lets it offer STARTTLS, ``requires_tls`` take nothing without."""
    scripted, sessions = ScriptedServer(), list[SMTP]()

    def session() -> SMTP:
        opened = SMTP(
            scripted,
            hostname="localhost",
            tls_context=tls,
            require_starttls=requires_tls,
            authenticator=scripted.authenticate,
            auth_require_tls=False,
        )
        sessions.append(opened)
        return opened

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
        for opened in sessions:
            if opened.transport is not None:
                opened.transport.close()
        await server.wait_closed()


@dataclass(frozen=True)
class Certificate:
    """A certificate that signs itself, and what a server needs to show it."""

    file: Path
    context: ssl.SSLContext


def certificate(folder: Path, name: str = "localhost") -> Certificate:
    """A fresh one for the host ``name`` at 127.0.0.1, made by openssl; nobody trusts it unless told to."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*command, "-days", "2", "-keyout", key, "-out", file, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return Certificate(file, context)
