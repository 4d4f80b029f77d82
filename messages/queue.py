"""What the staff reads of the callback requests as a whole: the queue, and the words around an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from messages.catalog import Catalog
from messages.markup import Html, joined
from messages.screen import Screen
from messages.times import staff_time

LONGEST_PAGE = 3900
"""In UTF-16 units, markup included: so no page exceeds Telegram's 4,096, and a line that it is a repeat still fits."""

_SUPERGROUP = "-100"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open request; the moments come in the clinic's time zone. ``card`` is the message that carries its buttons.

    ``state`` is ``open``, or ``taken`` with the name of who took it; ``quote`` the number of the price quote that the
    call is about, if any.
    """

    number: int
    name: str
    phone: str
    start: datetime
    end: datetime
    since: datetime
    state: str
    by: str
    quote: str = ""
    card: tuple[int, int] | None = None


def queue_page(
    catalog: Catalog, waiting: Sequence[Waiting], *, first: int, total: int, alerts: Sequence[int], today: date
) -> tuple[Screen, int]:
    """A page with as many requests as fit, and how many those are (never none); ``first`` counts from 1.

    ``alerts`` are the numbers of urgent alerts that wait for *Clear*: they stand above everything else.
    """
    entries = [_entry(catalog, request, today) for request in waiting]
    fitting = next(n for n in range(len(entries), 0, -1) if _fits(catalog, entries[:n], first, total, alerts))
    return Screen(_page(catalog, entries[:fitting], first, total, alerts)), fitting


def with_good_morning(catalog: Catalog, screen: Screen, today: date) -> Screen:
    """The queue as the morning's list, which comes when it is empty too."""
    return Screen(
        joined([catalog.text("queue.good_morning", day=catalog.day(today, today)), Html(screen.text)], "\n\n")
    )


def queue_empty(catalog: Catalog, *, alerts: Sequence[int]) -> Screen:
    """Nobody waits for a call; an alert may all the same."""
    return Screen(joined([*_alerts(catalog, alerts), catalog.text("queue.none")], "\n\n"))


def queue_rest(catalog: Catalog, *, count: int) -> Screen:
    """The end of a queue that is too long for a chat."""
    return Screen(catalog.plural("queue.rest", count))


def export_caption(catalog: Catalog, *, count: int, first: date | None, last: date | None, as_workbook: bool) -> Html:
    """Stands under the file."""
    lines = [
        catalog.plural("export.caption", count, days=_days(catalog, first, last)),
        catalog.text("export.care"),
        *([] if as_workbook else [catalog.text("export.more")]),
    ]
    return joined(lines, "\n\n")


def export_empty(catalog: Catalog, *, first: date | None, last: date | None) -> Screen:
    """There is nothing to export."""
    return Screen(catalog.text("export.none", days=_days(catalog, first, last)))


def export_unclear(catalog: Catalog) -> Screen:
    """What was written after ``/export`` cannot be understood."""
    return Screen(joined([catalog.text("export.unclear"), catalog.text("export.more")], "\n\n"))


def _page(catalog: Catalog, entries: Sequence[Html], first: int, total: int, alerts: Sequence[int]) -> Html:
    last = first + len(entries) - 1
    if first == 1 and last == total:
        head = catalog.plural("queue.head", total)
    else:
        head = catalog.text("queue.head_part", first=first, last=last, n=total)
    return joined([*_alerts(catalog, alerts), head, *entries], "\n\n")


def _fits(catalog: Catalog, entries: Sequence[Html], first: int, total: int, alerts: Sequence[int]) -> bool:
    page = _page(catalog, entries, first, total, alerts)
    return len(entries) == 1 or len(page.encode("utf-16-le")) <= 2 * LONGEST_PAGE


def _entry(catalog: Catalog, request: Waiting, today: date) -> Html:
    entry = catalog.text(
        "queue.entry",
        number=_number(catalog, request),
        name=request.name,
        phone=request.phone,
        when=staff_time(catalog, request.start, request.end, today=today),
        since=catalog.plain("queue.since", day=catalog.short_day(request.since), time=catalog.time(request.since)),
        state=catalog.text(f"queue.state_{request.state}", name=request.by),
    )
    return joined([entry, catalog.text("queue.quote", quote=request.quote)]) if request.quote else entry


def _number(catalog: Catalog, request: Waiting) -> Html:
    """The number; where Telegram knows links to messages, it leads to the card."""
    chat, message = request.card or (0, 0)
    if not str(chat).startswith(_SUPERGROUP):
        return catalog.text("queue.number", number=request.number)
    link = f"https://t.me/c/{str(chat).removeprefix(_SUPERGROUP)}/{message}"
    return catalog.text("queue.number_link", number=request.number, link=link)


def _alerts(catalog: Catalog, alerts: Sequence[int]) -> list[Html]:
    return [catalog.plural("queue.alerts", len(alerts), numbers=catalog.list(alerts))] if alerts else []


def _days(catalog: Catalog, first: date | None, last: date | None) -> str:
    """``1 November 2026 to 30 November 2026``."""
    if first and last:
        return catalog.plain("export.from_to", first=catalog.day(first), last=catalog.day(last))
    if first:
        return catalog.plain("export.since", day=catalog.day(first))
    return catalog.plain("export.until", day=catalog.day(last)) if last else catalog.plain("export.all_days")
