"""What becomes possible when: the techniques beside the recommended one, in the order of their days."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.consultation.advice import Advice, TechniqueAdvice
from messages.catalog import Catalog
from messages.markup import Html, joined

_NOW = {
    ("yes", "anywhere"): "timeline.now",
    ("light", "anywhere"): "timeline.now_light",
    ("yes", "outside"): "timeline.now_outside",
    ("light", "outside"): "timeline.now_light_outside",
}
_APPROVAL = {
    ("specialist", "anywhere"): "timeline.specialist",
    ("specialist", "outside"): "timeline.specialist_outside",
}


def timeline(catalog: Catalog, advice: Advice, others: Mapping[str, TechniqueAdvice], today: date) -> Html:
    """One line for each verdict and day of the techniques ``others``; then the last days before a planned filler."""
    lines = [
        *_with_verdict(catalog, others, _NOW),
        *_waiting(catalog, others, today),
        *_with_verdict(catalog, others, _APPROVAL),
        *_with_verdict(catalog, others, {("no", "anywhere"): "timeline.no"}),
        *_last_days(catalog, {name: day for name, day in advice.last_days.items() if name in others}, today),
    ]
    return joined(lines)


def zone(catalog: Catalog, areas: Iterable[str]) -> Html:
    """The areas to be left alone, in words."""
    return catalog.list(catalog.text(f"zone.{area}") for area in areas)


def _with_verdict(
    catalog: Catalog, techniques: Mapping[str, TechniqueAdvice], lines: Mapping[tuple[str, str], str]
) -> list[Html]:
    found = {
        line: [name for name, technique in techniques.items() if (technique.verdict, technique.where) == kind]
        for kind, line in lines.items()
    }
    return [catalog.text(line, techniques=_names(catalog, names)) for line, names in found.items() if names]


def _waiting(catalog: Catalog, techniques: Mapping[str, TechniqueAdvice], today: date) -> list[Html]:
    since = {name: technique.since for name, technique in techniques.items() if technique.since is not None}
    return _by_day(catalog, "timeline.from", since, today)


def _last_days(catalog: Catalog, last_days: Mapping[str, date], today: date) -> list[Html]:
    return _by_day(catalog, "timeline.last_day", last_days, today)


def _by_day(catalog: Catalog, line: str, days: Mapping[str, date], today: date) -> list[Html]:
    return [
        catalog.text(
            line,
            day=catalog.day(day, today),
            techniques=_names(catalog, [name for name, its_day in days.items() if its_day == day]),
        )
        for day in sorted(set(days.values()))
    ]


def _names(catalog: Catalog, techniques: Iterable[str]) -> Html:
    return catalog.list(catalog.text(f"technique.short.{technique}") for technique in techniques)
