"""The questions as a client sees them, the calendar, and the list of answers to change."""

from collections.abc import Sequence
from datetime import date

from bot.consultation.dates import Cell, MonthGrid, Pick
from bot.consultation.days import example_day
from bot.consultation.questions import Kind, Question, Value
from messages.catalog import Catalog
from messages.layout import Rows, in_columns, progress_bar, rows, shortened
from messages.markup import Html, joined
from messages.screen import Button, Screen

TICK = "✅ "
NOTHING = "noop"
"""The data of a button that does nothing."""

NO_DAY = "·"
"""Where there is no day to choose; Telegram allows no empty button."""

DETAIL = "_detail"
"""How the keys of those questions end that ask more about one condition."""

_DATES = {Kind.PAST_DATE: "question.pick_day", Kind.FUTURE_DATE: "question.pick_planned_day"}


def question(  # noqa: PLR0913 - a screen is told everything that it shows
    catalog: Catalog,
    question: Question,
    *,
    position: int,
    total: int,
    today: date,
    can_go_back: bool,
    ticks: Sequence[str] = (),
    picks: Sequence[Pick] = (),
) -> Screen:
    """One question: how far one has come, what is asked, what the options mean, and the options as buttons.

    ``ticks`` are the options of a set that are ticked so far, ``picks`` the days to offer where one is asked for.
    """
    progress = catalog.text("question.progress", bar=progress_bar(position, total), position=position, total=total)
    text = joined([progress, *_asked(catalog, question, today)], "\n\n")
    back = [_back(catalog)] if can_go_back else []
    if question.kind is Kind.SET:
        return Screen(text, (*_set_rows(catalog, question, ticks), (*back, _done(catalog, question, len(ticks)))))
    if question.kind is Kind.ONE:
        return Screen(text, (*_option_rows(catalog, question), *rows(*back)))
    return Screen(text, (*_day_rows(catalog, question, picks, today), *rows(*back)))


def calendar(catalog: Catalog, question: Question, grid: MonthGrid) -> Screen:
    """A month to choose a day from: its name between its neighbours, the weekdays, the weeks that have such days."""
    turns = [
        Button(arrow, f"month:{question.key}:{month:%Y-%m}") if month else Button(NO_DAY, NOTHING)
        for arrow, month in (("◀", grid.previous), ("▶", grid.next))
    ]
    title = Button(catalog.month_name(grid.month), NOTHING)
    weekdays = tuple(Button(name, NOTHING) for name in catalog.weekday_names)
    weeks = [week for week in grid.weeks if any(cell.allowed for cell in week)]
    days = tuple(tuple(_day_button(question, cell) for cell in week) for week in weeks)
    return Screen(
        catalog.text(f"question.{question.key}"),
        ((turns[0], title, turns[1]), weekdays, *days, (_unknown(catalog, question), _back(catalog))),
    )


def ambiguous_date(catalog: Catalog, question: Question, days: Sequence[date], today: date) -> Screen:
    """Asks which of the days was meant by what was typed."""
    buttons = [Button(catalog.day(day, today), f"answer:{question.key}:{day}") for day in days]
    return Screen(catalog.text("question.which_day"), rows(*buttons, _back(catalog)))


def answers_list(catalog: Catalog, answered: Sequence[tuple[Question, Value]], today: date) -> Screen:
    """All answers, each of which can be changed."""
    given = [(q, catalog.plain(f"name.{q.key}"), answer_text(catalog, q, value, today)) for q, value in answered]
    lines = [catalog.text("answers.line", name=name, answer=answer) for _, name, answer in given]
    buttons = [
        Button(shortened(catalog.plain("answers.button", name=name, answer=answer)), f"change:{q.key}")
        for q, name, answer in given
    ]
    back = Button(catalog.plain("button.back_to_advice"), "advice")
    return Screen(joined([catalog.text("answers.list"), joined(lines)], "\n\n"), rows(*buttons, back))


def answer_text(catalog: Catalog, question: Question, value: Value, today: date) -> str:
    """An answer in words: its options' labels, or its day."""
    labels = catalog.options(question)
    if not isinstance(value, str):
        return ", ".join(labels[option] for option in value)
    return labels[value] if value in labels else catalog.day(date.fromisoformat(value), today)


def example(question: Question, today: date) -> str:
    """How a day that answers the question may be written, in every language."""
    return f"{example_day(question.kind, today):%d.%m.%Y}"


def _asked(catalog: Catalog, question: Question, today: date) -> list[Html]:
    """What is asked, what the options mean where that needs words, and how to answer."""
    labels = {} if question.kind in _DATES else catalog.options(question)
    meanings = [
        catalog.text("question.option", option=label, meaning=catalog.text(meaning))
        for option, label in labels.items()
        if (meaning := f"meaning.{question.key}.{option}") in catalog
    ]
    parts = [catalog.text(f"question.{question.key}")]
    if meanings:
        parts.append(joined(meanings))
    if question.kind is Kind.SET:
        parts.append(catalog.text("question.tap_all"))
    elif question.kind in _DATES:
        parts.append(catalog.text(_DATES[question.kind], example=example(question, today)))
    elif question.key.endswith(DETAIL):
        # The options of a detail stand in the order of their severity: the strictest that fits is the safe answer.
        parts.append(catalog.text("question.tap_uppermost"))
    return parts


def _option_rows(catalog: Catalog, question: Question) -> Rows:
    """A detail's options stand one above the other: its text speaks of the uppermost."""
    labels = catalog.options(question)
    buttons = [Button(label, f"answer:{question.key}:{option}") for option, label in labels.items()]
    return rows(*buttons) if question.key.endswith(DETAIL) else in_columns(buttons, labels.values())


def _set_rows(catalog: Catalog, question: Question, ticks: Sequence[str]) -> Rows:
    """The options with their ticks; an exclusive one has a row of its own and never a tick: it answers at once."""
    labels = catalog.options(question)
    tickable = {option: label for option, label in labels.items() if option not in question.exclusive}
    buttons = [
        Button(f"{TICK}{label}" if option in ticks else label, f"answer:{question.key}:{option}")
        for option, label in tickable.items()
    ]
    exclusive = [Button(labels[option], f"answer:{question.key}:{option}") for option in labels.keys() - tickable]
    return (*in_columns(buttons, tickable.values()), *rows(*exclusive))


def _day_rows(catalog: Catalog, question: Question, picks: Sequence[Pick], today: date) -> Rows:
    labels = [catalog.plain(f"pick.{pick.id}") for pick in picks]
    days = [Button(label, f"answer:{question.key}:{pick.day}") for label, pick in zip(labels, picks, strict=True)]
    month = Button(catalog.plain("button.calendar"), f"month:{question.key}:{today:%Y-%m}")
    return (*in_columns(days, labels), *rows(month, _unknown(catalog, question)))


def _day_button(question: Question, cell: Cell) -> Button:
    if cell.day is None or not cell.allowed:
        return Button(NO_DAY, NOTHING)
    return Button(str(cell.day.day), f"answer:{question.key}:{cell.day}")


def _unknown(catalog: Catalog, question: Question) -> Button:
    return Button(catalog.plain("option.date.unknown"), f"answer:{question.key}:unknown")


def _done(catalog: Catalog, question: Question, count: int) -> Button:
    text = catalog.plain("button.done_count", n=count) if count else catalog.plain("button.done")
    return Button(text, f"answer:{question.key}:done")


def _back(catalog: Catalog) -> Button:
    return Button(catalog.plain("button.back"), "back")
