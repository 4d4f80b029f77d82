"""The callback request: name, phone, time, summary, and what the client hears of it afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.callback import Draft
from bot.clinic import Clinic
from bot.hours import NOW, Slot
from messages.catalog import Catalog
from messages.layout import in_columns, rows, shortened
from messages.markup import Html, joined
from messages.screen import Button, Screen
from messages.times import call_time, slot_label


def ask_name(catalog: Catalog, *, suggested: str) -> Screen:
    """Asks whom to call; ``suggested`` is the name in Telegram, which may be empty."""
    if not suggested:
        return Screen(catalog.text("callback.ask_name_typed"), rows(_cancel(catalog)))
    return Screen(
        catalog.text("callback.ask_name"), rows(Button(shortened(suggested), "callback:name"), _cancel(catalog))
    )


def ask_phone(catalog: Catalog) -> Screen:
    """Asks for the number, with Telegram's own button to share it."""
    return Screen(
        catalog.text("callback.ask_phone"),
        contact=catalog.plain("callback.share_number"),
        cancel=catalog.plain("callback.cancel"),
    )


def ask_time(catalog: Catalog, slots: Sequence[Slot], *, now: datetime, zone: ZoneInfo, phone: str = "") -> Screen:
    """Offers the ``slots`` in which the clinic can call; a clinic that is never open has none.

    ``phone`` is the number just given, in international form: the client sees how it was understood.
    """
    if not slots:
        return Screen(catalog.text("callback.never_open"), rows(_cancel(catalog)))
    kept = [catalog.text("callback.phone_kept", phone=phone)] if phone else []
    buttons = [Button(_slot_text(catalog, slot, now, zone), f"callback:time:{slot.id}") for slot in slots]
    return Screen(joined([*kept, catalog.text("callback.ask_time")], "\n\n"), rows(*buttons, _cancel(catalog)))


def ask_optional(catalog: Catalog, line: str) -> Screen:
    """Asks for the ``email`` or the ``remark``, which may be skipped."""
    skip = Button(catalog.plain("callback.skip"), "callback:skip")
    return Screen(catalog.text(f"callback.ask_{line}"), rows(skip, _cancel(catalog)))


def summary(catalog: Catalog, draft: Draft, *, slot: Slot | None, now: datetime, zone: ZoneInfo) -> Screen:
    """Everything once more before it is sent; ``slot`` is ``None`` where its time has passed meanwhile."""
    when = _when(catalog, slot.start, slot.end, now, zone) if slot else catalog.plain("callback.time_passed")
    empty = catalog.plain("callback.left_out")
    text = catalog.text(
        "callback.summary",
        name=draft.name,
        phone=draft.phone,
        when=when,
        email=draft.email or empty,
        remark=draft.remark or empty,
    )
    edits = [
        Button(catalog.plain(f"callback.edit_{line}"), f"callback:edit:{line}")
        for line in ("name", "phone", "time", "email", "remark")
    ]
    send = Button(catalog.plain("callback.send"), "callback:send")
    lines = [*edits, _cancel(catalog)]
    return Screen(text, ((send,), *in_columns(lines, [button.text for button in lines])))


@dataclass(frozen=True, slots=True)
class News:
    """Where a request stands, for its client; ``by`` is who took it, ``zone`` the clinic's, in which days are named.

    ``alert``: it was made after an urgent answer.
    """

    number: int
    state: str
    by: str
    start: datetime
    end: datetime
    now: datetime
    zone: ZoneInfo
    has_priority: bool = False
    alert: bool = False
    booked_for: date | None = None

    @property
    def is_late(self) -> bool:
        """Whether the promised time has passed."""
        return self.end <= self.now


def received(catalog: Catalog, news: News) -> Screen:
    """The request has its number; it can be moved and withdrawn, and after its time the client can say so."""
    nobody = [Button(catalog.plain("callback.nobody_called"), f"callback:nobody:{news.number}")] if news.is_late else []
    change = Button(catalog.plain("callback.move"), "callback:move")
    withdraw = Button(catalog.plain("callback.withdraw"), "callback:withdraw")
    return Screen(
        catalog.text(
            f"callback.received_{_stage(news)}", number=news.number, name=news.by, when=_news_time(catalog, news)
        ),
        rows(*nobody, change, withdraw, Button(catalog.plain("button.menu"), "menu")),
    )


def by_the_clock_of(catalog: Catalog, screen: Screen, city: str) -> Screen:
    """The same ``screen`` for who lives by another clock than the clinic, which is in ``city``."""
    return replace(screen, text=joined([Html(screen.text), catalog.text("callback.clock", city=city)], "\n\n"))


def do_not_wait(catalog: Catalog, screen: Screen, clinic: Clinic) -> Screen:
    """The same ``screen`` for who gave an urgent answer: a call that is promised must keep nobody from calling."""
    numbers = {"emergency_number": clinic.emergency_number, "emergency_line": clinic.emergency_line}
    text = catalog.text("callback.do_not_wait", clinic=clinic.name, **numbers)
    return replace(screen, text=joined([Html(screen.text), text], "\n\n"))


def _stage(news: News) -> str:
    """Which of the texts fits: what has passed counts first, then who has it."""
    if news.is_late:
        return "late"
    if news.state == "open":
        return "help" if news.alert else "first" if news.has_priority else "open"
    return news.state


def _news_time(catalog: Catalog, news: News) -> str:
    if news.is_late:
        return catalog.moment(news.end.astimezone(news.zone), news.now.astimezone(news.zone).date())
    return _when(catalog, news.start, news.end, news.now, news.zone)


def move(catalog: Catalog, slots: Sequence[Slot], *, now: datetime, zone: ZoneInfo) -> Screen:
    """Offers another time for the call; the present one stays until one is tapped."""
    buttons = [Button(_slot_text(catalog, slot, now, zone), f"callback:time:{slot.id}") for slot in slots]
    return Screen(catalog.text("callback.ask_new_time"), rows(*buttons, _keep(catalog)))


def withdraw(catalog: Catalog, *, number: int) -> Screen:
    """Asks once more before the request is withdrawn."""
    yes = Button(catalog.plain("callback.withdraw_yes"), "callback:withdraw:yes")
    return Screen(catalog.text("callback.ask_withdraw", number=number), rows(yes, _keep(catalog)))


def withdrawn(catalog: Catalog) -> Screen:
    """The request is withdrawn."""
    return Screen(
        catalog.text("callback.withdrawn"),
        rows(
            Button(catalog.plain("callback.ask_again"), "callback:start"), Button(catalog.plain("button.menu"), "menu")
        ),
    )


def told(catalog: Catalog, news: News) -> Screen:
    """What became of the request, as a message of its own; a preview on a locked screen names no treatment."""
    today = news.now.astimezone(news.zone).date()
    facts = {"number": news.number, "name": news.by, "when": _news_time(catalog, news)}
    if news.booked_for is not None:
        facts["day"] = catalog.day(news.booked_for, today)
    change = [Button(catalog.plain("callback.see_request"), "callback:start")] if news.state == "no_answer" else []
    return Screen(catalog.text(f"callback.told_{news.state}", **facts), rows(*change))


def slot_passed(catalog: Catalog, *, number: int) -> Screen:
    """The promised time is over and no call was noted."""
    nobody = Button(catalog.plain("callback.nobody_called"), f"callback:nobody:{number}")
    return Screen(catalog.text("callback.slot_passed", number=number), rows(nobody))


def cleared(catalog: Catalog) -> Screen:
    """Tells the client that somebody looked at an urgent answer, and that reminders go on."""
    return Screen(catalog.text("callback.cleared"))


def _slot_text(catalog: Catalog, slot: Slot, now: datetime, zone: ZoneInfo) -> str:
    if slot.id == NOW:
        return catalog.plain("slot.now")
    return slot_label(
        catalog, slot.start.astimezone(zone), slot.end.astimezone(zone), today=now.astimezone(zone).date()
    )


def _when(catalog: Catalog, start: datetime, end: datetime, now: datetime, zone: ZoneInfo) -> str:
    return call_time(catalog, start.astimezone(zone), end.astimezone(zone), today=now.astimezone(zone).date())


def _cancel(catalog: Catalog) -> Button:
    return Button(catalog.plain("callback.cancel"), "callback:cancel")


def _keep(catalog: Catalog) -> Button:
    return Button(catalog.plain("callback.keep"), "callback:keep")
