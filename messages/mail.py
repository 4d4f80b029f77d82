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


def unseen_request(  # noqa: PLR0913 - a mail is told everything that it says
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
    """Subject and text for a request that the staff chat has not taken."""
    when = staff_time(catalog, start, end, today=today)
    subject = catalog.plain("mail.unseen_request.subject", number=number)
    text = catalog.plain("mail.unseen_request.text", number=number, name=name, phone=phone, when=when, clinic=clinic)
    return subject, f"{text}\n"


def unseen_alert(catalog: Catalog, *, number: int, name: str, phone: str, link: str, clinic: str) -> tuple[str, str]:
    """Subject and text for an urgent alert that the staff chat has not taken; it names no symptom."""
    subject = catalog.plain("mail.unseen_alert.subject", number=number)
    reached = f"{phone}\n{link}" if phone else link
    text = catalog.plain("mail.unseen_alert.text", number=number, name=name, reached=reached, clinic=clinic)
    return subject, f"{text}\n"
