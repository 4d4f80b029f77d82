"""Time zones as people know them: by a city."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from bot.consultation.typed import words_of

MOST_FOUND = 6
SHORTEST = 3
"""Letters; fewer do not name a city unless they are its whole name."""

CONTINENTS = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
"""Where zones are named after places; the rest are relics and offsets."""


def zone_named(name: str) -> ZoneInfo | None:
    """The zone with this name in the IANA database, where it is one of a place."""
    return ZoneInfo(name) if name in _places() else None


def city(name: str, language: str) -> str:
    """The city that a zone is named after, in a language."""
    known = Locale.parse(language, sep="-").time_zones.get(name, {})
    return str(known.get("city") or name.rpartition("/")[2].replace("_", " "))


def find_zones(text: str, language: str) -> tuple[str, ...]:
    """The zones whose city ``text`` names, in the language or in English, or begins to name; the best first."""
    wanted = words_of(text)
    if not wanted:
        return ()
    cities = _cities(language)
    exact = [name for name, spellings in cities.items() if wanted in spellings]
    if exact or len(wanted) < SHORTEST:
        return tuple(exact[:MOST_FOUND])
    begun = [name for name, spellings in cities.items() if any(each.startswith(wanted) for each in spellings)]
    return tuple(begun[:MOST_FOUND])


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if name.startswith(CONTINENTS))


@lru_cache(maxsize=8)
def _cities(language: str) -> dict[str, frozenset[str]]:
    """How each city may be written; of zones that share a city's name (Kiev, Kyiv) the last one is kept."""
    by_city = {city(name, language): name for name in sorted(_places())}
    spellings = {name: (city(name, language), city(name, "en"), name.rpartition("/")[2]) for name in by_city.values()}
    return {name: frozenset(map(words_of, each)) for name, each in spellings.items()}
