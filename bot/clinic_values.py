"""How each kind of value of the clinic file is read.

Each function answers the value, or raises :class:`ValueError` that names what is allowed and never repeats the value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address
from itertools import pairwise
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel.numbers import list_currencies

from bot.consultation.advice import TECHNIQUES

Names: TypeAlias = Mapping[str, str]
"""A name by language code; one for every language stands under the empty code."""

_ID = re.compile(r"[a-z0-9_-]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_MENTION = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}|[1-9]\d{0,18}")
_SHORTEST_SECRET = 16


def text(value: Any) -> str:
    """A text without the spaces around it."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value.strip()


def phone(value: Any) -> str:
    """A number in international form; one like ``112`` is no such number and is read by :func:`digits`."""
    try:
        number = phonenumbers.parse(text(value))
    except phonenumbers.NumberParseException as error:
        raise ValueError('a phone number in international form, such as "+49 30 901820"') from error
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def digits(value: Any) -> str:
    """Digits that are no quantity."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise ValueError('digits in quotes, such as "112"')
    return value


def email(value: Any) -> str:
    """An address as it stands in a mail's head."""
    name, at, domain = text(value).rpartition("@")
    if not (name and at and "." in domain) or any(character.isspace() for character in value.strip()):
        raise ValueError("an e-mail address")
    return f"{name}@{domain}"


def time_zone(value: Any) -> ZoneInfo:
    """A zone by its name."""
    try:
        return ZoneInfo(text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('a time zone of the IANA database, such as "Europe/Berlin"') from error


def country(value: Any) -> str:
    """A country that has phone numbers."""
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError('a country of ISO 3166 in two capital letters, such as "DE"')
    return str(value)


def currency(value: Any) -> str:
    """A currency's code."""
    if not isinstance(value, str) or value not in list_currencies():
        raise ValueError('a currency of ISO 4217 in three capital letters, such as "EUR"')
    return value


def whole(least: int, most: int, what: str = "") -> Callable[[Any], int]:
    """A reader of whole numbers from ``least`` to ``most``."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"a whole number{what} from {least} to {most}")
        return value

    return read


def minutes(value: Any) -> timedelta:
    """A span of time."""
    return timedelta(minutes=whole(1, 10_000, " of minutes")(value))


def hour(value: Any) -> time:
    """An hour at which nobody is asleep."""
    if not isinstance(value, int) or isinstance(value, bool) or not 7 <= value <= 20:
        raise ValueError("a whole hour from 7 to 20")
    return time(value)


def clock_time(value: Any) -> time:
    """A time of the day, to the minute."""
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('a time of the day in quotes, such as "09:00"')
    return time.fromisoformat(value)


def days(value: Any) -> frozenset[date]:
    """Days of the calendar."""
    try:
        return frozenset(day if isinstance(day, date) else date.fromisoformat(day) for day in value)
    except (TypeError, ValueError) as error:
        raise ValueError('a list of days such as ["2026-12-25"]') from error


def spans(value: Any) -> tuple[tuple[time, time], ...]:
    """The opening hours of one weekday."""
    try:
        pairs = [span.split("-") for span in value]
        found = tuple((time.fromisoformat(start.strip()), time.fromisoformat(end.strip())) for start, end in pairs)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError('a list of spans such as ["09:00-13:00", "14:00-18:00"], or []') from error
    moments = [moment for span in found for moment in span]
    if any(later <= earlier for earlier, later in pairwise(moments)):
        raise ValueError("spans in order that do not overlap or cross midnight")
    return found


def some_of(allowed: tuple[str, ...]) -> Callable[[Any], frozenset[str]]:
    """A reader of lists of these words."""

    def read(value: Any) -> frozenset[str]:
        if not isinstance(value, list) or not all(word in allowed for word in value):
            raise ValueError(f"a list of any of {', '.join(allowed)}, or []")
        return frozenset(value)

    return read


def mention(value: Any) -> str:
    """Somebody in Telegram: a user name, or a user's number for somebody without one."""
    if not isinstance(value, str) or not _MENTION.fullmatch(value.strip()):
        raise ValueError('a Telegram user name such as "@lena_brandt", or a user\'s number in quotes')
    return value.strip()


def identifier(value: Any) -> str:
    """A short name for machines; it becomes part of a button's data, which has little room."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("1 to 32 small letters, digits, - or _")
    return value


def technique(value: Any) -> str:
    """A technique of the protocol."""
    if value not in TECHNIQUES:
        raise ValueError(f"one of {', '.join(TECHNIQUES)}")
    return str(value)


def names(value: Any) -> Names:
    """One text, or a text for each language: ``name.en = "…"``."""
    if isinstance(value, str) and value.strip():
        return {"": value.strip()}
    if not isinstance(value, dict) or not value:
        raise ValueError('a text, or one for each language such as name.en = "Facial"')
    if not all(_LANGUAGE.fullmatch(code) and isinstance(name, str) and name.strip() for code, name in value.items()):
        raise ValueError('a text for each language code, such as name.en = "Facial"')
    return {code: name.strip() for code, name in value.items()}


def price(value: Any) -> Decimal:
    """An amount, exact: never read from a binary fraction."""
    wrong = ValueError('an amount from 0 to 999999 in quotes, such as "85.00", or a whole number')
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise wrong from error
    if not amount.is_finite() or not 0 <= amount < 1_000_000:
        raise wrong
    return amount


def secret(value: Any) -> str:
    """A key that both sides know."""
    if not isinstance(value, str) or len(value) < _SHORTEST_SECRET:
        raise ValueError(f"a secret of at least {_SHORTEST_SECRET} characters")
    return value


def truth(value: Any) -> bool:
    """Yes or no."""
    if value is True or value is False:
        return bool(value)
    raise ValueError("true or false")


def web_address(value: Any) -> str:
    """Where a call goes: https, or plain http to this machine alone."""
    wrong = ValueError('an address such as "https://crm.example/hook" with no user in it; http only to 127.0.0.1')
    try:
        address = text(value)
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    if not parts.hostname or parts.username or parts.password or port == 0 or parts.fragment:
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise wrong
    return address


def is_loopback(host: str) -> bool:
    """Whether the host's written address is this machine itself; a name, which may lead anywhere, is not."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
