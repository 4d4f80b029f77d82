"""The words around and inside a file for the phone's calendar. None of them names a treatment: screens are locked."""

from messages.catalog import Catalog


def title(catalog: Catalog, clinic: str) -> str:
    """An event's title."""
    return catalog.plain("calendar.title", clinic=clinic)


def note(catalog: Catalog, clinic: str) -> str:
    """What an event says when it is opened."""
    return catalog.plain("calendar.note", clinic=clinic)


def caption(catalog: Catalog, *, is_new: bool, is_over: bool, clinic: str) -> str:
    """What stands under the file in the chat: new dates, other dates, or none any more."""
    if is_over:
        return catalog.text("calendar.caption.over")
    return catalog.text("calendar.caption.new" if is_new else "calendar.caption.moved", clinic=clinic)
