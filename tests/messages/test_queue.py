"""The queue and the words around an export: nothing is too long, nothing is missing, the oldest comes first."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from messages import queue
from messages.queue import Waiting
from tests.messages.judge import ENGLISH, check, words

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=ZONE)
SUPERGROUP = -1001234567890


def waiting(number: int, **changed: Any) -> Waiting:
    facts: dict[str, Any] = {"name": "Anna <Weber>", "phone": "+49 171 2345678", "state": "open", "by": ""}
    moments = {"start": NOW, "end": NOW + timedelta(hours=2), "since": NOW - timedelta(hours=4)}
    return Waiting(number=number, **{**facts, **moments, **changed})


def pages(requests: list[Waiting], alerts: tuple[int, ...] = ()) -> list[str]:
    """All pages as a person reads them, each fit to be sent."""
    said, first = [], 1
    while first <= len(requests):
        screen, shown = queue.queue_page(
            ENGLISH,
            requests[first - 1 : first + 39],
            first=first,
            total=len(requests),
            alerts=alerts if first == 1 else (),
            today=NOW.date(),
        )
        said.append(words(check(screen)))
        first += shown
    return said


def test_a_request_says_who_when_since_and_who_took_it() -> None:
    (page,) = pages([waiting(1001), waiting(1002, state="taken", by="Mia & Co")])
    assert page.splitlines() == [
        "2 open requests, the oldest first",
        "",
        "No. 1001 · Anna <Weber>",
        "+49 171 2345678",
        "Call: Friday, 20 November, 14:00–16:00",
        "Since Fri 20 Nov, 10:00 · nobody has taken it",
        "",
        "No. 1002 · Anna <Weber>",
        "+49 171 2345678",
        "Call: Friday, 20 November, 14:00–16:00",
        "Since Fri 20 Nov, 10:00 · ✋ Mia & Co",
    ]


@pytest.mark.parametrize("name", ["A", "ü" * 80, "<b>&" * 20, "😀" * 40])
def test_a_long_queue_is_split_so_that_each_request_stands_on_one_page_in_order(name: str) -> None:
    requests = [waiting(1001 + index, name=name, state="taken", by=name, card=(SUPERGROUP, 7)) for index in range(90)]
    said = pages(requests, alerts=(900, 901))
    found = [int(line[4:8]) for page in said for line in page.splitlines() if line.startswith("No. 1")]
    assert found == [request.number for request in requests]
    assert len(said) > 2
    assert "Open requests 1 to " in said[0]
    assert said[-1].splitlines()[0].endswith(" to 90 of 90")


def test_alerts_stand_above_the_queue_and_are_named_where_there_is_none() -> None:
    assert pages([waiting(1002)], alerts=(1001,))[0].splitlines()[0] == "🚨 Urgent, not cleared yet: No. 1001"
    assert words(queue.queue_empty(ENGLISH, alerts=(1001, 1003))).splitlines() == [
        "🚨 2 urgent ones, not cleared yet: No. 1001, 1003",
        "",
        "No callback request is open.",
    ]
    assert words(check(queue.queue_empty(ENGLISH, alerts=()))) == "No callback request is open."


def test_a_number_leads_to_its_card_where_telegram_knows_links() -> None:
    linked, _ = queue.queue_page(
        ENGLISH, [waiting(1001, card=(SUPERGROUP, 77))], first=1, total=1, alerts=(), today=NOW.date()
    )
    assert '<a href="https://t.me/c/1234567890/77">No. 1001</a>' in linked.text
    plain, _ = queue.queue_page(ENGLISH, [waiting(1001, card=(-5, 77))], first=1, total=1, alerts=(), today=NOW.date())
    assert "href" not in plain.text


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, "all that are stored"),
        (date(2026, 11, 1), None, "since Sunday, 1 November 2026"),
        (None, date(2026, 11, 30), "until Monday, 30 November 2026"),
        (date(2026, 11, 1), date(2026, 11, 30), "Sunday, 1 November 2026 to Monday, 30 November 2026"),
    ],
)
def test_an_export_says_what_is_in_it(first: date | None, last: date | None, days: str) -> None:
    caption = queue.export_caption(ENGLISH, count=2, first=first, last=last, as_workbook=False)
    assert f"2 callback requests</b>, {days}" in caption
    assert "/export xlsx" in caption
    assert "/export xlsx" not in queue.export_caption(ENGLISH, count=2, first=first, last=last, as_workbook=True)
    assert days in words(check(queue.export_empty(ENGLISH, first=first, last=last)))


def test_what_cannot_be_exported_is_answered_with_how_to_ask() -> None:
    assert "/export 2026-11-01 2026-11-30" in words(check(queue.export_unclear(ENGLISH)))


def test_the_end_of_an_endless_queue_says_how_many_are_left() -> None:
    assert words(check(queue.queue_rest(ENGLISH, count=812))).startswith("… and 812 more.")
