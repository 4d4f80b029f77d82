"""What the clinic's staff reads: callback requests without any health answer, and alerts."""

from datetime import date, datetime

from messages.catalog import Catalog
from messages.layout import rows
from messages.markup import Html, joined
from messages.screen import Button, Screen
from messages.times import staff_time

_MOVES = {"open": "take", "taken": "reached", "alert": "clear"}
"""The button that a request carries in each state; in any other it carries none."""


def request_card(  # noqa: PLR0913 - a screen is told everything that it shows
    catalog: Catalog,
    *,
    number: int,
    name: str,
    phone: str,
    start: datetime,
    end: datetime,
    today: date,
    language: str,
    state: str,
    taken_by: str | None,
    quote: str = "",
    accepts: bool = False,
    repeat: bool = False,
) -> Screen:
    """A callback request in its ``state`` (``open``, ``taken``, ``reached``).

    The number is plain text in international form, which Telegram makes tappable. ``repeat`` marks a card that may be
    in the chat already, under the same number. ``start`` and ``end`` come in the clinic's time zone.
    """
    parts = [
        catalog.text(
            "staff.request",
            number=number,
            name=name,
            phone=phone,
            when=staff_time(catalog, start, end, today=today),
            language=catalog.language_name(language),
        )
    ]
    if quote:
        parts.append(catalog.text("staff.accepts_quote" if accepts else "staff.asks_about_quote", quote=quote))
    return _card(catalog, parts, number, state, taken_by, repeat=repeat)


def urgent_page(  # noqa: PLR0913 - a screen is told everything that it shows
    catalog: Catalog,
    *,
    number: int,
    outcome: str,
    name: str,
    phone: str,
    user_id: int,
    state: str,
    cleared_by: str | None,
    repeat: bool = False,
) -> Screen:
    """Alerts the staff: who (with a link to the client's chat), which kind of emergency, what to do.

    ``phone`` may be empty: most clients have not given a number when a red flag stops the questions.
    """
    alert = catalog.text(
        "staff.alert",
        number=number,
        kind=catalog.text(f"staff.kind_{outcome}"),
        told=catalog.text(f"staff.told_{outcome}"),
        name=name or catalog.text("staff.nameless"),
        user_id=user_id,
    )
    told = joined([alert, catalog.text("staff.alert_phone", phone=phone)]) if phone else alert
    return _card(catalog, [told], number, state, cleared_by, repeat=repeat)


def staff_help(catalog: Catalog) -> Screen:
    """What the bot does in the staff chat."""
    return Screen(catalog.text("help.staff"))


def _card(catalog: Catalog, parts: list[Html], number: int, state: str, by: str | None, *, repeat: bool) -> Screen:
    if repeat:
        parts.append(catalog.text("staff.repeated"))
    if by:
        parts.append(catalog.text(f"staff.state_{state}", name=by))
    move = _MOVES.get(state)
    buttons = [Button(catalog.plain(f"staff.{move}"), f"request:{number}:{move}")] if move else []
    return Screen(joined(parts, "\n\n"), rows(*buttons))
