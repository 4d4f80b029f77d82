"""Questions that clients pass on: the offer, the card in the staff chat, and what is said to and fro."""

from dataclasses import replace

from messages.catalog import Catalog
from messages.layout import rows
from messages.screen import Button, Screen


def ask_the_clinic(catalog: Catalog, screen: Screen) -> Screen:
    """The screen with one more button, which passes on what the client has just typed."""
    return replace(screen, rows=(*screen.rows, *rows(Button(catalog.plain("asked.button"), "question:send"))))


def card(catalog: Catalog, *, number: int, name: str, user_id: int, text: str, answered_by: str = "") -> Screen:
    """The question in the staff chat, with a link to the client's chat; a reply to it is the answer."""
    asked = catalog.text(
        "asked.card", number=number, name=name or catalog.text("staff.nameless"), user_id=user_id, text=text
    )
    state = catalog.text("asked.answered", name=answered_by) if answered_by else catalog.text("asked.how_to_answer")
    return Screen(f"{asked}\n\n{state}")


def answer(catalog: Catalog, *, clinic: str, text: str) -> Screen:
    """The clinic's answer, marked as such, in the client's chat; a reply to it goes back."""
    return Screen(catalog.text("asked.answer", clinic=clinic, text=text))


def followup(catalog: Catalog, *, number: int, name: str, text: str) -> Screen:
    """What the client replied, in the staff chat."""
    return Screen(catalog.text("asked.followup", number=number, name=name or catalog.text("staff.nameless"), text=text))


def note(catalog: Catalog, what: str) -> Screen:
    """Tells a colleague why an answer did not reach the client."""
    return Screen(catalog.text(f"asked.note_{what}"))
