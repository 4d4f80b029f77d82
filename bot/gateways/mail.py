"""Mail through SMTP: one message at a time, with failures told apart into temporary and permanent ones."""

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIMEOUT_SECONDS = 20


class MailRefused(Exception):
    """The mail server will not take this message, now or later (5xx)."""


class MailDelayed(Exception):
    """The mail server could not take the message this time: unreachable, busy or greylisting (4xx)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes, read from ``SMTP_URL``: ``smtps`` speaks TLS from the start, ``smtp`` STARTTLS if offered."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """Read ``smtp://user:pass@host:587`` or ``smtps://host:465``; :class:`ValueError` where it is neither."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("must be smtp://[user:password@]host[:port] or smtps://…")
        tls = parts.scheme == "smtps"
        user, password = (part and unquote(part) for part in (parts.username, parts.password))
        return cls(parts.hostname, parts.port or (465 if tls else 587), user, password, tls)

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=None if not self.tls else False,
            timeout=TIMEOUT_SECONDS,
        )

    async def send(self, message: EmailMessage) -> None:
        """Hand ``message`` over; returns when the server accepted it, raises MailRefused or MailDelayed otherwise."""
        try:
            async with self._client() as client:
                await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise (MailRefused if all(r.code >= 500 for r in error.recipients) else MailDelayed) from error
        except aiosmtplib.SMTPResponseException as error:
            raise (MailRefused if error.code >= 500 else MailDelayed) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailDelayed from error

    async def greet(self) -> None:
        """Connect, log in and say goodbye, as ``check`` does; raises as :meth:`send`."""
        try:
            async with self._client() as client:
                await client.noop()
        except aiosmtplib.SMTPResponseException as error:
            raise (MailRefused if error.code >= 500 else MailDelayed) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailDelayed from error
