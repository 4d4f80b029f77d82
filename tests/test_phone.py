"""Phone numbers as clients type and share them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone import Phone, PhoneProblem, read_contact, read_phone, time_zone


def e164(found: Phone | PhoneProblem) -> str:
    """The number, or the problem's id."""
    return found.e164 if isinstance(found, Phone) else found.id


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("0170 1234567", "DE", "+491701234567"),
        ("0170/1234567", "DE", "+491701234567"),
        ("(0170) 123-45-67", "DE", "+491701234567"),
        ("+49 170 1234567", "DE", "+491701234567"),
        ("+49 (0) 170 1234567", "DE", "+491701234567"),
        ("+491701234567", "US", "+491701234567"),
        ("0049 170 1234567", "DE", "+491701234567"),
        ("011 49 170 1234567", "US", "+491701234567"),
        ("491701234567", "DE", "+491701234567"),
        ("491701234567", "US", "+491701234567"),
        ("170 1234567", "DE", "+491701234567"),
        ("15202345678", "DE", "+4915202345678"),
        ("my number: 0170 1234567", "DE", "+491701234567"),
        ("📞 0170 1234567", "DE", "+491701234567"),
        ("０１７０ １２３４５６７", "DE", "+491701234567"),
        ("٠١٧٠١٢٣٤٥٦٧", "DE", "+491701234567"),
        ("0️⃣170 1234567", "DE", "+491701234567"),
        ("0170–123–4567", "DE", "+491701234567"),
        ("030 901820", "DE", "+4930901820"),
        ("+44 20 7946 0958", "DE", "+442079460958"),
        ("050 123 45 67", "UA", "+380501234567"),
        ("380501234567", "UA", "+380501234567"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+800 1234 5678", "DE", "+80012345678"),
        ("", "DE", "not_a_number"),
        (" ", "DE", "not_a_number"),
        ("hello", "DE", "not_a_number"),
        ("👍", "DE", "not_a_number"),
        ("+", "DE", "not_a_number"),
        ("3 days ago", "DE", "not_a_number"),
        ("1" * 4096, "DE", "not_a_number"),
        ("112", "DE", "impossible"),
        ("+4917012345678901234", "DE", "impossible"),
        ("0170 1234567 or 0171 2345678", "DE", "impossible"),
        ("+1 555 555 5555", "US", "invalid"),
        ("+999 123 456 789", "DE", "invalid"),
        ("11111111", "DE", "invalid"),
        ("0000000000", "DE", "invalid"),
        ("13.11.2026", "DE", "invalid"),
        ("0900 1234567", "DE", "premium_rate"),
        ("0180 5 123456", "DE", "premium_rate"),
        ("+1 900 555 0123", "DE", "premium_rate"),
    ],
)
def test_a_typed_number(text: str, country: str, expected: str) -> None:
    assert e164(read_phone(text, country)) == expected


@pytest.mark.parametrize(
    ("text", "international", "region"),
    [
        ("0170 1234567", "+49 170 1234567", "DE"),
        ("030 901820 ext. 12", "+49 30 901820 ext. 12", "DE"),
        ("+1 212 555 0123", "+1 212-555-0123", "US"),
        ("+7 701 234 5678", "+7 701 234 5678", "KZ"),
        ("+800 1234 5678", "+800 1234 5678", "001"),
    ],
)
def test_a_number_is_shown_back_in_international_form(text: str, international: str, region: str) -> None:
    phone = read_phone(text, "DE")

    assert isinstance(phone, Phone)
    assert (phone.international, phone.region) == (international, region)


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        ("491701234567", "+491701234567"),
        ("+491701234567", "+491701234567"),
        ("00491701234567", "+491701234567"),
        ("+49 170 1234567", "+491701234567"),
        ("12125550123", "+12125550123"),
        ("380501234567", "+380501234567"),
        ("99912345678", "invalid"),
        ("49", "not_a_number"),
        ("4917", "impossible"),
        ("", "not_a_number"),
        ("x", "not_a_number"),
    ],
)
def test_a_shared_contacts_number_carries_its_country_code(shared: str, expected: str) -> None:
    assert e164(read_contact(shared)) == expected


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+491701234567", "Europe/Berlin"),
        ("+4930901820", "Europe/Berlin"),
        ("+380501234567", "Europe/Kyiv"),
        ("+12125550123", "America/New_York"),
        ("+18005550199", None),
        ("+61412345678", None),
        ("+79123456789", None),
        ("+80012345678", None),
    ],
)
def test_the_time_zone_of_a_number_where_there_is_only_one(number: str, zone: str | None) -> None:
    found = time_zone(number)

    assert (found.key if found else None) == zone


@given(st.text(max_size=80), st.sampled_from(["DE", "US", "GB", "UA", "IT"]))
def test_any_text_gives_a_number_that_reads_the_same_again_or_a_problem(text: str, country: str) -> None:
    found = read_phone(text, country)

    assert isinstance(found, PhoneProblem) or e164(read_contact(found.e164)) == found.e164
