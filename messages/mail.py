"""Mails to the clinic, as plain text."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from messages.catalog import Catalog
from messages.times import staff_time

Why: TypeAlias = Literal["request", "unseen_request"]
"""Why a request goes to the mailbox: nobody took it, or the staff chat has not even taken its card."""


def waiting_request(  # noqa: PLR0913 - a mail is told everything that it says
    catalog: Catalog,
    why: Why,
    *,
    number: int,
    name: str,
    phone: str,
    start: datetime,
    end: datetime,
    today: date,
    clinic: str,
) -> tuple[str, str]:
    """Subject and text; the subject, which a phone may show, names no client."""
    when = staff_time(catalog, start, end, today=today)
    subject = catalog.plain(f"mail.{why}.subject", number=number)
    text = catalog.plain(f"mail.{why}.text", number=number, name=name, phone=phone, when=when, clinic=clinic)
    return subject, f"{text}\n"


def unseen_alert(catalog: Catalog, *, number: int, name: str, phone: str, link: str, clinic: str) -> tuple[str, str]:
    """Subject and text for an urgent alert that the staff chat has not taken; it names no symptom."""
    subject = catalog.plain("mail.unseen_alert.subject", number=number)
    reached = f"{phone}\n{link}" if phone else link
    text = catalog.plain("mail.unseen_alert.text", number=number, name=name, reached=reached, clinic=clinic)
    return subject, f"{text}\n"
