"""The advice: the card where techniques were weighed, and the screens that send to help, to a doctor or to a date."""

from datetime import date

from bot.consultation.advice import BOOKABLE, URGENT, Advice
from bot.consultation.questions import Answers
from messages import welcome
from messages.card import Card
from messages.catalog import Catalog
from messages.layout import Rows, rows
from messages.markup import joined
from messages.reasons import bullets
from messages.screen import Button, Screen


def advice(  # noqa: PLR0913 - a screen is told everything that it shows
    catalog: Catalog,
    advice: Advice,
    answers: Answers,
    *,
    today: date,
    clinic: str,
    emergency_number: str,
    emergency_line: str,
    remind: str,
    guide: bool = False,
    quote: bool = False,
) -> Screen:
    """What the client is told; ``today`` is the day of the advice, ``remind`` what *Remind me* leads to, if anything.

    ``guide`` offers the self-massage guide, ``quote`` prices by e-mail. The words of the urgent outcomes are those of
    protocol.md, section 6.
    """
    numbers = {"clinic": clinic, "emergency_number": emergency_number, "emergency_line": emergency_line}
    if advice.outcome in URGENT:
        return _urgent(catalog, advice, today, numbers)
    match advice.outcome:
        case "minor":
            return welcome.minor(catalog, clinic=clinic)
        case "ask_again":
            return _ask_again(catalog, advice, today)
        case "see_doctor":
            reasons = bullets(catalog, advice.reasons, today)
            return Screen(catalog.text("advice.see_doctor", reasons=reasons, **numbers), _onward(catalog))
    booking = advice.outcome in BOOKABLE
    buttons = _onward(catalog, booking=booking, remind=remind, guide=guide, quote=quote)
    return Screen(Card(catalog, advice, answers, today).text(), buttons)


def urgent_called(catalog: Catalog, *, emergency_line: str) -> Screen:
    """The client has called; the clinic's help stays one tap away."""
    return Screen(
        catalog.text("urgent.called", emergency_line=emergency_line),
        rows(Button(catalog.plain("button.need_help"), "callback:start")),
    )


def uncleared(catalog: Catalog, *, clinic: str, emergency_number: str, emergency_line: str) -> Screen:
    """An urgent answer was given before, and the clinic has not cleared it: no massage is suggested until then."""
    numbers = {"clinic": clinic, "emergency_number": emergency_number, "emergency_line": emergency_line}
    return Screen(
        catalog.text("advice.uncleared", **numbers),
        (
            *rows(Button(catalog.plain("button.need_help"), "callback:start")),
            (Button(catalog.plain("button.change"), "change"), Button(catalog.plain("button.menu"), "menu")),
        ),
    )


def _urgent(catalog: Catalog, advice: Advice, today: date, numbers: dict[str, str]) -> Screen:
    told = catalog.text("urgent.told", reasons=bullets(catalog, advice.reasons, today, most=None))
    return Screen(
        joined([catalog.text(f"urgent.{advice.outcome}", **numbers), told], "\n\n"),
        rows(
            Button(catalog.plain("button.called"), "urgent:called"),
            Button(catalog.plain("button.need_help"), "callback:start"),
        ),
    )


def _ask_again(catalog: Catalog, advice: Advice, today: date) -> Screen:
    keys = [reason.id.removeprefix("date:") for reason in advice.reasons]
    buttons = [
        Button(catalog.plain("button.change_date", name=catalog.plain(f"name.{key}")), f"change:{key}") for key in keys
    ]
    text = catalog.text("advice.ask_again", reasons=bullets(catalog, advice.reasons, today))
    return Screen(text, rows(*buttons, Button(catalog.plain("button.menu"), "menu")))


def _onward(
    catalog: Catalog, *, booking: bool = False, remind: str = "", guide: bool = False, quote: bool = False
) -> Rows:
    call = Button(catalog.plain("button.call_me" if booking else "button.talk"), "callback:start")
    reminder = [Button(catalog.plain("button.remind"), remind)] if booking and remind else []
    price = [Button(catalog.plain("button.quote"), "quote:start")] if quote else []
    lesson = [Button(catalog.plain("button.guide"), "guide:0")] if guide else []
    return (
        *rows(*reminder, call, *price, *lesson),
        (Button(catalog.plain("button.change"), "change"), Button(catalog.plain("button.menu"), "menu")),
    )
