"""A price quote in the chat: the services to tick, the address, the summary, and what became of the mail."""

from collections.abc import Sequence
from datetime import date

from bot.quote import Line, Quote, total
from messages.catalog import Catalog
from messages.layout import FULL_WIDTH, rows, shortened
from messages.markup import Html, joined
from messages.screen import Button, Screen

TICK = "✅ "
LONGEST_TEXT = 3500
"""Characters; from there on only the services that are ticked are described."""


def services(
    catalog: Catalog, lines: Sequence[Line], ticked: Sequence[str], currency: str, *, checked: bool, today: date
) -> Screen:
    """The services on offer with durations and prices, those ``ticked`` marked, and the total at once."""
    chosen = [line for line in lines if line.service in ticked]
    described = [_described(catalog, line, currency, today) for line in lines]
    if sum(map(len, described)) > LONGEST_TEXT:
        described = [_described(catalog, line, currency, today) for line in chosen]
    sum_line = catalog.text("quote.total", total=catalog.money(total(chosen), currency))
    parts = [
        catalog.text("quote.choose"),
        joined(described),
        sum_line if chosen else None,
        None if checked else catalog.text("quote.unchecked"),
    ]
    ticks = [_tick(catalog, line, currency, ticked=line.service in ticked) for line in lines]
    return Screen(
        joined([part for part in parts if part], "\n\n"),
        rows(*ticks, Button(catalog.plain("quote.done"), "quote:done"), _cancel(catalog)),
    )


def _described(catalog: Catalog, line: Line, currency: str, today: date) -> Html:
    """``• Lymphatic drainage: 5 × 45 min, €65.00 each, €325.00``, and under which condition."""
    prices = {"price": catalog.money(line.price, currency), "amount": catalog.money(line.amount, currency)}
    kind = "quote.course" if line.sessions > 1 else "quote.single"
    text = catalog.text(kind, name=line.name, sessions=line.sessions, minutes=line.minutes, **prices)
    return joined([text, *conditions(catalog, line, today)], " · ")


def conditions(catalog: Catalog, line: Line, today: date) -> list[Html]:
    """From which day a service is possible, or whom it needs."""
    since = [catalog.text("quote.since", day=catalog.day(line.since, today))] if line.since else []
    return [*since, *([catalog.text("quote.approval")] if line.approval else [])]


def _tick(catalog: Catalog, line: Line, currency: str, *, ticked: bool) -> Button:
    """The name is cut, never the price."""
    price = catalog.money(line.amount, currency)
    name = shortened(line.name, max(FULL_WIDTH - len(TICK) - len(price) - 3, 4))
    return Button(f"{TICK if ticked else ''}{name} · {price}", f"quote:service:{line.service}")


def ask_address(catalog: Catalog, *, known: str, refused: str) -> Screen:
    """Asks for the e-mail address; ``known`` is one given before, ``refused`` the one that did not work."""
    text = catalog.text("quote.ask_other_address", refused=refused) if refused else catalog.text("quote.ask_address")
    use = [Button(shortened(known), "quote:known")] if known else []
    back = [] if refused else [Button(catalog.plain("quote.edit_services"), "quote:edit:services")]
    return Screen(text, rows(*use, *back, _cancel(catalog)))


def ask_slip(catalog: Catalog, *, email: str, meant: str) -> Screen:
    """Asks whether a likely slip was one."""
    return Screen(
        catalog.text("quote.ask_slip", email=email, domain=meant.rpartition("@")[2]),
        rows(
            Button(shortened(catalog.plain("quote.meant", domain=meant.rpartition("@")[2])), "quote:meant"),
            Button(catalog.plain("quote.keep"), "quote:keep"),
            _cancel(catalog),
        ),
    )


def summary(
    catalog: Catalog, lines: Sequence[Line], currency: str, *, email: str, doubtful: bool, again: str, today: date
) -> Screen:
    """Everything once more before it is sent; ``doubtful``: DNS knows no mail server for the address.

    ``again`` is the number of the quote that goes to another address.
    """
    parts = [
        catalog.text("quote.summary_again", number=again) if again else catalog.text("quote.summary"),
        joined([_described(catalog, line, currency, today) for line in lines]),
        catalog.text("quote.total", total=catalog.money(total(lines), currency)),
        catalog.text("quote.to", email=email),
    ]
    if doubtful:
        parts.append(catalog.text("quote.doubtful", domain=email.rpartition("@")[2]))
    parts.append(catalog.text("quote.consent"))
    address = Button(catalog.plain("quote.edit_address"), "quote:edit:address")
    edit = [] if again else [Button(catalog.plain("quote.edit_services"), "quote:edit:services")]
    return Screen(
        joined(parts, "\n\n"), rows(Button(catalog.plain("quote.send"), "quote:send"), address, *edit, _cancel(catalog))
    )


def behind(catalog: Catalog, quote: Quote) -> Html:
    """What was quoted, for the colleague who calls about it."""
    until = catalog.day(quote.valid_until, quote.made_on)
    return joined(
        [
            catalog.text("details.quote", number=quote.number, day=until),
            *(
                catalog.text(
                    "details.quoted",
                    sessions=line.sessions,
                    name=line.name,
                    amount=catalog.money(line.amount, quote.currency),
                )
                for line in quote.lines
            ),
            catalog.text("quote.total", total=catalog.money(quote.total, quote.currency)),
        ]
    )


def on_its_way(catalog: Catalog, quote: Quote, *, email: str) -> Screen:
    """The quote has its number; what becomes of the mail is said in a message of its own."""
    return Screen(
        catalog.text(
            "quote.on_its_way",
            number=quote.number,
            total=catalog.money(quote.total, quote.currency),
            email=email,
            day=catalog.day(quote.valid_until, quote.made_on),
        ),
        _onward(catalog, quote.number),
    )


def arrived(catalog: Catalog, *, number: str, email: str) -> Screen:
    """A mail server has taken the mail; what can be done with the quote stands under its number already."""
    return Screen(catalog.text("quote.accepted_by_server", number=number, email=email))


def refused(catalog: Catalog, *, number: str, email: str) -> Screen:
    """The address was refused: another one is asked for."""
    return Screen(
        catalog.text("quote.refused", number=number, email=email),
        rows(
            Button(catalog.plain("quote.other_address"), f"quote:address:{number}"),
            Button(catalog.plain("button.menu"), "menu"),
        ),
    )


def failed(catalog: Catalog, *, number: str, clinic: str) -> Screen:
    """No mail server took it; the clinic was told."""
    return Screen(catalog.text("quote.failed", number=number, clinic=clinic), _onward(catalog, number))


def failed_for_staff(catalog: Catalog, *, number: str, name: str, user_id: int) -> Screen:
    """Tells the staff of a quote that cannot be mailed; neither the address nor what was quoted."""
    name = name or catalog.text("staff.nameless")
    return Screen(catalog.text("quote.failed_for_staff", number=number, name=name, user_id=user_id))


def _onward(catalog: Catalog, number: str) -> tuple[tuple[Button, ...], ...]:
    return rows(
        Button(catalog.plain("quote.accept"), f"quote:accept:{number}"),
        Button(catalog.plain("quote.ask"), f"quote:ask:{number}"),
        Button(catalog.plain("button.menu"), "menu"),
    )


def _cancel(catalog: Catalog) -> Button:
    return Button(catalog.plain("quote.cancel"), "quote:cancel")
