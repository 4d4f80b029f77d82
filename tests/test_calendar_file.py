"""The calendar file: read back by the library, and once more by hand, as a calendar that is strict would."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.calendar_file import Entry, Words, calendar_file

STAMP = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WORDS = Words(
    title="Reminder from Linden Clinic",
    note="Open our chat, please; it tells you more, and asks how you are: https://t.me/linden_bot\nÄrztlich, \\ gut",
    clinic="Linden Clinic, Kosmetik; Ästhetik",
    email="hello@linden.example",
)
DATES = [datetime(2026, 11, 27, 9, 0, tzinfo=UTC), datetime(2026, 12, 4, 9, 0, tzinfo=UTC)]


def entries(dates: Sequence[datetime] = DATES, called_off: Sequence[int] = ()) -> list[Entry]:
    return [Entry(step, moment, step in called_off) for step, moment in enumerate(dates)]


def written(dates: Sequence[datetime] = DATES, *, called_off: Sequence[int] = (), **changes: Any) -> bytes:
    return calendar_file(entries(dates, called_off), WORDS, **{"uid": "0f3c", "sequence": 2, "stamp": STAMP, **changes})


def by_hand(content: bytes) -> list[dict[str, str]]:
    """The events as RFC 5545 reads: unfold, split at the first colon, take the escapes back. Alarms are left out."""
    text = content.decode()
    assert "\n" not in text.replace("\r\n", ""), "every line ends with CRLF"
    unfolded = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    events: list[dict[str, str]] = []
    inside: list[str] = []
    for line in unfolded:
        name, value = re.split(r":(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line, maxsplit=1)
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert inside.pop() == value
        elif inside[-1] == "VEVENT":
            plain = re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), value)
            assert name.partition(";")[0] not in events[-1], "said twice"
            events[-1][name.partition(";")[0]] = plain
    assert not inside
    return events


def test_each_date_is_one_event_at_its_moment() -> None:
    calendar = Calendar.from_ical(written())
    assert [event.decoded("dtstart") for event in calendar.walk("VEVENT")] == DATES
    assert [event.decoded("dtend") for event in calendar.walk("VEVENT")] == [d + timedelta(minutes=15) for d in DATES]
    assert [event["DTSTART"] for event in by_hand(written())] == ["20261127T090000Z", "20261204T090000Z"]


def test_a_moment_in_any_time_zone_is_written_in_utc() -> None:
    local = datetime(2026, 11, 27, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert by_hand(written([local])) == by_hand(written([DATES[0]]))


def test_what_is_written_can_be_read_back_word_for_word() -> None:
    [event, _] = by_hand(written())
    assert event["SUMMARY"] == WORDS.title
    assert event["DESCRIPTION"] == WORDS.note
    assert event["ORGANIZER"] == f"mailto:{WORDS.email}"
    assert (event["DTSTAMP"], event["CLASS"], event["TRANSP"]) == ("20261120T090000Z", "PRIVATE", "TRANSPARENT")
    [read, _] = Calendar.from_ical(written()).walk("VEVENT")
    assert read.decoded("description") == WORDS.note
    assert read["organizer"].params["CN"] == WORDS.clinic


def test_no_line_is_longer_than_75_octets_and_none_breaks_a_character() -> None:
    for line in written().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_an_event_keeps_its_uid_and_grows_its_sequence() -> None:
    before, after = by_hand(written(sequence=2)), by_hand(written([d + timedelta(days=1) for d in DATES], sequence=3))
    assert [event["UID"] for event in before] == [event["UID"] for event in after]
    assert len({event["UID"] for event in before}) == 2
    assert [event["SEQUENCE"] for event in (*before, *after)] == ["2", "2", "3", "3"]
    assert {event["UID"] for event in by_hand(written(uid="another"))}.isdisjoint(event["UID"] for event in before)


@pytest.mark.parametrize(
    ("called_off", "method", "states"),
    [
        ((), "PUBLISH", ["CONFIRMED", "CONFIRMED"]),
        ((1,), "PUBLISH", ["CONFIRMED", "CANCELLED"]),
        ((0, 1), "PUBLISH", ["CANCELLED", "CANCELLED"]),  # CANCEL speaks of one UID only
    ],
)
def test_what_is_over_is_called_off(called_off: tuple[int, ...], method: str, states: list[str]) -> None:
    content = written(called_off=called_off)
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert f"\r\nMETHOD:{method}\r\n".encode() in content
    assert [event["STATUS"] for event in by_hand(content)] == states
    alarms = [len(event.walk("VALARM")) for event in Calendar.from_ical(content).walk("VEVENT")]
    assert alarms == [int(state == "CONFIRMED") for state in states], "what is called off does not ring"


def test_a_single_date_is_called_off_by_the_method_that_is_meant_for_it() -> None:
    content = written(DATES[:1], called_off=(0,))
    assert b"\r\nMETHOD:CANCEL\r\n" in content
    assert [(event["UID"], event["STATUS"]) for event in by_hand(content)] == [("0f3c-0@afterglow", "CANCELLED")]


def test_the_library_finds_nothing_wrong() -> None:
    calendar = Calendar.from_ical(written())
    assert not [error for part in calendar.walk() for error in part.errors]
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//Afterglow//Reminders//EN")
