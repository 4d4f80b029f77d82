"""The clinic: its name, hours and ways to reach it, read once from ``clinic.toml``.

Every key of the file is a row of ``KEYS``: where it stands, how its value is read and what is allowed. A wrong file is
answered with every mistake at once, each naming file, key and the values allowed; values are never repeated.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from bot.hours import OpeningHours

DEMO_FILE = Path(__file__).with_name("demo_clinic.toml")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ClinicError(ValueError):
    """The clinic file cannot be used; ``problems`` has one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the bot knows about the clinic. Phone numbers and addresses are kept as they are to be shown."""

    name: str
    address: str
    phone: str
    email: str
    emergency_line: str
    emergency_number: str
    time_zone: ZoneInfo
    country: str
    hours: OpeningHours
    mail_after: timedelta
    reminder_hour: time
    controller: str
    privacy_contact: str


def load_clinic(path: Path | None = None) -> Clinic:
    """Read the clinic file (``None``: the demo clinic); raises :class:`ClinicError`."""
    path = path or DEMO_FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ClinicError([f"{path.name}: cannot be read ({error.strerror})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClinicError([f"{path.name}: is not TOML ({error})"]) from error
    return _Reader(path.name, data).clinic()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value.strip()


def _phone(value: Any) -> str:
    """A number in international form; one like ``112`` is no such number and has its own key."""
    try:
        number = phonenumbers.parse(_text(value))
    except phonenumbers.NumberParseException as error:
        raise ValueError('a phone number in international form, such as "+49 30 901820"') from error
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _digits(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise ValueError('digits in quotes, such as "112"')
    return value


def _email(value: Any) -> str:
    name, at, domain = _text(value).rpartition("@")
    if not (name and at and "." in domain) or any(character.isspace() for character in value.strip()):
        raise ValueError("an e-mail address")
    return f"{name}@{domain}"


def _time_zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('a time zone of the IANA database, such as "Europe/Berlin"') from error


def _country(value: Any) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError('a country of ISO 3166 in two capital letters, such as "DE"')
    return str(value)


def _minutes(value: Any) -> timedelta:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 10_000:
        raise ValueError("a whole number of minutes from 1 to 10000")
    return timedelta(minutes=value)


def _hour(value: Any) -> time:
    if not isinstance(value, int) or isinstance(value, bool) or not 7 <= value <= 20:
        raise ValueError("a whole hour from 7 to 20")
    return time(value)


def _days(value: Any) -> frozenset[date]:
    try:
        return frozenset(day if isinstance(day, date) else date.fromisoformat(day) for day in value)
    except (TypeError, ValueError) as error:
        raise ValueError('a list of days such as ["2026-12-25"]') from error


def _spans(value: Any) -> tuple[tuple[time, time], ...]:
    try:
        pairs = [span.split("-") for span in value]
        spans = tuple((time.fromisoformat(start.strip()), time.fromisoformat(end.strip())) for start, end in pairs)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError('a list of spans such as ["09:00-13:00", "14:00-18:00"], or []') from error
    moments = [moment for span in spans for moment in span]
    if any(later <= earlier for earlier, later in pairwise(moments)):
        raise ValueError("spans in order that do not overlap or cross midnight")
    return spans


KEYS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "clinic": {
        "name": _text,
        "address": _text,
        "phone": _phone,
        "email": _email,
        "emergency_line": _phone,
        "emergency_number": _digits,
        "timezone": _time_zone,
        "country": _country,
        "holidays": _days,
    },
    "clinic.hours": dict.fromkeys(WEEKDAYS, _spans),
    "staff": {"mail_after_minutes": _minutes},
    "reminders": {"hour": _hour},
    "privacy": {"controller": _text, "contact": _email},
}


class _Reader:
    """Reads all keys of one file and remembers every mistake."""

    def __init__(self, file: str, data: dict[str, Any]) -> None:
        self._file = file
        self._data = data
        self._problems: list[str] = []

    def clinic(self) -> Clinic:
        self._refuse_unknown_sections()
        values = {section: self._section(section, keys) for section, keys in KEYS.items()}
        if self._problems:
            raise ClinicError(self._problems)
        clinic, privacy = values["clinic"], values["privacy"]
        weekly = {day: values["clinic.hours"][name] for day, name in enumerate(WEEKDAYS)}
        return Clinic(
            name=clinic["name"],
            address=clinic["address"],
            phone=clinic["phone"],
            email=clinic["email"],
            emergency_line=clinic["emergency_line"],
            emergency_number=clinic["emergency_number"],
            time_zone=clinic["timezone"],
            country=clinic["country"],
            hours=OpeningHours(weekly, clinic["holidays"], clinic["timezone"]),
            mail_after=values["staff"]["mail_after_minutes"],
            reminder_hour=values["reminders"]["hour"],
            controller=privacy["controller"],
            privacy_contact=privacy["contact"],
        )

    def _refuse_unknown_sections(self) -> None:
        for name in self._data.keys() - KEYS.keys():
            self._wrong(f"[{name}]", f"unknown section; known are {', '.join(f'[{known}]' for known in KEYS)}")

    def _section(self, section: str, keys: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
        table: Any = self._data
        for name in section.split("."):
            table = table.get(name, {}) if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self._wrong(f"[{section}]", "must be a section")
            return {}
        nested = {name.rpartition(".")[2] for name in KEYS if name.startswith(f"{section}.")}
        for name in table.keys() - keys.keys() - nested:
            self._wrong(f"[{section}] {name}", f"unknown key; known are {', '.join(keys)}")
        return {name: self._value(section, name, read, table) for name, read in keys.items()}

    def _value(self, section: str, name: str, read: Callable[[Any], Any], table: dict[str, Any]) -> Any:
        if name not in table:
            self._wrong(f"[{section}] {name}", "is missing")
            return None
        try:
            return read(table[name])
        except ValueError as error:
            self._wrong(f"[{section}] {name}", f"must be {error}")
            return None

    def _wrong(self, where: str, what: str) -> None:
        self._problems.append(f"{self._file}: {where}: {what}")
