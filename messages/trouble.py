"""What the operator is told when something is out of order. No client is named."""

from messages.catalog import Catalog
from messages.screen import Screen


def mail(catalog: Catalog, what: str, *, clinic: str) -> tuple[str, str]:
    """Subject and text; ``what`` is ``staff_chat``, ``crm`` or ``crm_lost``."""
    subject = catalog.plain(f"mail.trouble.{what}.subject")
    text = catalog.plain(f"mail.trouble.{what}.text", clinic=clinic)
    return subject, f"{text}\n"


def note(catalog: Catalog) -> Screen:
    """Mail to the clinic does not go out."""
    return Screen(catalog.text("staff.mail_trouble"))


def set_aside(catalog: Catalog, *, number: int, error: str) -> Screen:
    """An update was given up; ``error`` is the class name of what stood in the way."""
    return Screen(catalog.text("trouble.update_set_aside", number=number, error=error))


def screen_failed(catalog: Catalog, *, error: str) -> Screen:
    """A screen cannot be drawn; ``error`` is the class name of what stood in the way."""
    return Screen(catalog.text("trouble.screen_failed", error=error))
