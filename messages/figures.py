"""``/stats``: the clinic's figures as a picture, and the same in words."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from math import ceil

from bot.figures import NO_LINK, OTHERS, Funnel, Stats
from messages.catalog import Catalog
from messages.layout import shortened
from messages.markup import Html, joined
from messages.pictures.chart import MARGIN, RIGHT, Bar, Row, bars, facts, fitted, page, table, text
from messages.pictures.picture import Picture
from messages.screen import Screen

STAGES = ("started", "advised", "requested", "reached", "booked")

LONGEST_SOURCE = 24
"""Characters of a source's name in the caption."""


def stats_picture(catalog: Catalog, stats: Stats, *, clinic: str) -> Picture:
    """The figures as a picture with a caption that says the same."""
    return Picture(_drawing(catalog, stats, clinic), _caption(catalog, stats))


def stats_empty(catalog: Catalog, stats: Stats) -> Screen:
    """There is nothing to draw."""
    return Screen(catalog.plural("stats.none", len(stats.mondays), waiting=stats.waiting))


def duration(catalog: Catalog, span: timedelta) -> str:
    """``25 min``, ``2 h 10 min``, ``30 h``: minutes are rounded up; from ten hours on, so are hours."""
    minutes = max(ceil(span / timedelta(minutes=1)), 1)
    if minutes >= 600:
        return catalog.plain("duration.hours", hours=ceil(minutes / 60))
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return catalog.plain("duration.hours_and_minutes", hours=hours, minutes=rest)
    return catalog.plain("duration.hours", hours=hours) if hours else catalog.plain("duration.minutes", n=minutes)


def _drawing(catalog: Catalog, stats: Stats, clinic: str) -> str:
    since = catalog.plain("stats.subtitle", day=catalog.day_and_month(stats.mondays[0]), clinic=clinic)
    head = [
        text(catalog.plain("stats.title", n=len(stats.mondays)), MARGIN, 34, 20, bold=True),
        text(fitted(since, RIGHT - MARGIN, 14), MARGIN, 54, 14),
    ]
    funnel, y = bars(list(_bars(catalog, stats.total)), 68)
    head.append(text(catalog.plain("stats.first_call"), MARGIN, y + 21, 15, bold=True))
    calls, y = facts(list(_facts(catalog, stats)), y + 26)
    if stats.quotes.made:
        head.append(
            text(fitted(catalog.plain("stats.quotes", **asdict(stats.quotes)), RIGHT - MARGIN, 14), MARGIN, y + 18, 14)
        )
        y += 18
    columns = (
        catalog.plain("stats.column_started"),
        catalog.plain("stats.column_requested"),
        catalog.plain("stats.column_booked"),
    )
    weeks, y = table(catalog.plain("stats.by_week"), columns, _weeks(catalog, stats), y + 12)
    sources, y = table(catalog.plain("stats.by_source"), columns, _sources(catalog, stats), y + 12)
    return page([*head, funnel, calls, weeks, sources], y + 12)


def _bars(catalog: Catalog, total: Funnel) -> Iterator[Bar]:
    longest = max(_by_stage(total).values()) or 1
    for stage, number in _by_stage(total).items():
        words = str(number)
        if stage != "started" and total.started:
            words = catalog.plain("stats.share", n=number, percent=_percent(number, total))
        yield Bar(catalog.plain(f"stats.stage_{stage}"), number / longest, words)


def _facts(catalog: Catalog, stats: Stats) -> Iterator[tuple[str, str]]:
    calls = stats.calls
    if calls.half is not None and calls.nine_in_ten is not None:
        yield duration(catalog, calls.half), catalog.plain("stats.half")
        yield duration(catalog, calls.nine_in_ten), catalog.plain("stats.nine_in_ten")
    if calls.due:
        yield catalog.plain("stats.of", n=calls.in_time, total=calls.due), catalog.plain("stats.in_time")
    else:
        yield "–", catalog.plain("stats.nothing_called")


def _weeks(catalog: Catalog, stats: Stats) -> list[Row]:
    pairs = zip(stats.mondays, stats.weeks, strict=True)
    return [_row(catalog.day_and_month(monday), funnel) for monday, funnel in pairs]


def _sources(catalog: Catalog, stats: Stats) -> list[Row]:
    words = {NO_LINK: catalog.plain("stats.no_link"), OTHERS: catalog.plain("stats.others")}
    return [_row(words.get(name, name), funnel) for name, funnel in stats.sources]


def _row(label: str, funnel: Funnel) -> Row:
    return Row(label, (funnel.started, funnel.requested, funnel.booked))


def _by_stage(funnel: Funnel) -> Mapping[str, int]:
    return {stage: getattr(funnel, stage) for stage in STAGES}


def _percent(number: int, total: Funnel) -> int:
    return round(100 * number / total.started)


def _caption(catalog: Catalog, stats: Stats) -> Html:
    sources = [_line(catalog, row) for row in _sources(catalog, stats)]
    weeks = [_line(catalog, row) for row in _weeks(catalog, stats)]
    parts = [
        _funnel_in_words(catalog, stats),
        *_calls_in_words(catalog, stats),
        catalog.plural("stats.caption_waiting", stats.waiting),
        *([catalog.text("stats.quotes", **asdict(stats.quotes))] if stats.quotes.made else []),
        joined([catalog.text("stats.caption_by_week"), *weeks]),
        joined([catalog.text("stats.caption_by_source"), *sources]),
    ]
    return joined(parts, "\n\n")


def _funnel_in_words(catalog: Catalog, stats: Stats) -> Html:
    total, weeks, day = stats.total, len(stats.mondays), catalog.day(stats.mondays[0])
    shares: dict[str, object] = {
        stage: catalog.text("stats.caption_share", n=number, percent=_percent(number, total))
        if number and total.started
        else number
        for stage, number in _by_stage(total).items()
        if stage != "started"
    }
    return catalog.plural("stats.caption", total.started, weeks=weeks, day=day, **shares)


def _calls_in_words(catalog: Catalog, stats: Stats) -> list[Html]:
    calls, said = stats.calls, []
    if calls.half is not None and calls.nine_in_ten is not None:
        times = {"half": duration(catalog, calls.half), "nine_in_ten": duration(catalog, calls.nine_in_ten)}
        said.append(catalog.text("stats.caption_calls", **times))
    if calls.due:
        said.append(catalog.text("stats.caption_in_time", in_time=calls.in_time, due=calls.due))
    return [joined(said, " ")] if said else []


def _line(catalog: Catalog, row: Row) -> Html:
    started, requested, booked = row.numbers
    name = shortened(row.label, LONGEST_SOURCE)
    return catalog.text("stats.caption_row", name=name, started=started, requested=requested, booked=booked)
