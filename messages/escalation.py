"""What the staff reads of a request that nobody takes, or that somebody took and forgot. Never a health answer."""

from datetime import date, datetime

from messages.catalog import Catalog, Html
from messages.screen import Screen


def ping(catalog: Catalog, *, number: int, since: datetime, today: date) -> Screen:
    """Nobody has taken the request that came (or came free) at ``since``, in the clinic's time zone."""
    return Screen(catalog.text("staff.ping", number=number, since=_moment(catalog, since, today)))


def call_for_manager(catalog: Catalog, *, number: int, since: datetime, today: date, manager: str | None) -> Screen:
    """Calls ``manager`` (``@name`` or a Telegram user's number), or everybody where there is none."""
    called, waiting = _mention(catalog, manager), _moment(catalog, since, today)
    return Screen(catalog.text("staff.call_manager", manager=called, number=number, since=waiting))


def freed(catalog: Catalog, *, number: int, name: str) -> Screen:
    """``name`` took the request and said nothing of it: it is everybody's again."""
    return Screen(catalog.text("staff.freed", number=number, name=name))


def _moment(catalog: Catalog, since: datetime, today: date) -> str:
    return catalog.time(since) if since.date() == today else catalog.moment(since, today)


def _mention(catalog: Catalog, manager: str | None) -> Html:
    if manager is None:
        return catalog.text("staff.everybody")
    if manager.startswith("@"):
        return Html(manager)
    return catalog.text("staff.manager", user_id=manager)
