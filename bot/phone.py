"""Phone numbers as clients type and share them."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from bot.plain_text import plain_text

LONGEST = 60
"""Characters; a longer text tells more than a number."""

_COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be called: ``e164`` to store, ``international`` to show (with its extension, if any).

    ``region`` is its country (ISO 3166), or ``001`` where it belongs to none.
    """

    e164: str
    international: str
    region: str


@dataclass(frozen=True, slots=True)
class PhoneProblem:
    """Why a text gives no number: it is none, is too short or long, is not in use anywhere, or costs the caller."""

    id: Literal["not_a_number", "impossible", "invalid", "premium_rate"]


def read_phone(text: str, country: str) -> Phone | PhoneProblem:
    """The number typed in ``text``; one without a country code is one of ``country`` (ISO 3166)."""
    plain = plain_text(text)
    if len(text) > LONGEST or not plain:
        return PhoneProblem("not_a_number")
    try:
        return _checked(_with_or_without_plus(plain, country))
    except NumberParseException as error:
        return _unreadable(error)


def read_contact(phone_number: str) -> Phone | PhoneProblem:
    """The number of a shared contact: Telegram gives it with its country code, most often without a plus."""
    digits = phonenumbers.normalize_digits_only(phone_number)
    try:
        return _checked(phonenumbers.parse(f"+{digits.removeprefix('00')}"))
    except NumberParseException as error:
        return _unreadable(error)


def time_zone(e164: str) -> ZoneInfo | None:
    """The time zone that a stored number lies in; ``None`` where its country or area has several, or none."""
    zones = time_zones_for_number(phonenumbers.parse(e164))
    return ZoneInfo(zones[0]) if len(zones) == 1 and zones[0] != UNKNOWN_TIMEZONE else None


def time_zones(number: str) -> tuple[str, ...]:
    """The names of all zones that a stored number may lie in, the most likely first; empty where none is known."""
    return tuple(name for name in time_zones_for_number(phonenumbers.parse(number)) if name != UNKNOWN_TIMEZONE)


def _with_or_without_plus(text: str, country: str) -> PhoneNumber:
    """The number as the country dials it, or with a country code whose plus was left out.

    A German who types 491701234567 means +49 170 1234567: at home a 0 would stand in front.
    """
    national = phonenumbers.parse(text, country)
    if "+" in text:
        return national
    digits = phonenumbers.normalize_digits_only(text)
    has_country_code = digits.startswith(str(phonenumbers.country_code_for_region(country)))
    if has_country_code or not phonenumbers.is_valid_number(national):
        international = _parsed(f"+{digits}")
        if international and phonenumbers.is_valid_number(international):
            return international
    return national


def _parsed(text: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text)
    except NumberParseException:
        return None


def _checked(number: PhoneNumber) -> Phone | PhoneProblem:
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return PhoneProblem("impossible")
    if not phonenumbers.is_valid_number(number):
        return PhoneProblem("invalid")
    if phonenumbers.number_type(number) in _COSTLY:
        return PhoneProblem("premium_rate")
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        international=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        region=phonenumbers.region_code_for_number(number) or "001",
    )


def _unreadable(error: NumberParseException) -> PhoneProblem:
    match error.error_type:
        case NumberParseException.NOT_A_NUMBER:
            return PhoneProblem("not_a_number")
        case NumberParseException.INVALID_COUNTRY_CODE:
            return PhoneProblem("invalid")
    return PhoneProblem("impossible")
