"""A price quote: its mail, and what the client and the clinic hear of it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

from bot.clinic import Clinic
from bot.email_address import wire_form
from bot.gateways.mail import AddressRefused
from bot.quote import QuoteDraft
from handlers.deliveries.delivery import Delivery, Kind, Note, Report, reachable_client, to_staff
from handlers.places.quote import read_quote
from handlers.services import Services
from messages import quote as quote_texts
from messages.quote_mail import QuoteWords, html_part, subject, text_part
from storage.storage import Transaction
from storage.tables import Client, OutboxRow, Quote, QuoteState

DELAYS = (*(timedelta(minutes=minutes) for minutes in (5, 15, 30)), timedelta(hours=1))
"""Before the second attempt, the third and so on; the last one for all further."""

LASTS = timedelta(hours=24)


async def quote_mail(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """The quote itself; it goes out also to somebody who has blocked the bot meanwhile."""
    quote = await tx.quotes.by_number(row.subject, lock=False)
    if quote is None or quote.state != QuoteState.QUEUED:
        return None
    catalog = services.catalogs.choose(quote.language)
    words = QuoteWords(catalog, read_quote(services.clinic, quote), services.clinic)
    return Report(partial(asyncio.to_thread, write, words, quote, services.clinic))


def write(words: QuoteWords, quote: Quote, clinic: Clinic) -> EmailMessage:
    """The mail: a text part, an HTML part and the PDF. Every attempt carries the same Date and Message-ID."""
    # Loading what makes a PDF takes a third of a second, which no start of a command has to wait for.
    from messages.quote_pdf import quote_pdf  # noqa: PLC0415

    mail = EmailMessage()
    mail["Subject"] = subject(words)
    mail["From"] = Address(clinic.name, addr_spec=clinic.quote.sender)
    mail["To"] = Address(addr_spec=wire_form(quote.email))
    mail["Reply-To"] = Address(clinic.name, addr_spec=clinic.email)
    mail["Date"] = format_datetime(quote.created_at.astimezone(clinic.time_zone))
    mail["Message-ID"] = quote.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = words.catalog.language
    mail.set_content(text_part(words), cte="quoted-printable")
    mail.add_alternative(html_part(words), subtype="html", cte="quoted-printable")
    mail.add_attachment(
        quote_pdf(words, quote.created_at),
        maintype="application",
        subtype="pdf",
        filename=f"quote-{quote.number}.pdf",
    )
    return mail


async def _accepted(tx: Transaction, row: OutboxRow, _delivery: Delivery, _message_id: int | None) -> None:
    """The mail server has it."""
    quote, sent = await tx.quotes.by_number(row.subject), await tx.outbox.by_id(row.id)
    if quote is None or sent is None or sent.sent_at is None:
        return
    quote.state, quote.sent_at = QuoteState.SENT, sent.sent_at
    await tx.outbox.plan(
        "quote_sent",
        recipient=row.recipient,
        subject=quote.number,
        due=sent.sent_at,
        client_id=quote.client_id,
        now=sent.sent_at,
        again=True,
    )


async def _given_up(services: Services, tx: Transaction, row: OutboxRow, error: Exception) -> None:
    """It will not be sent: where the address was refused the client is asked for another, else the clinic is told."""
    client = await tx.clients.by_id(row.client_id, lock=True) if row.client_id is not None else None
    quote = await tx.quotes.by_number(row.subject)
    if client is None or quote is None:
        return
    refused = isinstance(error, AddressRefused)
    quote.state = QuoteState.REFUSED if refused else QuoteState.FAILED
    if refused and client.place == "quote_sent":  # nobody is led away from what they have begun meanwhile
        client.draft, client.place = {"quote": QuoteDraft(again=quote.number).as_json()}, "quote"
    told = (
        [("quote_refused", row.recipient)] if refused else [("quote_failed", row.recipient), ("quote_failed", "staff")]
    )
    for kind, recipient in told:
        await tx.outbox.plan(
            kind,
            recipient=recipient,
            subject=f"{quote.number}:{quote.addresses}",
            due=services.now(),
            client_id=client.id,
            now=services.now(),
        )


async def quote_sent(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client that a mail server has taken the mail."""
    client, quote = await reachable_client(tx, row), await _quote(tx, row)
    if client is None or quote is None:
        return None
    return Note(client.chat_id, quote_texts.arrived(services.catalog(client), number=quote.number, email=quote.email))


async def quote_refused(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Asks the client for another address."""
    client, quote = await reachable_client(tx, row), await _quote(tx, row)
    if client is None or quote is None or quote.state != QuoteState.REFUSED:
        return None
    return Note(client.chat_id, quote_texts.refused(services.catalog(client), number=quote.number, email=quote.email))


async def quote_failed(services: Services, tx: Transaction, row: OutboxRow) -> Delivery | None:
    """Tells the client, or the staff, that the mail could not be sent for a day."""
    quote = await _quote(tx, row)
    client = await tx.clients.by_id(row.client_id) if row.client_id is not None else None
    if quote is None or client is None:
        return None
    if row.recipient == "staff":
        screen = quote_texts.failed_for_staff(
            services.staff_catalog, number=quote.number, name=_name(client), user_id=client.telegram_user_id
        )
        return await to_staff(services, tx, screen)
    if client.blocked_at:
        return None
    texts = quote_texts.failed(services.catalog(client), number=quote.number, clinic=services.clinic.name)
    return Note(client.chat_id, texts)


async def _quote(tx: Transaction, row: OutboxRow) -> Quote | None:
    return await tx.quotes.by_number(row.subject.partition(":")[0], lock=False)


def _name(client: Client) -> str:
    return f"{client.profile.get('first_name', '')} {client.profile.get('last_name', '')}".strip()


KINDS: Mapping[str, Kind] = {
    "quote_mail": Kind(quote_mail, sent=_accepted, delays=DELAYS, lasts=LASTS, failed=_given_up),
    "quote_sent": Kind(quote_sent),
    "quote_refused": Kind(quote_refused),
    "quote_failed": Kind(quote_failed),
}
