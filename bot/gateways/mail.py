"""Mail through SMTP: one message at a time, with failures told apart into temporary and permanent ones."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.this_machine import is_this_machine

TIMEOUT_SECONDS = 20


class MailRefused(Exception):
    """The mail server will not take this message, now or later (5xx)."""


class AddressRefused(MailRefused):
    """It takes mail from us, but not this one for this address (5xx to the recipient or to the message itself)."""


class MailDelayed(Exception):
    """The mail server could not take the message this time: unreachable, busy or greylisting (4xx).

    After a connection that broke it may have taken it all the same: the repeat carries the same Message-ID.
    """


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes, read from ``SMTP_URL``: ``smtps`` speaks TLS from the start, ``smtp`` STARTTLS where offered.

    A certificate that does not prove the host's name ends the attempt, whoever asked for TLS. ``must_encrypt``: a
    server that offers no STARTTLS gets nothing, since the password would travel readable for everybody on the way.
    """

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    must_encrypt: bool = False

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """Read ``smtp://user:pass@host:587`` or ``smtps://host:465``; :class:`ValueError` where it is neither."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("must be smtp://[user:password@]host[:port] or smtps://…")
        tls = parts.scheme == "smtps"
        user, password = (part and unquote(part) for part in (parts.username, parts.password))
        must_encrypt = password is not None and not tls and not is_this_machine(parts.hostname)
        return cls(parts.hostname, parts.port or (465 if tls else 587), user, password, tls, must_encrypt)

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=False if self.tls else True if self.must_encrypt else None,
            timeout=TIMEOUT_SECONDS,
        )

    async def send(self, message: EmailMessage) -> None:
        """Hand ``message`` over; returns when the server accepted it.

        Raises :class:`MailRefused` (:class:`AddressRefused` where it is about the recipient), :class:`MailDelayed`, or
        :class:`ValueError` for a message whose headers would be read as others than were set.
        """
        refuse_injected_headers(message)
        try:
            async with self._client() as client:
                await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise (AddressRefused if all(r.code >= 500 for r in error.recipients) else MailDelayed) from error
        except aiosmtplib.SMTPDataError as error:
            raise (AddressRefused if error.code >= 500 else MailDelayed) from error
        except aiosmtplib.SMTPResponseException as error:
            raise (MailRefused if error.code >= 500 else MailDelayed) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailDelayed from error

    async def greet(self, address: str) -> None:
        """Ask whether mail from ``address`` to itself would be taken, and send none; raises as :meth:`send`."""
        try:
            async with self._client() as client:
                await client.mail(address)
                await client.rcpt(address)
                await client.rset()
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused) as error:
            raise (AddressRefused if error.code >= 500 else MailDelayed) from error
        except aiosmtplib.SMTPResponseException as error:
            raise (MailRefused if error.code >= 500 else MailDelayed) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailDelayed from error


def refuse_injected_headers(message: EmailMessage) -> None:
    """Read the message as a mail program will; :class:`ValueError` where it finds other headers than were set.

    The standard library lets an "encoded word" through that decodes to line breaks, and with them any header.
    """
    read = message_from_bytes(message.as_bytes(policy=policy.SMTP), policy=policy.default)
    if read.keys() != message.keys():
        raise ValueError("the message has headers that nobody set")
    if any(not character.isprintable() for value in read.values() for character in str(value)):
        raise ValueError("a header of the message holds a control character")
