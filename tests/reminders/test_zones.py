"""Time zones by the cities that people know."""

import pytest

from bot.phone import time_zones
from bot.reminders.zones import city, find_zones, zone_named


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Berlin", "en", "Europe/Berlin"),
        ("  sÃO paulo! ", "en", "America/Sao_Paulo"),
        ("New York", "en", "America/New_York"),
        ("new y", "en", "America/New_York"),
        ("Lord Howe", "en", "Australia/Lord_Howe"),
        ("Берлин", "ru", "Europe/Berlin"),
        ("Moskau", "de", "Europe/Moscow"),
        ("Moscow", "de", "Europe/Moscow"),
        ("Kyiv", "en", "Europe/Kyiv"),
    ],
)
def test_a_city_finds_its_zone(text: str, language: str, found: str) -> None:
    assert find_zones(text, language)[0] == found


@pytest.mark.parametrize("text", ["", "🙂", "be", "somewhere", "UTC", "<b>&", "x" * 500])
def test_what_names_no_city_finds_nothing(text: str) -> None:
    assert find_zones(text, "en") == ()


def test_the_beginning_of_several_cities_finds_a_few() -> None:
    assert set(find_zones("ber", "en")) >= {"Europe/Berlin", "Atlantic/Bermuda"}
    assert len(find_zones("san", "en")) <= 6


def test_only_zones_of_places_are_taken() -> None:
    assert zone_named("Pacific/Apia") is not None
    assert [zone_named(name) for name in ("Etc/GMT+3", "UTC", "Europe/Nowhere", "../../etc/passwd", "")] == [None] * 5


def test_a_zone_is_shown_by_its_city() -> None:
    assert city("America/New_York", "en") == "New York"
    assert city("Europe/Moscow", "de") == "Moskau"


def test_a_phone_of_a_country_with_several_zones_names_them() -> None:
    assert time_zones("+49 171 2345678") == ("Europe/Berlin",)
    assert len(time_zones("+1 800 234 5678")) > 1
