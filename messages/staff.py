"""What the clinic's staff reads: callback requests without any health answer, and alerts."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.catalog import Catalog
from messages.layout import Rows
from messages.markup import Html, joined
from messages.screen import Button, Screen
from messages.times import staff_time

_BUTTONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "open": (("take",),),
    "no_answer": (("take",),),
    "taken": (("reached", "no_answer"), ("booked", "declined"), ("details", "release")),
    "reached": (("booked", "declined"), ("details",)),
    "alert": (("clear",),),
}
"""The buttons that a request carries in each state; in any other it carries none."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a request's card shows. All moments come in the clinic's time zone.

    ``by`` is who took or settled it last, ``tries`` how often nobody answered, ``more`` whether the client left an
    e-mail address or a remark: like the health answers they are shown in private only. ``quote`` is the number of the
    price quote that the call is about, which the client ``accepts`` or asks about. ``alert`` is the number of the
    urgent alert after which the client asks for help. ``repeat`` marks a card that may be in the chat already, under
    the same number.
    """

    number: int
    name: str
    phone: str
    start: datetime
    end: datetime
    today: date
    language: str
    state: str
    by: str = ""
    tries: int = 0
    has_priority: bool = False
    more: bool = False
    booked_for: date | None = None
    reason: str = ""
    quote: str = ""
    accepts: bool = False
    alert: int = 0
    repeat: bool = False


def request_card(catalog: Catalog, card: Card) -> Screen:
    """A callback request. The phone number stands in international form, which Telegram makes tappable."""
    parts = [_head(catalog, card)]
    if card.repeat:
        parts.append(catalog.text("staff.repeated"))
    if state := _state(catalog, card):
        parts.append(state)
    return Screen(joined(parts, "\n\n"), buttons(catalog, card.number, card.state))


def asking_card(catalog: Catalog, card: Card, asked: Screen) -> Screen:
    """The card while a colleague is being ``asked`` how it ended, in the place of its buttons."""
    return Screen(joined([_head(catalog, card), Html(asked.text)], "\n\n"), asked.rows)


def moved_down(catalog: Catalog, number: int) -> Screen:
    """What is left of a card that was sent anew: it carries no buttons, so that nobody works on the old one."""
    return Screen(catalog.text("staff.moved_down", number=number))


def note(catalog: Catalog, move: str, number: int, *, start: datetime, end: datetime, today: date) -> Screen:
    """Tells who took a request what its client did meanwhile, as a reply to the card: an edit alone makes no sound."""
    return Screen(catalog.text(f"staff.note_{move}", number=number, when=staff_time(catalog, start, end, today=today)))


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
    parts = [joined([alert, catalog.text("staff.alert_phone", phone=phone)]) if phone else alert]
    if repeat:
        parts.append(catalog.text("staff.repeated"))
    if cleared_by:
        parts.append(catalog.text(f"staff.state_{state}", name=cleared_by))
    return Screen(joined(parts, "\n\n"), buttons(catalog, number, state))


def staff_help(catalog: Catalog) -> Screen:
    """What the bot does in the staff chat."""
    return Screen(catalog.text("help.staff"))


def welcome(catalog: Catalog, *, clinic: str) -> Screen:
    """This group is the staff chat from now on."""
    return Screen(catalog.text("staff.welcome", clinic=clinic))


def buttons(catalog: Catalog, number: int, state: str) -> Rows:
    """The buttons of a request in its ``state``."""
    return tuple(
        tuple(Button(catalog.plain(f"staff.{action}"), f"request:{number}:{action}") for action in row)
        for row in _BUTTONS.get(state, ())
    )


def _head(catalog: Catalog, card: Card) -> Html:
    """Number, name, phone, wish of time, urgency, language; never a health answer."""
    head = catalog.text(
        "staff.request",
        number=card.number,
        name=card.name,
        phone=card.phone,
        when=staff_time(catalog, card.start, card.end, today=card.today),
        language=catalog.language_name(card.language),
    )
    more = [catalog.text("staff.more")] if card.more else []
    about = "staff.accepts_quote" if card.accepts else "staff.asks_about_quote"
    quote = [catalog.text(about, quote=card.quote)] if card.quote else []
    return joined([*_urgency(catalog, card), head, *quote, *more])


def _urgency(catalog: Catalog, card: Card) -> list[Html]:
    """Why this one is called first, if it is."""
    if not card.has_priority:
        return []
    return [catalog.text("staff.asks_for_help", alert=card.alert) if card.alert else catalog.text("staff.priority")]


def _state(catalog: Catalog, card: Card) -> Html | None:
    match card.state:
        case "open":
            return None
        case "no_answer":
            when = catalog.moment(card.start, card.today)
            return catalog.text("staff.state_no_answer", name=card.by, n=card.tries, when=when)
        case "booked":
            day = catalog.day(card.booked_for, card.today) if card.booked_for else ""
            return catalog.text("staff.state_booked", name=card.by, day=day)
        case "declined":
            reason = catalog.plain(f"declined.{card.reason}")
            return catalog.text("staff.state_declined", name=card.by, reason=reason)
    return catalog.text(f"staff.state_{card.state}", name=card.by)
