"""A plan's dates as a file for the phone's calendar (iCalendar, RFC 5545 and 5546).

One event for each date. An event's ``UID`` never changes and ``SEQUENCE`` grows with every change of the plan, so that
a calendar that has it already moves it instead of showing it twice. What is over is published as called off, be it one
date or the whole plan: a file whose method is ``CANCEL`` may speak of one ``UID`` only (RFC 5546, 3.2.5), and a plan
would need a file for each date. Times are in UTC, which every calendar shows in the phone's own time zone. Nothing in
the file names a treatment: calendars show on locked screens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress

PRODUCT = "-//Afterglow//Reminders//EN"
DOMAIN = "afterglow"
LASTS = timedelta(minutes=15)
"""What an event takes up in a calendar's day view."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One date of a plan: its step, its moment, and whether it was called off."""

    step: int
    moment: datetime
    called_off: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the events: their title, a note, and the clinic that sends them with its address."""

    title: str
    note: str
    clinic: str
    email: str


def calendar_file(entries: Sequence[Entry], words: Words, *, uid: str, sequence: int, stamp: datetime) -> bytes:
    """The file for the plan ``uid`` in its ``sequence``-th version, written at ``stamp``; at least one entry."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if len(entries) == 1 and entries[0].called_off else "PUBLISH")
    for entry in entries:
        calendar.add_component(_event(entry, words, f"{uid}-{entry.step}@{DOMAIN}", sequence, stamp))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, words: Words, uid: str, sequence: int, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("sequence", sequence)
    event.add("dtstart", entry.moment.astimezone(UTC))
    event.add("dtend", entry.moment.astimezone(UTC) + LASTS)
    event.add("summary", words.title)
    event.add("description", words.note)
    event.add("organizer", _organizer(words))
    event.add("status", "CANCELLED" if entry.called_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # a reminder keeps nobody from meeting somebody
    if not entry.called_off:
        event.add_component(_alarm(words))
    return event


def _organizer(words: Words) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{words.email}")
    organizer.params["CN"] = words.clinic
    return organizer


def _alarm(words: Words) -> Alarm:
    """Rings at the moment itself."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words.title)
    alarm.add("trigger", timedelta())
    return alarm
