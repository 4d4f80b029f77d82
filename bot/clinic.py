"""The clinic: its name, hours, services and rules, read once from ``clinic.toml``.

Every key of the file is a row of ``SECTIONS`` or ``SERVICE``: how its value is read, and what it is where it is left
out. A wrong file is answered with every mistake at once, each naming file, section, key and the values allowed; values
are never repeated.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from bot import clinic_values as read
from bot.hours import OpeningHours
from bot.toml_file import Key, Keys, TomlFile

DEMO_FILE = Path(__file__).with_name("demo_clinic.toml")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
REMINDER_KINDS = (
    "safe_now",
    "after_injection",
    "after_massage",
    "preparation",
    "course",
    "monthly",
    "visit",
    "unfinished",
)
_Values: TypeAlias = Mapping[str, Any]


class ClinicError(ValueError):
    """The clinic file cannot be used; ``problems`` has one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class StaffRules:
    """When the desk is told again, and by whom. All spans but ``chat_down_after`` count the clinic's opening hours.

    ``manager`` is who is mentioned when a request still waits: ``@user_name`` or a Telegram user's number, ``None``
    for everybody. ``release_after`` is how long a taken request may stay without an outcome; ``no_answer_after`` when
    a client who did not answer is called again; ``chat_down_after``, in plain time, how long the staff chat may fail
    before requests go by e-mail.
    """

    reping_after: timedelta
    manager_after: timedelta
    manager: str | None
    mail_after: timedelta
    release_after: timedelta
    no_answer_after: timedelta
    digest_time: time
    chat_down_after: timedelta


@dataclass(frozen=True, slots=True)
class ReminderRules:
    """When clients may be reminded, in their own time zone, and of what (ids of ``REMINDER_KINDS``).

    Nothing is sent from ``quiet_from`` until ``quiet_until``, which may lie beyond midnight.
    """

    hour: time
    quiet_from: time
    quiet_until: time
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Service:
    """Something the clinic sells. ``price`` is that of one session, exact, in the currency ISO 4217 names."""

    id: str
    technique: str
    names: read.Names
    minutes: int
    price: Decimal
    currency: str
    sessions: int

    def name(self, language: str) -> str:
        """The name in a language; where there is none, the one for all, else the English, else the first."""
        short = language.split("-", maxsplit=1)[0]
        return next(
            (self.names[code] for code in (language, short, "", "en") if code in self.names),
            next(iter(self.names.values())),
        )

    @property
    def total(self) -> Decimal:
        """The price of all its sessions."""
        return self.price * self.sessions


@dataclass(frozen=True, slots=True)
class QuoteRules:
    """How quotes are made: days for which one holds, the mail's sender, the price list's version."""

    valid_days: int
    sender: str
    price_list: str


@dataclass(frozen=True, slots=True)
class Crm:
    """Where each change of a request is posted, and the secret it is signed with, which is left out of ``repr``."""

    url: str
    secret: str = field(repr=False)
    allow_private: bool = False


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
    staff: StaffRules
    reminders: ReminderRules
    services: tuple[Service, ...]
    quote: QuoteRules
    crm: Crm | None
    controller: str
    privacy_contact: str


SECTIONS: Mapping[str, Keys] = {
    "clinic": {
        "name": Key(read.text),
        "address": Key(read.text),
        "phone": Key(read.phone),
        "email": Key(read.email),
        "emergency_line": Key(read.phone),
        "emergency_number": Key(read.digits),
        "timezone": Key(read.time_zone),
        "country": Key(read.country),
        "holidays": Key(read.days),
    },
    "clinic.hours": {name: Key(read.spans) for name in WEEKDAYS},
    "staff": {
        "reping_after_minutes": Key(read.minutes, timedelta(minutes=15)),
        "manager_after_minutes": Key(read.minutes, timedelta(minutes=30)),
        "manager": Key(read.mention, None),
        "mail_after_minutes": Key(read.minutes, timedelta(minutes=60)),
        "release_after_minutes": Key(read.minutes, timedelta(minutes=120)),
        "no_answer_after_minutes": Key(read.minutes, timedelta(minutes=120)),
        "digest_time": Key(read.clock_time, time(9)),
        "chat_down_after_minutes": Key(read.minutes, timedelta(minutes=5)),
    },
    "reminders": {
        "hour": Key(read.hour, time(10)),
        "quiet_from": Key(read.clock_time, time(20)),
        "quiet_until": Key(read.clock_time, time(9)),
        "kinds": Key(read.some_of(REMINDER_KINDS), frozenset(REMINDER_KINDS)),
    },
    "quote": {
        "valid_days": Key(read.whole(1, 365, " of days"), 30),
        "sender": Key(read.email, None),
        "price_list": Key(read.text, "1"),
    },
    "crm": {
        "url": Key(read.web_address),
        "secret": Key(read.secret),
        "allow_private": Key(read.truth, default=False),
    },
    "privacy": {"controller": Key(read.text), "contact": Key(read.email)},
}
OPTIONAL = frozenset({"crm"})
"""Sections that may be left out although they have keys that must be there."""

SERVICE: Keys = {
    "id": Key(read.identifier),
    "technique": Key(read.technique),
    "name": Key(read.names),
    "minutes": Key(read.whole(5, 600, " of minutes")),
    "price": Key(read.price),
    "currency": Key(read.currency),
    "sessions": Key(read.whole(1, 50), 1),
}


def load_clinic(path: Path | None = None) -> Clinic:
    """Read the clinic file (``None``: the demo clinic); raises :class:`ClinicError`."""
    path = path or DEMO_FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ClinicError([f"{path.name}: cannot be read ({error.strerror})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClinicError([f"{path.name}: is not TOML ({error})"]) from error
    return _clinic(TomlFile(path.name, data))


def _clinic(file: TomlFile) -> Clinic:
    top = [name for name in SECTIONS if "." not in name]
    file.refuse_unknown(SECTIONS, ["services"])
    wanted = [name for name in SECTIONS if name not in OPTIONAL or file.has(name)]
    nested = {name: [other.rpartition(".")[2] for other in SECTIONS if other.startswith(f"{name}.")] for name in top}
    values = {name: file.section(name, SECTIONS[name], nested.get(name, [])) for name in wanted}
    services = file.tables("services", SERVICE)
    if not file.problems:
        _compare(file, values, services)
    if file.problems:
        raise ClinicError(file.problems)
    return _built(values, services)


def _compare(file: TomlFile, values: Mapping[str, _Values], services: list[dict[str, Any]]) -> None:
    """Note what is right by itself and wrong beside something else."""
    staff, reminders, crm = values["staff"], values["reminders"], values.get("crm")
    if not staff["reping_after_minutes"] < staff["manager_after_minutes"] < staff["mail_after_minutes"]:
        file.wrong("[staff] manager_after_minutes", "must lie between reping_after_minutes and mail_after_minutes")
    if _is_quiet(reminders["hour"], reminders["quiet_from"], reminders["quiet_until"]):
        file.wrong("[reminders] hour", "must lie outside the quiet hours, quiet_from to quiet_until")
    if crm and not crm["allow_private"] and read.is_loopback(urlsplit(crm["url"]).hostname or ""):
        file.wrong("[crm] url", "leads to this machine; allowed with allow_private = true only")
    seen: set[str] = set()
    for place, service in enumerate(services, start=1):
        where = f"[[services]] {place}"
        decimals = get_currency_precision(service["currency"])
        if service["id"] in seen:
            file.wrong(f"{where} id", "must be another than those above: each service has its own")
        if service["price"] != round(service["price"], decimals):
            file.wrong(f"{where} price", f"must have at most {decimals} decimal places in its currency")
        if service["currency"] != services[0]["currency"]:
            file.wrong(f"{where} currency", "must be the same for all services: a quote has one total")
        seen.add(service["id"])


def _is_quiet(moment: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


def _built(values: Mapping[str, _Values], services: list[dict[str, Any]]) -> Clinic:
    clinic, staff, quote, crm = values["clinic"], values["staff"], values["quote"], values.get("crm")
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
        staff=StaffRules(**{key.removesuffix("_minutes"): value for key, value in staff.items()}),
        reminders=ReminderRules(**values["reminders"]),
        services=tuple(_service(service) for service in services),
        quote=QuoteRules(quote["valid_days"], quote["sender"] or clinic["email"], quote["price_list"]),
        crm=Crm(**crm) if crm else None,
        controller=values["privacy"]["controller"],
        privacy_contact=values["privacy"]["contact"],
    )


def _service(values: _Values) -> Service:
    price = round(values["price"], get_currency_precision(values["currency"]))
    named = {"names" if key == "name" else key: value for key, value in values.items()}
    return Service(**{**named, "price": price})
