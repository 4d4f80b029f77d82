"""The picture of the figures and its caption: legible on a phone, the same in words, and never too long."""

import re
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from bot.figures import NO_LINK, OTHERS, CallTimes, Funnel, QuoteCounts, Stats, last_weeks
from demo.entities import utf16_length
from demo.files import image_size
from demo.html import parse_html
from messages.figures import duration, stats_empty, stats_picture
from messages.pictures.chart import TONES
from messages.pictures.lettering import width
from messages.pictures.picture import LONGEST_CAPTION
from messages.pictures.render import render
from messages.pictures.sheet import PAPER, WIDTH
from tests.messages.judge import ENGLISH, check, words

MONDAYS = last_weeks(date(2026, 11, 20))
FUNNEL = Funnel(started=40, advised=30, requested=12, reached=9, booked=5)
CALLS = CallTimes(
    requests=12, called=10, half=timedelta(minutes=25), nine_in_ten=timedelta(minutes=130), due=11, in_time=9
)
QUOTES = QuoteCounts(made=7, sent=6, accepted=3)
SVG = "{http://www.w3.org/2000/svg}"


def stats(**changed: object) -> Stats:
    weeks = (*[Funnel()] * 7, FUNNEL)
    sources = (("reception", Funnel(25, 20, 8, 6, 4)), (NO_LINK, Funnel(15, 10, 4, 3, 1)))
    return replace(Stats(MONDAYS, weeks, sources, CALLS, 2, QUOTES), **changed)  # type: ignore[arg-type]


def huge() -> Stats:
    """Everything as long as it can be."""
    much = Funnel(*[987_654] * 5)
    sources = (*((f"{n}" + "W" * 63, much) for n in range(4)), (OTHERS, much))
    calls = CallTimes(10**6, 10**6, timedelta(days=40), timedelta(days=50), 10**6, 10**6)
    return stats(weeks=(much,) * 8, sources=sources, calls=calls, waiting=10**6, quotes=QuoteCounts(*[987_654] * 3))


NOTHING = Stats(MONDAYS, (Funnel(),) * 8, ((NO_LINK, Funnel()),), CallTimes(), 0)


def test_the_caption_says_in_words_what_the_picture_shows() -> None:
    assert parse_html(stats_picture(ENGLISH, stats(), clinic="Linden").caption)[0].splitlines()[:10] == [
        "The last 8 weeks, since Monday, 28 September 2026",
        "40 clients started. Advised: 30 (75%). Asked for a call: 12 (30%). Reached: 9 (22%). Booked: 5 (12%).",
        "",
        "First call: half within 25 min, 9 in 10 within 2 h 10 min of opening time. As promised: 9 of 11.",
        "",
        "Open now: 2 requests, see /queue",
        "",
        "Quotes: 7, mailed: 6, accepted: 3",
        "",
        "By week (started, asked, booked)",
    ]


def numbers(text: str) -> set[int]:
    return {int(found) for found in re.findall(r"\d+", text)}


def test_every_number_of_the_picture_is_in_the_caption() -> None:
    picture = stats_picture(ENGLISH, stats(), clinic="Linden")
    drawn = {found.text or "" for found in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")}  # noqa: S314 - ours
    assert numbers(" ".join(drawn)) <= numbers(picture.caption)
    assert {"reception", "no link", "40", "12 · 30%", "25 min", "2 h 10 min", "9 of 11", "16 Nov"} <= drawn


@pytest.mark.parametrize("shown", [stats(), huge(), NOTHING, stats(weeks=(Funnel(0, 0, 3, 2, 1),) * 8)])
def test_nothing_leaves_the_picture_and_the_caption_is_never_too_long(shown: Stats) -> None:
    picture = stats_picture(ENGLISH, shown, clinic="Linden & <Partner> " * 9)
    assert utf16_length(parse_html(picture.caption)[0]) <= LONGEST_CAPTION
    root = ElementTree.fromstring(picture.svg)  # noqa: S314 - ours
    for found in root.iter(f"{SVG}text"):
        x, wide = (
            float(found.get("x", 0)),
            width(found.text or "", float(found.get("font-size", 0)), int(found.get("font-weight", 400))),
        )
        left = x - wide if found.get("text-anchor") == "end" else x
        assert left >= 12, found.text
        assert left + wide <= WIDTH - 8, found.text
        assert float(found.get("font-size", 0)) >= 13, "too small for a phone"
    for bar in root.iter(f"{SVG}rect"):
        assert float(bar.get("x", 0)) + float(bar.get("width", 0)) <= WIDTH


def test_the_picture_can_be_drawn_and_is_one_that_telegram_takes() -> None:
    size = image_size(render(stats_picture(ENGLISH, stats(), clinic="Linden").svg))
    assert size
    assert size[0] == 1080
    assert sum(size) <= 10_000
    assert size[1] <= 2 * size[0]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_tones_are_apart_by_brightness_alone() -> None:
    pale, middle, dark = TONES
    assert contrast(pale, middle) >= 2
    assert contrast(middle, dark) >= 3
    assert contrast(middle, PAPER) >= 3


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(), "1 min"),
        (timedelta(seconds=61), "2 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(hours=9, minutes=59, seconds=1), "10 h"),
        (timedelta(hours=30, minutes=1), "31 h"),
    ],
)
def test_a_duration_is_never_said_shorter_than_it_was(span: timedelta, said: str) -> None:
    assert duration(ENGLISH, span) == said


def test_where_nobody_started_there_is_nothing_to_draw_but_what_is_open() -> None:
    assert words(check(stats_empty(ENGLISH, NOTHING))) == "Nobody started within the last 8 weeks. Open now: 0"
