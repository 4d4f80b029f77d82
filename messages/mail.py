"""Mails to the clinic, as plain text."""

from datetime import date, datetime

from messages.catalog import Catalog
from messages.times import staff_time


def request_mail(  # noqa: PLR0913 - a mail is told everything that it says
    catalog: Catalog,
    *,
    number: int,
    name: str,
    phone: str,
    start: datetime,
    end: datetime,
    today: date,
    clinic: str,
) -> tuple[str, str]:
    """Subject and text for a request that nobody took; the subject, which a phone may show, names no client."""
    when = staff_time(catalog, start, end, today=today)
    subject = catalog.plain("mail.request.subject", number=number)
    text = catalog.plain("mail.request.text", number=number, name=name, phone=phone, when=when, clinic=clinic)
    return subject, f"{text}\n"
