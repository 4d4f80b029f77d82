"""Reminders: offered with their date, confirmed, and what they say when they are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.reminders.following import Moved
from bot.reminders.kinds import KINDS, UNFINISHED
from messages.catalog import Catalog
from messages.layout import Rows, rows, shortened
from messages.markup import Html, joined
from messages.screen import Button, Screen


@dataclass(frozen=True, slots=True)
class Item:
    """One step of one plan that a message says; its kind decides the words."""

    kind: str
    step: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan in the list, with its next moment in the client's time; ``None`` while it rests."""

    plan_id: int
    kind: str
    when: datetime | None


def offer(
    catalog: Catalog,
    kind: str,
    moments: Sequence[datetime],
    *,
    today: date,
    usual: tuple[int, int] | None = None,
) -> Screen:
    """Shows the dates before anything is planned; ``moments`` come in the time zone in which they are to be read.

    ``usual`` is the fewest and the most sessions of a course.
    """
    numbers = {"fewest": usual[0], "most": usual[1]} if usual else {}
    parts = [catalog.text(f"reminder.offer.{kind}", **numbers)]
    if usual and len(moments) < usual[0]:
        parts.append(catalog.plural("reminder.fewer_fit", len(moments)))
    parts += [_dates(catalog, moments, today), catalog.text("reminder.preview")]
    return Screen(
        joined(parts, "\n\n"),
        rows(
            Button(catalog.plain("reminder.on"), f"remind:{kind}:on"),
            Button(catalog.plain("reminder.others"), "reminders"),
            Button(catalog.plain("button.back_to_advice"), "advice"),
        ),
    )


def confirmed(catalog: Catalog, kind: str, when: datetime, *, today: date, has_advice: bool) -> Screen:
    """It is planned, or was moved or put off."""
    name = catalog.text(f"reminder.name.{kind}")
    advice = [Button(catalog.plain("button.back_to_advice"), "advice")] if has_advice else []
    return Screen(
        catalog.text("reminder.confirmed", name=name, moment=catalog.moment(when, today)),
        (
            *rows(*advice, Button(catalog.plain("reminder.mine"), "reminders")),
            (Button(catalog.plain("button.continue"), "continue"), Button(catalog.plain("button.menu"), "menu")),
        ),
    )


def all_of_them(
    catalog: Catalog,
    planned: Sequence[Planned],
    more: Sequence[str],
    *,
    zone: str,
    today: date,
    has_advice: bool,
) -> Screen:
    """What is planned, each to be stopped, and the kinds that fit beside it; ``zone`` is the city of the clock."""
    lines = [_planned(catalog, each, today) for each in planned]
    parts = [joined([catalog.text("reminder.list"), joined(lines)], "\n\n") if lines else catalog.text("reminder.none")]
    if more:
        parts.append(catalog.text("reminder.more"))
    elif not lines and not has_advice:
        parts.append(catalog.text("reminder.advice_first"))
    parts.append(catalog.text("reminder.clock", city=zone))
    stops = [
        Button(
            shortened(catalog.plain("reminder.stop_one", name=catalog.plain(f"reminder.name.{each.kind}"))),
            f"reminders:stop:{each.plan_id}",
        )
        for each in planned
    ]
    every = [Button(catalog.plain("reminder.stop_all"), "reminders:stop_all")] if len(planned) > 1 else []
    offers = [
        Button(shortened(catalog.plain("reminder.add", name=catalog.plain(f"reminder.name.{kind}"))), f"remind:{kind}")
        for kind in more
    ]
    return Screen(
        joined(parts, "\n\n"),
        (
            *rows(*stops, *every, *offers, Button(catalog.plain("reminder.zone"), "zone")),
            (Button(catalog.plain("button.continue"), "continue"), Button(catalog.plain("button.menu"), "menu")),
        ),
    )


def later(catalog: Catalog, row_id: int, offers: Mapping[str, datetime], *, another_hour: bool, today: date) -> Screen:
    """When a reminder is to come again; ``another_hour``: it was put off so often that another time may suit better."""
    text = catalog.text("reminder.later_hour" if another_hour else "reminder.later_when")
    buttons = [
        Button(shortened(_when(catalog, name, moment, today)), f"remind:{row_id}:later:{name}")
        for name, moment in offers.items()
    ]
    return Screen(text, rows(*buttons, Button(catalog.plain("button.continue"), "continue")))


def anything_new(catalog: Catalog) -> Screen:
    """The last question of a check."""
    return Screen(
        catalog.text("check.anything_new"),
        rows(Button(catalog.plain("check.no"), "check:no"), Button(catalog.plain("check.yes"), "check:yes")),
    )


def green_light(catalog: Catalog, technique: str, *, outside: bool, following: datetime | None, today: date) -> Screen:
    """Clean answers: it may be booked now."""
    parts = [catalog.text("check.green", technique=catalog.text(f"technique.name.{technique}"))]
    if outside:
        parts.append(catalog.text("check.outside"))
    if following:
        parts.append(catalog.text("check.following", moment=catalog.moment(following, today)))
    return Screen(
        joined(parts, "\n\n"),
        rows(
            Button(catalog.plain("button.call_me"), "callback:start"),
            Button(catalog.plain("button.advice"), "advice"),
            Button(catalog.plain("reminder.mine"), "reminders"),
        ),
    )


def not_yet(catalog: Catalog, technique: str, day: date, *, reminded: bool, today: date) -> Screen:
    """The fresh answers move the day."""
    name = catalog.text(f"technique.name.{technique}")
    parts = [catalog.text("check.later", technique=name, day=catalog.day(day, today))]
    if reminded:
        parts.append(catalog.text("check.asked_again"))
    return Screen(
        joined(parts, "\n\n"),
        rows(Button(catalog.plain("button.advice"), "advice"), Button(catalog.plain("reminder.mine"), "reminders")),
    )


def all_well(catalog: Catalog, following: datetime | None, *, today: date) -> Screen:
    """A check-in with clean answers."""
    parts = [catalog.text("check.well")]
    if following:
        parts.append(catalog.text("check.following", moment=catalog.moment(following, today)))
    return Screen(
        joined(parts, "\n\n"),
        rows(Button(catalog.plain("button.advice"), "advice"), Button(catalog.plain("reminder.mine"), "reminders")),
    )


def plans_moved(catalog: Catalog, why: str, moved: Sequence[Moved], today: date) -> Screen:
    """Reminders have another day, or there is no day to wait for any more: new ``rules``, or new ``answers``."""
    text = joined([catalog.text(f"reminder.{why}_changed"), what_moved(catalog, moved, today)], "\n\n")
    return Screen(text, rows(Button(catalog.plain("button.advice"), "advice")))


def what_moved(catalog: Catalog, moved: Sequence[Moved], today: date) -> Html:
    """One line for each reminder whose day is another one now, or that is over."""
    return joined([_line(catalog, each, today) for each in moved])


def _dates(catalog: Catalog, moments: Sequence[datetime], today: date) -> Html:
    return joined([catalog.text("reminder.date", moment=catalog.moment(moment, today)) for moment in moments])


def _planned(catalog: Catalog, planned: Planned, today: date) -> Html:
    name = catalog.text(f"reminder.name.{planned.kind}")
    if planned.when is None:
        return catalog.text("reminder.resting", name=name)
    return catalog.text("reminder.planned", name=name, moment=catalog.moment(planned.when, today))


def _when(catalog: Catalog, name: str, moment: datetime, today: date) -> str:
    """What a button of *Later* says; the moment itself where its words would promise too much."""
    if name == "hour" and moment.date() == today:
        return catalog.plain("reminder.in_an_hour")
    return catalog.plain("reminder.at", day=catalog.short_day(moment.date()), time=catalog.time(moment))


def _line(catalog: Catalog, moved: Moved, today: date) -> Html:
    name, before = catalog.text(f"reminder.name.{moved.kind}"), catalog.day(moved.before, today)
    if moved.after is None:
        return catalog.text("reminder.taken_back", name=name, before=before)
    return catalog.text("reminder.moved", name=name, before=before, after=catalog.day(moved.after, today))


def due(catalog: Catalog, row_id: int, said: Sequence[Item], *, clinic: str) -> Screen:
    """What is due, in one message. None of it names a treatment: how much of it a locked screen shows nobody knows.

    Nothing is said of what may be booked: first comes the symptoms question, where a kind begins with it.
    """
    first = said[0]
    if len(said) == 1:
        text = catalog.text(f"reminder.due.{first.kind}", clinic=clinic, number=first.step + 1)
    else:
        lines = [catalog.text(f"reminder.line.{each.kind}", number=each.step + 1) for each in said]
        once = list(dict.fromkeys(lines))  # two check-ins ask the same
        text = joined([catalog.text("reminder.due_several", clinic=clinic), joined(once)], "\n\n")
    return Screen(text, _buttons(catalog, row_id, said))


def _buttons(catalog: Catalog, row_id: int, said: Sequence[Item]) -> Rows:
    kinds = {each.kind for each in said}
    if any(KINDS[kind].checks for kind in kinds):
        onward = [Button(catalog.plain("reminder.check"), f"remind:{row_id}:check")]
    elif UNFINISHED.id in kinds:
        onward = [Button(catalog.plain("button.continue"), "continue")]
    else:
        onward = []
    later = Button(catalog.plain("reminder.later"), f"remind:{row_id}:later")
    stop = Button(catalog.plain("reminder.stop"), f"remind:{row_id}:stop")
    done = Button(catalog.plain("reminder.done"), f"remind:{row_id}:done")
    return (*rows(*onward), (done, later), (stop,))
